"""What channels say of buyers' persons, and a customer's profile put together with what people wrote over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from packstation.domain.customer_profile import Field, Profile, profile_of
from packstation.domain.merging import better_text
from packstation.domain.orders import BuyerFacts
from packstation.store.customer_edits import latest_edits
from packstation.store.customers import LATEST_ORDER
from packstation.store.database import execute_many, rows_of

_COLUMNS = BuyerFacts.__slots__
_NAMES = ", ".join(_COLUMNS)
_SET = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)


def keep_facts(told: Mapping[int, BuyerFacts]) -> None:
    """Keep what is said of buyers, by buyer id, inside the caller's transaction; nothing said never replaces something."""
    ids = sorted(told)
    known: dict[int, tuple[str, ...]] = {}
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        marks = ",".join("?" * len(some))
        for row in rows_of(f"SELECT buyer_id, {_NAMES} FROM buyer_facts WHERE buyer_id IN ({marks})", some):
            known[row[0]] = tuple(row[1:])
    rows = []
    for buyer_id in ids:
        before = known.get(buyer_id, ("",) * len(_COLUMNS))
        said = [str(getattr(told[buyer_id], name)) for name in _COLUMNS]
        after = tuple(better_text(old, new) for old, new in zip(before, said, strict=True))
        if after != before:
            rows.append((buyer_id, *after))
    execute_many(
        f"INSERT INTO buyer_facts (buyer_id, {_NAMES}) VALUES (?{', ?' * len(_COLUMNS)}) "
        f"ON CONFLICT (buyer_id) DO UPDATE SET {_SET}",
        rows,
    )


def profile_at(customer_id: int, at: int | None = None) -> Profile:
    """What is known of a customer: the word of the profile that ordered last counts first, a person's over all.

    Args:
        customer_id: the customer.
        at: only what people wrote before this moment, ms UTC; what channels say is told as it is now.
    """
    rows = rows_of(
        f"SELECT b.channel, b.name, b.phone, b.email, {', '.join(f'f.{name}' for name in _COLUMNS)}, "
        "(SELECT max(o.placed_at) FROM orders o WHERE o.buyer_id = b.id) AS latest "
        "FROM buyer b LEFT JOIN buyer_facts f ON f.buyer_id = b.id WHERE b.customer_id = ? ORDER BY b.id",
        (customer_id,),
    )
    rows.sort(key=lambda row: row[-1] or 0, reverse=True)
    channels = [(str(row[0]), _values(row[1:-1])) for row in rows]
    return profile_of([*channels, *_of_latest_order(customer_id)], latest_edits(customer_id, at))


def _values(row: Sequence[object]) -> dict[Field, str]:
    names = ("name", "phone", "email", *_COLUMNS)
    return {Field(name): str(value or "") for name, value in zip(names, row, strict=True)}


def _of_latest_order(customer_id: int) -> list[tuple[str, Mapping[Field, str]]]:
    """What the latest order tells: where it went, and where it came from."""
    rows = rows_of(
        "SELECT s.channel, o.recipient, o.phone, o.street, o.ward, o.district, o.province, o.source FROM orders o "
        f"JOIN shop s ON s.id = o.shop_id WHERE {LATEST_ORDER}",
        (customer_id,),
    )
    return [
        (
            str(channel),
            {
                Field.NAME: recipient,
                Field.PHONE: phone,
                Field.ADDRESS: ", ".join(part for part in (street, ward, district, province) if part),
                Field.AREA: province,
                Field.SOURCE: source,
            },
        )
        for channel, recipient, phone, street, ward, district, province, source in rows
    ]
