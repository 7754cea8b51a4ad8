"""Buyers as orders bring them: found by any id they are known by, made when new, their known details never erased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from packstation.domain.buyers import fold, profile_ids, profile_scope
from packstation.domain.merging import better_text
from packstation.domain.orders import IncomingBuyer
from packstation.domain.phones import phone_key
from packstation.store.database import execute_many, reserve_ids, rows_of

_BUYER_COLUMNS = "id, customer_id, channel, external_id, name, name_key, phone, phone_key, email"


def take_in_buyers(channel: str, shop_id: int, buyers: Sequence[IncomingBuyer | None]) -> list[int | None]:
    """The buyer ids of the profiles, in their order, None for guests; new profiles are made. Inside a transaction."""
    scope = profile_scope(channel, shop_id)
    ids = [profile_ids(buyer) for buyer in buyers]
    known = _known_aliases(scope, sorted({external for externals in ids for external in externals}))
    newcomers: dict[str, IncomingBuyer] = {}
    aliases: dict[str, str] = {}
    for buyer, externals in zip(buyers, ids, strict=True):
        if buyer is None or not externals or any(external in known for external in externals):
            continue
        leading = next((aliases[external] for external in externals if external in aliases), externals[0])
        newcomers.setdefault(leading, buyer)
        for external in externals:
            aliases.setdefault(external, leading)
    made = dict(zip(newcomers, _insert(channel, newcomers), strict=True))
    found = {**known, **{external: made[leading] for external, leading in aliases.items()}}
    result = [next((found[external] for external in externals if external in found), None) for externals in ids]
    _add_aliases(scope, ids, result, known)
    _add_details(buyers, result, set(made.values()))
    return result


def _known_aliases(scope: str, externals: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(externals), 500):
        some = externals[start : start + 500]
        marks = ",".join("?" * len(some))
        sql = f"SELECT external_id, buyer_id FROM buyer_alias WHERE scope = ? AND external_id IN ({marks})"
        found.update(rows_of(sql, (scope, *some)))
    return found


def _insert(channel: str, newcomers: Mapping[str, IncomingBuyer]) -> Sequence[int]:
    if not newcomers:
        return ()
    customers = reserve_ids("customer", len(newcomers))
    ids = reserve_ids("buyer", len(newcomers))
    execute_many("INSERT INTO customer (id) VALUES (?)", [(customer,) for customer in customers])
    execute_many(
        f"INSERT INTO buyer ({_BUYER_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                buyer_id,
                customer,
                channel,
                external,
                buyer.name,
                fold(buyer.name),
                buyer.phone,
                phone_key(buyer.phone),
                buyer.email.strip().casefold(),
            )
            for buyer_id, customer, (external, buyer) in zip(ids, customers, newcomers.items(), strict=True)
        ],
    )
    return ids


def _add_aliases(
    scope: str, ids: Sequence[tuple[str, ...]], result: Sequence[int | None], known: Mapping[str, int]
) -> None:
    fresh = {
        external: buyer_id
        for externals, buyer_id in zip(ids, result, strict=True)
        if buyer_id is not None
        for external in externals
        if external not in known
    }
    execute_many(
        "INSERT INTO buyer_alias (scope, external_id, buyer_id) VALUES (?, ?, ?)",
        [(scope, external, fresh[external]) for external in sorted(fresh)],
    )


def _add_details(buyers: Sequence[IncomingBuyer | None], result: Sequence[int | None], made: set[int]) -> None:
    """Update what is known of buyers that were there before, where this page knows better."""
    latest = {
        buyer_id: buyer
        for buyer, buyer_id in zip(buyers, result, strict=True)
        if buyer is not None and buyer_id is not None and (buyer.name or buyer.phone or buyer.email)
    }
    ids = sorted(latest.keys() - made)
    updates = []
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        marks = ",".join("?" * len(some))
        for buyer_id, name, phone, email in rows_of(
            f"SELECT id, name, phone, email FROM buyer WHERE id IN ({marks}) ORDER BY id",
            some,
        ):
            buyer = latest[buyer_id]
            better = (
                better_text(name, buyer.name),
                better_text(phone, buyer.phone),
                better_text(email, buyer.email.strip().casefold()),
            )
            if better != (name, phone, email):
                updates.append((better[0], fold(better[0]), better[1], phone_key(better[1]), better[2], buyer_id))
    execute_many(
        "UPDATE buyer SET name = ?, name_key = ?, phone = ?, phone_key = ?, email = ? WHERE id = ?",
        updates,
    )
