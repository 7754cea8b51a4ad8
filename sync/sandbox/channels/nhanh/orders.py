"""Nhanh's `/api/order/index` and `/api/order/update`, simulated with the limits of their documents.

Whether the bounds of `updatedDateTimeFrom` belong to the span is not documented: here they do not, which is the harder reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from packstation.domain.times import DAY, SECOND, to_ms, zone
from sync.sandbox.channels.changes import Changes
from sync.sandbox.channels.nhanh.gate import Handler, NhanhError
from sync.sandbox.channels.nhanh.writing import RETURNS_FROM, ZONE, record, record_ids, word
from sync.sandbox.faults import Fault
from sync.sandbox.market.facts import Facts
from sync.sandbox.stand import Stand

_LONGEST_SPAN = 10 * DAY
_LARGEST_PAGE = 100
_LONGEST_NOTE = 255
_CANCELLABLE = frozenset({"New", "Confirming", "Confirmed"})
_STATUSES = frozenset({"Success", "Confirmed", "Canceled", "Aborted"})

Data = Mapping[str, Any]


def order_index() -> Handler:
    """`/api/order/index`."""
    changes = Changes()

    def handle(stand: Stand, data: Data) -> dict[str, Any]:
        page, size = _whole(data, "page", 1, 10**6), _whole(data, "icpp", _LARGEST_PAGE, _LARGEST_PAGE)
        found = sorted(_found(stand, data, changes), key=lambda one: -one[0])
        if stand.faults.strikes(Fault.NO_ORDERS):
            found = []
        start = (page - 1) * size
        rows = found[start : start + size]
        if rows and start and stand.faults.strikes(Fault.SHIFTED):
            rows = found[start - 1 : start - 1 + size]
        if rows and stand.faults.strikes(Fault.LOST_ROW):
            del rows[len(rows) // 2]
        return {
            "totalPages": -(-len(found) // size),
            "totalRecords": len(found),
            "page": page,
            # PHP writes an empty array of either kind like this.
            "orders": {str(number): record(facts, number) for number, facts in rows} or [],
        }

    return handle


def order_update(stand: Stand, data: Data) -> dict[str, Any]:
    """`/api/order/update`: a cancellation is remembered, and the market's order lives on as planned; a note is kept."""
    facts = _known(stand, str(data.get("orderId", "")))
    if facts is None:
        raise NhanhError("Không tìm thấy thông tin đơn hàng")
    status, note = data.get("status"), data.get("privateDescription")
    if status is not None and status not in _STATUSES:
        raise NhanhError("Trạng thái không hợp lệ")
    if status in ("Canceled", "Aborted") and word(facts) not in _CANCELLABLE:
        raise NhanhError("Trạng thái đơn hàng không cho phép hủy")
    if note is not None and len(note) > _LONGEST_NOTE:
        raise NhanhError("privateDescription quá dài")
    if status is not None:
        stand.accepted[f"status/{facts.number}"] = status
    if note is not None:
        stand.market.note(facts.number, note, stand.clock())
    return {"orderId": int(facts.number), "status": status or word(facts)}


def _found(stand: Stand, data: Data, changes: Changes) -> list[tuple[int, Facts]]:
    """The ids of the records that are asked for, each with the order that it is about."""
    if "id" in data:
        number = _whole(data, "id", 0, 10**18)
        facts = _known(stand, str(number)) or _known(stand, str(number - RETURNS_FROM))
        return [(number, facts)] if facts and number in record_ids(facts) else []
    now = stand.clock()
    if "updatedDateTimeFrom" in data or "updatedDateTimeTo" in data:
        since, until = _time(data, "updatedDateTimeFrom"), _time(data, "updatedDateTimeTo")
        if until - since > _LONGEST_SPAN:
            raise NhanhError("Hệ thống chỉ hỗ trợ lấy đơn hàng trong 10 ngày")
        orders = changes.of(stand, since + SECOND, until)
    else:
        orders = [one for one in stand.market.every(now) if not one.deleted and one.placed_at > now - _LONGEST_SPAN]
    code = data.get("carrierCode")
    if code is not None:
        orders = [one for one in orders if one.packages[0].tracking == code]
    return [(number, one) for one in orders for number in record_ids(one)]


def _known(stand: Stand, number: str) -> Facts | None:
    facts = stand.market.facts(number, stand.clock())
    return None if facts is None or facts.deleted else facts


def _whole(data: Data, name: str, otherwise: int, most: int) -> int:
    value = data.get(name, otherwise)
    if not isinstance(value, int) or not 1 <= value <= most:
        raise NhanhError(f"{name} không hợp lệ, định dạng: số từ 1 đến {most}")
    return value


def _time(data: Data, name: str) -> int:
    try:
        return to_ms(datetime.strptime(str(data.get(name)), "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone(ZONE)))
    except ValueError:
        raise NhanhError(f"{name} sai định dạng Y-m-d H:i:s") from None
