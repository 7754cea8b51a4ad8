"""Orders as Haravan writes them: numbers with four decimals' worth of zeros, times in UTC, everything in clear."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from packstation.domain.orders import Status
from packstation.domain.times import iso_utc
from sync.sandbox.channels.shopify_like.facets import (
    Given,
    Stage,
    cancel_reason,
    financial_status,
    fulfillment_status,
    line_id,
    missed_at,
    note_of,
    order_id,
    product_id,
    refunds_of,
    stage_of,
)
from sync.sandbox.market.facts import Facts, Line, Package

_CODES = {
    Stage.LABELLED: ("readytopick", "Chờ lấy hàng"),
    Stage.SENT: ("delivering", "Đang giao hàng"),
    Stage.DELIVERED: ("delivered", "Đã giao hàng"),
    Stage.COMING_BACK: ("waitingforreturn", "Chờ chuyển hoàn"),
    Stage.CAME_BACK: ("return", "Chuyển hoàn"),
    Stage.VOID: ("cancel", "Hủy giao hàng"),
}


def order_json(facts: Facts) -> Mapping[str, Any]:
    """One order. A marketplace's order bears the number that it has there as its name."""
    cancelled = facts.status is Status.CANCELLED
    closed = facts.reached(Status.COMPLETED)
    name = facts.origin.number if facts.origin else facts.number
    return {
        "id": order_id(facts.number),
        "name": name,
        "number": order_id(facts.number),
        "order_number": name,
        "created_at": iso_utc(facts.placed_at),
        "updated_at": iso_utc(facts.updated_at),
        "cancelled_at": _time(facts.reached(Status.CANCELLED)),
        "cancel_reason": cancel_reason(facts),
        "cancelled_status": "cancelled" if cancelled else "uncancelled",
        "closed_at": _time(closed),
        "closed_status": "unclosed" if closed is None else "closed",
        "confirmed_at": _time(facts.reached(Status.LABEL_READY)),
        "confirmed_status": "unconfirmed" if facts.reached(Status.LABEL_READY) is None else "confirmed",
        "financial_status": financial_status(facts),
        "fulfillment_status": fulfillment_status(facts) or ("notfulfilled" if facts.serial % 2 else None),
        "gateway": "Thanh toán khi giao hàng (COD)" if facts.cod else "Chuyển khoản qua ngân hàng",
        "gateway_code": "COD" if facts.cod else "BANKTRANSFER",
        "currency": "VND",
        "total_price": float(facts.total),
        "subtotal_price": float(facts.total - facts.shipping_fee),
        "total_line_items_price": float(facts.goods),
        "total_discounts": float(facts.voucher[1]) if facts.voucher else 0.0,
        "email": facts.buyer.email,
        "contact_email": facts.buyer.email,
        "customer": {
            "id": int(facts.buyer.id or 0),
            "first_name": facts.buyer.name,
            "last_name": None,
            "phone": facts.buyer.phone,
            "email": facts.buyer.email,
        },
        "billing_address": _address(facts),
        "shipping_address": _address(facts),
        "line_items": [_line(facts, place, line) for place, line in enumerate(facts.lines)],
        "discount_codes": [
            {
                "code": facts.voucher[0],
                "amount": float(facts.voucher[1]),
                "type": "fixed_amount",
                "is_coupon_code": True,
            }
        ]
        if facts.voucher
        else [],
        "note": note_of(facts) or None,
        "note_attributes": [
            {"name": "X-Haravan-SalesChannel-BranchId", "value": "461880029"},
            {"name": "X-Haravan-SalesChannel-BranchName", "value": "Sóc Nâu Mall"},
        ]
        if facts.origin
        else [],
        "tags": None,
        "source_name": facts.origin.channel if facts.origin else facts.source,
        "fulfillments": _fulfillments(facts),
        "refunds": [_refund(facts, given) for given in refunds_of(facts)],
        "transactions": _transactions(facts),
        "location_id": 963414,
        "user_id": 200000497867,
    }


def _address(facts: Facts) -> Mapping[str, Any]:
    to = facts.address
    return {
        "name": f" {to.recipient}",
        "first_name": to.recipient,
        "last_name": None,
        "phone": to.phone,
        "address1": to.street,
        "address2": None,
        "city": None,
        "ward": to.ward,
        "district": to.district,
        "province": to.province,
        "country": "Vietnam",
        "country_code": to.country,
    }


def _line(facts: Facts, place: int, line: Line) -> Mapping[str, Any]:
    title, _dot, variation = line.name.partition(" · ")
    return {
        "id": line_id(facts, place),
        "product_id": product_id(line.sku),
        "variant_id": product_id(line.sku) + 1,
        "sku": line.sku,
        "barcode": f"893{product_id(line.sku)}",
        "title": title,
        "variant_title": variation or "Default Title",
        "name": f"{title} - {variation or 'Default Title'}",
        "quantity": line.ordered,
        "price": float(line.price),
        "total_discount": 0.0,
        "fulfillment_status": "notfulfilled",
        "properties": None,
    }


def _fulfillments(facts: Facts) -> list[Mapping[str, Any]]:
    stage = stage_of(facts)
    if stage is Stage.NOT_YET:
        return []
    return [_fulfillment(facts, place, package, stage) for place, package in enumerate(facts.packages)]


def _fulfillment(facts: Facts, place: int, package: Package, stage: Stage) -> Mapping[str, Any]:
    code, name = _CODES[stage]
    back = stage in (Stage.COMING_BACK, Stage.CAME_BACK)
    return {
        "id": order_id(facts.number) * 5 + place,
        "order_id": order_id(facts.number),
        "status": "cancelled" if stage is Stage.VOID else "success",
        "created_at": _time(facts.reached(Status.LABEL_READY)),
        "tracking_company": package.carrier,
        "tracking_number": package.tracking,
        "tracking_numbers": [package.tracking] if package.tracking else [],
        "tracking_url": None,
        "cod_amount": float(facts.total) if facts.cod else 0.0,
        "carrier_status_code": code,
        "carrier_status_name": name,
        "carrier_cod_status_code": ("codpaid" if facts.paid_at else "codpending") if facts.cod else "none",
        "ready_to_pick_date": _time(facts.reached(Status.LABEL_READY)),
        "delivering_date": _time(facts.reached(Status.SHIPPED)),
        "delivered_date": _time(facts.reached(Status.DELIVERED)),
        "not_meet_customer_date": _time(missed_at(facts)) if back else None,
        "waiting_for_return_date": _time(facts.reached(Status.RETURNING)) if back else None,
        "return_date": _time(facts.reached(Status.RETURNED)) if stage is Stage.CAME_BACK else None,
        "cod_paid_date": _time(facts.paid_at) if facts.cod else None,
        "cancel_date": _time(facts.reached(Status.CANCELLED)),
    }


def _transactions(facts: Facts) -> list[Mapping[str, Any]]:
    pending = {"id": order_id(facts.number) * 7, "kind": "pending", "amount": float(facts.total), "status": None}
    rows: list[Mapping[str, Any]] = [{**pending, "created_at": iso_utc(facts.placed_at), "gateway": ""}]
    if facts.paid_at is not None and not facts.cod and financial_status(facts) != "voided":
        rows.append({**pending, "id": pending["id"], "kind": "capture", "created_at": iso_utc(facts.paid_at)})
    return rows


def _refund(facts: Facts, given: Given) -> Mapping[str, Any]:
    money = {"id": given.id + 50, "kind": "refund", "amount": -float(given.amount), "created_at": iso_utc(given.at)}
    return {
        "id": given.id,
        "created_at": iso_utc(given.at),
        "note": "hoàn tiền",
        "restock": True,
        "order_id": order_id(facts.number),
        "refund_line_items": [
            {"id": given.id + place, "line_item_id": line_id(facts, place), "quantity": pieces}
            for place, pieces in given.pieces
        ],
        "transactions": [money] if given.amount else [],
    }


def _time(at: int | None) -> str | None:
    return None if at is None else iso_utc(at)
