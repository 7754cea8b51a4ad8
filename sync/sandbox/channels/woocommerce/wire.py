"""Orders, refunds and notes as JSON, field by field as WooCommerce REST v3 writes them.

Texts are clear. Guests have customer 0, their phone is spelt in one of six ways, and their e-mail in any case or not at all.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping

from packstation.domain.times import SECOND, from_ms
from sync.sandbox.channels.woocommerce.records import Record, RefundRow, by_bank, discount_by_line
from sync.sandbox.market.facts import Facts, Line

SPELLINGS: tuple[Callable[[str], str], ...] = (
    lambda phone: phone,
    lambda phone: f"+84{phone[1:]}",
    lambda phone: f"84{phone[1:]}",
    lambda phone: f"{phone[:4]} {phone[4:7]} {phone[7:]}",
    lambda phone: f"{phone[:4]}.{phone[4:7]}.{phone[7:]}",
    lambda phone: f"({phone[:4]}) {phone[4:]}",
)
"""How buyers type the one phone number that they have."""

_PAYMENTS = {
    True: ("cod", "Trả tiền mặt khi nhận hàng"),
    False: ("vnpay", "Thanh toán qua VNPAY"),
}
_BANK = ("bacs", "Chuyển khoản ngân hàng")


def order_json(record: Record, site_zone: str, link: str) -> dict[str, object]:
    """One order.

    Args:
        record: its row.
        site_zone: IANA name of the site's own zone, in which the local times are.
        link: the address of this API.
    """
    facts = record.facts
    method, title = _BANK if by_bank(facts) else _PAYMENTS[facts.cod]
    billing = _billing(facts)
    local = {"address_1": "", "address_2": "", "city": "", "state": "", "first_name": "", "last_name": "", "phone": ""}
    address = {name: text for name, text in billing.items() if name != "email"}
    discounts = discount_by_line(facts)
    return {
        "id": record.id,
        "parent_id": 0,
        "status": record.status,
        "currency": "VND",
        "version": "11.0.1",
        "prices_include_tax": False,
        "date_created": _local(record.created, site_zone),
        "date_modified": _local(record.modified, site_zone),
        "discount_total": str(sum(discounts)),
        "discount_tax": "0",
        "shipping_total": str(facts.shipping_fee),
        "shipping_tax": "0",
        "cart_tax": "0",
        "total": str(facts.total),
        "total_tax": "0",
        "customer_id": record.customer_id,
        "order_key": f"wc_order_{zlib.crc32(str(record.id).encode()):08x}",
        "billing": billing,
        "shipping": {**address, **local} if facts.serial % 3 == 0 else address,
        "payment_method": method,
        "payment_method_title": title,
        "transaction_id": "",
        "customer_ip_address": "127.0.0.1",
        "created_via": "checkout",
        "customer_note": record.customer_note,
        "date_completed": _local(record.completed, site_zone),
        "date_paid": _local(record.paid, site_zone),
        "cart_hash": "",
        "number": str(record.id),
        "meta_data": [
            {"id": record.id * 10 + place, "key": key, "value": value}
            for place, (key, value) in enumerate((*_meta(facts), *record.meta))
        ],
        "line_items": [
            _line(record, place, line, discounts[place], line.ordered) for place, line in enumerate(facts.lines)
        ],
        "tax_lines": [],
        "shipping_lines": [
            {
                "id": record.id * 100 + 90,
                "method_title": record.shipping_title or "Phí vận chuyển",
                "method_id": "flat_rate",
                "total": str(facts.shipping_fee),
                "total_tax": "0",
            }
        ],
        "fee_lines": [],
        "coupon_lines": [
            {"id": record.id * 100 + 95, "code": facts.voucher[0].lower(), "discount": str(facts.voucher[1])}
        ]
        if facts.voucher
        else [],
        "refunds": [{"id": one.id, "reason": one.reason, "total": str(-one.amount)} for one in record.refunds],
        "payment_url": f"{link}/checkout/order-pay/{record.id}/",
        "is_editable": record.status in ("pending", "on-hold"),
        "needs_payment": record.status in ("pending", "failed"),
        "needs_processing": True,
        "date_created_gmt": _local(record.created, "UTC"),
        "date_modified_gmt": _local(record.modified, "UTC"),
        "date_completed_gmt": _local(record.completed, "UTC"),
        "date_paid_gmt": _local(record.paid, "UTC"),
        "currency_symbol": "₫",
        "_links": {"self": [{"href": f"{link}/wp-json/wc/v3/orders/{record.id}"}]},
    }


def refund_json(record: Record, refund: RefundRow, site_zone: str) -> dict[str, object]:
    """One refund, its pieces and line amounts negative."""
    lines = record.facts.lines
    return {
        "id": refund.id,
        "date_created": _local(refund.created, site_zone),
        "date_created_gmt": _local(refund.created, "UTC"),
        "amount": str(refund.amount),
        "reason": refund.reason,
        "refunded_by": 1,
        "refunded_payment": False,
        "meta_data": [],
        "line_items": [
            {
                **_line(record, place, lines[place], 0, -pieces),
                "id": refund.id * 100 + place,
                "subtotal": str(-money),
                "total": str(-money),
                "meta_data": [
                    {"id": refund.id * 10 + place, "key": "_refunded_item_id", "value": str(item_id(record, place))}
                ],
            }
            for place, pieces, money in refund.lines
        ],
        "shipping_lines": [],
        "tax_lines": [],
        "fee_lines": [],
    }


def item_id(record: Record, place: int) -> int:
    """The id of an order's line."""
    return record.id * 100 + place


def product_id(sku: str) -> int:
    """The id of the product that has this SKU."""
    return 1000 + zlib.crc32(sku.encode()) % 1_000_000


def is_deleted_product(facts: Facts, place: int) -> bool:
    """Whether the line's product was deleted since, which leaves its name and takes its SKU."""
    return place == 0 and facts.serial % 17 == 0


def phone_of(facts: Facts) -> str:
    """The buyer's phone as typed on this order."""
    phone = facts.buyer.phone
    return SPELLINGS[facts.serial % len(SPELLINGS)](phone) if phone else ""


def _billing(facts: Facts) -> Mapping[str, str]:
    first, _blank, last = facts.address.recipient.rpartition(" ")
    address = facts.address
    email = facts.buyer.email
    if facts.buyer.id is None:
        email = ("", email, email.upper(), email.capitalize())[facts.serial % 4]
    return {
        "first_name": last,
        "last_name": first,
        "company": "",
        "address_1": address.street,
        "address_2": address.ward,
        "city": address.district,
        "state": address.province,
        "postcode": "",
        "country": "VN",
        "email": email,
        "phone": phone_of(facts),
    }


def _line(record: Record, place: int, line: Line, discount: int, pieces: int) -> dict[str, object]:
    total = line.price * pieces - discount
    deleted = is_deleted_product(record.facts, place)
    return {
        "id": item_id(record, place),
        "name": line.name,
        "product_id": product_id(line.sku),
        "variation_id": 0,
        "quantity": pieces,
        "tax_class": "",
        "subtotal": str(line.price * pieces),
        "subtotal_tax": "0",
        "total": str(total),
        "total_tax": "0",
        "taxes": [],
        "meta_data": [],
        "sku": None if deleted else line.sku,
        "price": total / pieces,
        "image": {"id": "", "src": ""},
        "parent_name": None,
    }


def _meta(facts: Facts) -> list[tuple[str, object]]:
    """What plugins wrote: where the buyer came from, and tracking numbers in the manner of one plugin or another."""
    meta: list[tuple[str, object]] = [("_wc_order_attribution_utm_source", facts.source)] if facts.source else []
    tracked = [package for package in facts.packages if package.tracking]
    if not tracked:
        return meta
    package = tracked[0]
    if facts.serial % 3 == 1:
        return [*meta, ("_tracking_provider", package.carrier), ("_tracking_number", package.tracking)]
    if facts.serial % 3 == 2:
        return [*meta, ("ywot_carrier_name", package.carrier), ("ywot_tracking_code", package.tracking)]
    items = [
        {
            "tracking_provider": "",
            "custom_tracking_provider": one.carrier,
            "custom_tracking_link": "",
            "tracking_number": one.tracking,
            "date_shipped": str(facts.updated_at // SECOND),
            "tracking_id": f"{zlib.crc32(str(one.tracking).encode()):08x}",
        }
        for one in tracked
    ]
    return [*meta, ("_wc_shipment_tracking_items", items)]


def _local(at: int | None, site_zone: str) -> str | None:
    return None if at is None else from_ms(at, site_zone).strftime("%Y-%m-%dT%H:%M:%S")
