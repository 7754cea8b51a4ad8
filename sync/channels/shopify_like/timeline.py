"""Where an order of the family stands and how it ended, with the times that the vendor tells.

- What is only partly in shipments is still to be packed.
- Several shipments stand where the least advanced one does; when some were delivered and others came back, it was delivered.
- A cancellation after a parcel left is a delivery that failed: refused, where the buyer is the reason.
- Being archived says nothing by itself: shops archive what is paid and sent. It completes what was delivered, and what needs no
  shipment (sold at the counter).
"""

from __future__ import annotations

from collections.abc import Mapping

from packstation.domain.orders import FailureCause, Outcome, Status, TimedOutcome, TimedStatus
from sync.channels.shopify_like.giving_back import Left
from sync.channels.shopify_like.sale import Fulfilled, Sale, Shipment, Way, WhyCancelled

_Statuses = tuple[TimedStatus, ...]
_Outcomes = tuple[TimedOutcome, ...]
_ENDED_BY: Mapping[Status, Outcome] = {
    Status.DELIVERED: Outcome.DELIVERED,
    Status.COMPLETED: Outcome.DELIVERED,
    Status.CANCELLED: Outcome.CANCELLED,
    Status.RETURNING: Outcome.DELIVERY_FAILED,
    Status.RETURNED: Outcome.DELIVERY_FAILED,
    Status.LOST: Outcome.LOST,
}
"""What a shop's own meaning of a word makes of an order of which the vendor tells no end."""


def timeline(sale: Sale, left: Left, words: Mapping[str, Status]) -> tuple[_Statuses, _Outcomes]:
    """Statuses and outcomes in the order in which they became known; the last ones are the current ones.

    Args:
        sale: the order.
        left: what refunds leave of it.
        words: the shop's own meanings of the vendor's words, which go before the known ones.
    """
    reached, outcomes = _reached(sale, left), _outcomes(sale, left)
    own = words.get(sale.word)
    if own is not None and reached[-1][0] is not own:
        reached.append((own, None))
        if not outcomes and own in _ENDED_BY:
            outcomes.append(TimedOutcome(_ENDED_BY[own], None, None))
    return _timed(reached, sale.word), tuple(outcomes)


def _reached(sale: Sale, left: Left) -> list[tuple[Status, int | None]]:
    """The statuses passed so far and when."""
    passed: list[tuple[Status, int | None]] = []
    prepaid = sale.cod is False
    if prepaid or sale.unpaid:
        passed.append((Status.UNPAID, sale.placed_at))
    if not sale.unpaid:
        passed.append((Status.TO_PACK, sale.paid_at if prepaid else sale.placed_at))
    passed += _on_the_way(sale, left)
    if sale.cancelled:
        passed.append((Status.CANCELLED, sale.cancelled_at))
    elif left.nothing_left:
        passed.append((Status.CANCELLED, max((one.at for one in sale.given_back if one.at is not None), default=None)))
    elif _is_refunded_unsent(sale):
        passed.append((Status.CANCELLED, None))
    return passed


def _on_the_way(sale: Sale, left: Left) -> list[tuple[Status, int | None]]:
    ships = sale.shipments
    if sale.fulfilled is Fulfilled.UNKNOWN_WORD or sale.held or (ships and _way(ships) is None):
        return [(Status.CHANNEL_HOLD, None)]
    if sale.fulfilled is Fulfilled.PARTLY:
        return []
    if not ships:
        returned: list[tuple[Status, int | None]] = (
            [(Status.RETURNED, left.back_at)] if _is_returned(sale, left) else []
        )
        return [(Status.COMPLETED, sale.archived_at), *returned] if sale.at_counter else []
    way = _way(ships)
    passed: list[tuple[Status, int | None]] = [(Status.LABEL_READY, _last(ships, "labelled_at"))]
    if way is Way.LABELLED:
        return passed
    passed.append((Status.SHIPPED, _last(ships, "sent_at")))
    if way is Way.DELIVERED:
        passed.append((Status.DELIVERED, sale.delivered_at))
        if _is_returned(sale, left):
            passed.append((Status.RETURNED, left.back_at))
        elif sale.archived:
            passed.append((Status.COMPLETED, sale.archived_at))
    elif way in (Way.COMING_BACK, Way.CAME_BACK):
        passed.append((Status.RETURNING, _last(ships, "turned_at")))
        if way is Way.CAME_BACK:
            passed.append((Status.RETURNED, _last(ships, "came_back_at")))
    return passed


def _way(ships: tuple[Shipment, ...]) -> Way | None:
    """How far all of them have come; None without any, and where one of them bears a word that nobody knows."""
    ways = {one.way for one in ships}
    if None in ways:
        return None
    return next((way for way in Way if way in ways), None)


def _last(ships: tuple[Shipment, ...], name: str) -> int | None:
    times: list[int] = [at for one in ships if (at := getattr(one, name)) is not None]
    return max(times) if len(times) == len(ships) else None


def _is_returned(sale: Sale, left: Left) -> bool:
    """Whether what was delivered is all back, or all its money is."""
    return left.all_back or (sale.was_delivered and (sale.all_refunded or sale.cancelled))


def _is_refunded_unsent(sale: Sale) -> bool:
    """All money was given back and nothing ever left: the order will not go."""
    return sale.all_refunded and not sale.was_sent and not sale.at_counter


def _timed(reached: list[tuple[Status, int | None]], word: str) -> _Statuses:
    """Statuses on the way are kept where the vendor tells their time and it fits; the last one always is."""
    kept: list[TimedStatus] = []
    latest = 0
    for status, at in reached[:-1]:
        if at is not None and at >= latest:
            kept.append(TimedStatus(status, word, at))
            latest = at
    status, at = reached[-1]
    return (*kept, TimedStatus(status, word, at))


def _outcomes(sale: Sale, left: Left) -> list[TimedOutcome]:
    way = None if sale.fulfilled is Fulfilled.PARTLY and not sale.cancelled else _way(sale.shipments)
    if way is Way.DELIVERED or sale.at_counter:
        delivered = TimedOutcome(Outcome.DELIVERED, None, sale.delivered_at)
        returned = TimedOutcome(Outcome.RETURNED, None, left.back_at if left.back_at is not None else sale.cancelled_at)
        return [delivered, returned] if _is_returned(sale, left) else [delivered]
    if way in (Way.COMING_BACK, Way.CAME_BACK):
        cause = next((one.cause for one in sale.shipments if one.cause is not None), None)
        if cause is None and sale.cancelled and sale.why_cancelled is WhyCancelled.BUYER:
            cause = FailureCause.REFUSED
        return [TimedOutcome(Outcome.DELIVERY_FAILED, cause, _last(sale.shipments, "turned_at"))]
    if sale.cancelled:
        return [_cancelled(sale)]
    if left.nothing_left or _is_refunded_unsent(sale):
        return [TimedOutcome(Outcome.CANCELLED, None, None)]
    return []


def _cancelled(sale: Sale) -> TimedOutcome:
    """Who caused a cancellation; the vendor's word for a declined payment means an order that was never paid."""
    at = sale.cancelled_at
    if sale.was_sent:
        refused = FailureCause.REFUSED if sale.why_cancelled is WhyCancelled.BUYER else None
        return TimedOutcome(Outcome.DELIVERY_FAILED, refused, at)
    match sale.why_cancelled:
        case WhyCancelled.BUYER:
            return TimedOutcome(Outcome.BUYER_CANCELLED, None, at)
        case WhyCancelled.PAYMENT if not sale.cod and sale.paid_at is None:
            return TimedOutcome(Outcome.UNPAID_EXPIRED, None, at)
        case WhyCancelled.SELLER | WhyCancelled.PAYMENT:
            return TimedOutcome(Outcome.SELLER_CANCELLED, None, at)
        case _:
            return TimedOutcome(Outcome.CANCELLED, None, at)
