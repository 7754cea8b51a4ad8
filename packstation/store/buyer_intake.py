"""Buyers as orders bring them: found by any id they are known by, made when new, their known details never erased."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from packstation.domain.buyers import fold, profile_ids, profile_scope
from packstation.domain.merging import better_text
from packstation.domain.orders import IncomingBuyer
from packstation.domain.phones import phone_key
from packstation.store.buyer_facts import keep_facts
from packstation.store.database import execute_many, lock_name, reserve_ids, rows_of
from packstation.store.search_index import Findable, SearchMoves

_BUYER_COLUMNS = "id, customer_id, home_id, channel, external_id, name, name_key, phone, phone_key, email"


@dataclass(frozen=True, slots=True)
class _Details:
    """What is known of a buyer beside the ids; empty where nothing is."""

    name: str = ""
    phone: str = ""
    email: str = ""

    def improved(self, name: str, phone: str, email: str) -> _Details:
        """These details after newer ones came in."""
        return _Details(
            better_text(self.name, name),
            better_text(self.phone, phone),
            better_text(self.email, email.strip().casefold()),
        )

    def columns(self) -> tuple[str, str, str, str, str]:
        """The values of name, name_key, phone, phone_key and email."""
        return self.name, fold(self.name), self.phone, phone_key(self.phone), self.email

    def findable(self, buyer_id: int) -> Findable:
        """What a buyer with these details is found by, beside the ids."""
        return Findable(buyer_id, self.name, phone_key(self.phone), self.email)


def take_in_buyers(channel: str, shop_id: int, buyers: Sequence[IncomingBuyer | None]) -> list[int | None]:
    """The buyer ids of the profiles, in their order, None for guests; new profiles are made. Inside a transaction."""
    lock_name("intake")
    scope = profile_scope(channel, shop_id)
    ids = [profile_ids(buyer) for buyer in buyers]
    known = _known_aliases(scope, sorted({external for externals in ids for external in externals}))
    # The buyer of each id: of those still to be made, the leading id stands for them.
    owners: dict[str, int | str] = dict(known)
    for profile in _profiles(ids):
        owner = next((known[external] for external in profile if external in known), profile[0])
        for external in profile:
            owners.setdefault(external, owner)
    details: dict[int | str, _Details] = {}
    for buyer, externals in zip(buyers, ids, strict=True):
        if buyer is not None and externals:
            before = details.get(owners[externals[0]], _Details())
            details[owners[externals[0]]] = before.improved(buyer.name, buyer.phone, buyer.email)
    moves = SearchMoves()
    made = _insert(channel, {owner: better for owner, better in details.items() if isinstance(owner, str)}, moves)
    _add_details({owner: better for owner, better in details.items() if isinstance(owner, int)}, moves)
    found = {external: made[owner] if isinstance(owner, str) else owner for external, owner in owners.items()}
    _add_aliases(scope, {external: buyer_id for external, buyer_id in found.items() if external not in known}, moves)
    moves.write()
    facts = {
        found[externals[0]]: buyer.facts
        for buyer, externals in zip(buyers, ids, strict=True)
        if buyer and buyer.facts and externals
    }
    keep_facts(facts)
    return [found[externals[0]] if externals else None for externals in ids]


def _profiles(ids: Iterable[Sequence[str]]) -> list[list[str]]:
    """The ids that orders name together, as groups in order of appearance: each group is one buyer."""
    profile_of: dict[str, list[str]] = {}
    for externals in ids:
        joined = {id(profile_of[external]): profile_of[external] for external in externals if external in profile_of}
        fresh = [external for external in externals if external not in profile_of]
        if len(joined) == 1 and not fresh:
            continue
        profile = [external for part in joined.values() for external in part] + fresh
        profile_of.update(dict.fromkeys(profile, profile))
    return list({id(profile): profile for profile in profile_of.values()}.values())


def _known_aliases(scope: str, externals: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(externals), 500):
        some = externals[start : start + 500]
        marks = ",".join("?" * len(some))
        sql = f"SELECT external_id, buyer_id FROM buyer_alias WHERE scope = ? AND external_id IN ({marks})"
        found.update(rows_of(sql, (scope, *some)))
    return found


def _insert(channel: str, newcomers: Mapping[str, _Details], moves: SearchMoves) -> dict[str, int]:
    if not newcomers:
        return {}
    customers = reserve_ids("customer", len(newcomers))
    ids = reserve_ids("buyer", len(newcomers))
    execute_many("INSERT INTO customer (id) VALUES (?)", [(customer,) for customer in customers])
    execute_many(
        f"INSERT INTO buyer ({_BUYER_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (buyer_id, customer, customer, channel, external, *details.columns())
            for buyer_id, customer, (external, details) in zip(ids, customers, newcomers.items(), strict=True)
        ],
    )
    made = dict(zip(newcomers, ids, strict=True))
    for external, details in newcomers.items():
        moves.move(Findable(made[external]), details.findable(made[external]))
    return made


def _add_aliases(scope: str, fresh: Mapping[str, int], moves: SearchMoves) -> None:
    execute_many(
        "INSERT INTO buyer_alias (scope, external_id, buyer_id) VALUES (?, ?, ?)",
        [(scope, external, fresh[external]) for external in sorted(fresh)],
    )
    for external, buyer_id in fresh.items():
        moves.move(Findable(buyer_id), Findable(buyer_id, codes=(external,)))


def _add_details(offered: Mapping[int, _Details], moves: SearchMoves) -> None:
    """Update what is known of buyers that were there before, where this page knows better."""
    ids = sorted(buyer_id for buyer_id, details in offered.items() if details != _Details())
    updates = []
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        marks = ",".join("?" * len(some))
        sql = f"SELECT id, name, phone, email FROM buyer WHERE id IN ({marks}) ORDER BY id"
        for buyer_id, *texts in rows_of(sql, some):
            known, news = _Details(*texts), offered[buyer_id]
            better = known.improved(news.name, news.phone, news.email)
            if better != known:
                updates.append((*better.columns(), buyer_id))
                moves.move(known.findable(buyer_id), better.findable(buyer_id))
    execute_many(
        "UPDATE buyer SET name = ?, name_key = ?, phone = ?, phone_key = ?, email = ? WHERE id = ?",
        updates,
    )
