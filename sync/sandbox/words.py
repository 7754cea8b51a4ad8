"""The channels' own words for where an order stands."""

from __future__ import annotations

from collections.abc import Mapping

from packstation.domain.orders import Status

_WORDS: Mapping[str, Mapping[Status, str]] = {
    "shopee": {
        Status.UNPAID: "UNPAID",
        Status.TO_PACK: "READY_TO_SHIP",
        Status.LABEL_READY: "PROCESSED",
        Status.SHIPPED: "SHIPPED",
        Status.DELIVERED: "TO_CONFIRM_RECEIVE",
        Status.COMPLETED: "COMPLETED",
        Status.CANCEL_REQUESTED: "IN_CANCEL",
        Status.CANCELLED: "CANCELLED",
        Status.RETURNING: "TO_RETURN",
        Status.RETURNED: "TO_RETURN",
        Status.LOST: "LOGISTICS_LOST",
    },
    "lazada": {
        Status.UNPAID: "unpaid",
        Status.TO_PACK: "pending",
        Status.LABEL_READY: "packed",
        Status.SHIPPED: "shipped",
        Status.DELIVERED: "delivered",
        Status.CANCEL_REQUESTED: "packed",
        Status.CANCELLED: "canceled",
        Status.RETURNING: "shipped_back",
        Status.RETURNED: "shipped_back_success",
        Status.LOST: "lost_by_3pl",
    },
    "tiktok": {
        Status.UNPAID: "UNPAID",
        Status.TO_PACK: "AWAITING_SHIPMENT",
        Status.LABEL_READY: "AWAITING_COLLECTION",
        Status.SHIPPED: "IN_TRANSIT",
        Status.DELIVERED: "DELIVERED",
        Status.COMPLETED: "COMPLETED",
        Status.CANCEL_REQUESTED: "CANCELLATION_REQUEST_PENDING",
        Status.CANCELLED: "CANCELLED",
        Status.RETURNING: "IN_TRANSIT",
        Status.RETURNED: "CANCELLED",
        Status.LOST: "CANCELLED",
    },
    "tiki": {
        Status.UNPAID: "waiting_payment",
        Status.TO_PACK: "processing",
        Status.LABEL_READY: "ready_to_ship",
        Status.SHIPPED: "shipping",
        Status.DELIVERED: "successful_delivery",
        Status.COMPLETED: "complete",
        Status.CANCELLED: "canceled",
        Status.RETURNING: "shipping",
        Status.RETURNED: "returned",
        Status.LOST: "closed",
    },
    "woocommerce": {
        Status.UNPAID: "pending",
        Status.TO_PACK: "processing",
        Status.LABEL_READY: "processing",
        Status.SHIPPED: "shipped",
        Status.DELIVERED: "completed",
        Status.CANCELLED: "cancelled",
        Status.RETURNING: "failed",
        Status.RETURNED: "refunded",
        Status.LOST: "failed",
    },
    "kiotviet": {
        Status.UNPAID: "Phiếu tạm",
        Status.TO_PACK: "Đang xử lý",
        Status.LABEL_READY: "Chờ lấy hàng",
        Status.SHIPPED: "Đang giao hàng",
        Status.DELIVERED: "Giao thành công",
        Status.COMPLETED: "Hoàn thành",
        Status.CANCELLED: "Đã hủy",
        Status.RETURNING: "Đang chuyển hoàn",
        Status.RETURNED: "Đã chuyển hoàn",
        Status.LOST: "Không giao được",
    },
    "file": {
        Status.UNPAID: "Chờ chuyển khoản",
        Status.TO_PACK: "Chờ gửi",
        Status.LABEL_READY: "Đã có vận đơn",
        Status.SHIPPED: "Đang đi",
        Status.DELIVERED: "Đã nhận",
        Status.CANCELLED: "Hủy",
        Status.RETURNING: "Đang về",
        Status.RETURNED: "Đã về",
        Status.LOST: "Mất",
    },
}


def knows(channel: str, status: Status) -> bool:
    """Whether orders of this channel can stand like that."""
    return status in _WORDS[channel]


def word(channel: str, status: Status) -> str:
    """The channel's word."""
    return _WORDS[channel][status]
