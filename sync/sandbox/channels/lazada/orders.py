"""Lazada's APIs of orders, returns and cancellations, simulated, with the limits and errors of their documents.

`update_after` and `update_before` leave their own second out here: the documents do not say, and this is the harder reading.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from packstation.domain.orders import Status
from packstation.domain.times import SECOND, to_ms
from sync.sandbox.channels.lazada.gate import Handler, LazadaError, Parameters, refused
from sync.sandbox.channels.lazada.listing import Listing
from sync.sandbox.channels.lazada.rendering import head, reverse_id, reverses, unit_states, units
from sync.sandbox.faults import Fault
from sync.sandbox.market.facts import Facts
from sync.sandbox.stand import Stand

_REASONS = (
    {"reason_id": "10000021", "reason_name": "Out of stock"},
    {"reason_id": "10000022", "reason_name": "Wrong price or pricing error"},
    {"reason_id": "10000023", "reason_name": "Customer asked to cancel"},
)
_SHIPPED = frozenset(
    {Status.SHIPPED, Status.DELIVERED, Status.COMPLETED, Status.RETURNING, Status.RETURNED, Status.LOST}
)


def orders_get() -> Handler:
    """`/orders/get`."""
    listing = Listing()

    def handle(stand: Stand, parameters: Parameters) -> dict[str, Any]:
        offset, limit = _whole(parameters, "offset", 0, 5_000, 14), _whole(parameters, "limit", 1, 100, 19)
        if parameters.get("sort_by", "updated_at") not in ("created_at", "updated_at"):
            raise refused(74, "Invalid sort_by filter")
        direction = parameters.get("sort_direction", "ASC").upper()
        if direction not in ("ASC", "DESC"):
            raise refused(75, "Invalid sort_direction")
        numbers = _numbers(stand, parameters, listing)
        if direction == "DESC":
            numbers.reverse()
        if stand.faults.strikes(Fault.NO_ORDERS):
            numbers = []
        page = numbers[offset : offset + limit]
        if page and stand.faults.strikes(Fault.SHIFTED):
            page = [numbers[max(0, offset - 1)], *page][:limit]
        if page and stand.faults.strikes(Fault.LOST_ROW):
            del page[len(page) // 2]
        rows = [head(stand, _facts(stand, number)) for number in page]
        return {"data": {"count": len(rows), "countTotal": len(numbers), "orders": rows}}

    return handle


def _numbers(stand: Stand, parameters: Parameters, listing: Listing) -> list[str]:
    created, updated = _time(parameters, "created_after"), _time(parameters, "update_after")
    if created is None and updated is None:
        raise refused(18, "Either created_after or update_after is mandatory")
    until = _time(parameters, "update_before") or stand.clock() + SECOND
    numbers = listing.changed(stand, (updated or 0) + SECOND if updated is not None else 0, until)
    if created is None:
        return numbers
    before = _time(parameters, "created_before") or stand.clock() + SECOND
    return [number for number in numbers if created < _facts(stand, number).placed_at < before]


def order_get(stand: Stand, parameters: Parameters) -> dict[str, Any]:
    """`/order/get`."""
    facts = _known(stand, parameters.get("order_id", ""))
    if facts is None:
        raise refused(16, "Invalid Order ID")
    return {"data": head(stand, facts, alone=True)}


def orders_items_get(stand: Stand, parameters: Parameters) -> dict[str, Any]:
    """`/orders/items/get`."""
    text = parameters.get("order_ids", "")
    if not re.fullmatch(r"\[[^\[\]]*\]", text):
        raise refused(56, "Invalid OrdersIdList format. Must use array format [1,2]")
    ids = [one.strip() for one in text[1:-1].split(",")]
    if len(ids) > 50:
        raise refused(38, "Too many orders were requested")
    if not all(one.isascii() and one.isdigit() for one in ids):
        raise refused(37, "One or more order id in the list are incorrect")
    found = [facts for one in ids if (facts := _known(stand, one)) is not None]
    if not found:
        raise refused(39, "No orders were found")
    return {
        "data": [
            {"order_id": int(one.number), "order_number": int(one.number), "order_items": units(stand, one)}
            for one in found
        ]
    }


def order_items_get(stand: Stand, parameters: Parameters) -> dict[str, Any]:
    """`/order/items/get`."""
    facts = _known(stand, parameters.get("order_id", ""))
    if facts is None:
        raise refused(16, "Invalid Order ID")
    return {"data": units(stand, facts)}


def reverse_orders(stand: Stand, parameters: Parameters) -> dict[str, Any]:
    """`/reverse/getreverseordersforseller`, by trade order or by the time of the last change."""
    page, size = _whole(parameters, "page_no", 1, 10_000, 121), _whole(parameters, "page_size", 1, 100, 120)
    if "trade_order_id" in parameters:
        facts = _known(stand, parameters["trade_order_id"])
        found = reverses(stand, facts) if facts else []
    else:
        since = int(parameters.get("ReverseOrderLineModifiedTimeRangeStart", "0"))
        until = int(parameters.get("ReverseOrderLineModifiedTimeRangeEnd", str(stand.clock())))
        changed = stand.market.changed(since, until, stand.clock())
        found = [one for facts in changed for one in reverses(stand, facts)]
    items = found[(page - 1) * size : page * size]
    return {"result": {"page_no": page, "page_size": size, "total": len(found), "success": True, "items": items}}


def cancel_validate(stand: Stand, parameters: Parameters) -> dict[str, Any]:
    """`/order/reverse/cancel/validate`: whether units can be cancelled, and for which reasons."""
    facts, _ids = _about_units(stand, parameters)
    if facts.status in _SHIPPED or facts.status is Status.CANCELLED:
        return {"data": {"tip_type": "error", "tip_content": "The order cannot be cancelled", "reason_options": []}}
    return {"data": {"tip_type": "", "tip_content": "", "reason_options": list(_REASONS)}}


def cancel_create(stand: Stand, parameters: Parameters) -> dict[str, Any]:
    """`/order/reverse/cancel/create`: remembered, once for the same units. The market's order lives on as planned."""
    facts, ids = _about_units(stand, parameters)
    reason = parameters.get("reason_id", "")
    if reason not in {one["reason_id"] for one in _REASONS}:
        raise refused(104, "reason is empty or invalid", 4)
    if facts.status in _SHIPPED or facts.status is Status.CANCELLED:
        return {"data": {"tip_type": "error", "tip_content": "The order cannot be cancelled"}}
    stand.accepted[f"cancelled/{facts.number}"] = f"{reason} {json.dumps(sorted(ids))}"
    return {"data": {"tip_type": "", "tip_content": ""}}


def cancel_decide(stand: Stand, parameters: Parameters) -> dict[str, Any]:
    """`/order/reverse/cancel/seller/decide`: the answer to a buyer's request is remembered."""
    wanted = parameters.get("reverse_order_id", "")
    asking = (one for one in stand.market.every(stand.clock()) if one.status is Status.CANCEL_REQUESTED)
    facts = next((one for one in asking if reverse_id(one, "70") == wanted), None)
    if facts is None:
        raise refused(131, "no decision for this reverse order", 4)
    stand.accepted[f"decided/{facts.number}"] = parameters.get("agree_cancel", "")
    return {"data": None}


def _about_units(stand: Stand, parameters: Parameters) -> tuple[Facts, list[str]]:
    facts = _known(stand, parameters.get("order_id", ""))
    if facts is None:
        raise refused(122, "invalid trade order", 4)
    try:
        ids = [str(one) for one in json.loads(parameters.get("order_item_id_list", ""))]
    except (ValueError, TypeError):
        raise refused(102, "trade order line id is empty or invalid", 4) from None
    own = {one.unit_id for one in unit_states(stand, facts)}
    if not ids or not own.issuperset(ids):
        raise refused(123, "invalid trade order lines", 4)
    return facts, ids


def _known(stand: Stand, number: str) -> Facts | None:
    facts = stand.market.facts(number, stand.clock())
    return None if facts is None or facts.deleted else facts


def _facts(stand: Stand, number: str) -> Facts:
    facts = _known(stand, number)
    if facts is None:
        raise LazadaError("InternalError", "SYSTEM", "an order vanished while it was listed")
    return facts


def _whole(parameters: Parameters, name: str, least: int, most: int, number: int) -> int:
    text = parameters.get(name, str(max(least, 0)))
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise refused(number, f'"{text[:20]}" Invalid {name}')
    return int(text)


def _time(parameters: Parameters, name: str) -> int | None:
    text = parameters.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise refused(17, f"Invalid Date Format: {name}") from None
    if moment.tzinfo is None or len(text) != 25:
        raise refused(17, f"Invalid Date Format: {name}")
    return to_ms(moment)
