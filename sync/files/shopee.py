"""Shopee Seller Centre exports, Vietnamese or English: one row an item, order values on every row."""

from __future__ import annotations

from packstation.domain.orders import Address, IncomingOrder, Item, Outcome, Refund, Status, TimedOutcome, TimedStatus
from sync.files.export_rows import (
    DAY_FIRST,
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
from sync.files.status_words import Ending, cancellation, folded, meaning
from sync.files.table import Header, Table

NAME = "shopee"
SHOP = vietnamese_shop("shopee")

_FIELDS = {
    "number": ("Mã đơn hàng", "Order ID", "Order SN", "Order No."),
    "package": ("Mã Kiện Hàng", "Package ID"),
    "placed": ("Ngày đặt hàng", "Order Creation Date", "Order Creation Time"),
    "status": ("Trạng Thái Đơn Hàng", "Order Status"),
    "tracking": ("Mã vận đơn", "Tracking Number*", "Tracking Number"),
    "carrier": ("Đơn Vị Vận Chuyển", "Shipping Option", "Shipment Method"),
    "ship_by": ("Ngày giao hàng dự kiến", "Estimated Ship Out Date"),
    "shipped": ("Ngày gửi hàng", "Ship Time"),
    "handed": ("Thời gian giao hàng",),
    "completed": ("Thời gian hoàn thành đơn hàng", "Order Complete Time", "Order Completed Time"),
    "paid": ("Thời gian đơn hàng được thanh toán", "Order Paid Time"),
    "reason": ("Lý do hủy", "Cancel Reason", "Cancel reason"),
    "return": ("Trạng thái Trả hàng/Hoàn tiền", "Return / Refund Status"),
    "returned": ("Số lượng sản phẩm được hoàn trả", "Returned quantity"),
    "variation_sku": ("SKU phân loại hàng", "SKU Reference No.", "Variation SKU"),
    "product_sku": ("SKU sản phẩm", "Parent SKU Reference No.", "Product SKU"),
    "item": ("Tên sản phẩm", "Product Name"),
    "variation": ("Tên phân loại hàng", "Variation Name"),
    "price": ("Giá ưu đãi", "Deal Price"),
    "quantity": ("Số lượng", "Quantity"),
    "line_total": ("Tổng giá bán (sản phẩm)", "Product Subtotal"),
    "line_paid": ("Tổng số tiền Người mua thanh toán",),  # its own field, so that it is never taken for the order's
    "total": ("Tổng số tiền người mua thanh toán", "Grand Total", "Total Amount"),
    "value": ("Tổng giá trị đơn hàng (VND)",),
    "shop_voucher": ("Mã giảm giá của Shop", "Seller Voucher"),
    "platform_voucher": ("Mã giảm giá của Shopee", "Shopee Voucher"),
    "payment": ("Phương thức thanh toán", "Payment Method"),
    "buyer": ("Người Mua", "Username (Buyer)"),
    "recipient": ("Tên Người nhận", "Receiver Name"),
    "phone": ("Số điện thoại", "Phone Number"),
    "province": ("Tỉnh/Thành phố", "Province"),
    "district": ("TP / Quận / Huyện", "City"),
    "ward": ("Quận", "District", "Town"),
    "street": ("Địa chỉ nhận hàng", "Delivery Address"),
    "country": ("Quốc gia", "Country"),
    "buyer_note": ("Nhận xét từ Người mua", "Remark from buyer", "Buyer Feedback/Message"),
    "seller_note": ("Ghi chú", "Note"),
}
_REQUIRED = ("number", "placed", "status", "quantity", "item")
_SIGNATURES = (
    ("Mã đơn hàng", "Ngày đặt hàng", "Trạng Thái Đơn Hàng", "Tên sản phẩm", "Số lượng", "Đơn Vị Vận Chuyển"),
    ("Order ID", "Order Creation Date", "Order Status", "Product Name", "Quantity", "Username (Buyer)"),
)
_WORDS = {
    folded(word): status
    for status, words in {
        Status.UNPAID: ("Chưa thanh toán", "Chờ thanh toán", "Unpaid"),
        Status.CHANNEL_HOLD: ("Chờ xác nhận", "Pending", "To confirm", "Invoice pending"),
        Status.TO_PACK: ("Chờ lấy hàng", "Chờ giao hàng", "To ship", "Ready to ship", "Retry ship"),
        Status.LABEL_READY: ("Đã xử lý", "Processed"),
        Status.SHIPPED: ("Đang giao", "Đang giao hàng", "Đang vận chuyển", "Shipping", "Shipped"),
        Status.DELIVERED: (
            "Đã giao",
            "Đã giao hàng",
            "Delivered",
            "To confirm receive",
            "Người mua xác nhận đã nhận được hàng",
            "Buyer confirmed receipt",
        ),
        Status.COMPLETED: ("Hoàn thành", "Đã hoàn thành", "Completed"),
        Status.CANCEL_REQUESTED: ("Yêu cầu hủy", "Đang chờ hủy", "Đang xin hủy", "In cancel", "To cancel"),
        Status.CANCELLED: ("Đã hủy", "Cancelled", "Canceled"),
        Status.RETURNING: ("Trả hàng/Hoàn tiền", "Return/Refund", "Returns", "To return"),
        Status.RETURNED: ("Đã trả hàng", "Đã hoàn tiền", "Returned", "Refunded"),
        Status.LOST: ("Thất lạc", "Lost"),
    }.items()
    for word in words
}
_REFUNDED = ("da hoan tien", "hoan tien thanh cong", "da hoan tat", "refund paid", "refunded", "completed", "accepted")


def fits(header: Header) -> bool:
    """Whether these are the headers of a Shopee order export."""
    return any(header.has(names) for names in _SIGNATURES)


def read(table: Table, into: ReadFile) -> None:
    """Read every row.

    Raises:
        NotThisFormatError: a column is missing.
    """
    gather(table.rows, columns_of(table, _FIELDS, _REQUIRED, DAY_FIRST), into, _line, _order)


def _line(row: Row) -> Item:
    quantity = row.quantity("quantity")
    price = row.amount("price")
    total = row.amount("line_total")
    if total is None:
        total = (price or 0) * quantity
    name = " · ".join(part for part in (row.text("item"), row.text("variation")) if part)
    sku = row.text("variation_sku") or row.text("product_sku")
    return Item(sku, name, quantity, price if price is not None else 0, total)


def _order(number: str, lines: list[tuple[Row, Item]]) -> IncomingOrder:
    rows = [row for row, _item in lines]
    items = tuple(item for _row, item in lines)
    first = rows[0]
    total = first.amount("total")
    if total is None:
        total = first.amount("value")
    cod = is_cod(first_text(rows, "payment"))
    shipped, completed = _shipped(first), first.time("completed")
    parcels = parcels_of(rows)
    status = _status(first_text(rows, "status"), has_label=any(parcel.tracking for parcel in parcels))
    delivered = _delivered(first) or completed
    refunds = _refunds(rows, items, max(_times(first)))
    total = sum(item.total for item in items) if total is None else total
    statuses = timeline(
        TimedStatus(status, first_text(rows, "status"), _time_of(status, shipped, delivered, completed)),
        [(Status.SHIPPED, shipped), (Status.DELIVERED, _delivered(first)), (Status.COMPLETED, completed)],
    )
    return IncomingOrder(
        number=number,
        placed_at=first.required_time("placed"),
        currency=SHOP.currency,
        total=total,
        statuses=statuses,
        outcomes=_outcomes(status, rows, items, refunds, shipped, delivered),
        items=items,
        refunds=refunds,
        buyer=profile(first_text(rows, "buyer"), first_text(rows, "recipient"), first_text(rows, "phone")),
        address=Address(
            *(
                first_text(rows, field)
                for field in ("recipient", "phone", "street", "ward", "district", "province", "country")
            )
        ),
        parcels=parcels,
        vouchers=vouchers_of(rows, ("shop_voucher", "platform_voucher")),
        cod=cod,
        to_collect=None if cod is None else total * cod,
        paid_at=first.time("paid"),
        ship_by=first.time_if_readable("ship_by"),
        buyer_note=first_text(rows, "buyer_note"),
        seller_note=first_text(rows, "seller_note"),
    )


def _status(word: str, *, has_label: bool) -> Status:
    status = meaning(word, _WORDS) or Status.CHANNEL_HOLD
    return Status.LABEL_READY if status is Status.TO_PACK and has_label else status


def _shipped(row: Row) -> int | None:
    return row.time("shipped") or row.time("handed")


def _delivered(row: Row) -> int | None:
    """`Thời gian giao hàng` is the delivery only where the export also has an earlier time of shipping."""
    shipped, handed = row.time("shipped"), row.time("handed")
    return handed if shipped is not None and handed is not None and handed > shipped else None


def _times(row: Row) -> list[int]:
    times = (row.time(field) for field in ("placed", "paid", "shipped", "handed", "completed"))
    return [at for at in times if at is not None]


def _time_of(status: Status, shipped: int | None, delivered: int | None, completed: int | None) -> int | None:
    return {Status.SHIPPED: shipped, Status.DELIVERED: delivered, Status.COMPLETED: completed}.get(status)


def _refunds(rows: list[Row], items: tuple[Item, ...], known_at: int) -> tuple[Refund, ...]:
    """Pieces given back. The export has no time for it, so it is known from the latest time it gives for the order."""
    refunds = []
    for index, (row, item) in enumerate(zip(rows, items, strict=True)):
        pieces = row.quantity("returned") if row.text("returned") else 0
        if pieces:
            given_back = min(pieces, item.quantity)
            refunds.append(Refund(index, given_back, item.price * given_back, known_at))
    return tuple(refunds)


def _outcomes(
    status: Status,
    rows: list[Row],
    items: tuple[Item, ...],
    refunds: tuple[Refund, ...],
    shipped: int | None,
    delivered: int | None,
) -> tuple[TimedOutcome, ...]:
    if status is Status.CANCELLED:
        ending = cancellation("", first_text(rows, "reason"), shipped=shipped is not None)
        return (_outcome(ending),)
    if status is Status.LOST:
        return (TimedOutcome(Outcome.LOST, None, None),)
    arrived = TimedOutcome(Outcome.DELIVERED, None, delivered)
    all_back = bool(refunds) and sum(refund.quantity for refund in refunds) >= sum(item.quantity for item in items)
    refunded = folded(first_text(rows, "return"))
    if status is Status.RETURNED or (all_back and refunded in _REFUNDED):
        return (
            (arrived, TimedOutcome(Outcome.RETURNED, None, None))
            if delivered
            else (TimedOutcome(Outcome.RETURNED, None, None),)
        )
    if status in (Status.DELIVERED, Status.COMPLETED, Status.RETURNING):
        return (arrived,)
    return ()


def _outcome(ending: Ending) -> TimedOutcome:
    return TimedOutcome(ending.outcome, ending.cause, None)
