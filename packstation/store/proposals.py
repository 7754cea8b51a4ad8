"""Buyers who may be a customer too, looked up when somebody asks: by name and address, or by what too many people share."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from packstation.domain.candidates import LEAST_CONFIDENCE, LinkReason, confidence, name_orders
from packstation.domain.identities import MOST_PROFILES, name_form, place_form
from packstation.domain.orders import Address, is_masked
from packstation.store.database import rows_of
from packstation.store.denied_numbers import parted_from
from packstation.store.identities import chunks, marks, split_buyers, values_of

_MOST_PLACES = 20
_MOST_LOOKED_AT = 200
_MOST_PROPOSED = 20


@dataclass(frozen=True, slots=True)
class Proposal:
    """A buyer of another customer who is like a buyer of this one."""

    buyer_id: int
    with_buyer: int
    reason: LinkReason
    confidence: float


@dataclass(frozen=True, slots=True)
class _Looks:
    """What a buyer is compared by."""

    name_key: str
    name: str
    places: tuple[str, ...]
    address_keys: tuple[str, ...]


def proposals_for(own: Sequence[int]) -> list[Proposal]:
    """The buyers who may be the customer of these buyers, the likeliest first; none refused, split off, parted or masked."""
    looks = {buyer_id: _looks(buyer_id) for buyer_id in own}
    found: dict[int, Proposal] = {}
    refused, parted = _refused(own), parted_from(own)
    split = split_buyers(own)
    for buyer_id in own:
        if buyer_id in split:
            continue
        shared = _sharing(buyer_id)
        others = (_like(looks[buyer_id]) | shared.keys()) - set(own) - parted
        for other in sorted(others - split_buyers(others)):
            if (min(buyer_id, other), max(buyer_id, other)) in refused:
                continue
            mine, theirs = looks[buyer_id], _looks(other)
            sure = confidence(mine.name, theirs.name, mine.places, theirs.places, shared=other in shared)
            reason = shared.get(other, LinkReason.NAME_AND_ADDRESS)
            if (other in shared or sure >= LEAST_CONFIDENCE) and (other not in found or sure > found[other].confidence):
                found[other] = Proposal(other, buyer_id, reason, sure)
    return sorted(found.values(), key=lambda one: (-one.confidence, one.buyer_id))[:_MOST_PROPOSED]


def split_off_from(own: Collection[int]) -> set[int]:
    """The buyers that would be these ones' customer, had a supervisor not split them off."""
    sharing = {other for buyer_id in own for other in _sharing(buyer_id)} - set(own)
    return split_buyers(sharing)


def _sharing(buyer_id: int) -> dict[int, LinkReason]:
    """Other buyers who use the same phone or email as this one, and which of the two."""
    found: dict[int, LinkReason] = {}
    for value, kind in sorted(values_of([buyer_id]).get(buyer_id, {}).items()):
        rows = rows_of(
            f"SELECT buyer_id FROM identity_key WHERE value = ? AND buyer_id <> ? ORDER BY buyer_id LIMIT {MOST_PROFILES}",
            (value, buyer_id),
        )
        for (other,) in rows:
            found.setdefault(other, LinkReason(kind))
    return found


def _like(looks: _Looks) -> set[int]:
    """Buyers of the same name, or whose orders went to the same address; masked ones have neither."""
    found: set[int] = set()
    if " " in looks.name:
        for some in chunks(name_orders(looks.name_key)):
            found.update(_ids(f"SELECT id FROM buyer WHERE name_key IN ({marks(some)})", some))
    if looks.address_keys:
        keys = looks.address_keys
        sql = f"SELECT DISTINCT buyer_id FROM orders WHERE address_key IN ({marks(keys)}) AND buyer_id IS NOT NULL"
        found.update(_ids(sql, keys))
    return found


def _ids(sql: str, values: Sequence[object]) -> Iterable[int]:
    return (row[0] for row in rows_of(f"{sql} LIMIT {_MOST_LOOKED_AT}", values))


def _looks(buyer_id: int) -> _Looks:
    name, name_key = rows_of("SELECT name, name_key FROM buyer WHERE id = ?", (buyer_id,))[0]
    rows = rows_of(
        "SELECT recipient, street, district, province, address_key FROM orders WHERE buyer_id = ? AND address_key IS NOT NULL "
        f"ORDER BY placed_at DESC, id DESC LIMIT {_MOST_PLACES}",
        (buyer_id,),
    )
    places = [place_form(Address(street=row[1], district=row[2], province=row[3])) for row in rows]
    names = [name_form(text) for text in (name, *(row[0] for row in rows))]
    return _Looks(
        "" if is_masked(name) else name_key,
        next((one for one in names if " " in one), names[0]),
        tuple(dict.fromkeys(place for place in places if place)),
        tuple(dict.fromkeys(row[4] for row in rows)),
    )


def _refused(own: Sequence[int]) -> set[tuple[int, int]]:
    sql = "SELECT buyer_id, other_id FROM link_decision WHERE kind = 'refused'"
    return {
        (row[0], row[1])
        for some in chunks(list(own))
        for column in ("buyer_id", "other_id")
        for row in rows_of(f"{sql} AND {column} IN ({marks(some)})", some)
    }
