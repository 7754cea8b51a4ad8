"""TikTok Shop exports, CSV or XLSX: a row of field descriptions under the headers, then one row a SKU."""

from __future__ import annotations

import re
from collections.abc import Sequence

from packstation.domain.orders import (
    Address,
    IncomingOrder,
    Item,
    OrderKind,
    Outcome,
    Refund,
    Status,
    TimedOutcome,
    TimedStatus,
)
from sync.files.export_rows import (
    DAY_FIRST,
    MONTH_FIRST,
    Row,
    columns_of,
    first_text,
    gather,
    is_cod,
    parcels_of,
    profile,
    timeline,
    vietnamese_shop,
    vouchers_of,
)
from sync.files.result import ReadFile
from sync.files.status_words import cancellation, folded, meaning
from sync.files.table import Header, Table

NAME = "tiktok"
SHOP = vietnamese_shop("tiktok")

_FIELDS = {
    "number": ("Order ID",),
    "status": ("Order Status",),
    "substatus": ("Order Substatus",),
    "type": ("Cancelation/Return Type", "Cancellation/Return Type"),
    "kind": ("Normal or Pre-order",),
    "sku": ("Seller SKU",),
    "sku_id": ("SKU ID",),
    "item": ("Product Name",),
    "variation": ("Variation",),
    "quantity": ("Quantity",),
    "returned": ("Sku Quantity of return",),
    "price": ("SKU Unit Original Price",),
    "line_total": ("SKU Subtotal After Discount",),
    "seller_discount": ("SKU Seller Discount",),
    "platform_discount": ("SKU Platform Discount",),
    "total": ("Order Amount",),
    "placed": ("Created Time",),
    "paid": ("Paid Time",),
    "arranged": ("RTS Time",),
    "shipped": ("Shipped Time",),
    "delivered": ("Delivered Time",),
    "cancelled": ("Cancelled Time", "Canceled Time"),
    "by": ("Cancel By", "Cancelled By"),
    "reason": ("Cancel Reason",),
    "tracking": ("Tracking ID",),
    "carrier": ("Shipping Provider Name",),
    "package": ("Package ID",),
    "buyer_note": ("Buyer Message",),
    "seller_note": ("Seller Note",),
    "buyer": ("Buyer Username",),
    "recipient": ("Recipient",),
    "phone": ("Phone #", "Phone"),
    "country": ("Country",),
    "province": ("Province",),
    "district": ("District", "Districts"),
    "ward": ("Villages", "Ward", "Communes"),
    "street": ("Detail Address",),
    "payment": ("Payment Method",),
}
_REQUIRED = ("number", "placed", "status", "quantity", "item")
_SIGNATURE = ("Order ID", "Order Status", "SKU ID", "Seller SKU", "Order Amount", "Created Time")
_TIMES = ("placed", "paid", "arranged", "shipped", "delivered", "cancelled")
_DESCRIPTION = "platform unique order id"
_DATE = re.compile(r"\s*([0-9]{1,2})[/-]([0-9]{1,2})[/-][0-9]{4}\b")

_WORDS = {
    folded(word): status
    for status, words in {
        Status.UNPAID: ("Unpaid", "Chưa thanh toán"),
        Status.CHANNEL_HOLD: ("On hold", "Tạm giữ"),
        Status.TO_PACK: (
            "To ship",
            "Awaiting shipment",
            "Partially shipping",
            "Cần gửi",
            "Chờ giao hàng",
            "Đang chờ vận chuyển",
        ),
        Status.LABEL_READY: ("Awaiting collection", "Đang chờ lấy hàng", "Chờ lấy hàng"),
        Status.SHIPPED: ("Shipped", "In transit", "Đã vận chuyển", "Đang vận chuyển"),
        Status.DELIVERED: ("Delivered", "Đã giao", "Đã giao hàng"),
        Status.COMPLETED: ("Completed", "Đã hoàn tất", "Hoàn tất", "Đã hoàn thành"),
        Status.CANCELLED: ("Canceled", "Cancelled", "Cancel", "Đã hủy"),
    }.items()
    for word in words
}
_FINER = {
    Status.TO_PACK: (Status.CHANNEL_HOLD, Status.TO_PACK, Status.LABEL_READY),
    Status.SHIPPED: (Status.SHIPPED, Status.DELIVERED),
}
"""What a substatus may make of a status."""


def fits(header: Header) -> bool:
    """Whether these are the headers of a TikTok Shop order export."""
    return header.has(_SIGNATURE)


def read(table: Table, into: ReadFile) -> None:
    """Read every row but the descriptions.

    Raises:
        NotThisFormatError: a column is missing.
    """
    columns = columns_of(table, _FIELDS, _REQUIRED, DAY_FIRST)
    number = columns.places["number"]
    rows = [row for row in table.rows if not folded(row[1][number]).startswith(_DESCRIPTION)]
    times = [cells[columns.places[field]] for _line, cells in rows for field in _TIMES if field in columns.places]
    if not day_comes_first(times):
        columns = columns_of(table, _FIELDS, _REQUIRED, MONTH_FIRST)
    gather(rows, columns, into, _line, _order)


def day_comes_first(times: Sequence[str]) -> bool:
    """Whether the file writes DD/MM: one first number above 12 settles it, else one second number above 12 does not.

    Where neither is seen the file is taken for a Vietnamese one.
    """
    dates = [found for text in times if (found := _DATE.match(text)) is not None]
    if any(int(date[1]) > 12 for date in dates):
        return True
    return not any(int(date[2]) > 12 for date in dates)


def _line(row: Row) -> Item:
    quantity = row.quantity("quantity")
    price = row.amount("price") or 0
    total = row.amount("line_total")
    name = " · ".join(part for part in (row.text("item"), row.text("variation")) if part)
    return Item(
        row.text("sku") or row.text("sku_id"), name, quantity, price, price * quantity if total is None else total
    )


def _order(number: str, lines: list[tuple[Row, Item]]) -> IncomingOrder:
    rows = [row for row, _item in lines]
    items = tuple(item for _row, item in lines)
    first = rows[0]
    times = {field: first.time(field) for field in _TIMES}
    status = _status(rows, is_arranged=times["arranged"] is not None)
    known_at = {
        Status.LABEL_READY: times["arranged"],
        Status.SHIPPED: times["shipped"],
        Status.DELIVERED: times["delivered"],
        Status.CANCELLED: times["cancelled"],
    }
    word = " / ".join(text for text in (first_text(rows, "status"), first_text(rows, "substatus")) if text)
    total = first.amount("total")
    total = sum(item.total for item in items) if total is None else total
    cod = is_cod(first_text(rows, "payment"))
    refunds = _refunds(rows, items, max(at for at in times.values() if at is not None))
    return IncomingOrder(
        number=number,
        placed_at=first.required_time("placed"),
        currency=SHOP.currency,
        total=total,
        statuses=timeline(TimedStatus(status, word, known_at.get(status)), list(known_at.items())[:3]),
        outcomes=_outcomes(status, rows, items, refunds, times),
        items=items,
        refunds=refunds,
        buyer=profile(first_text(rows, "buyer"), first_text(rows, "recipient"), first_text(rows, "phone")),
        address=Address(
            *(
                first_text(rows, field)
                for field in ("recipient", "phone", "street", "ward", "district", "province", "country")
            )
        ),
        parcels=parcels_of(rows),
        vouchers=vouchers_of(rows, ("seller_discount", "platform_discount")),
        cod=cod,
        to_collect=None if cod is None else total * cod,
        paid_at=times["paid"],
        kind=OrderKind.SAMPLE if "sample" in folded(first_text(rows, "kind")) else OrderKind.NORMAL,
        buyer_note=first_text(rows, "buyer_note"),
        seller_note=first_text(rows, "seller_note"),
    )


def _status(rows: list[Row], *, is_arranged: bool) -> Status:
    status = meaning(first_text(rows, "status"), _WORDS) or Status.CHANNEL_HOLD
    substatus = first_text(rows, "substatus")
    finer = meaning(substatus, _WORDS)
    if finer is not None and finer in _FINER.get(status, ()):
        status = finer
    elif status is Status.TO_PACK and is_arranged:
        status = Status.LABEL_READY
    asked = folded(f"{first_text(rows, 'type')} {substatus}")
    if status in (Status.TO_PACK, Status.LABEL_READY) and ("cancel" in asked or "huy" in asked.split()):
        return Status.CANCEL_REQUESTED
    return status


def _refunds(rows: list[Row], items: tuple[Item, ...], known_at: int) -> tuple[Refund, ...]:
    """Pieces given back. The export has no time for it, so it is known from the latest time it gives for the order."""
    refunds = []
    for index, (row, item) in enumerate(zip(rows, items, strict=True)):
        pieces = min(row.quantity("returned") if row.text("returned") else 0, item.quantity)
        if pieces and "cancel" not in folded(row.text("type")):
            refunds.append(Refund(index, pieces, item.total * pieces // item.quantity, known_at))
    return tuple(refunds)


def _outcomes(
    status: Status,
    rows: list[Row],
    items: tuple[Item, ...],
    refunds: tuple[Refund, ...],
    times: dict[str, int | None],
) -> tuple[TimedOutcome, ...]:
    if status is Status.CANCELLED:
        ending = cancellation(first_text(rows, "by"), first_text(rows, "reason"), shipped=times["shipped"] is not None)
        return (TimedOutcome(ending.outcome, ending.cause, times["cancelled"]),)
    if status not in (Status.DELIVERED, Status.COMPLETED):
        return ()
    arrived = TimedOutcome(Outcome.DELIVERED, None, times["delivered"])
    if refunds and sum(refund.quantity for refund in refunds) >= sum(item.quantity for item in items):
        return arrived, TimedOutcome(Outcome.RETURNED, None, None)
    return (arrived,)
