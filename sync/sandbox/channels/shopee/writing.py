"""Simulated orders as Shopee writes them."""

from __future__ import annotations

from collections.abc import Collection
from random import Random
from typing import Any

from packstation.domain.orders import Address, Outcome, Status
from sync.sandbox.channels.shopee.facets import (
    Booking,
    GivenBack,
    ids_of,
    logistics_word,
    order_changed_at,
    order_word,
    parcel_changed_at,
    parcel_word,
    return_of,
)
from sync.sandbox.market.facts import Facts, Line, Package
from sync.sandbox.masking import as_shown

OPTIONAL = frozenset(
    {
        "buyer_user_id",
        "buyer_username",
        "estimated_shipping_fee",
        "recipient_address",
        "note",
        "note_update_time",
        "item_list",
        "pay_time",
        "split_up",
        "buyer_cancel_reason",
        "cancel_by",
        "cancel_reason",
        "fulfillment_flag",
        "pickup_done_time",
        "package_list",
        "shipping_carrier",
        "payment_method",
        "total_amount",
    }
)
"""Fields of an order that are absent unless they are asked for."""

BOOKING_OPTIONAL = frozenset(
    {
        "item_list",
        "cancel_by",
        "cancel_reason",
        "fulfillment_flag",
        "pickup_done_time",
        "shipping_carrier",
        "recipient_address",
    }
)


def order(
    facts: Facts, wanted: Collection[str], chance: Random, *, pending: bool, booking: Booking | None
) -> dict[str, Any]:
    """One order of `get_order_detail`.

    Args:
        facts: the order.
        wanted: the optional fields that were asked for.
        chance: draws of this order.
        pending: whether PENDING was asked for.
        booking: the order's, if there is one.
    """
    paid = _paid_at(facts)
    cancelled = facts.status is Status.CANCELLED
    whole: dict[str, Any] = {
        "order_sn": facts.number,
        "region": "VN",
        "currency": "VND",
        "cod": facts.cod,
        "order_status": order_word(facts, pending=pending),
        "message_to_seller": facts.buyer_note,
        "create_time": facts.placed_at // 1000,
        "update_time": order_changed_at(facts) // 1000,
        "days_to_ship": 1,
        "ship_by_date": _ship_by(facts) // 1000,
        "buyer_user_id": int(facts.buyer.id or 0),
        "buyer_username": facts.buyer.username,
        "estimated_shipping_fee": float(facts.shipping_fee),
        "recipient_address": _recipient(facts.address),
        "note": facts.seller_note,
        "note_update_time": order_changed_at(facts) // 1000 if facts.seller_note else 0,
        "item_list": [_item(facts, line) for line in facts.lines],
        "pay_time": paid // 1000 if paid else None,
        "split_up": len(facts.packages) > 1,
        "buyer_cancel_reason": facts.cancel_reason if facts.cancelled_by == "buyer" else "",
        "cancel_by": "system" if _ended_under_way(facts) else facts.cancelled_by if cancelled else "",
        "cancel_reason": _reason(facts),
        "fulfillment_flag": "fulfilled_by_local_seller",
        "pickup_done_time": (facts.reached(Status.SHIPPED) or 0) // 1000,
        "package_list": [_order_package(facts, package, chance) for package in facts.packages],
        "shipping_carrier": facts.carrier,
        "payment_method": "Cash on Delivery" if facts.cod else "ShopeePay",
        "total_amount": float(facts.total) if paid or facts.cod else None,
    }
    if facts.booking is not None:
        whole["advance_package"] = True
    if booking is not None and booking.order_sn:
        whole["booking_sn"] = booking.number
    if pending and facts.status is Status.CHANNEL_HOLD:
        whole["pending_terms"] = ["SYSTEM_PENDING"]
    return {name: value for name, value in whole.items() if name not in OPTIONAL or name in wanted}


def package(facts: Facts, one: Package, tracking: str) -> dict[str, Any]:
    """One package of `get_package_detail`, with as much of its tracking number as this call has yet."""
    return {
        "order_sn": facts.number,
        "package_number": one.number,
        "fulfillment_status": parcel_word(facts),
        "update_time": parcel_changed_at(facts) // 1000,
        "logistics_channel_id": 50021,
        "shipping_carrier": one.carrier,
        "days_to_ship": 1,
        "ship_by_date": _ship_by(facts) // 1000,
        "pending_terms": [],
        "tracking_number": tracking,
        "pickup_done_time": (facts.reached(Status.SHIPPED) or 0) // 1000,
        "is_split_up": len(facts.packages) > 1,
        "item_list": _package_items(facts, one),
        "recipient_address": _recipient(facts.address),
    }


def returned(facts: Facts, given: GivenBack) -> dict[str, Any]:
    """One return of `get_return_list`."""
    return {
        "return_sn": given.number,
        "order_sn": facts.number,
        "status": given.status,
        "reason": "CHANGE_MIND",
        "text_reason": "",
        "refund_amount": float(given.amount),
        "currency": "VND",
        "create_time": given.created_at // 1000,
        "update_time": given.updated_at // 1000,
        "due_date": given.created_at // 1000 + 172_800,
        "tracking_number": "",
        "needs_logistics": True,
        "return_refund_type": "RRBOC",
        "return_solution": 0,
        "user": {"username": facts.buyer.username, "email": "***********@example.com"},
        "item": [
            {
                "item_id": ids_of(line)[0],
                "model_id": ids_of(line)[1],
                "name": line.name,
                "amount": pieces,
                "item_price": float(line.price),
                "variation_sku": line.sku,
            }
            for line, pieces in given.pieces
        ],
    }


def booking(facts: Facts, one: Booking, wanted: Collection[str]) -> dict[str, Any]:
    """One booking of `get_booking_detail`: without prices."""
    whole = {
        "booking_sn": one.number,
        "region": "VN",
        "booking_status": one.word,
        "match_status": one.match,
        "create_time": one.created_at // 1000,
        "update_time": one.updated_at // 1000,
        "ship_by_date": (one.created_at + 172_800_000) // 1000,
        "shipping_carrier": facts.carrier,
        "recipient_address": {},
        "item_list": [
            {**_names(line), "model_quantity_purchased": line.ordered, "weight": 0.3} for line in facts.lines
        ],
        "cancel_by": "",
        "cancel_reason": "",
        "fulfillment_flag": "fulfilled_by_local_seller",
        "pickup_done_time": 0,
    }
    matched = {"order_sn": one.order_sn} if one.order_sn else {}
    return {
        **{name: value for name, value in whole.items() if name not in BOOKING_OPTIONAL or name in wanted},
        **matched,
    }


def _paid_at(facts: Facts) -> int | None:
    return None if facts.outcome is Outcome.UNPAID_EXPIRED else facts.paid_at


def _ship_by(facts: Facts) -> int:
    """0 while the order is not paid for."""
    return (facts.ship_by or 0) if facts.cod or _paid_at(facts) else 0


def _ended_under_way(facts: Facts) -> bool:
    """Whether Shopee cancelled a parcel that had left: it was lost, or came back."""
    came_back = facts.outcome is Outcome.DELIVERY_FAILED and facts.status is Status.RETURNED
    return came_back or facts.status is Status.LOST


def _reason(facts: Facts) -> str:
    if _ended_under_way(facts):
        return "Logistics Issue"
    if facts.status is not Status.CANCELLED:
        return ""
    if facts.cancelled_by == "system":
        return "Unpaid Order" if facts.outcome is Outcome.UNPAID_EXPIRED else "BACKEND_LOGISTICS_NOT_STARTED"
    return facts.cancel_reason if facts.cancelled_by == "buyer" else "OUT_OF_STOCK"


def _recipient(address: Address) -> dict[str, str]:
    shown = as_shown(address, "shopee")
    return {
        "name": shown.recipient,
        "phone": shown.phone,
        "town": "",
        "district": shown.ward,
        "city": shown.district,
        "state": shown.province,
        "region": "VN",
        "zipcode": "",
        "full_address": shown.street,
    }


def _names(line: Line) -> dict[str, Any]:
    item_id, model_id = ids_of(line)
    skus = {"item_sku": f"P-{line.sku}", "model_sku": line.sku} if model_id else {"item_sku": line.sku, "model_sku": ""}
    return {"item_id": item_id, "item_name": line.name, "model_id": model_id, "model_name": "", **skus}


def _item(facts: Facts, line: Line) -> dict[str, Any]:
    given = return_of(facts)
    back = next((pieces for one, pieces in given.pieces if one.sku == line.sku), 0) if given else 0
    done = given is not None and given.status == "ACCEPTED"
    cancelled = line.ordered if facts.status is Status.CANCELLED else line.cancelled
    return {
        **_names(line),
        "model_quantity_purchased": line.ordered,
        "model_original_price": float(line.price or 15_000),
        "model_discounted_price": float(line.price),
        "order_item_id": ids_of(line)[0],
        "promotion_type": "add_on_deal_sub" if line.free else "",
        "promotion_id": 0,
        "add_on_deal": line.free,
        "main_item": not line.free,
        "image_info": {"image_url": ""},
        "active_qty": line.ordered - cancelled - (back if done else 0),
        "cancel_requested_qty": 0,
        "cancelled_qty": cancelled,
        "return_requested_qty": 0 if done else back,
        "returned_qty": back if done else 0,
    }


def _order_package(facts: Facts, one: Package, chance: Random) -> dict[str, Any]:
    return {
        "package_number": one.number,
        "logistics_status": logistics_word(facts, chance),
        "logistics_channel_id": 50021,
        "shipping_carrier": one.carrier,
        "item_list": _package_items(facts, one),
        "group_shipment_id": 0,
    }


def _package_items(facts: Facts, one: Package) -> list[dict[str, Any]]:
    items = []
    for place, pieces in one.lines:
        item_id, model_id = ids_of(facts.lines[place])
        items.append({"item_id": item_id, "model_id": model_id, "model_quantity": pieces, "order_item_id": item_id})
    return items
