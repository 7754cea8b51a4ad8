"""Tiki's words: the timeline of an order's statuses, and who or what ended it.

Source: open.tiki.vn, "Order Status", "Operation models". Before `queueing` an order is not accepted by Tiki yet and not the
seller's business. Readings that are ours, as the documents only name the words:

- `closed` ends an order without saying how: one that was delivered stays delivered, any other is a cancellation nobody owns.
- `canceled` of a parcel that had left is a failed delivery (or a loss, if the reason says so), whoever pressed the button, and the
  parcel is on its way back until Tiki says `returned`.
- `packaging`, `finished_packing` and `ready_to_ship` may be said of goods that lie in Tiki's own warehouse by then; the seller may
  scan the parcel in all three.

There is no public list of `cancel_info.reason_code`; code and text are read for who they name, and the usual reasons that the
buyer's or the seller's cancel dialog offers are known by their words [general knowledge]. Anything else is nobody's cancellation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from packstation.domain.orders import Outcome, Status, TimedOutcome, TimedStatus
from sync.files.status_words import Ending, cancellation, failed_delivery, folded

_WORDS: Mapping[str, Status] = {
    word: status
    for status, words in {
        Status.UNPAID: ("waiting_payment", "doi_thanh_toan"),
        Status.CHANNEL_HOLD: ("processing", "payment_review", "paid", "da_thanh_toan", "holded"),
        Status.TO_PACK: ("queueing", "cho_in"),
        Status.LABEL_READY: (
            "picking",
            "dang_lay_hang",
            "packaging",
            "dang_dong_goi",
            "finished_packing",
            "dong_goi_xong",
            "ready_to_ship",
            "len_ke",
        ),
        Status.SHIPPED: ("handover_to_partner", "ban_giao_doi_tac", "shipping", "dang_van_chuyen"),
        Status.DELIVERED: ("delivered", "successful_delivery", "giao_hang_thanh_cong"),
        Status.COMPLETED: ("complete", "completed"),
        Status.CANCELLED: ("canceled", "cancelled", "closed"),
        Status.RETURNED: ("returned",),
    }.items()
    for word in words
}
"""The English words of version 2 and the Vietnamese ones that stand beside them in the documents."""

_CLOSED = "closed"
_NOT_PAID_YET = frozenset({"waiting_payment", "doi_thanh_toan", "payment_review"})
_ARRIVED = frozenset({Status.DELIVERED, Status.COMPLETED})
_OPEN = frozenset({Status.UNPAID, Status.TO_PACK, Status.LABEL_READY})
_BUYERS_REASONS = re.compile(
    r"\b(?:doi y|khong (?:con )?(?:co )?(?:nhu cau|muon mua)|dat (?:nham|trung|lai)|gia re|re hon|ma giam gia"
    r"|thay doi (?:san pham|dia chi|so luong|phuong thuc)|giao hang (?:qua )?lau|chang\w* (?:my )?mind|no longer need\w*)\b"
)
_UNPAID_REASONS = re.compile(
    r"\b(?:(?:khong|chua|(?:qua|het) (?:han|thoi gian|thoi han)) thanh toan|unpaid|not paid|payment (?:time ?out|expired|overdue))\b"
)
_SELLERS_REASONS = re.compile(
    r"\b(?:het hang|khong (?:du|con) hang|sai gia|loi gia|nha ban|out of stock|wrong price)\b"
)


@dataclass(frozen=True, slots=True)
class Passed:
    """A word that the order bore from `at` on, ms UTC; None where Tiki does not tell."""

    word: str
    at: int | None


@dataclass(frozen=True, slots=True)
class Cancelled:
    """What Tiki tells of a cancellation.

    Attributes:
        code: `reason_code`.
        text: `reason_text`, or the comment where there is none.
        at: ms UTC.
        never_paid: it was to be paid beforehand and was not; what the system cancels then, it cancels for that.
    """

    code: str = ""
    text: str = ""
    at: int | None = None
    never_paid: bool = False


def status_of(word: str, more: Mapping[str, Status]) -> Status:
    """What a word means; one that no document knows is looked up in `more`, the shop's own list, else held."""
    known = _WORDS.get(word.casefold())
    return known if known is not None else more.get(word, Status.CHANNEL_HOLD)


def was_never_paid(words: Sequence[str]) -> bool:
    """Whether an order that is over only ever waited for its payment, by all the words it bore."""
    before = [word.casefold() for word in words if _WORDS.get(word.casefold()) is not Status.CANCELLED]
    return bool(before) and _NOT_PAID_YET.issuperset(before)


def timeline(
    passed: Sequence[Passed], cancelled: Cancelled, more: Mapping[str, Status]
) -> tuple[tuple[TimedStatus, ...], tuple[TimedOutcome, ...]]:
    """Statuses and outcomes in the order in which they became known.

    Args:
        passed: the words in time, the current one last.
        cancelled: what is told of a cancellation, if there was one.
        more: `statuses` of channels.toml.
    """
    statuses: list[TimedStatus] = []
    outcomes: list[TimedOutcome] = []
    for one in passed:
        reached = {entry.status for entry in statuses}
        status, ending, at = _read(one, reached, cancelled, more)
        last = statuses[-1] if statuses else None
        if last is None or (last.status, last.channel_status) != (status, one.word):
            statuses.append(TimedStatus(status, one.word, one.at))
        if ending is not None and not _repeats(outcomes, ending):
            outcomes.append(TimedOutcome(ending.outcome, ending.cause, at))
    is_open = bool(statuses) and statuses[-1].status in _OPEN
    return tuple(statuses), () if is_open else tuple(outcomes)


def _read(
    one: Passed, reached: set[Status], cancelled: Cancelled, more: Mapping[str, Status]
) -> tuple[Status, Ending | None, int | None]:
    """What a word means after the statuses reached before it: the status, how that ends the order, and since when."""
    status = status_of(one.word, more)
    arrived = bool(reached & _ARRIVED)
    if status in _ARRIVED:
        return status, Ending(Outcome.DELIVERED), one.at
    if status is Status.RETURNED:
        return status, Ending(Outcome.RETURNED) if arrived else _undelivered(cancelled), one.at
    if status is not Status.CANCELLED:
        return status, None, None
    if arrived:
        return (Status.COMPLETED if one.word.casefold() == _CLOSED else status), None, None
    if one.word.casefold() == _CLOSED:
        return status, Ending(Outcome.CANCELLED), one.at
    at = cancelled.at if cancelled.at is not None else one.at
    if Status.SHIPPED not in reached:
        return status, _cancellation(cancelled), at
    ending = _undelivered(cancelled)
    return (Status.LOST if ending.outcome is Outcome.LOST else Status.RETURNING), ending, at


def _repeats(outcomes: Sequence[TimedOutcome], ending: Ending) -> bool:
    """Whether this ending tells nothing new: the same again, or less than what is known of a failure or cancellation."""
    if not outcomes:
        return False
    if ending.outcome in (Outcome.CANCELLED, Outcome.DELIVERY_FAILED):
        return True
    return outcomes[-1].outcome is ending.outcome


def _cancellation(cancelled: Cancelled) -> Ending:
    """Who cancelled an order whose parcel had not left."""
    reason = folded(f"{cancelled.text} {cancelled.code}")
    if cancelled.never_paid and _UNPAID_REASONS.search(reason):
        return Ending(Outcome.UNPAID_EXPIRED)
    ending = cancellation(cancelled.code, cancelled.text, shipped=False)
    if ending.outcome is Outcome.SYSTEM_CANCELLED and cancelled.never_paid:
        return Ending(Outcome.UNPAID_EXPIRED)
    if ending.outcome is not Outcome.CANCELLED:
        return ending
    if _BUYERS_REASONS.search(reason):
        return Ending(Outcome.BUYER_CANCELLED)
    return Ending(Outcome.SELLER_CANCELLED) if _SELLERS_REASONS.search(reason) else ending


def _undelivered(cancelled: Cancelled) -> Ending:
    """Why a parcel that had left did not arrive; the cause stays open where no reason is told."""
    reason = f"{cancelled.text} {cancelled.code}"
    ending = cancellation(cancelled.code, reason, shipped=True)
    return ending if ending.outcome in (Outcome.DELIVERY_FAILED, Outcome.LOST) else failed_delivery(reason)
