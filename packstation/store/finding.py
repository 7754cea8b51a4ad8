"""What a scanned code means here: a parcel, or an order, or several of them in different shops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from packstation.store.database import rows_of


@dataclass(frozen=True, slots=True)
class Found:
    """One meaning of a code. A parcel's code names the parcel and its orders; an order number names the order alone."""

    parcel_id: int | None
    order_ids: tuple[int, ...]
    shop: str
    number: str


_PARCELS = (
    "SELECT {rank}, p.id, s.name, o.id, o.number, s.name FROM parcel p JOIN parcel_order po ON po.parcel_id = p.id "
    "JOIN orders o ON o.id = po.order_id JOIN shop s ON s.id = o.shop_id WHERE p.{column} = ?"
)
_MEANINGS = " UNION ALL ".join(
    (
        _PARCELS.format(rank=1, column="tracking"),
        _PARCELS.format(rank=2, column="package"),
        "SELECT 3, NULL, s.name, o.id, o.number, w.name FROM order_code c JOIN orders o ON o.id = c.order_id "
        "JOIN shop s ON s.id = o.shop_id JOIN shop w ON w.id = c.shop_id WHERE c.code = ?",
        "SELECT 4, NULL, s.name, o.id, o.number, s.name FROM orders o JOIN shop s ON s.id = o.shop_id "
        "WHERE o.number = ? AND o.became IS NULL",
    )
)


def find_code(spellings: Sequence[str], shop: str | None = None) -> list[Found]:
    """The meanings of the first spelling that has any; several mean that the code is ambiguous.

    A spelling may be a tracking number, a package number, another code of an order and an order number at once. What means no
    other orders than those meant already is left out: of an order and its parcel the parcel stays, of an order's parcels the one
    by tracking number.

    Args:
        spellings: the code as scanned and its likely spellings, most trusted first.
        shop: only this shop's orders, by name; a hub's own number of another shop's order is the hub's too.
    """
    for spelling in spellings:
        found = _meanings(spelling, shop)
        if found:
            return found
    return []


def _meanings(code: str, shop: str | None) -> list[Found]:
    parcels: dict[int, Found] = {}
    orders: list[Found] = []
    rows = rows_of(f"{_MEANINGS} ORDER BY 1, 2, 3, 4", (code,) * 4)
    for _rank, parcel_id, name, order_id, number, whose_code in rows:
        if shop is not None and shop not in (name, whose_code):
            continue
        if parcel_id is None:
            orders.append(Found(None, (order_id,), name, number))
        elif parcel_id not in parcels:
            parcels[parcel_id] = Found(parcel_id, (order_id,), name, number)
        elif order_id not in parcels[parcel_id].order_ids:
            before = parcels[parcel_id]
            parcels[parcel_id] = replace(before, order_ids=(*before.order_ids, order_id))
    found: list[Found] = []
    meant: set[int] = set()
    for meaning in (*parcels.values(), *orders):
        if not meant.issuperset(meaning.order_ids):
            found.append(meaning)
            meant.update(meaning.order_ids)
    return found


def shop_zone(shop: str | None, found: Sequence[Found]) -> str | None:
    """The time zone of the shop that a code's only meaning belongs to, or of the shop named."""
    name = shop if shop is not None else found[0].shop if len({meaning.shop for meaning in found}) == 1 else None
    row = rows_of("SELECT zone FROM shop WHERE name = ?", (name,))
    return row[0][0] if row else None
