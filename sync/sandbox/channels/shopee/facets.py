"""What Shopee shows of a simulated order: its words, and the times that it gives to its parts."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from zlib import crc32

from packstation.domain.orders import FailureCause, Outcome, Status
from packstation.domain.times import DAY, from_ms
from sync.sandbox.market.facts import Facts, Line

_WORDS = {
    Status.UNPAID: "UNPAID",
    Status.CHANNEL_HOLD: "PENDING",
    Status.TO_PACK: "READY_TO_SHIP",
    Status.LABEL_READY: "PROCESSED",
    Status.SHIPPED: "SHIPPED",
    Status.DELIVERED: "TO_CONFIRM_RECEIVE",
    Status.COMPLETED: "COMPLETED",
    Status.CANCEL_REQUESTED: "IN_CANCEL",
    Status.CANCELLED: "CANCELLED",
    Status.RETURNING: "TO_RETURN",
    Status.RETURNED: "TO_RETURN",
    Status.LOST: "CANCELLED",
}
_PARCEL_WORDS = {
    Status.UNPAID: "LOGISTICS_NOT_START",
    Status.CHANNEL_HOLD: "LOGISTICS_READY",
    Status.TO_PACK: "LOGISTICS_READY",
    Status.LABEL_READY: "LOGISTICS_REQUEST_CREATED",
    Status.CANCEL_REQUESTED: "LOGISTICS_REQUEST_CREATED",
    Status.SHIPPED: "LOGISTICS_PICKUP_DONE",
    Status.LOST: "LOGISTICS_LOST",
}
_SCANS = {
    FailureCause.REFUSED: "Giao hàng không thành công: khách hàng từ chối nhận hàng",
    FailureCause.UNREACHABLE: "Giao hàng không thành công: không liên lạc được với người nhận",
    FailureCause.COURIER: "Giao hàng không thành công do đơn vị vận chuyển",
}
_PARCEL_CHANGES = (Status.TO_PACK, Status.LABEL_READY, Status.SHIPPED, Status.DELIVERED, Status.LOST)


def failed(facts: Facts) -> bool:
    """Whether the parcel could not be delivered."""
    return facts.outcome is Outcome.DELIVERY_FAILED


def order_word(facts: Facts, *, pending: bool) -> str:
    """`order_status`. What failed at the door is still on its way until Shopee cancels it.

    Args:
        facts: the order.
        pending: whether the caller asked for PENDING; else those orders are ready to ship.
    """
    if facts.odd_word:
        return facts.odd_word
    if failed(facts):
        return "CANCELLED" if facts.status is Status.RETURNED else "SHIPPED"
    if facts.status is Status.CHANNEL_HOLD and not pending:
        return "READY_TO_SHIP"
    return _WORDS[facts.status]


def parcel_word(facts: Facts) -> str:
    """`fulfillment_status` of the packages."""
    if failed(facts):
        return "LOGISTICS_DELIVERY_FAILED"
    if facts.status is Status.CANCELLED:
        return "LOGISTICS_REQUEST_CANCELED" if facts.reached(Status.LABEL_READY) else "LOGISTICS_INVALID"
    return _PARCEL_WORDS.get(facts.status, "LOGISTICS_DELIVERY_DONE")


def logistics_word(facts: Facts, chance: Random) -> str:
    """`logistics_status` in the order's own list of packages: the same, but for some of those refused at the door."""
    refused = failed(facts) and facts.cod and facts.cause is FailureCause.REFUSED
    return "LOGISTICS_COD_REJECTED" if refused and chance.random() < 0.5 else parcel_word(facts)


def parcel_changed_at(facts: Facts) -> int:
    """`update_time` of the packages, ms UTC."""
    times = [passed.at for passed in facts.passed if passed.status in _PARCEL_CHANGES]
    if failed(facts) and facts.outcome_at is not None:
        times.append(facts.outcome_at)
    return max(times, default=facts.placed_at)


def order_changed_at(facts: Facts) -> int:
    """`update_time` of the order, ms UTC: what becomes of a return does not move it."""
    given_back = {line.changed_at for line in facts.lines if line.returned}
    settled = {facts.reached(Status.RETURNED)} if facts.outcome is Outcome.RETURNED else set()
    silent = given_back | settled
    if facts.updated_at not in silent:
        return facts.updated_at
    return max([facts.placed_at, *(passed.at for passed in facts.passed if passed.at not in silent)])


def scans(facts: Facts) -> list[tuple[int, str, str]]:
    """The parcel's history, newest first: time in ms, words, status."""
    told = []
    if shipped := facts.reached(Status.SHIPPED):
        told.append((shipped, "Đơn vị vận chuyển lấy hàng thành công", "LOGISTICS_PICKUP_DONE"))
    if failed(facts) and facts.outcome_at and facts.cause:
        told.append((facts.outcome_at, _SCANS[facts.cause], "LOGISTICS_DELIVERY_FAILED"))
    return told[::-1]


def ids_of(line: Line) -> tuple[int, int]:
    """(item_id, model_id); a quarter of the products have no variations, and so model 0."""
    digest = crc32(line.sku.encode())
    return digest, 0 if digest % 4 == 0 else digest // 2 + 1


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A return: which pieces of which lines, since when, and whether the money is back. Times in ms UTC."""

    number: str
    created_at: int
    updated_at: int
    status: str
    amount: int
    pieces: tuple[tuple[Line, int], ...]


def return_number(facts: Facts) -> str:
    """The number that a return of this order has: 15 digits, the date first."""
    day = from_ms(facts.placed_at + DAY, "Asia/Ho_Chi_Minh").strftime("%y%m%d")
    return f"{day}{crc32(facts.number.encode()) % 10**9:09d}"


def return_of(facts: Facts) -> GivenBack | None:
    """The order's return, if there is one."""
    asked, done = facts.reached(Status.RETURNING), facts.reached(Status.RETURNED)
    if asked is not None and not failed(facts):
        pieces = tuple((line, line.active) for line in facts.lines if line.active)
        word = "PROCESSING" if done is None else "ACCEPTED"
        return GivenBack(return_number(facts), asked, done or asked, word, facts.total, pieces)
    for line in facts.lines:
        if line.returned and line.changed_at is not None:
            amount = line.price * line.returned
            return GivenBack(
                return_number(facts), line.changed_at, line.changed_at, "ACCEPTED", amount, ((line, line.returned),)
            )
    return None


@dataclass(frozen=True, slots=True)
class Booking:
    """What was packed before it was ordered. `order_sn` once it is matched. Times in ms UTC."""

    number: str
    order_sn: str
    word: str
    match: str
    created_at: int
    updated_at: int
    tracking: str


def booking_of(facts: Facts, chance: Random) -> Booking | None:
    """The order's booking: matched when the order is ready to ship, never when it is not paid for."""
    if facts.booking is None:
        return None
    created_at = facts.placed_at - DAY
    matched = facts.reached(Status.TO_PACK)
    if matched is not None:
        return Booking(facts.booking, facts.number, "MATCHED", "MATCH_SUCCESSFUL", created_at, matched, "")
    if facts.status is not Status.CANCELLED:
        return Booking(facts.booking, "", "READY_TO_SHIP", "MATCH_PENDING", created_at, facts.placed_at, "")
    tracking = f"SPXVN06{chance.randrange(10**10):010d}"
    return Booking(facts.booking, "", "PROCESSED", "MATCH_PENDING", created_at, facts.passed[-1].at, tracking)
