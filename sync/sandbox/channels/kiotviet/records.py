"""A simulated sale in KiotViet's records. Source: the public API's documents, "Đặt hàng", "Hóa đơn", "Trả hàng"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from packstation.domain.orders import Outcome, Status
from packstation.domain.times import from_ms
from sync.sandbox.channels.kiotviet.papers import (
    customer_id,
    has_order,
    invoice_code,
    invoice_id,
    is_counter_sale,
    is_recorded,
    order_code,
    order_id,
    return_id,
)
from sync.sandbox.market.facts import Facts, Line, Package
from sync.sandbox.masking import as_shown

_PRODUCT_IDS = 48_000_000
_LABELLED = ((7, "Đang lấy hàng"), (11, "Chờ chuyển hàng"), (8, "Chờ lấy lại"))
_ON_THE_WAY = ((2, "Đang giao hàng"), (9, "Đã lấy hàng"), (10, "Chờ giao lại"))
_COMING_BACK = ((4, "Đang chuyển hoàn"), (12, "Chờ chuyển hoàn lại"))
_OLD_SET = {7: 1, 8: 1, 11: 1, 9: 2, 10: 2, 12: 4}
"""What the page of one invoice has for the numbers that its documents do not know."""


@dataclass(frozen=True, slots=True)
class Row:
    """A record with what listings filter by: its code, id and time of modification, ms UTC."""

    code: str
    id: int
    modified: int
    body: dict[str, Any]


def customer_name(facts: Facts) -> str:
    """The buyer's name; that of a marketplace's buyer has asterisks."""
    return as_shown(facts.address, "shopee").recipient if facts.origin else facts.buyer.name


def wall_clock(at: int, zone: str) -> str:
    """The shop's wall clock with seven digits behind the second, and no offset."""
    return from_ms(at, zone).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at % 1000:03d}0000"


def back_at(facts: Facts) -> int | None:
    """When goods came back to the counter, ms UTC."""
    if facts.outcome is Outcome.RETURNED and not is_counter_sale(facts):
        return facts.reached(Status.RETURNED)
    return max((line.changed_at or 0 for line in facts.lines if line.returned), default=None)


def order_row(facts: Facts, zone: str) -> Row | None:
    """The order; None where there is none."""
    if not has_order(facts):
        return None
    status, word = _order_status(facts)
    invoiced = facts.reached(Status.LABEL_READY)
    modified = facts.updated_at if invoiced is None else invoiced
    shown = as_shown(facts.address, "shopee") if facts.origin else facts.address
    body = {
        **_head(facts, order_code(facts), order_id(facts), modified, zone),
        "total": facts.total,
        "totalPayment": facts.total if facts.paid_at is not None and not facts.cod else 0,
        "status": status,
        "statusValue": word,
        "usingCod": facts.cod,
        "saleChannelId": 38487 if facts.origin else 0,
        "orderDetails": [_detail(line) for line in facts.lines],
        "orderDelivery": {
            "type": 0,
            "receiver": shown.recipient,
            "contactNumber": shown.phone,
            "address": shown.street,
            "locationName": f"{shown.province} - {shown.district}",
            "wardName": shown.ward,
        },
    }
    return Row(order_code(facts), order_id(facts), modified, body)


def invoice_rows(facts: Facts, zone: str, *, old_set: bool = False) -> list[Row]:
    """The invoices, one for each package.

    Args:
        facts: the sale.
        zone: whose wall clock the times are.
        old_set: whether deliveries have the numbers of an invoice's own page.
    """
    if is_counter_sale(facts):
        return [_counter_row(facts, zone)]
    first = Status.LABEL_READY if has_order(facts) else Status.TO_PACK
    if facts.reached(first) is None:
        return []
    return [_invoice_row(facts, place, zone, old_set=old_set) for place in range(len(facts.packages))]


def return_rows(facts: Facts, zone: str) -> list[Row]:
    """The returns, one for each invoice of which something came back."""
    at = back_at(facts)
    if at is None or not is_recorded(facts):
        return []
    whole = facts.outcome is Outcome.RETURNED and not is_counter_sale(facts)
    rows = []
    for place, package in enumerate(facts.packages):
        lines = facts.lines if is_counter_sale(facts) else [facts.lines[one] for one, _pieces in package.lines]
        details = [_detail(line, line.ordered if whole else line.returned) for line in lines if whole or line.returned]
        if not details:
            continue
        code = f"TH{facts.number[2:]}" + (f".{place}" if place else "")
        total = sum(detail["subTotal"] for detail in details)
        body = {
            "id": return_id(facts, place),
            "code": code,
            "invoiceId": invoice_id(facts, place),
            "returnDate": wall_clock(at, zone),
            "createdDate": wall_clock(at, zone),
            "modifiedDate": wall_clock(at, zone),
            "returnTotal": total,
            "totalPayment": total,
            "status": 1,
            "statusValue": "Đã trả",
            "returnDetails": details,
        }
        rows.append(Row(code, return_id(facts, place), at, body))
    return rows


def _order_status(facts: Facts) -> tuple[int, str]:
    if facts.odd_word:
        return 9, facts.odd_word
    if facts.reached(Status.LABEL_READY) is not None:
        return 3, "Hoàn thành"
    match facts.status:
        case Status.CANCELLED:
            return 4, "Đã hủy"
        case Status.TO_PACK:
            return 5, "Đã xác nhận"
        case _:
            return 1, "Phiếu tạm"


def _invoice_status(facts: Facts) -> tuple[int, str, int, str]:
    """Number and word of the invoice, number and word of its delivery."""
    serial = facts.serial
    processing = (3, "Đang xử lý")
    if facts.odd_word:
        return (9, facts.odd_word, 1, "Chờ xử lý")
    match facts.status:
        case Status.TO_PACK | Status.UNPAID:
            return (*processing, 1, "Chờ xử lý")
        case Status.LABEL_READY:
            return (*processing, *_LABELLED[serial % 3])
        case Status.SHIPPED:
            return (*processing, *_ON_THE_WAY[serial % 3])
        case Status.CANCELLED | Status.LOST:
            return (2, "Đã hủy", 6, "Đã hủy")
        case Status.RETURNING if facts.outcome is Outcome.DELIVERY_FAILED:
            return (*processing, *_COMING_BACK[serial % 2])
        case Status.RETURNED if facts.outcome is Outcome.DELIVERY_FAILED:
            return (5, "Không giao được", 5, "Đã chuyển hoàn")
        case Status.DELIVERED if serial % 4 == 0 and back_at(facts) is None:
            return (*processing, 3, "Giao thành công")
        case _:
            return (1, "Hoàn thành", 3, "Giao thành công")


def _invoice_row(facts: Facts, place: int, zone: str, *, old_set: bool) -> Row:
    package, identity = facts.packages[place], invoice_id(facts, place)
    status, word, delivery_status, delivery_word = _invoice_status(facts)
    modified = _invoice_modified(facts)
    total = _share(facts, place)
    body = {
        **_head(facts, invoice_code(facts, place), identity, modified, zone),
        "total": total,
        "totalPayment": total if facts.paid_at is not None else 0,
        "status": status,
        "statusValue": word,
        "usingCod": True,
        "invoiceDetails": [_detail(facts.lines[one]) for one, _pieces in package.lines],
        "invoiceDelivery": {
            **_delivery(facts, package),
            "status": _OLD_SET.get(delivery_status, delivery_status) if old_set else delivery_status,
            "statusValue": delivery_word,
            "usingPriceCod": facts.cod,
            "priceCodPayment": total if facts.cod else 0,
        },
        "SaleChannel": {"Id": 38487 if facts.origin else 7, "Name": "Shopee" if facts.origin else facts.source},
    }
    if has_order(facts):
        body |= {"orderCode": order_code(facts), "orderId": order_id(facts)}
    if facts.paid_at is not None:
        payment = {"id": identity, "code": f"TT{body['code']}", "amount": total, "method": "Transfer", "status": 0}
        body["payments"] = [{**payment, "transDate": wall_clock(facts.paid_at, zone)}]
    return Row(invoice_code(facts, place), identity, modified, body)


def _counter_row(facts: Facts, zone: str) -> Row:
    modified = _invoice_modified(facts)
    head = _head(facts, invoice_code(facts), invoice_id(facts), modified, zone)
    for name in ("customerId", "customerCode"):
        del head[name]
    body = {
        **head,
        "customerName": "Khách lẻ",
        "total": facts.total,
        "totalPayment": facts.total,
        "status": 1,
        "statusValue": "Hoàn thành",
        "usingCod": False,
        "invoiceDetails": [_detail(line) for line in facts.lines],
        "payments": [{"amount": facts.total, "method": "Cash", "transDate": wall_clock(facts.placed_at, zone)}],
    }
    return Row(invoice_code(facts), invoice_id(facts), modified, body)


def _head(facts: Facts, code: str, identity: int, modified: int, zone: str) -> dict[str, Any]:
    return {
        "id": identity,
        "code": code,
        "purchaseDate": wall_clock(facts.placed_at, zone),
        "branchId": 233443,
        "branchName": "Chi nhánh trung tâm",
        "soldByName": "Ngọc",
        "customerId": customer_id(facts),
        "customerCode": facts.buyer.id,
        "customerName": customer_name(facts),
        "description": facts.buyer_note,
        "retailerId": 501073570,
        "createdDate": wall_clock(facts.placed_at, zone),
        "modifiedDate": wall_clock(modified, zone),
    }


def _delivery(facts: Facts, package: Package) -> dict[str, Any]:
    shown = as_shown(facts.address, "shopee") if facts.origin else facts.address
    delivery = {
        "type": 0,
        "receiver": shown.recipient,
        "contactNumber": shown.phone,
        "address": shown.street,
        "locationName": f"{shown.province} - {shown.district}",
        "wardName": shown.ward,
        "partnerDelivery": {"code": package.carrier.upper()[:4], "name": package.carrier},
    }
    return delivery if package.tracking is None else {"deliveryCode": package.tracking, **delivery}


def _detail(line: Line, pieces: int | None = None) -> dict[str, Any]:
    """A line; some are sold at a discount, so that their list price is higher."""
    quantity = line.ordered if pieces is None else pieces
    discount = 5_000 if line.price and len(line.sku) % 2 else 0
    return {
        "productId": _PRODUCT_IDS + sum(map(ord, line.sku)),
        "productCode": line.sku,
        "productName": line.name,
        "isMaster": True,
        "quantity": float(quantity),
        "price": line.price + discount,
        "discount": discount,
        "subTotal": line.price * quantity,
    }


def _share(facts: Facts, place: int) -> int:
    """What one invoice costs; shipping and voucher are on the first."""
    goods = [
        sum(facts.lines[one].price * facts.lines[one].ordered for one, _pieces in package.lines)
        for package in facts.packages
    ]
    rest = min(sum(goods[1:]), facts.total)
    return rest if place else facts.total - rest


def _invoice_modified(facts: Facts) -> int:
    """A return does not touch the invoice."""
    if back_at(facts) != facts.updated_at:
        return facts.updated_at
    return max((passed.at for passed in facts.passed if passed.at < facts.updated_at), default=facts.updated_at)
