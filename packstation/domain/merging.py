"""What an order becomes when its channel hands it in again.

An update older than what is stored changes nothing but fills empty fields; empty or masked text never overwrites known text;
the amount first seen is kept; timelines only grow. A carrier tells only what the channel does not. Source: docs/definitions.md,
"Order status" and "Outcome".

A refund that its channel deleted is gone as if it had never been, in the history at earlier moments too: nobody knows when it was
taken back, and no money was given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from packstation.domain.addresses import PLACE_PARTS, address_key
from packstation.domain.orders import (
    GONE,
    Address,
    FailureCause,
    IncomingOrder,
    Item,
    Outcome,
    Refund,
    Status,
    TimedOutcome,
    TimedStatus,
    counts_as_cod,
    is_masked,
)

_UNENDED = frozenset({Status.UNPAID, Status.CHANNEL_HOLD, Status.TO_PACK, Status.LABEL_READY, Status.SHIPPED})
_SHIPPED = frozenset(
    {Status.SHIPPED, Status.DELIVERED, Status.COMPLETED, Status.RETURNING, Status.RETURNED, Status.LOST}
)


@dataclass(frozen=True, slots=True)
class SeenStatus:
    """A status with the channel's time of it (or the best stand-in) and ours, ms UTC."""

    status: Status
    channel_status: str
    known_at: int
    seen_at: int


@dataclass(frozen=True, slots=True)
class SeenOutcome:
    """An outcome with the time it became known and ours, ms UTC. `source` is the carrier that told it, empty for the channel."""

    outcome: Outcome
    cause: FailureCause | None
    known_at: int
    seen_at: int
    source: str = ""


@dataclass(frozen=True, slots=True)
class KeptOrder:
    """An order as it is kept. `incoming` holds its plain fields in their merged form; timelines are in mapped order."""

    incoming: IncomingOrder
    first_total: int
    statuses: tuple[SeenStatus, ...]
    outcomes: tuple[SeenOutcome, ...]

    @property
    def status(self) -> SeenStatus:
        """The current status: the one handed in last."""
        return self.statuses[-1]

    @property
    def ended(self) -> SeenOutcome | None:
        """The outcome known last; of equal times the later mapped. None while none was ever handed in."""
        return _latest(self.outcomes) if self.outcomes else None

    @property
    def cod(self) -> bool:
        """Whether money is to be collected at the door."""
        shipped = [seen.known_at for seen in self.statuses if seen.status in _SHIPPED]
        return counts_as_cod(self.incoming.cod, self.incoming.paid_at, min(shipped) if shipped else None)


def _latest(outcomes: Sequence[SeenOutcome]) -> SeenOutcome:
    found = outcomes[0]
    for seen in outcomes:
        if seen.known_at >= found.known_at:
            found = seen
    return found


def first_kept(order: IncomingOrder, seen_at: int) -> KeptOrder:
    """The order as kept when it is handed in for the first time."""
    known = order.updated_at if order.updated_at is not None else seen_at
    return KeptOrder(
        order,
        order.total,
        tuple(
            SeenStatus(timed.status, timed.channel_status, known if timed.known_at is None else timed.known_at, seen_at)
            for timed in order.statuses
        ),
        tuple(
            SeenOutcome(timed.outcome, timed.cause, known if timed.known_at is None else timed.known_at, seen_at)
            for timed in order.outcomes
        ),
    )


def merge(kept: KeptOrder, order: IncomingOrder, seen_at: int) -> KeptOrder:
    """The kept order after its channel handed it in again."""
    old = kept.incoming
    if is_older(order, old):
        return replace(kept, incoming=_filled(old, order))
    known = order.updated_at if order.updated_at is not None else seen_at
    return KeptOrder(
        _updated(old, order),
        kept.first_total,
        _longer_statuses(kept.statuses, order.statuses, known, seen_at),
        _longer_outcomes(kept, order, known, seen_at),
    )


def fill(kept: KeptOrder, copy: IncomingOrder) -> KeptOrder:
    """The kept order with what was empty or masked taken from a copy of it: a hub's, or the booking that became it.

    Status, outcome, amounts and source are never a copy's to say.
    """
    old = kept.incoming
    return replace(kept, incoming=replace(_filled(old, copy), source=old.source, origin=old.origin))


def change_known_to_label(kept: KeptOrder) -> int:
    """The address's change that the label of an order first seen as `label_ready` was made after, ms UTC; 0 for none.

    A change that the channel gives no moment of its own (its moment is the order's placing) may have come before the label.
    """
    changed = kept.incoming.address_changed_at
    if changed is None:
        return 0
    labelled = takewhile(lambda seen: seen.status is Status.LABEL_READY, reversed(kept.statuses))
    labelled_at = min((seen.known_at for seen in labelled), default=changed)
    return 0 if max(labelled_at, kept.incoming.placed_at) < changed else changed


def is_older(order: IncomingOrder, old: IncomingOrder) -> bool:
    """Whether `order` says of itself that it is older than what is kept."""
    return old.updated_at is not None and order.updated_at is not None and order.updated_at < old.updated_at


def _filled(old: IncomingOrder, older: IncomingOrder) -> IncomingOrder:
    return replace(
        _with_texts(old, older, keep_known=True),
        items=old.items or older.items,
        refunds=old.refunds or older.refunds,
        vouchers=old.vouchers or older.vouchers,
        parcels=older.parcels,
        cod=older.cod if old.cod is None else old.cod,
        to_collect=_known(old.to_collect, older.to_collect),
        paid_at=_known(old.paid_at, older.paid_at),
        arrange_by=_known(old.arrange_by, older.arrange_by),
        ship_by=_known(old.ship_by, older.ship_by),
        cancels_at=_known(old.cancels_at, older.cancels_at),
        answer_by=_known(old.answer_by, older.answer_by),
        address_changed_at=_later(old.address_changed_at, older.address_changed_at),
        buyer=old.buyer or older.buyer,
        origin=old.origin or older.origin,
    )


def _updated(old: IncomingOrder, new: IncomingOrder) -> IncomingOrder:
    return replace(
        _with_texts(old, new, keep_known=False),
        total=new.total,
        currency=new.currency,
        placed_at=new.placed_at,
        kind=new.kind,
        items=new.items or old.items,
        refunds=new.refunds if new.refunds or new.refunds_are_complete else old.refunds,
        vouchers=new.vouchers or old.vouchers,
        parcels=new.parcels,
        cod=old.cod if new.cod is None else new.cod,
        to_collect=_known(new.to_collect, old.to_collect),
        paid_at=_known(new.paid_at, old.paid_at),
        arrange_by=_known(new.arrange_by, old.arrange_by),
        ship_by=_known(new.ship_by, old.ship_by),
        cancels_at=_known(new.cancels_at, old.cancels_at),
        answer_by=_known(new.answer_by, old.answer_by),
        address_changed_at=_later(old.address_changed_at, new.address_changed_at),
        updated_at=_known(new.updated_at, old.updated_at),
        buyer=new.buyer or old.buyer,
        origin=new.origin or old.origin,
    )


def _known(first: int | None, second: int | None) -> int | None:
    return second if first is None else first


def _later(first: int | None, second: int | None) -> int | None:
    return max((at for at in (first, second) if at is not None), default=None)


def _with_texts(old: IncomingOrder, other: IncomingOrder, *, keep_known: bool) -> IncomingOrder:
    def choose(known: str, offered: str) -> str:
        return known if keep_known and known and not is_masked(known) else better_text(known, offered)

    ours, theirs = old.address, other.address
    blurred = {name: "" for name in PLACE_PARTS if is_masked(getattr(theirs, name))}
    if blurred and address_key(ours) is not None:
        # Masked parts would only blur an address that is clear without them.
        theirs = replace(theirs, **blurred)
    address = Address(*(choose(getattr(ours, name), getattr(theirs, name)) for name in Address.__dataclass_fields__))
    return replace(
        old,
        address=address,
        source=choose(old.source, other.source),
        buyer_note=choose(old.buyer_note, other.buyer_note),
        seller_note=choose(old.seller_note, other.seller_note),
        sold_by=choose(old.sold_by, other.sold_by),
        created_by=choose(old.created_by, other.created_by),
    )


def better_text(known: str, offered: str) -> str:
    """The text to keep of what is known and what is newly offered: empty or masked never replaces known."""
    if not offered or (known and not is_masked(known) and is_masked(offered)):
        return known
    return offered


def _longer_statuses(
    kept: tuple[SeenStatus, ...], offered: Sequence[TimedStatus], known: int, seen_at: int
) -> tuple[SeenStatus, ...]:
    statuses = list(kept)
    present = {(seen.status, seen.known_at) for seen in kept}
    present_without_time = {(seen.status, seen.channel_status) for seen in kept}
    for place, timed in enumerate(offered, start=1):
        current = statuses[-1]
        same = (timed.status, timed.channel_status) == (current.status, current.channel_status)
        if same and (timed.known_at is None or (timed.status, timed.known_at) in present):
            continue
        if timed.known_at is None:
            again = (timed.status, timed.channel_status) in present_without_time
        else:
            again = (timed.status, timed.known_at) in present
        if again and place < len(offered):
            continue
        # An order that went back to an earlier status did so when its channel told us, not at that status's old time.
        known_at = known if again or timed.known_at is None else timed.known_at
        statuses.append(SeenStatus(timed.status, timed.channel_status, known_at, seen_at))
    return tuple(statuses)


def _longer_outcomes(kept: KeptOrder, order: IncomingOrder, known: int, seen_at: int) -> tuple[SeenOutcome, ...]:
    outcomes = list(kept.outcomes)
    present = {(seen.outcome, seen.cause, seen.known_at) for seen in outcomes if not seen.source}
    ended = _latest_own(outcomes)
    if not order.outcomes and ended and ended.outcome is not Outcome.OPEN and order.statuses[-1].status in _UNENDED:
        # Not earlier than the end that is taken back, which would else stand as the one known last.
        outcomes.append(SeenOutcome(Outcome.OPEN, None, max(known, ended.known_at), seen_at))
    # An order that its channel tells of again never was gone: its end counts from when we took it as gone.
    not_before = kept.status.known_at if kept.status.channel_status == GONE else 0
    for timed in order.outcomes:
        known_at = max(not_before, known if timed.known_at is None else timed.known_at)
        is_present = (timed.outcome, timed.cause, known_at) in present
        if timed.known_at is None:
            latest = _latest_own(outcomes)
            is_end = latest is not None and (latest.outcome, latest.cause) == (timed.outcome, timed.cause)
            is_present = is_end or (is_present and latest is not None and known_at < latest.known_at)
        if not is_present:
            outcomes.append(SeenOutcome(timed.outcome, timed.cause, known_at, seen_at))
    return _with_ruling_end(outcomes, seen_at)


def told_by_carrier(kept: KeptOrder, told: Sequence[TimedOutcome], carrier: str, seen_at: int) -> KeptOrder:
    """The kept order after a carrier told how it ended, at moments that it names.

    The channel's own end stands, whichever came first; a carrier only adds why a delivery failed where the channel did not say.
    """
    outcomes = list(kept.outcomes)
    own = _latest_own(outcomes)
    present = {(seen.outcome, seen.cause, seen.known_at) for seen in outcomes if seen.source}
    for timed in told:
        at = timed.known_at
        if at is None or (timed.outcome, timed.cause, at) in present:
            continue
        known = _latest_own([seen for seen in outcomes if seen.known_at <= at])
        if known is not None and known.outcome is not Outcome.OPEN and not _says_why(known, timed):
            if own is None or not _says_why(own, timed) or (timed.outcome, timed.cause, own.known_at) in present:
                continue
            at = own.known_at
        outcomes.append(SeenOutcome(timed.outcome, timed.cause, at, seen_at, carrier))
    return replace(kept, outcomes=_with_ruling_end(outcomes, seen_at))


def _with_ruling_end(outcomes: list[SeenOutcome], seen_at: int) -> tuple[SeenOutcome, ...]:
    """The timeline with the end that rules as the one known last: a carrier's later word does not stand above the channel's end."""
    own = _latest_own(outcomes)
    if own is None or own.outcome is Outcome.OPEN:
        return tuple(outcomes)
    why = [seen for seen in outcomes if seen.source and _says_why(own, seen)]
    rules = _latest(why) if why else own
    latest = _latest(outcomes)
    if (latest.outcome, latest.cause) != (rules.outcome, rules.cause):
        outcomes.append(replace(rules, known_at=latest.known_at, seen_at=seen_at))
    return tuple(outcomes)


def _latest_own(outcomes: Sequence[SeenOutcome]) -> SeenOutcome | None:
    """What the channel itself told last."""
    own = [seen for seen in outcomes if not seen.source]
    return _latest(own) if own else None


def _says_why(known: SeenOutcome, told: SeenOutcome | TimedOutcome) -> bool:
    failed = known.outcome is told.outcome is Outcome.DELIVERY_FAILED
    return failed and known.cause is None and told.cause is not None


def refunded(refunds: Sequence[Refund]) -> int:
    """All money given back, in minor units."""
    return sum(refund.amount for refund in refunds)


def units(items: Sequence[Item]) -> int:
    """All pieces of the order."""
    return sum(item.quantity for item in items)
