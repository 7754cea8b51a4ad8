"""Pancake's statuses, carriers and reasons. Source: api-docs.pancake.vn, "Trạng thái đơn hàng"."""

from __future__ import annotations

from collections.abc import Mapping

from packstation.domain.orders import FailureCause, Status

_STATUSES: Mapping[int, tuple[str, Status]] = {
    0: ("Mới", Status.CHANNEL_HOLD),
    17: ("Chờ xác nhận", Status.CHANNEL_HOLD),
    11: ("Chờ hàng", Status.CHANNEL_HOLD),
    20: ("Đã đặt hàng", Status.CHANNEL_HOLD),
    10: ("Đơn Webcake", Status.CHANNEL_HOLD),
    21: ("Đơn Storecake", Status.CHANNEL_HOLD),
    1: ("Đã xác nhận", Status.TO_PACK),
    12: ("Chờ in", Status.TO_PACK),
    13: ("Đã in", Status.TO_PACK),
    8: ("Đang đóng hàng", Status.TO_PACK),
    9: ("Chờ chuyển hàng", Status.LABEL_READY),
    2: ("Đã gửi hàng", Status.SHIPPED),
    3: ("Đã nhận", Status.DELIVERED),
    16: ("Đã thu tiền", Status.COMPLETED),
    15: ("Hoàn 1 phần", Status.DELIVERED),
    4: ("Đang trả hàng", Status.RETURNING),
    5: ("Đã hoàn", Status.RETURNED),
    6: ("Đã hủy", Status.CANCELLED),
    7: ("Đã xóa", Status.CANCELLED),
}
PARTLY_RETURNED = 15
_CARRIERS = {
    0: "Snappy",
    1: "Giao hàng tiết kiệm",
    2: "EMS",
    3: "Viettel Post",
    4: "247",
    5: "Giao hàng nhanh",
    9: "DHL",
    11: "Ahamove",
    13: "Lazada Express",
    15: "J&T",
    16: "Best Inc",
    17: "Vnpost",
    19: "Ninja Van",
    32: "SuperShip",
    33: "ZTO Express",
    36: "Nhất Tín Express",
    37: "Grab Express",
    38: "Vạn Phúc Express",
    39: "Hola Ship",
    42: "Shopee Express",
}
_CAUSES = {1: FailureCause.REFUSED, 4: FailureCause.COURIER}
"""By `returned_reason`: 1 the customer, 4 the carrier; 2 staff, 3 the product and 5 an exchange are no failure to deliver."""

MARKETPLACES = {"-3": "shopee", "-4": "lazada", "-7": "tiktok"}
"""By `order_sources`."""


def word_of(code: int | None, name: str) -> str:
    """The status in Pancake's words; for one that the documents do not know its `status_name`, else its number."""
    known = _STATUSES.get(-1 if code is None else code)
    return known[0] if known is not None else name or ("" if code is None else str(code))


def status_of(code: int | None, name: str, more: Mapping[str, Status]) -> Status:
    """What a status means.

    Args:
        code: its number.
        name: `status_name`, where there is one.
        more: `statuses` of channels.toml, by number or word: for what is not known here, and for what else would be held back, as
            shops disagree whether a new order is to be packed.
    """
    word, status = _STATUSES.get(-1 if code is None else code, (name, Status.CHANNEL_HOLD))
    return more.get(word, more.get(str(code), status)) if status is Status.CHANNEL_HOLD else status


def carrier_of(partner_id: int | None) -> str | None:
    """The carrier's name; None for one that the documents do not list."""
    return None if partner_id is None else _CARRIERS.get(partner_id)


def cause_of(returned_reason: int | None) -> FailureCause | None:
    """Why a parcel came back; None where the reason names nobody at the door."""
    return None if returned_reason is None else _CAUSES.get(returned_reason)
