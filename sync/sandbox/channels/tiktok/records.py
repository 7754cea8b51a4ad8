"""Simulated orders as TikTok Shop writes them: a row for every unit, decimal texts, seconds, masked names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from packstation.domain.orders import FailureCause, OrderKind, Outcome, Status
from packstation.domain.times import DAY, SECOND
from sync.sandbox.market.facts import Facts, Line
from sync.sandbox.masking import as_shown
from sync.sandbox.stand import Stand

_WORDS = {
    Status.UNPAID: "UNPAID",
    Status.CHANNEL_HOLD: "ON_HOLD",
    Status.TO_PACK: "AWAITING_SHIPMENT",
    Status.LABEL_READY: "AWAITING_COLLECTION",
    Status.CANCEL_REQUESTED: "AWAITING_COLLECTION",
    Status.SHIPPED: "IN_TRANSIT",
    Status.DELIVERED: "DELIVERED",
    Status.COMPLETED: "COMPLETED",
    Status.CANCELLED: "CANCELLED",
    Status.LOST: "CANCELLED",
}
_PACKAGE_WORDS = {
    "UNPAID": "TO_FULFILL",
    "ON_HOLD": "TO_FULFILL",
    "AWAITING_SHIPMENT": "TO_FULFILL",
    "AWAITING_COLLECTION": "PROCESSING",
    "IN_TRANSIT": "FULFILLING",
    "DELIVERED": "COMPLETED",
    "COMPLETED": "COMPLETED",
    "CANCELLED": "CANCELLED",
}
_FAILURES = {
    FailureCause.REFUSED: "returned_to_shipper_refused",
    FailureCause.UNREACHABLE: "returned_to_shipper_other",
    FailureCause.COURIER: "threepl_breach",
}
_ENDINGS = {
    Outcome.UNPAID_EXPIRED: ("SYSTEM", "system_cancel_unpaid_time_out"),
    Outcome.LOST: ("SYSTEM", "package_lost"),
    Outcome.SYSTEM_CANCELLED: ("SYSTEM", "system_cancel_order_reason_shipping_timeout"),
}
_INITIATORS = {"buyer": "BUYER", "seller": "SELLER", "system": "SYSTEM"}
_NO_ADDRESS_YET = frozenset({"UNPAID", "ON_HOLD"})


@dataclass(frozen=True, slots=True)
class _Piece:
    id: str
    line: Line
    cancelled: bool
    package: int | None


def pieces_of(facts: Facts) -> list[_Piece]:
    """Every unit of the order; of each line the last ones are those that were cancelled."""
    found: list[_Piece] = []
    for place, line in enumerate(facts.lines):
        package = next((at for at, one in enumerate(facts.packages) if place in dict(one.lines)), None)
        for unit in range(line.ordered):
            number = f"59{facts.number[2:14]}{len(found):04d}"
            found.append(_Piece(number, line, unit >= line.active, package))
    return found


def changed_at(facts: Facts) -> int:
    """The order's own time of change, ms UTC: a return after delivery does not touch it."""
    mine = [passed.at for passed in facts.passed if not _is_return(facts, passed.status)]
    others = {passed.at for passed in facts.passed if _is_return(facts, passed.status)}
    others |= {line.changed_at for line in facts.lines if line.returned and line.changed_at is not None}
    return max(mine) if facts.updated_at in others else facts.updated_at


def return_changed_at(facts: Facts) -> int | None:
    """When the latest of the order's returns changed, ms UTC; None without any."""
    times = [passed.at for passed in facts.passed if _is_return(facts, passed.status)]
    times += [line.changed_at for line in facts.lines if line.returned and line.changed_at is not None]
    return max(times, default=None)


def word_of(facts: Facts, stand: Stand) -> str:
    """The order's status as the channel writes it."""
    if facts.odd_word:
        return facts.odd_word
    if facts.outcome in (Outcome.DELIVERY_FAILED, Outcome.LOST):
        return "CANCELLED"
    if facts.status in (Status.RETURNING, Status.RETURNED):
        return "DELIVERED"
    if facts.status is Status.TO_PACK and len(facts.packages) > 1 and stand.rng_of(facts.number).random() < 0.5:
        return "PARTIALLY_SHIPPING"
    return _WORDS[facts.status]


def order_record(facts: Facts, stand: Stand) -> dict[str, Any]:
    """The order, whole."""
    word = word_of(facts, stand)
    by, reason = _ending(facts) if word == "CANCELLED" else ("", "")
    tracking = next((package.tracking for package in facts.packages if package.tracking), "")
    asked = [passed.at for passed in facts.passed if passed.status is Status.CANCEL_REQUESTED]
    times = {
        "paid_time": facts.paid_at,
        "rts_time": facts.reached(Status.LABEL_READY),
        "collection_time": facts.reached(Status.SHIPPED),
        "delivery_time": facts.reached(Status.DELIVERED),
        "cancel_time": facts.outcome_at if word == "CANCELLED" else None,
        "request_cancel_time": asked[-1] if asked else None,
        "rts_sla_time": facts.arrange_by,
        "tts_sla_time": facts.ship_by,
        "cancel_order_sla_time": facts.cancels_at,
        "release_date": facts.preorder_until,
    }
    if facts.cancels_at is not None and facts.serial % 2:
        times |= {"shipping_due_time": facts.cancels_at, "collection_due_time": facts.cancels_at + DAY}
    record = {
        "id": facts.number,
        "status": word,
        "create_time": facts.placed_at // SECOND,
        "update_time": changed_at(facts) // SECOND,
        **{name: at // SECOND for name, at in times.items() if at is not None},
        "is_cod": facts.cod,
        "payment_method_name": "Cash on delivery" if facts.cod else "MoMo",
        "is_buyer_request_cancel": facts.status is Status.CANCEL_REQUESTED,
        "is_on_hold_order": facts.preorder_until is not None,
        "is_sample_order": facts.kind is OrderKind.SAMPLE,
        "is_replacement_order": facts.kind is OrderKind.REPLACEMENT,
        "is_exchange_order": facts.kind is OrderKind.EXCHANGE,
        "order_type": "PRE_ORDER" if facts.preorder_until is not None else "NORMAL",
        "has_updated_recipient_address": facts.address_changed_at is not None,
        "user_id": facts.buyer.id or "0",
        "buyer_email": f"v4b{facts.number[-8:]}@scs2.tiktok.com",
        "buyer_message": facts.buyer_note,
        "seller_note": facts.seller_note,
        "shipping_type": "TIKTOK",
        "fulfillment_type": "FULFILLMENT_BY_SELLER",
        "shipping_provider": facts.carrier if tracking else "",
        "tracking_number": tracking,
        "split_or_combine_tag": "SPLIT" if len(facts.packages) > 1 else "",
        "packages": [] if word == "UNPAID" else [{"id": package.number} for package in facts.packages],
        "payment": _payment(facts),
        "line_items": [_unit(piece, facts, word, by, reason) for piece in pieces_of(facts)],
    }
    if by:
        record |= {"cancellation_initiator": by, "cancel_reason": reason}
    if word not in _NO_ADDRESS_YET:
        record["recipient_address"] = _address(facts)
    return record


def return_records(facts: Facts) -> Iterator[dict[str, Any]]:
    """The order's returns: one of everything, or one of the pieces that came back."""
    at = return_changed_at(facts)
    if at is None:
        return
    whole = any(_is_return(facts, passed.status) for passed in facts.passed)
    done = facts.outcome is Outcome.RETURNED if whole else True
    left = {line.sku: line.active if whole else line.returned for line in facts.lines}
    rows = []
    for piece in pieces_of(facts):
        if not piece.cancelled and left[piece.line.sku] > 0:
            left[piece.line.sku] -= 1
            rows.append(piece)
    refund = sum(piece.line.price for piece in rows)
    yield {
        "return_id": f"4035{facts.number[:14]}",
        "order_id": facts.number,
        "return_type": "RETURN_AND_REFUND",
        "return_status": "RETURN_OR_REFUND_REQUEST_COMPLETE" if done else "BUYER_SHIPPED_ITEM",
        "return_reason": "ecom_order_delivered_refund_and_return_reason_defective_product",
        "role": "BUYER",
        "create_time": (facts.reached(Status.DELIVERED) or at) // SECOND,
        "update_time": at // SECOND,
        "refund_amount": {"currency": "VND", "refund_total": str(refund)},
        "return_line_items": [
            {
                "return_line_item_id": f"40{piece.id[2:]}",
                "order_line_item_id": piece.id,
                "sku_id": _sku_id(piece.line.sku),
                "seller_sku": piece.line.sku,
                "refund_amount": {"currency": "VND", "refund_total": str(piece.line.price)},
            }
            for piece in rows
        ],
    }


def _is_return(facts: Facts, status: Status) -> bool:
    """Whether a status is a return's, and not a parcel's that never arrived."""
    return status in (Status.RETURNING, Status.RETURNED) and facts.reached(Status.DELIVERED) is not None


def _ending(facts: Facts) -> tuple[str, str]:
    if facts.outcome is Outcome.DELIVERY_FAILED:
        return "SYSTEM", _FAILURES[facts.cause or FailureCause.COURIER]
    if facts.outcome in _ENDINGS:
        return _ENDINGS[facts.outcome]
    return _INITIATORS[facts.cancelled_by], facts.cancel_reason


def _payment(facts: Facts) -> dict[str, str]:
    discount = facts.goods + facts.shipping_fee - facts.total
    return {
        "currency": "VND",
        "original_total_product_price": str(facts.goods),
        "sub_total": str(facts.goods - discount),
        "shipping_fee": str(facts.shipping_fee),
        "original_shipping_fee": str(facts.shipping_fee),
        "seller_discount": str(discount),
        "platform_discount": "0",
        "tax": "0",
        "total_amount": str(facts.total),
    }


def _unit(piece: _Piece, facts: Facts, word: str, by: str, reason: str) -> dict[str, Any]:
    package = facts.packages[piece.package] if piece.package is not None and not piece.cancelled else None
    name, _dot, variation = piece.line.name.partition(" · ")
    status = "CANCELLED" if piece.cancelled else word
    if word == "PARTIALLY_SHIPPING" and not piece.cancelled:
        status = "AWAITING_COLLECTION" if piece.package == 0 else "AWAITING_SHIPMENT"
    unit = {
        "id": piece.id,
        "sku_id": _sku_id(piece.line.sku),
        "seller_sku": piece.line.sku,
        "product_id": _sku_id(piece.line.sku.rpartition("-")[0]),
        "product_name": name,
        "sku_name": variation,
        "original_price": str(piece.line.price),
        "sale_price": str(piece.line.price),
        "currency": "VND",
        "display_status": status,
        "package_status": _PACKAGE_WORDS.get(status, "TO_FULFILL"),
        "package_id": package.number if package and word != "UNPAID" else "",
        "tracking_number": (package.tracking or "") if package else "",
        "shipping_provider_name": package.carrier if package and package.tracking else "",
        "is_gift": piece.line.free,
        "sku_type": "NORMAL",
    }
    if piece.cancelled:
        unit |= {"cancel_user": "SELLER", "cancel_reason": "seller_cancel_reason_out_of_stock"}
    elif by:
        unit |= {"cancel_user": by, "cancel_reason": reason}
    return unit


def _address(facts: Facts) -> dict[str, Any]:
    shown = as_shown(facts.address, "tiktok")
    levels = (
        ("Country", shown.country),
        ("Province", shown.province),
        ("District", shown.district),
        ("Ward", shown.ward),
    )
    return {
        "name": shown.recipient,
        "first_name": shown.recipient,
        "last_name": "",
        "phone_number": shown.phone,
        "full_address": ", ".join(part for part in (shown.street, *(name for _level, name in levels[::-1])) if part),
        "address_detail": shown.street,
        "address_line1": shown.street,
        "address_line2": "",
        "region_code": "VN",
        "postal_code": "",
        "district_info": [
            {"address_level_name": level, "address_name": name, "address_level": f"L{place}"}
            for place, (level, name) in enumerate(levels)
            if name
        ],
    }


def _sku_id(sku: str) -> str:
    return "17" + str(int(hashlib.sha256(sku.encode()).hexdigest()[:15], 16))[:17].zfill(17)
