"""The phones and emails that buyers use, kept as digests under a secret of this installation."""

from __future__ import annotations

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from packstation.domain.identities import (
    MOST_PROFILES,
    KeyKind,
    LinkRules,
    Use,
    identity_keys,
    name_form,
    place_form,
    sharing,
)
from packstation.domain.orders import Address, IncomingBuyer
from packstation.domain.phones import DEFAULT_REGION, region_of
from packstation.domain.times import day_of
from packstation.store.database import execute_many, rows_of
from packstation.store.link_rules import link_rules

_SECRET = "identity_secret"  # noqa: S105 - the name that it is kept under
_SOME = 500
_NOWHERE = Address()
_UPSERT = (
    "INSERT INTO identity_key (buyer_id, value, kind, name, place, first_day, last_day) VALUES (?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (buyer_id, value) DO UPDATE SET name = excluded.name, place = excluded.place, "
    "first_day = excluded.first_day, last_day = excluded.last_day"
)
_TAKES_PART = (
    "NOT EXISTS (SELECT 1 FROM link_decision d WHERE d.buyer_id = identity_key.buyer_id AND d.kind = 'split') "
    "AND NOT EXISTS (SELECT 1 FROM denied_number n WHERE n.buyer_id = identity_key.buyer_id AND n.value = identity_key.value)"
)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A buyer as an order or a list of customers shows them; `day` (UTC, since 1970) and `address` are the order's."""

    buyer_id: int
    buyer: IncomingBuyer
    address: Address = _NOWHERE
    day: int | None = None


def keep_sightings(shop_id: int, sightings: Sequence[Sighting]) -> set[int]:
    """Keep which phones and emails buyers use, inside a transaction that holds the intake's lock.

    Returns:
        The buyers of whose links some are new or gone.
    """
    region = _region(shop_id)
    told = [(seen, keys) for seen in sightings if (keys := identity_keys(seen.buyer, region))]
    if not told:
        return set()
    secret = _secret()
    fresh: dict[tuple[str, int], tuple[KeyKind, Use]] = {}
    for seen, keys in told:
        use = _use(seen, secret)
        for kind, text in keys:
            place = _digest(secret, kind, text), seen.buyer_id
            fresh[place] = (kind, fresh[place][1].seen_also(use) if place in fresh else use)
    known, crowded = _known(fresh)
    changed: dict[str, dict[int, Use]] = defaultdict(dict)
    rows = []
    for (value, buyer_id), (kind, use) in sorted(fresh.items()):
        before = known.get(value, {}).get(buyer_id)
        after = before.seen_also(use) if before else use
        if after != before:
            changed[value][buyer_id] = after
            rows.append((buyer_id, value, str(kind), after.name, after.place, after.first_day, after.last_day))
    execute_many(_UPSERT, rows)
    shared = {value for value in changed if len(known.get(value, {}).keys() | changed[value].keys()) > 1} - crowded
    return _regrouped({value: (known.get(value, {}), known.get(value, {}) | changed[value]) for value in shared})


def _regrouped(uses: Mapping[str, tuple[Mapping[int, Use], Mapping[int, Use]]]) -> set[int]:
    """The buyers who are in other groups with what came after than with what was before, by value."""
    if not uses:
        return set()
    rules = link_rules()
    split = split_buyers({buyer_id for _before, after in uses.values() for buyer_id in after})
    denied = _denied(uses)
    found: set[int] = set()
    for value, (before, after) in uses.items():
        out = split | denied.get(value, set())
        were, are = (
            set(sharing([use for use in each.values() if use.buyer_id not in out], rules).groups)
            for each in (before, after)
        )
        found.update(buyer_id for group in were ^ are for buyer_id in group)
    return found


def _use(seen: Sighting, secret: bytes) -> Use:
    name, recipient = name_form(seen.buyer.name), name_form(seen.address.recipient)
    if " " not in name and " " in recipient:
        # A marketplace calls its buyers by user names; the number is the recipient's.
        name = recipient
    place = place_form(seen.address)
    return Use(seen.buyer_id, name, _digest(secret, "place", place) if place else "", seen.day, seen.day)


def _known(fresh: Mapping[tuple[str, int], object]) -> tuple[dict[str, dict[int, Use]], set[str]]:
    """The stored uses by value and buyer, and the values of more buyers than link; of these only the uses asked for."""
    values = sorted({value for value, _buyer in fresh})
    counts: dict[str, int] = {}
    for some in chunks(values):
        counts.update(
            rows_of(f"SELECT value, count(*) FROM identity_key WHERE value IN ({marks(some)}) GROUP BY value", some)
        )
    crowded = {value for value, count in counts.items() if count > MOST_PROFILES}
    known: dict[str, dict[int, Use]] = {}
    for value, use in _uses([value for value in counts if value not in crowded]):
        known.setdefault(value, {})[use.buyer_id] = use
    for value, buyer_id in fresh:
        if value in crowded:
            for _value, use in _uses([value], "buyer_id = ?", (buyer_id,)):
                known.setdefault(value, {})[buyer_id] = use
    return known, crowded


def _uses(values: Sequence[str], condition: str = "1 = 1", more: Sequence[object] = ()) -> Iterator[tuple[str, Use]]:
    for some in chunks(values):
        for value, *use in rows_of(
            "SELECT value, buyer_id, name, place, first_day, last_day FROM identity_key "
            f"WHERE value IN ({marks(some)}) AND {condition}",
            (*some, *more),
        ):
            yield value, Use(*use)


def groups_of_values(values: Collection[str], rules: LinkRules) -> dict[str, tuple[frozenset[int], ...]]:
    """Who is one person by each of these phones and emails; split buyers by none, others by none that its owner denied them."""
    ordered = sorted(values)
    linking: list[str] = []
    for some in chunks(ordered):
        linking += [
            row[0]
            for row in rows_of(
                f"SELECT value FROM identity_key WHERE value IN ({marks(some)}) GROUP BY value "
                f"HAVING count(*) > 1 AND count(*) <= {MOST_PROFILES}",
                some,
            )
        ]
    uses: dict[str, list[Use]] = {value: [] for value in linking}
    for value, use in _uses(linking, _TAKES_PART):
        uses[value].append(use)
    return {value: sharing(every, rules).groups for value, every in uses.items()}


def every_group(rules: LinkRules, page: int = 20_000) -> Iterator[frozenset[int]]:
    """Who is one person by each phone and email there is."""
    split = {row[0] for row in rows_of("SELECT buyer_id FROM link_decision WHERE kind = 'split'")}
    denied = _by_value(rows_of("SELECT value, buyer_id FROM denied_number"))
    after: tuple[str, int] = ("", 0)
    current, uses = "", list[Use]()
    while rows := rows_of(
        "SELECT value, buyer_id, name, place, first_day, last_day FROM identity_key WHERE (value, buyer_id) > (?, ?) "
        f"ORDER BY value, buyer_id LIMIT {page}",
        after,
    ):
        for value, *use in rows:
            if value != current:
                yield from _groups(uses, split | denied.get(current, set()), rules)
                current, uses = value, []
            uses.append(Use(*use))
        after = rows[-1][0], rows[-1][1]
    yield from _groups(uses, split | denied.get(current, set()), rules)


def _groups(uses: Sequence[Use], out: set[int], rules: LinkRules) -> tuple[frozenset[int], ...]:
    if not 1 < len(uses) <= MOST_PROFILES:
        return ()
    return sharing([use for use in uses if use.buyer_id not in out], rules).groups


def _denied(values: Collection[str]) -> dict[str, set[int]]:
    """By phone, the buyers whom its owner denied an order."""
    return _by_value(
        [
            row
            for some in chunks(sorted(values))
            for row in rows_of(f"SELECT value, buyer_id FROM denied_number WHERE value IN ({marks(some)})", some)
        ]
    )


def _by_value(rows: Iterable[Sequence[Any]]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for value, buyer_id in rows:
        found.setdefault(value, set()).add(buyer_id)
    return found


def values_of(buyer_ids: Collection[int]) -> dict[int, dict[str, KeyKind]]:
    """The phones and emails of buyers, as digests."""
    found: dict[int, dict[str, KeyKind]] = {}
    for some in chunks(sorted(buyer_ids)):
        for buyer_id, value, kind in rows_of(
            f"SELECT buyer_id, value, kind FROM identity_key WHERE buyer_id IN ({marks(some)})", some
        ):
            found.setdefault(buyer_id, {})[value] = KeyKind(kind)
    return found


def split_buyers(buyer_ids: Collection[int]) -> set[int]:
    """Those of the buyers that a supervisor split off."""
    return {
        row[0]
        for some in chunks(sorted(buyer_ids))
        for row in rows_of(
            f"SELECT buyer_id FROM link_decision WHERE kind = 'split' AND buyer_id IN ({marks(some)})", some
        )
    }


def users_of(values: Collection[str]) -> set[int]:
    """The buyers who use one of these, those of crowded ones left out: they link nobody."""
    found: set[int] = set()
    for some in chunks(sorted(values)):
        in_use = rows_of(
            f"SELECT value FROM identity_key WHERE value IN ({marks(some)}) GROUP BY value "
            f"HAVING count(*) <= {MOST_PROFILES}",
            some,
        )
        found.update(use.buyer_id for _value, use in _uses([row[0] for row in in_use]))
    return found


def forget_identities(buyer_ids: Collection[int]) -> None:
    """Forget which phones and emails buyers use, and which of them are not theirs."""
    for table in ("identity_key", "denied_number"):
        execute_many(f"DELETE FROM {table} WHERE buyer_id = ?", [(buyer_id,) for buyer_id in sorted(buyer_ids)])


def identities_from_buyers() -> None:
    """Keep what the buyers' own rows tell, in a database from before identities were kept; inside a transaction."""
    last = 0
    while rows := rows_of(
        "SELECT b.id, b.name, b.phone, b.email, min(o.placed_at), max(o.placed_at), max(s.currency) FROM buyer b "
        "LEFT JOIN orders o ON o.buyer_id = b.id LEFT JOIN shop s ON s.id = o.shop_id WHERE b.id > ? "
        "AND (b.phone <> '' OR b.email <> '') GROUP BY b.id, b.name, b.phone, b.email ORDER BY b.id LIMIT 5000",
        (last,),
    ):
        kept, secret = [], _secret()
        for buyer_id, name, phone, email, first, latest, currency in rows:
            use = _use(Sighting(buyer_id, IncomingBuyer(None, name)), secret)
            days = tuple(None if at is None else day_of(at) for at in (first, latest))
            region = region_of(currency) if currency else DEFAULT_REGION
            for kind, text in identity_keys(IncomingBuyer(None, name, phone, email), region):
                kept.append((buyer_id, _digest(secret, kind, text), str(kind), use.name, use.place, *days))
        execute_many(_UPSERT, kept)
        last = rows[-1][0]


def _region(shop_id: int) -> str:
    return region_of(rows_of("SELECT currency FROM shop WHERE id = ?", (shop_id,))[0][0])


def _secret() -> bytes:
    rows = rows_of("SELECT value FROM installation WHERE name = ?", (_SECRET,))
    if rows:
        return bytes.fromhex(rows[0][0])
    secret = secrets.token_bytes(32)
    execute_many("INSERT INTO installation (name, value) VALUES (?, ?)", [(_SECRET, secret.hex())])
    return secret


def digest_of_key(kind: KeyKind, text: str) -> str:
    """The digest under which a phone or an email (of `domain.identities.identity_keys`) is kept; inside a transaction."""
    return _digest(_secret(), kind, text)


@lru_cache(maxsize=65_536)
def _digest(secret: bytes, kind: str, text: str) -> str:
    return hashlib.blake2b(f"{kind}\n{text}".encode(), key=secret, digest_size=16).hexdigest()


def chunks(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """The values, as many at a time as one statement takes."""
    return (values[start : start + _SOME] for start in range(0, len(values), _SOME))


def marks(some: Sequence[object]) -> str:
    """As many placeholders."""
    return ",".join("?" * len(some))
