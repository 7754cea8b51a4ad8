"""What a scanned code means here, also when an input method rewrote it or two scans were glued together."""

from __future__ import annotations

from dataclasses import dataclass

from packstation.domain.codes import glued_halves, look_up_candidates
from packstation.domain.input_methods import is_rewritten, unfold
from packstation.store.finding import Found, find_code
from packstation.store.parcels import orders_of_parcel, unpacked_parcels


@dataclass(frozen=True, slots=True)
class LookedUp:
    """The meanings of a code; several make it ambiguous.

    `rewritten`: it was found only by undoing an input method. `glued`: it is two known codes in one.
    """

    found: tuple[Found, ...]
    rewritten: bool = False
    glued: tuple[str, str] | None = None


def look_up(code: str, shop: str | None = None) -> LookedUp:
    """Find what a normalised code means; an input method's spelling is taken only if it leaves exactly one order."""
    found = find_code(look_up_candidates(code), shop)
    if found:
        return LookedUp(tuple(_with_shared_parcel(meaning) for meaning in found))
    if is_rewritten(code):
        meanings = {
            (meaning.shop, meaning.number): meaning
            for spelling in unfold(code)
            for meaning in find_code(look_up_candidates(spelling), shop)
        }
        if len(meanings) == 1:
            return LookedUp(tuple(_with_shared_parcel(meaning) for meaning in meanings.values()), rewritten=True)
    for first, second in glued_halves(code):
        if find_code(look_up_candidates(first), shop) and find_code(look_up_candidates(second), shop):
            return LookedUp((), glued=(first, second))
    return LookedUp(())


def _with_shared_parcel(found: Found) -> Found:
    """An order number whose one parcel to pack carries other orders too means that parcel, judged by all of them."""
    if found.parcel_id is not None:
        return found
    unpacked = unpacked_parcels(found.order_ids[0])
    if len(unpacked) != 1:
        return found
    orders = orders_of_parcel(unpacked[0])
    return found if len(orders) == 1 else Found(unpacked[0], orders, found.shop, found.number)
