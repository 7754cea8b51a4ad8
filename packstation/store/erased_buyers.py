"""Buyers whose names were erased: their old orders, handed in again, bring nobody back.

Of the ids that such a buyer had only digests are kept, salted with a secret of this installation. What comes in under such an id and
was placed before it was erased belongs to the buyer who has a pseudonym now, and is taken in without what identifies a person. What
was placed later is another buyer's, whose history begins anew.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from packstation.domain.buyers import profile_ids, profile_scope
from packstation.domain.erasing import of_pseudonym
from packstation.domain.orders import IncomingBuyer, IncomingOrder
from packstation.store.database import execute_many, lock_name, rows_of
from packstation.store.same_orders import Known

_SALT = "erasure_salt"
_SOME = 500


def pseudonyms_of(buyer_ids: Iterable[int]) -> dict[int, str]:
    """The pseudonyms of those of the buyers that were erased."""
    return {
        row[0]: row[1]
        for some in _chunks(sorted(set(buyer_ids)))
        for row in rows_of(
            f"SELECT id, external_id FROM buyer WHERE id IN ({_marks(some)}) "
            "AND EXISTS (SELECT 1 FROM erased_buyer e WHERE e.buyer_id = buyer.id)",
            some,
        )
    }


def remember(buyer_id: int, aliases: Sequence[tuple[str, str]], now: int) -> str:
    """Keep the digests of a buyer's ids, each (scope, id), instead of the ids; the pseudonym that is the only id from now on."""
    salt = _salt() or _new_salt()
    pseudonym = f"erased-{secrets.token_hex(8)}"
    execute_many(
        "INSERT INTO erased_buyer (scope, digest, buyer_id, erased_at) VALUES (?, ?, ?, ?)",
        [(scope, _digest(salt, scope, external), buyer_id, now) for scope, external in aliases],
    )
    execute_many("DELETE FROM buyer_alias WHERE buyer_id = ?", [(buyer_id,)])
    execute_many(
        "INSERT INTO buyer_alias (scope, external_id, buyer_id) VALUES (?, ?, ?)",
        [(scope, pseudonym, buyer_id) for scope in sorted({scope for scope, _external in aliases})],
    )
    return pseudonym


def under_pseudonyms(
    channel: str, shop_id: int, orders: Sequence[IncomingOrder], known: Mapping[str, Known]
) -> Sequence[IncomingOrder]:
    """Orders as they may be taken in: those of erased buyers under their pseudonyms.

    Args:
        channel: the shop's.
        shop_id: the shop that hands them in.
        orders: what it hands in.
        known: what its numbers stand for already.
    """
    salt = _salt()
    if not salt:
        return orders
    owners = _owners({found.order_id for found in known.values()})
    scope = profile_scope(channel, shop_id)
    erased = _erased(salt, scope, [order.buyer for order in orders])
    names = pseudonyms_of([*owners.values(), *(buyer_id for found in erased.values() for _at, buyer_id in found)])
    if not names:
        return orders

    def buyer_of(order: IncomingOrder) -> int | None:
        if order.number in known and known[order.number].order_id in owners:
            return owners[known[order.number].order_id]
        times = [found for external in profile_ids(order.buyer) for found in erased.get(external, ())]
        return next((buyer_id for at, buyer_id in sorted(times) if order.placed_at < at), None)

    renamed = []
    for order in orders:
        name = names.get(buyer_of(order) or 0)
        renamed.append(of_pseudonym(order, name) if name else order)
    return renamed


def without_erased(channel: str, shop_id: int, buyers: Sequence[IncomingBuyer | None]) -> list[IncomingBuyer | None]:
    """Profiles that come without orders, None for those erased who have ordered nothing since. Inside a transaction."""
    lock_name("intake")
    salt = _salt()
    if not salt:
        return list(buyers)
    scope = profile_scope(channel, shop_id)
    erased = _erased(salt, scope, buyers)
    back = {
        external
        for external in erased
        if rows_of("SELECT 1 FROM buyer_alias WHERE scope = ? AND external_id = ?", (scope, external))
    }
    gone = erased.keys() - back
    return [None if gone.intersection(profile_ids(buyer)) else buyer for buyer in buyers]


def _owners(order_ids: Iterable[int]) -> dict[int, int]:
    """The buyers of stored orders, by order id."""
    return dict(
        row
        for some in _chunks(sorted(order_ids))
        for row in rows_of(
            f"SELECT id, buyer_id FROM orders WHERE id IN ({_marks(some)}) AND buyer_id IS NOT NULL", some
        )
    )


def _erased(salt: str, scope: str, buyers: Iterable[IncomingBuyer | None]) -> dict[str, list[tuple[int, int]]]:
    """By id, when buyers of that id were erased, and which."""
    digests = {_digest(salt, scope, external): external for buyer in buyers for external in profile_ids(buyer)}
    found: dict[str, list[tuple[int, int]]] = {}
    for some in _chunks(sorted(digests)):
        for digest, at, buyer_id in rows_of(
            f"SELECT digest, erased_at, buyer_id FROM erased_buyer WHERE scope = ? AND digest IN ({_marks(some)})",
            (scope, *some),
        ):
            found.setdefault(digests[digest], []).append((at, buyer_id))
    return found


def _salt() -> str:
    rows = rows_of("SELECT value FROM installation WHERE name = ?", (_SALT,))
    return str(rows[0][0]) if rows else ""


def _new_salt() -> str:
    salt = secrets.token_hex(32)
    execute_many("INSERT INTO installation (name, value) VALUES (?, ?)", [(_SALT, salt)])
    return salt


def _digest(salt: str, scope: str, external_id: str) -> str:
    return hashlib.sha256(f"{salt}\n{scope}\n{external_id}".encode()).hexdigest()


def _chunks(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[start : start + _SOME] for start in range(0, len(values), _SOME))


def _marks(some: Sequence[object]) -> str:
    return ",".join("?" * len(some))
