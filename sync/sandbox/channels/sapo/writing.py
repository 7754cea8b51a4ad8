"""Orders as Sapo Web writes them: money as text, times in UTC, everything in clear."""

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
    note_of,
    order_id,
    product_id,
    refunds_of,
    stage_of,
)
from sync.sandbox.market.facts import Facts, Line, Package

_SHIPMENT_STATUSES = {
    Stage.LABELLED: "pending",
    Stage.SENT: "delivering",
    Stage.DELIVERED: "delivered",
    Stage.COMING_BACK: "returning",
    Stage.CAME_BACK: "returned",
    Stage.VOID: "cancelled",
}


def order_json(facts: Facts) -> Mapping[str, Any]:
    """One order."""
    cancelled = facts.status is Status.CANCELLED
    closed = facts.reached(Status.COMPLETED)
    return {
        "id": order_id(facts.number),
        "name": facts.number,
        "number": int(facts.number.removeprefix("SON")),
        "order_number": int(facts.number.removeprefix("SON")),
        "created_on": iso_utc(facts.placed_at),
        "modified_on": iso_utc(facts.updated_at),
        "processed_on": iso_utc(facts.placed_at),
        "cancelled_on": _time(facts.reached(Status.CANCELLED)),
        "cancel_reason": cancel_reason(facts),
        "closed_on": _time(closed),
        "status": "cancelled" if cancelled else "open" if closed is None else "closed",
        "financial_status": financial_status(facts),
        "fulfillment_status": fulfillment_status(facts),
        "payment_gateway_names": ["Thanh toán khi giao hàng (COD)"] if facts.cod else ["Chuyển khoản"],
        "currency": "VND",
        "total_price": str(facts.total),
        "subtotal_price": str(facts.total - facts.shipping_fee),
        "total_line_items_price": str(facts.goods),
        "total_discounts": str(facts.voucher[1] if facts.voucher else 0),
        "email": facts.buyer.email,
        "customer": {
            "id": int(facts.buyer.id or 0),
            "first_name": facts.buyer.name.rpartition(" ")[2],
            "last_name": facts.buyer.name.rpartition(" ")[0],
            "phone": facts.buyer.phone,
            "email": facts.buyer.email,
        },
        "billing_address": None,
        "shipping_address": _address(facts),
        "line_items": [_line(facts, place, line) for place, line in enumerate(facts.lines)],
        "discount_codes": [{"code": facts.voucher[0], "amount": str(facts.voucher[1]), "type": "fixed_amount"}]
        if facts.voucher
        else [],
        "note": note_of(facts) or None,
        "note_attributes": [],
        "tags": "",
        "source_name": facts.origin.channel if facts.origin else facts.source,
        "source_identifier": facts.origin.number if facts.origin else None,
        "fulfillments": _fulfillments(facts),
        "refunds": [_refund(facts, given) for given in refunds_of(facts)],
    }


def _address(facts: Facts) -> Mapping[str, Any]:
    to = facts.address
    return {
        "name": to.recipient,
        "phone": to.phone,
        "address1": to.street,
        "ward": to.ward,
        "district": to.district,
        "province": to.province,
        "country_code": to.country,
    }


def _line(facts: Facts, place: int, line: Line) -> Mapping[str, Any]:
    title, _dot, variation = line.name.partition(" · ")
    return {
        "id": line_id(facts, place),
        "product_id": product_id(line.sku),
        "variant_id": product_id(line.sku) + 1,
        "sku": line.sku,
        "title": title,
        "variant_title": variation or "Default Title",
        "name": line.name,
        "quantity": line.ordered,
        "price": str(line.price),
        "total_discount": "0",
    }


def _fulfillments(facts: Facts) -> list[Mapping[str, Any]]:
    stage = stage_of(facts)
    return [] if stage is Stage.NOT_YET else [_fulfillment(facts, one, stage) for one in facts.packages]


def _fulfillment(facts: Facts, package: Package, stage: Stage) -> Mapping[str, Any]:
    nested = facts.serial % 2 == 0
    tracking = {"tracking_company": package.carrier, "tracking_number": package.tracking}
    numbers = [package.tracking] if package.tracking else []
    told = (
        {"tracking_info": {**tracking, "tracking_numbers": numbers}}
        if nested
        else {**tracking, "tracking_numbers": numbers}
    )
    return {
        "id": order_id(facts.number) * 5,
        "order_id": order_id(facts.number),
        "status": "cancelled" if stage is Stage.VOID else "success",
        "shipment_status": _SHIPMENT_STATUSES[stage],
        "created_on": _time(facts.reached(Status.LABEL_READY)),
        "delivered_on": _time(facts.reached(Status.DELIVERED)),
        "cancelled_on": _time(facts.reached(Status.CANCELLED)),
        **told,
    }


def _refund(facts: Facts, given: Given) -> Mapping[str, Any]:
    money = {"id": given.id + 50, "kind": "refund", "amount": str(given.amount), "created_on": iso_utc(given.at)}
    return {
        "id": given.id,
        "order_id": order_id(facts.number),
        "created_on": iso_utc(given.at),
        "restock": True,
        "refund_line_items": [
            {"id": given.id + place, "line_item_id": line_id(facts, place), "quantity": pieces}
            for place, pieces in given.pieces
        ],
        "transactions": [money] if given.amount else [],
    }


def _time(at: int | None) -> str | None:
    return None if at is None else iso_utc(at)
