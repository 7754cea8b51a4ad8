"""What a scanned code means here: a parcel, or an order, or several of them in different shops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from packstation.store.database import rows_of


@dataclass(frozen=True, slots=True)
class Found:
    """One meaning of a code. A parcel's code names the parcel and its orders; an order number names the order alone."""

    parcel_id: int | None
    order_ids: tuple[int, ...]
    shop: str
    number: str


def find_code(spellings: Sequence[str], shop: str | None = None) -> list[Found]:
    """The meanings of the first spelling that has any; several mean that the code is ambiguous.

    Args:
        spellings: the code as scanned and its likely spellings, most trusted first.
        shop: only this shop's orders, by name.
    """
    for spelling in spellings:
        found = _by_parcel(spelling, shop) or _by_number(spelling, shop)
        if found:
            return found
    return []


def _by_parcel(code: str, shop: str | None) -> list[Found]:
    found: dict[int, list[tuple[int, str, str]]] = {}
    for column in ("tracking", "package"):
        for parcel_id, order_id, name, number in rows_of(
            "SELECT p.id, o.id, s.name, o.number FROM parcel p JOIN parcel_order po ON po.parcel_id = p.id "
            f"JOIN orders o ON o.id = po.order_id JOIN shop s ON s.id = o.shop_id WHERE p.{column} = ? ORDER BY p.id, o.id",
            (code,),
        ):
            if shop is None or name == shop:
                found.setdefault(parcel_id, []).append((order_id, name, number))
        if found:
            break
    return [
        Found(parcel_id, tuple(order_id for order_id, _shop, _number in orders), orders[0][1], orders[0][2])
        for parcel_id, orders in found.items()
    ]


def _by_number(code: str, shop: str | None) -> list[Found]:
    return [
        Found(None, (order_id,), name, number)
        for order_id, name, number in rows_of(
            "SELECT o.id, s.name, o.number FROM orders o JOIN shop s ON s.id = o.shop_id WHERE o.number = ? ORDER BY s.name",
            (code,),
        )
        if shop is None or name == shop
    ]


def shop_zone(shop: str | None, found: Sequence[Found]) -> str | None:
    """The time zone of the shop that a code's only meaning belongs to, or of the shop named."""
    name = shop if shop is not None else found[0].shop if len({meaning.shop for meaning in found}) == 1 else None
    row = rows_of("SELECT zone FROM shop WHERE name = ?", (name,))
    return row[0][0] if row else None
