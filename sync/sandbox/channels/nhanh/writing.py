"""Orders as Nhanh writes them, and the records of returned goods, which are orders of another type there."""

from __future__ import annotations

from random import Random
from typing import Any

from packstation.domain.orders import Outcome, Status
from packstation.domain.times import SECOND, from_ms
from sync.sandbox.market.facts import Facts, Line

ZONE = "Asia/Ho_Chi_Minh"
_WORDS = {
    Status.UNPAID: ("New", "CustomerConfirming"),
    Status.CHANNEL_HOLD: ("New",),
    Status.TO_PACK: ("Confirmed", "Packing"),
    Status.LABEL_READY: ("Packed", "Pickup", "Pickingup"),
    Status.CANCEL_REQUESTED: ("Pickup",),
    Status.SHIPPED: ("Shipping", "Pickedup"),
    Status.DELIVERED: ("Success",),
    Status.COMPLETED: ("Success",),
    Status.RETURNING: ("Returning", "Failed"),
    Status.RETURNED: ("Returned",),
    Status.LOST: ("Failed",),
}
_CANCELLED = {
    Outcome.BUYER_CANCELLED: "Canceled",
    Outcome.SELLER_CANCELLED: "SoldOut",
    Outcome.SYSTEM_CANCELLED: "Aborted",
    Outcome.UNPAID_EXPIRED: "Aborted",
}
_NAMES = {"Success": "Thành công", "Canceled": "Khách hủy", "Aborted": "Hệ thống hủy", "New": "Đơn mới"}
_RETURN_TYPE = 14
RETURNS_FROM = 500_000_000
"""The ids of returns begin behind those of orders."""


def rng_of(facts: Facts) -> Random:
    """Draws for one order that come out the same at every asking and at every stand."""
    return Random(f"nhanh/{facts.number}")  # noqa: S311 - a simulation


def word(facts: Facts) -> str:
    """`statusCode`. A delivered order whose goods are sent back stays as it is."""
    if facts.odd_word:
        return facts.odd_word
    if facts.reached(Status.DELIVERED) is not None:
        return "Success"
    if facts.status is Status.CANCELLED:
        return _CANCELLED[facts.outcome]
    return rng_of(facts).choice(_WORDS[facts.status])


def paid(facts: Facts) -> int:
    """What was transferred beforehand."""
    return facts.total if not facts.cod and facts.paid_at is not None else 0


def gift_places(facts: Facts) -> list[int]:
    """The lines that are presents and are written under the first product."""
    return [place for place, line in enumerate(facts.lines) if line.free and place > 0]


def record_ids(facts: Facts) -> list[int]:
    """The ids of all that the listing has of an order: itself, and what came back after delivery."""
    number = int(facts.number)
    return [number, *([RETURNS_FROM + number] if facts.outcome is Outcome.RETURNED else [])]


def record(facts: Facts, record_id: int) -> dict[str, Any]:
    """The record of this id."""
    return order_json(facts) if record_id == int(facts.number) else _return_json(facts)


def order_json(facts: Facts) -> dict[str, Any]:
    """The record of an order; numbers are texts on some."""
    rng = rng_of(facts)
    as_texts, split = rng.random() < 0.3, rng.random() < 0.3
    address, total = facts.address, facts.total
    deposit = paid(facts) // 2 if split else 0
    shown = word(facts)
    package = facts.packages[0]
    code = facts.origin.number if facts.origin else ""

    def number(value: int) -> int | float | str:
        return str(value) if as_texts else float(value)

    return {
        "id": facts.number if as_texts else int(facts.number),
        "shopOrderId": code if as_texts else None,
        "privateId": None if as_texts else code,
        "merchantTrackingNumber": "",
        "depotId": 1,
        "depotName": "Kho Sài Gòn",
        "typeId": 1,
        "type": "Giao hàng tận nhà",
        "saleChannel": 42 if facts.origin else 2,
        "trafficSourceName": None if facts.origin else facts.source,
        "statusCode": shown,
        "statusName": _NAMES.get(shown, shown),
        "createdDateTime": from_ms(facts.placed_at, ZONE).strftime("%Y-%m-%d %H:%M:%S"),
        "updatedAt": facts.updated_at // SECOND,
        "deliveryDate": from_ms(facts.placed_at, ZONE).strftime("%Y-%m-%d"),
        "calcTotalMoney": number(total),
        "moneyDiscount": number(facts.voucher[1] if facts.voucher else 0),
        "moneyDeposit": number(deposit),
        "moneyTransfer": number(paid(facts) - deposit),
        "customerShipFee": number(facts.shipping_fee),
        "couponCode": facts.voucher[0] if facts.voucher else None,
        "customerId": int(facts.buyer.id or 0),
        "customerName": address.recipient,
        "customerMobile": address.phone,
        "customerEmail": facts.buyer.email or None,
        "customerAddress": address.street,
        "customerWard": address.ward,
        "customerDistrict": address.district,
        "customerCity": address.province,
        "carrierId": 5,
        "carrierName": facts.carrier,
        "carrierCode": package.tracking or "",
        "description": facts.buyer_note,
        "privateDescription": facts.seller_note,
        "products": _products(facts),
    }


def _products(facts: Facts) -> list[dict[str, Any]]:
    gifts = gift_places(facts)
    products = [_product(place, line) for place, line in enumerate(facts.lines) if place not in gifts]
    products[0]["giftProducts"] = [
        {
            "productId": 9_000 + place,
            "productCode": facts.lines[place].sku,
            "productName": facts.lines[place].name,
            "quantity": facts.lines[place].ordered,
        }
        for place in gifts
    ]
    return products


def _product(place: int, line: Line) -> dict[str, Any]:
    return {
        "productId": str(7_000 + place),
        "productCode": line.sku,
        "productBarcode": "",
        "productName": line.name,
        "quantity": f"{line.ordered}.0" if place else line.ordered,
        "price": line.price,
        "discount": 0,
        "giftProducts": [],
    }


def _return_json(facts: Facts) -> dict[str, Any]:
    number = RETURNS_FROM + int(facts.number)
    more = {"typeId": _RETURN_TYPE, "type": "Khách trả lại hàng", "returnFromOrderId": int(facts.number)}
    return {**order_json(facts), "id": number, "statusCode": "Success", "statusName": "Thành công", **more}
