"""A simulated order in Pancake's record. Source: api-docs.pancake.vn, "Thông tin đơn hàng"; a recorded answer."""

from __future__ import annotations

from typing import Any

from packstation.domain.orders import FailureCause, Outcome, Status
from packstation.domain.times import from_ms
from sync.sandbox.market.facts import Facts, Line
from sync.sandbox.masking import as_shown

_CODES = {
    Status.UNPAID: 0,
    Status.TO_PACK: 1,
    Status.LABEL_READY: 9,
    Status.SHIPPED: 2,
    Status.DELIVERED: 3,
    Status.COMPLETED: 16,
    Status.CANCELLED: 6,
    Status.RETURNING: 4,
    Status.RETURNED: 5,
    Status.LOST: 5,
}
_NAMES = {0: "new", 1: "submitted", 9: "waitting", 2: "shipped", 3: "delivered", 16: "received_money", 6: "canceled"}
_PARTNERS = {"GHTK": 1, "J&T Express": 15}
PARTLY_RETURNED = 15


def came_back_in_part(facts: Facts) -> int | None:
    """When some pieces came back, ms UTC."""
    return max((line.changed_at or 0 for line in facts.lines if line.returned), default=None)


def record_of(facts: Facts, key: str) -> dict[str, Any]:
    """The order as the API gives it.

    Args:
        facts: the order.
        key: the shop's, which Pancake writes as the editor's id of what was done through the API.
    """
    passed = [(at.at, _CODES[at.status]) for at in facts.passed]
    back_at = came_back_in_part(facts)
    if back_at is not None:
        passed = sorted([*passed, (back_at, PARTLY_RETURNED)])
    status = PARTLY_RETURNED if back_at is not None else passed[-1][1]
    shown = as_shown(facts.address, "shopee") if facts.origin else facts.address
    to_collect = facts.total if facts.cod else 0
    whole = facts.outcome is Outcome.RETURNED
    goods = sum(line.price * line.ordered for line in facts.lines)
    return {
        "id": int(facts.number),
        "system_id": int(facts.number),
        "status": 99 if facts.odd_word else status,
        "status_name": facts.odd_word or _NAMES.get(status, "returned"),
        "inserted_at": _time(facts.placed_at),
        "updated_at": _time(facts.updated_at),
        "time_send_partner": _time(facts.reached(Status.LABEL_READY)),
        "order_currency": "VND",
        "total_price": goods,
        "shipping_fee": facts.shipping_fee,
        "total_discount": facts.voucher[1] if facts.voucher else 0,
        "total_price_after_sub_discount": facts.total,
        "cod": to_collect,
        "money_to_collect": to_collect,
        "prepaid": 0,
        "transfer_money": 0 if facts.cod or facts.paid_at is None else facts.total,
        "bill_full_name": shown.recipient,
        "bill_phone_number": shown.phone,
        "bill_email": None if facts.origin else facts.buyer.email,
        "customer": {"id": f"c0ffee00-0000-4000-8000-{int(facts.buyer.id or 0):012d}", "fb_id": facts.buyer.id},
        "shipping_address": {
            "full_name": shown.recipient,
            "phone_number": shown.phone,
            "address": shown.street,
            "commnue_name": shown.ward,
            "district_name": shown.district,
            "province_name": shown.province,
            "country_code": "84",
        },
        "partner": _partner(facts),
        "items": [_item(line, line.ordered if whole else line.returned) for line in facts.lines],
        "status_history": [
            {"status": code, "updated_at": _seconds(at), "editor_id": key, "editor": None, "name": None}
            for at, code in ([*passed[:-1], (passed[-1][0], 99)] if facts.odd_word else passed)
        ],
        "payment_purchase_histories": []
        if facts.cod or facts.paid_at is None
        else [{"amount": facts.total, "inserted_at": _time(facts.paid_at), "type": "techcombank"}],
        "returned_reason": _reason(facts),
        "order_sources": "-3" if facts.origin else "-1",
        "order_sources_name": "Shopee" if facts.origin else facts.source,
        "marketplace_id": facts.origin.number if facts.origin else None,
        "additional_info": {"booking_sn": None, "delivery_deadline": None},
        "note": facts.seller_note,
        "note_print": facts.buyer_note,
        "received_at_shop": False,
        "is_exchange_order": False,
        "creator_id": key,
        "tags": [],
    }


def _partner(facts: Facts) -> dict[str, Any] | None:
    if facts.reached(Status.LABEL_READY) is None:
        return None
    package = facts.packages[0]
    return {"partner_id": _PARTNERS[package.carrier], "extend_code": package.tracking, "total_fee": 0}


def _item(line: Line, returned: int) -> dict[str, Any]:
    """A line; some are sold at a discount, so that their retail price is higher."""
    percent = len(line.sku) % 2 == 0
    discounted = not line.free and line.price > 0
    price = line.price if not discounted else line.price * 2 if percent else line.price + 5_000
    return {
        "quantity": line.ordered,
        "returned_count": returned,
        "discount_each_product": 0 if not discounted else 50 if percent else 5_000,
        "is_discount_percent": percent,
        "is_bonus_product": line.free,
        "variation_id": f"ffff1111-ffff-ffff-ffff-{sum(map(ord, line.sku)):012d}",
        "variation_info": {"name": line.name, "display_id": line.sku, "retail_price": price or 20_000, "detail": None},
    }


def _reason(facts: Facts) -> int | None:
    if facts.outcome is Outcome.RETURNED or came_back_in_part(facts) is not None:
        return 3
    if facts.outcome is Outcome.LOST or facts.cause is FailureCause.COURIER:
        return 4
    return 1 if facts.outcome is Outcome.DELIVERY_FAILED else None


def _time(at: int | None) -> str | None:
    """UTC without an offset, with six digits behind the second."""
    return None if at is None else from_ms(at).strftime("%Y-%m-%dT%H:%M:%S.%f")


def _seconds(at: int) -> str:
    return from_ms(at).strftime("%Y-%m-%dT%H:%M:%S")
