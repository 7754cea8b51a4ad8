"""Shops in the store."""

from __future__ import annotations

from packstation.domain.orders import Shop
from packstation.store.database import rows_of
from packstation.store.tables.buyers import ShopRow

_MEND = (
    "UPDATE shop SET channel = ?, currency = ?, zone = ? WHERE id = ? "
    "AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.shop_id = shop.id) RETURNING id"
)


class OtherShopError(Exception):
    """A shop of this name exists with another channel or currency.

    Attributes:
        shop: the shop that there is.
        wanted: what it was taken for.
    """

    def __init__(self, shop: Shop, wanted: Shop) -> None:
        super().__init__(shop.name)
        self.shop = shop
        self.wanted = wanted


def shop_id_of(shop: Shop) -> int:
    """The id of the shop; made when new. A slip in its channel or currency can be mended as long as it has no orders.

    Raises:
        OtherShopError: one of that name has orders of another channel or in another currency.
    """
    rows = rows_of("SELECT id, channel, currency, zone FROM shop WHERE name = ?", (shop.name,))
    if not rows:
        ShopRow.insert(
            name=shop.name, channel=shop.channel, currency=shop.currency, zone=shop.zone
        ).on_conflict_ignore().execute()
        return shop_id_of(shop)
    found, channel, currency, zone = rows[0]
    if (channel, currency) != (shop.channel, shop.currency):
        if rows_of(_MEND, (shop.channel, shop.currency, shop.zone, found)):
            return int(found)
        raise OtherShopError(Shop(shop.name, channel, currency, zone), shop)
    return int(found)


def shops() -> list[tuple[str, str, str, str, int | None, int]]:
    """All shops as (name, channel, currency, zone, last successful sync in ms UTC, number of orders)."""
    return [
        (row[0], row[1], row[2], row[3], row[4], row[5])
        for row in rows_of(
            "SELECT s.name, s.channel, s.currency, s.zone, s.synced_at, "
            "(SELECT count(*) FROM orders o WHERE o.shop_id = s.id AND o.became IS NULL) "
            "FROM shop s ORDER BY s.name"
        )
    ]


def data_ages() -> list[tuple[str, int]]:
    """For each channel that syncs, when the shop that lags most was last synced, ms UTC; shops that were let go do not count."""
    return [
        (row[0], row[1])
        for row in rows_of(
            "SELECT s.channel, min(s.synced_at) FROM shop s LEFT JOIN shop_sync y ON y.shop_id = s.id "
            "WHERE s.synced_at IS NOT NULL AND y.removed_at IS NULL GROUP BY s.channel ORDER BY s.channel"
        )
    ]


def shop_named(name: str) -> tuple[int, str, str] | None:
    """A shop's (id, currency, zone) by its name, None for no such shop."""
    rows = rows_of("SELECT id, currency, zone FROM shop WHERE name = ?", (name,))
    return (rows[0][0], rows[0][1], rows[0][2]) if rows else None
