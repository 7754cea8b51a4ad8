"""What lies on the hold shelf, as stations show it, and the slips of it. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from packstation.acts.looking_up import look_up
from packstation.domain.alarms import PullAlarm
from packstation.domain.shelf import ShelfPlace, ShelvedParcel, Slip
from packstation.store import alarms
from packstation.store.database import answering
from packstation.store.holds import courier_instruction, latest_hold
from packstation.store.parcels import parcel_ids
from packstation.store.shelf import count_to_fetch, shelved_parcels


@dataclass(frozen=True, slots=True)
class Shelf:
    """Parcels to fetch back, to pull from wherever they are, and those that lie on the shelf as they should or are to be put aside.

    Each parcel is in one list: one that is to be pulled is neither fetched to be packed nor left there.
    """

    fetch: tuple[ShelvedParcel, ...]
    pull: tuple[PullAlarm, ...]
    lies: tuple[ShelvedParcel, ...]


def shelf() -> Shelf:
    """The shelf now."""
    with answering():
        pull = tuple(alarms.open_alarms())
        pulled = {alarm.parcel_id for alarm in pull}
        shelved = [each for each in shelved_parcels() if each.parcel_id not in pulled]
        fetch = tuple(each for each in shelved if each.place is ShelfPlace.FETCH_BACK)
        lies = tuple(each for each in shelved if each.place is not ShelfPlace.FETCH_BACK)
        return Shelf(fetch, pull, lies)


def to_fetch() -> int:
    """How many parcels are to be fetched back."""
    with answering():
        return count_to_fetch()


def slips_of(code: str, shop: str | None = None) -> list[Slip]:
    """The slips of the shelved parcels that a code means; none when nothing of it lies on the shelf."""
    with answering():
        meant: set[int] = set()
        for found in look_up(code, shop).found:
            if found.parcel_id is not None:
                meant.add(found.parcel_id)
            else:
                meant.update(parcel_ids(found.order_ids[0]))
        return [slip for each in shelved_parcels(meant) if (slip := _slip(each)) is not None]


def _slip(shelved: ShelvedParcel) -> Slip | None:
    card = latest_hold(shelved.order_id)
    if card is None:
        return None
    return Slip(
        card.id,
        shelved.slot,
        shelved.code,
        shelved.number,
        shelved.shop,
        shelved.zone,
        card.hold.decide_by,
        courier_instruction(shelved.order_id),
    )
