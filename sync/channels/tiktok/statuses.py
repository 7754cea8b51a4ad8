"""TikTok Shop's words: where an order stands, and who or what ended it.

Sources: "Get Order Detail" (statuses) and "Cancel reasons" (VN market). `cancel_reason` is documented as a key of that table, yet
real answers carry its text in the shop's language, so keys and the table's English are looked up here and any other text is
read as in an export file.
"""

from __future__ import annotations

from collections.abc import Mapping

from packstation.domain.orders import PACKABLE, FailureCause, Outcome, Status
from sync.channels.tiktok.wire import Order
from sync.files.status_words import Ending, cancellation, folded

CANCELLED = "CANCELLED"
WORDS: Mapping[str, Status] = {
    "UNPAID": Status.UNPAID,
    "ON_HOLD": Status.CHANNEL_HOLD,
    "AWAITING_SHIPMENT": Status.TO_PACK,
    "PARTIALLY_SHIPPING": Status.TO_PACK,
    "AWAITING_COLLECTION": Status.LABEL_READY,
    "IN_TRANSIT": Status.SHIPPED,
    "DELIVERED": Status.DELIVERED,
    "COMPLETED": Status.COMPLETED,
    CANCELLED: Status.CANCELLED,
    "CANCEL": Status.CANCELLED,
}
"""Orders say CANCELLED, pushes CANCEL."""

_PACKED_BY_SELLER = frozenset({"", "FULFILLMENT_BY_SELLER"})
_REFUSED = Ending(Outcome.DELIVERY_FAILED, FailureCause.REFUSED)
_UNREACHABLE = Ending(Outcome.DELIVERY_FAILED, FailureCause.UNREACHABLE)
_BY_COURIER = Ending(Outcome.DELIVERY_FAILED, FailureCause.COURIER)
_LOST = Ending(Outcome.LOST)
_EXPIRED = Ending(Outcome.UNPAID_EXPIRED)
_BY_SYSTEM = Ending(Outcome.SYSTEM_CANCELLED)
_BY_BUYER = Ending(Outcome.BUYER_CANCELLED)

_REASONS: Mapping[str, Ending] = {
    folded(word): ending
    for ending, words in {
        _EXPIRED: (
            "system_cancel_unpaid_time_out",
            "ecom_order_unpaid_canceled_reason_not_want_pay",
            "Buyer payment overdue",
            "Buyer hasn't paid",
        ),
        _REFUSED: ("returned_to_shipper_refused", "Package rejected", "Gói hàng bị từ chối", "Kiện hàng bị từ chối"),
        _UNREACHABLE: ("returned_to_shipper_other", "Package delivery failed"),
        _LOST: (
            "package_lost",
            "package_damaged",
            "package_scrap",
            "Package lost",
            "Package damaged",
            "Package scrapped",
        ),
        _BY_BUYER: (
            "seller_cancel_paid_reason_buyer_requested_cancellation",
            "seller_cancel_unpaid_reason_buyer_requested_cancellation",
            "Buyer requested cancellation",
        ),
        _BY_SYSTEM: (
            "system_cancel_anti_span_block",
            "operator_cancel_risk_control_block",
            "system_cancel_order_reason_potential_fraud",
            "system_cancel_order_reason_shipping_timeout",
            "system_cancel_order_untracked",
            "system_cancel_add_address_overtime",
            "package_cancel",
            "platform_cancel",
            "ecom_cb_sc_out_return",
        ),
    }.items()
    for word in words
}
"""`returned_to_shipper_other` is taken for a buyer whom nobody met: refusals and the courier's own failures have keys of their own."""

_LATE = frozenset(
    folded(word) for word in ("threepl_breach", "Late delivery", "system_cancel_order_exceed_edt_not_arrive")
)
"""The carrier's lateness; of a parcel that never left, the system's cancellation."""

_STATUS_AFTER = {Outcome.DELIVERY_FAILED: Status.RETURNED, Outcome.LOST: Status.LOST}
"""Such orders are CANCELLED too, but their parcels had left: the reason says that they came back or never will."""


def known_status(order: Order, more_words: Mapping[str, Status]) -> Status:
    """Where the order stands by its own word, without its returns.

    A buyer's pending request to cancel comes before the word, and what TikTok's own warehouse packs
    (`FULFILLMENT_BY_TIKTOK`) is kept back from the seller until it is shipped.

    Args:
        order: as it came.
        more_words: what words mean that are unknown here; others are `channel_hold`.
    """
    status = WORDS.get(order.status) or more_words.get(order.status) or Status.CHANNEL_HOLD
    if status in PACKABLE and order.is_buyer_request_cancel:
        return Status.CANCEL_REQUESTED
    if status in PACKABLE and order.fulfillment_type not in _PACKED_BY_SELLER:
        return Status.CHANNEL_HOLD
    return status


def status_after(ending: Ending) -> Status:
    """Where a cancelled order's parcel is, as far as the reason tells."""
    return _STATUS_AFTER.get(ending.outcome, Status.CANCELLED)


def ending_of(by: str, reason: str, *, shipped: bool, unpaid: bool) -> Ending:
    """How a cancelled order, or a cancelled piece of one, ended.

    Args:
        by: `cancellation_initiator` or `cancel_user`: BUYER, SELLER, SYSTEM, or OPERATOR for the platform's people.
        reason: a key or a text.
        shipped: whether the carrier had the parcel.
        unpaid: whether it was to be paid beforehand and never was; what the system cancels then had run out of time.
    """
    word = folded(reason).removesuffix(" uk")
    if word in _LATE:
        return _BY_COURIER if shipped else _BY_SYSTEM
    known = _REASONS.get(word)
    if known is not None:
        return known
    ending = cancellation(by, reason, shipped=shipped)
    return _EXPIRED if unpaid and ending.outcome is Outcome.SYSTEM_CANCELLED else ending
