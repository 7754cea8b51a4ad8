"""What carriers say of parcels: stored, and followed by outcomes that the channel does not know, and by rescue calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from packstation.acts.judging import judge_stored
from packstation.acts.rescuing import follow_parcel
from packstation.acts.workplace import Workplace
from packstation.domain.carriers import Carriers
from packstation.domain.cleaning import LONGEST_NOTE, clean
from packstation.domain.ledger import EntryKind
from packstation.domain.merging import told_by_carrier
from packstation.domain.orders import Outcome
from packstation.domain.waybills import IncomingWaybill, WaybillEvent, outcomes_of_order
from packstation.store import waybills as stored
from packstation.store.database import database_now, lock_name, lock_orders, transaction
from packstation.store.erased_buyers import pseudonyms_of
from packstation.store.intake import change_outcomes
from packstation.store.order_rows import StoredOrder, load_orders

BATCH = 500


@dataclass(frozen=True, slots=True)
class WaybillsTaken:
    """What a status file changed.

    Attributes:
        new: lines that nobody knew.
        known: lines that were there already.
        orders: orders whose end is another one now.
        rescues: rescue calls that were opened.
        unknown: words that no mapping knows, with how many lines have them.
        elsewhere: new lines about parcels that are not known here; they are looked for again at the next import.
    """

    new: int
    known: int
    orders: int
    rescues: int
    unknown: dict[str, int]
    elsewhere: int


def take_in_waybills(
    place: Workplace, carrier: str, shop: str, events: Sequence[IncomingWaybill], carriers: Carriers
) -> WaybillsTaken:
    """Store a carrier's status file in small batches; what is there already changes nothing.

    Args:
        place: who stores it.
        carrier: what the file calls the carrier.
        shop: whose order numbers it has; empty for any.
        events: as the file has them.
        carriers: what was agreed.
    """
    name = carriers.name(carrier)
    new = known = orders = rescues = elsewhere = 0
    for page in _pages([_cleaned(event) for event in events]):
        with transaction():
            lock_name("intake")
            now = database_now()
            kept = stored.keep_events(name, shop, page, now)
            # What came before its order is looked for again, once a file.
            matched = stored.match_events(kept.touched if new or known else None)
            touched = sorted({*matched, *stored.orders_of_events(kept.touched)})
            changed, opened = _follow(place, touched, name, carriers, now)
            elsewhere += stored.count_without_order(kept.touched)
            place.ledger.write(
                EntryKind.WAYBILLS_IMPORTED,
                now,
                station_id=place.station_id,
                facts={"new": kept.new, "orders": len(changed), "rescues": opened},
            )
        judge_stored(place, changed)
        new += kept.new
        known += kept.known
        orders += len(changed)
        rescues += opened
    unknown = Counter(event.word for event in events if event.meaning is None)
    return WaybillsTaken(new, known, orders, rescues, dict(unknown.most_common()), elsewhere)


def _cleaned(event: IncomingWaybill) -> IncomingWaybill:
    return replace(
        event,
        tracking=clean(event.tracking),
        number=clean(event.number),
        word=clean(event.word),
        reason=clean(event.reason, LONGEST_NOTE),
    )


def _pages(events: Sequence[IncomingWaybill]) -> Iterator[Sequence[IncomingWaybill]]:
    for start in range(0, len(events), BATCH):
        yield events[start : start + BATCH]


def _follow(
    place: Workplace, touched: Sequence[int], carrier: str, carriers: Carriers, now: int
) -> tuple[list[int], int]:
    """Let orders follow what is known of their parcels: the ids of those that ended otherwise, and the rescues opened."""
    order_ids = stored.sharing_parcels(touched)
    if not order_ids:
        return [], 0
    lock_orders(order_ids)
    before = _loaded(order_ids)
    erased = pseudonyms_of([order.buyer_id for order in before if order.buyer_id is not None])
    stored.forget_reasons(order.id for order in before if order.buyer_id in erased)
    told = {order.id: stored.events_of(order.id) for order in before}
    after = [
        replace(order, kept=told_by_carrier(order.kept, outcomes_of_order(list(told[order.id].values())), carrier, now))
        for order in before
    ]
    pairs = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    change_outcomes([old for old, _new in pairs], [new for _old, new in pairs])
    opened = 0
    shared: dict[str, list[WaybillEvent]] = {}
    for order in after:
        outcome = order.kept.ended.outcome if order.kept.ended else Outcome.OPEN
        for tracking, events in told[order.id].items():
            # A parcel of several orders is rescued once, for the first of them.
            if tracking and shared.setdefault(tracking, events) is not events and shared[tracking] == events:
                continue
            opened += follow_parcel(place, order.id, tracking, events, outcome, carriers.terms(carrier), now)
    return [new.id for _old, new in pairs], opened


def _loaded(order_ids: Sequence[int]) -> list[StoredOrder]:
    found: list[StoredOrder] = []
    for start in range(0, len(order_ids), BATCH):
        some = order_ids[start : start + BATCH]
        found += load_orders(f"id IN ({','.join('?' * len(some))})", some)
    return found
