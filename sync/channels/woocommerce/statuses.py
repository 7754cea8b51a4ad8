"""What WooCommerce's words for an order's standing mean, and how it ended.

WooCommerce says neither who cancelled an order nor why a parcel came back. Readings that are ours:

- `completed` is delivered and done with: in a web shop nothing comes after it.
- `on-hold` waits for money that the shop has to see (bank transfer): the channel keeps the order back.
- `refunded` after `completed` came back; before it the goods never left for good, which is a cancellation that nobody owns.
- `failed` is a payment that was declined. On a cash order there was none to decline: there it is a cancellation, nobody says why.
- `trash` is a cancellation unless the order had ended before, which WordPress remembers beside it.
- `returned` and `returning` (plugins) of an order that was never completed is a failed delivery, whose cause nobody tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from packstation.domain.orders import Outcome, Status, TimedOutcome, TimedStatus

DRAFTS = frozenset({"checkout-draft", "auto-draft"})
"""Baskets of buyers who are still at the checkout; WooCommerce deletes them after a day."""

TRASH = "trash"
_WORDS: Mapping[str, Status] = {
    "pending": Status.UNPAID,
    "processing": Status.TO_PACK,
    "on-hold": Status.CHANNEL_HOLD,
    "completed": Status.COMPLETED,
    "cancelled": Status.CANCELLED,
    "refunded": Status.RETURNED,
    "failed": Status.CANCELLED,
    TRASH: Status.CANCELLED,
    # Words of common plugins for shipping, returns and pre-orders [general knowledge].
    "awaiting-shipment": Status.TO_PACK,
    "partial-shipped": Status.TO_PACK,
    "partially-shipped": Status.TO_PACK,
    "awaiting-pickup": Status.LABEL_READY,
    "ready-to-ship": Status.LABEL_READY,
    "ready-for-pickup": Status.LABEL_READY,
    "shipped": Status.SHIPPED,
    "shipping": Status.SHIPPED,
    "in-transit": Status.SHIPPED,
    "on-the-way": Status.SHIPPED,
    "out-for-delivery": Status.SHIPPED,
    "delivered": Status.DELIVERED,
    "return-transit": Status.RETURNING,
    "returning": Status.RETURNING,
    "delivery-failed": Status.RETURNING,
    "failed-delivery": Status.RETURNING,
    "returned": Status.RETURNED,
    "lost": Status.LOST,
    "pre-ordered": Status.CHANNEL_HOLD,
    "pre-order": Status.CHANNEL_HOLD,
    "backordered": Status.CHANNEL_HOLD,
    "cancel-request": Status.CANCEL_REQUESTED,
    "cancel-requested": Status.CANCEL_REQUESTED,
}
_AFTER_DELIVERY = frozenset({Status.DELIVERED, Status.COMPLETED})


@dataclass(frozen=True, slots=True)
class Told:
    """What an order tells about where it stands. Times are ms UTC.

    Attributes:
        word: its status.
        before_trash: the status that WordPress keeps of an order in the trash; empty where it does not.
        completed_at: when it was last set to `completed`.
        paid_at: when it was paid.
        given_back_at: when the last refund was made, where it is known.
        cod: whether the money is collected at the door.
        tracked: whether it has a tracking number.
        nothing_left: whether every piece was refunded before it was delivered.
    """

    word: str
    before_trash: str = ""
    completed_at: int | None = None
    paid_at: int | None = None
    given_back_at: int | None = None
    cod: bool | None = None
    tracked: bool = False
    nothing_left: bool = False


def bare(word: str) -> str:
    """The word without the prefix that WooCommerce's tables have."""
    return word.strip().lower().removeprefix("wc-").replace("_", "-")


def timeline(told: Told, words: Mapping[str, Status]) -> tuple[tuple[TimedStatus, ...], tuple[TimedOutcome, ...]]:
    """Statuses and outcomes in the order in which they became known.

    Args:
        told: what the order tells.
        words: the shop's own meanings, which go before the known ones: some set `completed` when the courier fetches a parcel.
    """
    status = _status(told, words)
    ending = _ending(told, status, words)
    completed = words.get("completed", Status.COMPLETED)
    was_completed = told.completed_at is not None and completed in _AFTER_DELIVERY
    timed = TimedStatus(status, told.word, _known_at(told, status))
    if not was_completed or status not in (Status.RETURNING, Status.RETURNED, Status.CANCELLED):
        return (timed,), (() if ending is None else (ending,))
    earlier = TimedStatus(completed, "completed", told.completed_at)
    delivered = TimedOutcome(Outcome.DELIVERED, None, told.completed_at)
    return (earlier, timed), ((delivered,) if ending is None or ending == delivered else (delivered, ending))


def _status(told: Told, words: Mapping[str, Status]) -> Status:
    word = bare(told.word)
    own = words.get(told.word, words.get(word))
    if own is not None:
        return own
    status = _WORDS.get(word, Status.CHANNEL_HOLD)
    if status is Status.TO_PACK and told.nothing_left:
        return Status.CANCELLED
    if word == "processing" and told.tracked:
        return Status.LABEL_READY
    if word == "refunded" and told.completed_at is None:
        return Status.CANCELLED
    return status


def _ending(told: Told, status: Status, words: Mapping[str, Status]) -> TimedOutcome | None:
    word = bare(told.word)
    if word == TRASH and told.before_trash:
        before = Told(
            bare(told.before_trash),
            completed_at=told.completed_at,
            paid_at=told.paid_at,
            given_back_at=told.given_back_at,
            cod=told.cod,
        )
        ended = _ending(before, _status(before, words), words)
        return ended or TimedOutcome(Outcome.CANCELLED, None, None)
    match status:
        case Status.DELIVERED | Status.COMPLETED:
            return TimedOutcome(Outcome.DELIVERED, None, told.completed_at)
        case Status.RETURNED if told.completed_at is not None:
            return TimedOutcome(Outcome.RETURNED, None, told.given_back_at)
        case Status.RETURNING if told.completed_at is not None:
            return TimedOutcome(Outcome.DELIVERED, None, told.completed_at)
        case Status.RETURNED | Status.RETURNING:
            return TimedOutcome(Outcome.DELIVERY_FAILED, None, None)
        case Status.LOST:
            return TimedOutcome(Outcome.LOST, None, None)
        case Status.CANCELLED if word == "failed" and told.paid_at is None and told.cod is False:
            return TimedOutcome(Outcome.UNPAID_EXPIRED, None, None)
        case Status.CANCELLED if word == TRASH and told.completed_at is not None:
            return TimedOutcome(Outcome.DELIVERED, None, told.completed_at)
        case Status.CANCELLED:
            return TimedOutcome(Outcome.CANCELLED, None, None)
    return None


def _known_at(told: Told, status: Status) -> int | None:
    """When the order came to stand like that; WooCommerce dates payment and completion alone."""
    if status in _AFTER_DELIVERY and bare(told.word) == "completed":
        return told.completed_at
    return told.paid_at if status is Status.TO_PACK and bare(told.word) == "processing" else None
