"""How Tiki tells an order of the market: its words in time, the reasons it gives, and what differs from order to order."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from packstation.domain.orders import FailureCause, OrderKind, Outcome, Status
from packstation.domain.times import DAY, SECOND, from_ms, to_ms
from sync.sandbox.market.facts import Facts, Line

ZONE = "Asia/Ho_Chi_Minh"
_LABEL_WORDS = {
    "dropship": ("picking",),
    "seller_delivery": ("ready_to_ship", "finished_packing"),
    "tiki_delivery": ("picking", "packaging", "finished_packing", "ready_to_ship"),
}
_VAGUE = ("9999", "Lý do khác")
_REASONS: dict[Outcome, tuple[tuple[str, str], ...]] = {
    Outcome.BUYER_CANCELLED: (
        ("customer_request", "Khách hàng đổi ý"),
        ("3010", "Không còn nhu cầu mua nữa"),
        ("3011", "Tìm thấy giá rẻ hơn ở chỗ khác"),
    ),
    Outcome.SELLER_CANCELLED: (("seller_out_of_stock", "Nhà bán hết hàng"), ("2004", "Hết hàng")),
    Outcome.SYSTEM_CANCELLED: (
        ("system_cancel", "Quá hạn giao cho vận chuyển"),
        ("1002", "Hệ thống tự động hủy do quá hạn xác nhận"),
    ),
    Outcome.UNPAID_EXPIRED: (("system_cancel", "Tự động hủy"), ("1003", "Khách hàng không thanh toán")),
    Outcome.LOST: (("4009", "Hàng thất lạc khi vận chuyển"),),
}
_FAILURES = {
    FailureCause.REFUSED: ("4001", "Giao hàng thất bại: khách từ chối nhận hàng"),
    FailureCause.UNREACHABLE: ("4002", "Giao hàng không thành công, không liên lạc được khách"),
    FailureCause.COURIER: ("4003", "Giao hàng thất bại do đơn vị vận chuyển"),
}


@dataclass(frozen=True, slots=True)
class Manner:
    """What differs from order to order and stays the same for one.

    Attributes:
        fulfillment: `dropship`, `seller_delivery` or `tiki_delivery`.
        in_tikis_warehouse: the goods lie there and are packed there.
        vague: no reason is told that names anybody.
        decimal_texts: amounts are written as texts.
        exchanged: a replacement is told of as an exchange.
        words: of the label, of the hand-over, of the delivery.
        reason: draws the reason.
    """

    fulfillment: str
    in_tikis_warehouse: bool
    vague: bool
    decimal_texts: bool
    exchanged: bool
    words: tuple[str, str, str]
    reason: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A word and since when, ms UTC."""

    word: str
    at: int


def manner_of(facts: Facts) -> Manner:
    """The manner of one order, the same at every asking and at every stand."""
    rng = Random(f"tiki/{facts.number}")  # noqa: S311 - a simulation
    fulfillment = rng.choice(("dropship", "dropship", "seller_delivery", "tiki_delivery"))
    return Manner(
        fulfillment,
        in_tikis_warehouse=fulfillment == "tiki_delivery" and facts.preorder_until is None and rng.random() < 0.3,
        vague=rng.random() < 0.1,
        decimal_texts=rng.random() < 0.3,
        exchanged=rng.random() < 0.5,
        words=(
            rng.choice(_LABEL_WORDS[fulfillment]),
            rng.choice(("handover_to_partner", "shipping")),
            rng.choice(("delivered", "successful_delivery")),
        ),
        reason=rng.randrange(100),
    )


def history(facts: Facts, how: Manner) -> list[Entry]:
    """The words in time. What has no word of its own leaves none: a return under way, a pre-order that became due."""
    entries: list[Entry] = []
    label, shipped, delivered = how.words
    arrived = False
    for passed in facts.passed:
        words: tuple[str, ...] = ()
        match passed.status:
            case Status.UNPAID:
                words = ("waiting_payment",)
            case Status.CHANNEL_HOLD | Status.TO_PACK:
                before = "paid" if entries else "processing"
                words = () if entries and entries[-1].word == "queueing" else (before, "queueing")
            case Status.LABEL_READY:
                words = (label,)
            case Status.SHIPPED:
                words = (shipped,)
            case Status.DELIVERED:
                words, arrived = (delivered,), True
            case Status.COMPLETED:
                words = ("complete",)
            case Status.RETURNING if arrived:
                words = ()
            case Status.CANCELLED | Status.RETURNING | Status.LOST:
                words = ("canceled",)
            case Status.RETURNED:
                words = ("returned",)
        entries += [Entry(word, passed.at) for word in words]
    return [*entries, Entry(facts.odd_word, facts.updated_at)] if facts.odd_word else entries


def reason(facts: Facts, how: Manner) -> tuple[str, str]:
    """`reason_code` and `reason_text` of an order that was cancelled."""
    if facts.outcome is Outcome.LOST:
        return _REASONS[Outcome.LOST][0]
    if how.vague:
        return _VAGUE
    if facts.outcome is Outcome.DELIVERY_FAILED:
        return _VAGUE if facts.cause is None else _FAILURES[facts.cause]
    reasons = _REASONS[facts.outcome]
    return reasons[how.reason % len(reasons)]


def kind(facts: Facts, how: Manner) -> OrderKind:
    """What the order is for, as far as `rma_info` tells."""
    return OrderKind.EXCHANGE if facts.kind is OrderKind.REPLACEMENT and how.exchanged else facts.kind


def sellers_code(line: Line) -> str:
    """`seller_product_code`; presents have none."""
    return "" if line.free else line.sku


def tikis_code(line: Line) -> str:
    """Tiki's own SKU of a product."""
    return str(1_000_000_000_000 + sum(ord(letter) * 131**place for place, letter in enumerate(line.sku)) % 10**12)


def promised_day(facts: Facts) -> int | None:
    """The beginning of the day on which the parcel is to arrive, ms UTC."""
    if facts.ship_by is None:
        return None
    day = from_ms(facts.ship_by + DAY, ZONE)
    return to_ms(day.replace(hour=0, minute=0, second=0, microsecond=0))


def second(ms: int) -> int:
    """The whole second, in ms."""
    return ms // SECOND * SECOND


def local(ms: int) -> str:
    """A time as Tiki writes it."""
    return from_ms(ms, ZONE).strftime("%Y-%m-%d %H:%M:%S")
