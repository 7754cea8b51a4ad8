"""Two stored orders that are one: what people did with the copy becomes the order's own.

No row is thrown away that anything may name: parcels, holds, contacts, scans and ledger entries keep their ids. The copy's own row
stays as a record of what was handed in, without buyer, and says which order it became.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from packstation.domain.holds import Hold, HoldReason, HoldState, covers, stops
from packstation.domain.orders import IncomingParcel
from packstation.domain.packing import ParcelState
from packstation.store.database import execute_many, rows_of
from packstation.store.holds import cover_key, latest_hold, save_hold
from packstation.store.order_codes import CodeKind, OrderCode, add_codes
from packstation.store.parcel_intake import KnownParcel, known_parcels, matched

_PROGRESS = (
    ParcelState.UNSEEN,
    ParcelState.REOPENED,
    ParcelState.ON_DESK,
    ParcelState.PACKED,
    ParcelState.HANDED_OVER,
)


@dataclass(frozen=True, slots=True)
class EndedHold:
    """A hold that ended because another one rules its order."""

    order_id: int
    hold_id: int
    reason: HoldReason


def take_over_parcels(
    copy_id: int, base_id: int, shop_id: int, reported: Sequence[IncomingParcel], *, booked: bool
) -> None:
    """Make a copy's parcels ready to be the order's: in its shop, and without numbers that are not the order's.

    Package numbers of a copy are its own; so is the tracking number of a booking's only parcel once the order's only parcel has
    another. Such numbers still find the order, as codes.

    Args:
        copy_id: whose parcels; the order itself, when the copy's row becomes the order's.
        base_id: the order.
        shop_id: the order's shop.
        reported: the parcels that the order itself has.
        booked: the copy is a booking.
    """
    both = known_parcels([copy_id, base_id])
    shared = {parcel.id for parcel in both.get(base_id, [])} if copy_id != base_id else set()
    parcels = [parcel for parcel in both.get(copy_id, []) if parcel.id not in shared]
    tracking = reported[0].tracking if booked and len(reported) == len(parcels) == 1 else None
    codes: list[str | None] = []
    for parcel in parcels:
        kept = None if tracking and parcel.tracking != tracking else parcel.tracking
        codes += [parcel.package, parcel.tracking if kept is None else None]
        execute_many(
            "UPDATE parcel SET shop_id = ?, package = NULL, tracking = ? WHERE id = ?", [(shop_id, kept, parcel.id)]
        )
    add_codes(OrderCode(code, shop_id, base_id, CodeKind.ALSO) for code in codes if code)


def join_parcels(base_id: int, copy_id: int, shop_id: int) -> None:
    """Make a copy's parcels those of the order: where both have the same parcel, the one with which more was done stays.

    Args:
        base_id: the order.
        copy_id: its copy, whose parcels bear no numbers but the carrier's.
        shop_id: the order's shop.
    """
    both = known_parcels([base_id, copy_id])
    own = both.get(base_id, [])
    shared = {parcel.id for parcel in own}
    copied = [parcel for parcel in both.get(copy_id, []) if parcel.id not in shared]
    execute_many(
        "DELETE FROM parcel_order WHERE order_id = ? AND parcel_id = ?",
        [(copy_id, parcel_id) for parcel_id in sorted(shared)],
    )
    incoming = [IncomingParcel(parcel.package, parcel.tracking, parcel.carrier) for parcel in copied]
    offered = {id(report): parcel for report, parcel in zip(incoming, copied, strict=True)}
    pairs, unmatched = matched(own, incoming)
    for ours, report in pairs:
        _join(ours, offered[id(report)], copy_id, shop_id)
    for parcel in (offered[id(report)] for report in unmatched):
        if parcel.state is ParcelState.UNSEEN and own:
            _drop(parcel, own[0], copy_id)
        else:
            _relink(parcel.id, [(base_id, parcel.id)], copy_id)
            execute_many("UPDATE parcel SET shop_id = ? WHERE id = ?", [(shop_id, parcel.id)])


def _join(ours: KnownParcel, theirs: KnownParcel, copy_id: int, shop_id: int) -> None:
    """Make two rows of one parcel one."""
    stays, goes = ours, theirs
    if _PROGRESS.index(theirs.state) > _PROGRESS.index(ours.state):
        stays, goes = theirs, ours
    orders = rows_of("SELECT order_id FROM parcel_order WHERE parcel_id IN (?, ?)", (ours.id, theirs.id))
    slots = {
        row[0]: row[1:]
        for row in rows_of("SELECT id, slot, slot_since FROM parcel WHERE id IN (?, ?)", (ours.id, theirs.id))
    }
    slot, slot_since = slots[stays.id] if slots[stays.id][0] else slots[goes.id]
    numbers = (ours.package or theirs.package, ours.tracking or theirs.tracking, ours.carrier or theirs.carrier)
    execute_many("DELETE FROM parcel_order WHERE parcel_id IN (?, ?)", [(ours.id, theirs.id)])
    links = {(order_id, stays.id) for (order_id,) in orders if order_id != copy_id}
    execute_many("INSERT INTO parcel_order (order_id, parcel_id) VALUES (?, ?)", sorted(links))
    _discard(goes, stays, copy_id)
    execute_many(
        "UPDATE parcel SET shop_id = ?, package = ?, tracking = ?, carrier = ?, slot = ?, slot_since = ? WHERE id = ?",
        [(shop_id, *numbers, slot, slot_since, stays.id)],
    )


def _drop(parcel: KnownParcel, instead: KnownParcel, copy_id: int) -> None:
    """Let go of a copy's parcel that nobody touched and that the order knows nothing of."""
    execute_many("DELETE FROM parcel_order WHERE order_id = ? AND parcel_id = ?", [(copy_id, parcel.id)])
    if not rows_of("SELECT 1 FROM parcel_order WHERE parcel_id = ?", (parcel.id,)):
        _discard(parcel, instead, copy_id)


def _discard(parcel: KnownParcel, instead: KnownParcel, copy_id: int) -> None:
    """Delete a parcel without orders; one that was at a desk stays with the copy, without the numbers that find it."""
    execute_many("UPDATE scan SET parcel_id = ? WHERE parcel_id = ?", [(instead.id, parcel.id)])
    if rows_of("SELECT 1 FROM parcel_event WHERE parcel_id = ? LIMIT 1", (parcel.id,)):
        blank = "UPDATE parcel SET package = NULL, tracking = NULL, carrier = NULL, slot = NULL, slot_since = NULL WHERE id = ?"
        execute_many(blank, [(parcel.id,)])
        execute_many(
            "UPDATE parcel SET shop_id = (SELECT shop_id FROM orders WHERE id = ?) WHERE id = ?", [(copy_id, parcel.id)]
        )
        execute_many("INSERT INTO parcel_order (order_id, parcel_id) VALUES (?, ?)", [(copy_id, parcel.id)])
    else:
        execute_many("DELETE FROM parcel WHERE id = ?", [(parcel.id,)])


def _relink(parcel_id: int, links: Iterable[tuple[int, int]], copy_id: int) -> None:
    execute_many("DELETE FROM parcel_order WHERE order_id = ? AND parcel_id = ?", [(copy_id, parcel_id)])
    execute_many("INSERT INTO parcel_order (order_id, parcel_id) VALUES (?, ?) ON CONFLICT DO NOTHING", list(links))


def join_holds(base_id: int, copy_id: int, now: int) -> list[EndedHold]:
    """Let the order have the holds of whichever record was decided more strictly; the other's stay with the copy, ended.

    Stopped for good comes before open, open before released, released before never held; of equals the order's own stay.
    """
    base, copy = latest_hold(base_id), latest_hold(copy_id)
    copy_rules = copy is not None and _strictness(copy.hold) > (_strictness(base.hold) if base else 0)
    loser_id, loser = (base_id, base) if copy_rules else (copy_id, copy)
    ended = []
    if loser is not None and loser.hold.is_open:
        over = replace(
            loser.hold, state=HoldState.RELEASED, reason=HoldReason.REJUDGED, changed_at=now, next_try_at=None
        )
        save_hold(loser.id, loser.hold, over, None, now)
        ended.append(EndedHold(loser_id, loser.id, HoldReason.REJUDGED))
    if copy_rules:
        swap = "UPDATE hold SET order_id = CASE WHEN order_id = ? THEN CAST(? AS BIGINT) ELSE ? END WHERE order_id IN (?, ?)"
        execute_many(swap, [(base_id, copy_id, base_id, base_id, copy_id)])
    return ended


def _strictness(hold: Hold) -> int:
    if stops(hold):
        return 4
    if hold.is_open:
        return 3
    return 2 if covers(hold) else 1


def join_scans(base_id: int, copy_id: int) -> None:
    """Make the scans of a copy those of the order."""
    execute_many("UPDATE scan SET order_id = ? WHERE order_id = ?", [(base_id, copy_id)])


def holding_covers(order_ids: Iterable[int]) -> list[int]:
    """The holds of these orders whose release covers their order as it is now."""
    found: list[int] = []
    for order_id in sorted(set(order_ids)):
        covering = rows_of("SELECT id, cover_key FROM hold WHERE order_id = ? AND cover_key IS NOT NULL", (order_id,))
        if covering:
            key = cover_key(order_id)
            found += [hold_id for hold_id, covered in covering if covered == key]
    return found


def cover_as_now(hold_ids: Iterable[int]) -> None:
    """Let releases cover their orders as these are now: what a copy only filled in is no change."""
    for hold_id in hold_ids:
        [(order_id,)] = rows_of("SELECT order_id FROM hold WHERE id = ?", (hold_id,))
        execute_many("UPDATE hold SET cover_key = ? WHERE id = ?", [(cover_key(order_id), hold_id)])
