"""Orders as Tiki writes them (listing and details of version 2)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from packstation.domain.orders import OrderKind, Status
from sync.sandbox.channels.tiki.story import (
    Entry,
    Manner,
    history,
    kind,
    local,
    promised_day,
    reason,
    sellers_code,
    tikis_code,
)
from sync.sandbox.market.facts import Facts, Line
from sync.sandbox.masking import as_shown

_CANCELLED = frozenset({Status.CANCELLED, Status.RETURNING, Status.RETURNED, Status.LOST})


def order_json(facts: Facts, how: Manner, included: Collection[str]) -> dict[str, Any]:
    """The record of an order; histories only where `include` asks for them."""
    entries = history(facts, how)
    address = facts.address if how.fulfillment == "seller_delivery" else as_shown(facts.address, "tiki")
    replaced = f"7{facts.number[1:]}" if facts.kind is OrderKind.REPLACEMENT else None
    package = facts.packages[0]
    record: dict[str, Any] = {
        "id": 100_000_000 + facts.serial,
        "code": facts.number,
        "relation_code": None,
        "original_code": replaced,
        "fulfillment_type": how.fulfillment,
        "status": entries[-1].word,
        "created_at": local(facts.placed_at),
        "updated_at": local(facts.updated_at),
        "is_rma": replaced is not None,
        "is_vat_exporting": False,
        "has_backorder_items": not how.in_tikis_warehouse,
        "items": [_item(facts, place, line, how) for place, line in enumerate(facts.lines)],
        "invoice": {
            "items_count": len(facts.lines),
            "items_quantity": sum(line.ordered for line in facts.lines),
            "subtotal": _money(facts.goods, how),
            "grand_total": _money(facts.total, how),
            "collectible_amount": _money(facts.total if facts.cod else 0, how),
            "discount_coupon": _money(facts.voucher[1] if facts.voucher else 0, how),
            "coupon_code": facts.voucher[0] if facts.voucher else None,
            "shipping_amount_after_discount": _money(facts.shipping_fee, how),
            "purchased_at": local(facts.placed_at),
        },
        "payment": {
            "method": "cod" if facts.cod else "momo",
            "is_prepaid": not facts.cod,
            "status": "success" if facts.paid_at else "pending",
            "description": "Thanh toán tiền mặt khi nhận hàng" if facts.cod else "Ví MoMo",
        },
        "shipping": {
            "partner_id": facts.carrier[:3].upper(),
            "partner_name": facts.carrier,
            "tracking_code": package.tracking,
            "status": entries[-1].word,
            "plan": {"id": 1, "name": "Giao tiết kiệm", "promised_delivery_date": _promised(facts, how)},
            "address": {
                "full_name": address.recipient,
                "street": address.street,
                "ward": address.ward,
                "district": address.district,
                "region": address.province,
                "country": "Việt Nam",
                **({"phone": address.phone, "email": facts.buyer.email} if address.phone else {}),
            },
        },
        "customer": {"id": int(facts.buyer.id or 0), "full_name": facts.buyer.name},
        "cancel_info": _cancel_info(facts, how, entries),
        "rma_info": _rma_info(facts, how, replaced),
        "tiki_warehouse": {"id": 4, "name": "Sài Gòn", "code": "sgn"},
    }
    if "status_histories" in included:
        record["status_histories"] = [
            {"id": facts.serial * 100 + place, "status": entry.word, "created_at": local(entry.at)}
            for place, entry in enumerate(entries)
        ]
    return record


def _item(facts: Facts, place: int, line: Line, how: Manner) -> dict[str, Any]:
    waits = facts.status in (Status.UNPAID, Status.CHANNEL_HOLD) or (
        facts.status is Status.TO_PACK and facts.preorder_until is None
    )
    inventory = "preorder" if facts.preorder_until is not None else "backorder"
    return {
        "id": 150_000_000 + facts.serial * 10 + place,
        "product": {
            "id": 50_000 + place,
            "sku": tikis_code(line),
            "seller_product_code": sellers_code(line) or None,
            "name": line.name,
            "inventory_type": "instock" if how.in_tikis_warehouse else inventory,
            "thumbnail": "",
            "imeis": [],
        },
        "price": _money(line.price, how),
        "qty": line.ordered,
        "confirmation": {
            "status": "waiting" if waits else "seller_confirmed",
            "available_confirm_sla": None if facts.arrange_by is None else local(facts.arrange_by),
        },
        "invoice": {
            "price": _money(line.price, how),
            "quantity": line.ordered,
            "subtotal": _money(line.price * line.ordered, how),
            "row_total": _money(line.price * line.ordered, how),
            "discount_amount": _money(0, how),
        },
    }


def _money(amount: int, how: Manner) -> int | str:
    return f"{amount}.00" if how.decimal_texts else amount


def _promised(facts: Facts, how: Manner) -> str | None:
    day = promised_day(facts)
    if day is None:
        return None
    return local(day)[:10] if how.decimal_texts else local(day)[:10] + " 23:59:59"


def _cancel_info(facts: Facts, how: Manner, entries: list[Entry]) -> dict[str, Any] | None:
    at = next((entry.at for entry in entries if entry.word == "canceled"), None)
    if at is None or facts.status not in _CANCELLED:
        return None
    code, text = reason(facts, how)
    return {"reason_code": code, "reason_text": text, "comment": facts.cancel_reason, "canceled_at": local(at)}


def _rma_info(facts: Facts, how: Manner, replaced: str | None) -> dict[str, Any] | None:
    if replaced is None:
        return None
    exchanged = facts.number if kind(facts, how) is OrderKind.EXCHANGE else None
    return {
        "id": facts.serial,
        "original_order_code": replaced,
        "exchanged_order_code": exchanged,
        "status": "processing",
    }
