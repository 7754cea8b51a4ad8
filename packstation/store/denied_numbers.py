"""Numbers that buyers used and whose owners said that the order was not theirs: those buyers are not linked by them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from packstation.domain.identities import KeyKind, identity_keys
from packstation.domain.orders import IncomingBuyer
from packstation.domain.phones import region_of
from packstation.store.contacts import clear_phone
from packstation.store.database import execute_many, rows_of
from packstation.store.identities import chunks, digest_of_key, marks


@dataclass(frozen=True, slots=True)
class Denial:
    """That the owner of a number denied an order of a buyer who used it; told to `by` at a moment, ms UTC."""

    buyer_id: int
    at: int
    by: str | None


def deny_number(order_id: int, person_id: int | None, now: int) -> tuple[int, str] | None:
    """Keep that the number under which an order's buyer is called is not that buyer's, inside the caller's transaction.

    Returns:
        The buyer and the number's digest; None for a guest's order and where there is no number that links anybody.
    """
    [(buyer_id, phone, profile_phone, currency)] = rows_of(
        "SELECT o.buyer_id, o.phone, b.phone, s.currency FROM orders o JOIN shop s ON s.id = o.shop_id "
        "LEFT JOIN buyer b ON b.id = o.buyer_id WHERE o.id = ?",
        (order_id,),
    )
    called = IncomingBuyer(None, phone=clear_phone(phone, profile_phone))
    numbers = [number for kind, number in identity_keys(called, region_of(currency)) if kind is KeyKind.PHONE]
    if buyer_id is None or not numbers:
        return None
    value = digest_of_key(KeyKind.PHONE, numbers[0])
    execute_many(
        "INSERT INTO denied_number (buyer_id, value, at, person_id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [(buyer_id, value, now, person_id)],
    )
    return buyer_id, value


def take_back_denials(buyer_id: int) -> bool:
    """Let a buyer's numbers link it again whatever their owners said; whether there was anything to take back."""
    had_any = bool(rows_of("SELECT 1 FROM denied_number WHERE buyer_id = ? LIMIT 1", (buyer_id,)))
    execute_many("DELETE FROM denied_number WHERE buyer_id = ?", [(buyer_id,)])
    return had_any


def denied_users(own: Collection[int]) -> list[Denial]:
    """The other buyers who used a number of these ones, each with the first time that its owner denied an order."""
    found: dict[int, Denial] = {}
    for some in chunks(sorted(own)):
        for buyer_id, at, by in rows_of(
            "SELECT n.buyer_id, n.at, p.name FROM identity_key k JOIN denied_number n ON n.value = k.value "
            f"LEFT JOIN person p ON p.id = n.person_id WHERE k.buyer_id IN ({marks(some)}) ORDER BY n.at, n.buyer_id",
            some,
        ):
            if buyer_id not in own:
                found.setdefault(buyer_id, Denial(buyer_id, at, by))
    return list(found.values())


def parted_from(own: Collection[int]) -> set[int]:
    """The other buyers whom a denial stands between: who used a number of these ones, or whose number these ones used."""
    return {denial.buyer_id for denial in denied_users(own)} | {
        row[0]
        for some in chunks(sorted(own))
        for row in rows_of(
            "SELECT k.buyer_id FROM denied_number n JOIN identity_key k ON k.value = n.value AND k.buyer_id <> n.buyer_id "
            f"WHERE n.buyer_id IN ({marks(some)})",
            some,
        )
        if row[0] not in own
    }
