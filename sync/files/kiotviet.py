"""KiotViet invoice lists (`DanhSachHoaDon_`, one row an invoice) and invoice details (`DanhSachChiTietHoaDon_`)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from packstation.domain.orders import (
    Address,
    BuyerFacts,
    IncomingBuyer,
    IncomingOrder,
    Item,
    Outcome,
    Status,
    TimedOutcome,
    TimedStatus,
)
from sync.files.export_rows import (
    DAY_FIRST,
    Row,
    columns_of,
    first_text,
    gather,
    parcels_of,
    profile,
    vietnamese_shop,
    vouchers_of,
)
from sync.files.result import BadCellError, ReadFile, RejectReason
from sync.files.status_words import failed_delivery, folded, meaning
from sync.files.table import Header, Table

NAME = "kiotviet"
SHOP = vietnamese_shop("kiotviet")

_FIELDS = {
    "number": ("Mã hóa đơn",),
    "tracking": ("Mã vận đơn",),
    "carrier": ("Đối tác giao hàng",),
    "delivery": ("Trạng thái giao hàng",),
    "delivery_note": ("Ghi chú trạng thái giao hàng",),
    "placed": ("Thời gian",),
    "updated": ("Ngày cập nhật",),
    "buyer": ("Mã KH", "Mã khách hàng"),
    "buyer_name": ("Khách hàng", "Tên khách hàng"),
    "email": ("Email",),
    "phone": ("Điện thoại",),
    "birthday": ("Ngày sinh",),
    "buyer_street": ("Địa chỉ (Khách hàng)", "Địa chỉ (KH)"),
    "buyer_area": ("Khu vực (Khách hàng)", "Khu vực"),
    "buyer_ward": ("Phường/Xã (Khách hàng)", "Phường/Xã"),
    "recipient": ("Người nhận",),
    "recipient_phone": ("Điện thoại người nhận", "Điện thoại (Người nhận)"),
    "street": ("Địa chỉ người nhận", "Địa chỉ (Người nhận)"),
    "area": ("Khu vực người nhận", "Khu vực (Người nhận)", "Khu vực"),
    "ward": ("Phường/Xã người nhận", "Phường/Xã (Người nhận)", "Phường/Xã"),
    "source": ("Kênh bán",),
    "sold_by": ("Người bán",),
    "created_by": ("Người tạo",),
    "note": ("Ghi chú",),
    "goods": ("Tổng tiền hàng",),
    "total": ("Khách cần trả",),
    "to_collect": ("Còn cần thu (COD)",),
    "voucher": ("Mã voucher",),
    "status": ("Trạng thái",),
    "sku": ("Mã hàng",),
    "item": ("Tên hàng",),
    "quantity": ("Số lượng",),
    "price": ("Giá bán", "Đơn giá"),
    "line_total": ("Thành tiền",),
}
_REQUIRED = ("number", "placed", "status", "total")
_SIGNATURE = ("Mã hóa đơn", "Thời gian", "Khách cần trả", "Trạng thái")

_INVOICE = {
    folded(word): status
    for word, status in {
        "Hoàn thành": Status.COMPLETED,
        "Đang xử lý": Status.TO_PACK,
        "Phiếu tạm": Status.CHANNEL_HOLD,
        "Không giao được": Status.RETURNED,
        "Đã hủy": Status.CANCELLED,
    }.items()
}
_DELIVERY = {
    folded(word): status
    for status, words in {
        Status.TO_PACK: ("Chờ xử lý", "Chưa giao hàng", "Chưa giao"),
        Status.LABEL_READY: ("Đang lấy hàng", "Chờ lấy hàng", "Chờ lấy lại", "Chờ chuyển hàng"),
        Status.SHIPPED: ("Đang giao hàng", "Đang giao", "Đã lấy hàng", "Chờ giao lại"),
        Status.DELIVERED: ("Giao thành công", "Đã giao hàng", "Đã giao"),
        Status.RETURNING: ("Đang chuyển hoàn", "Chờ chuyển hoàn", "Chờ chuyển hoàn lại", "Không giao được"),
        Status.RETURNED: ("Đã chuyển hoàn",),
        Status.CANCELLED: ("Đã hủy",),
    }.items()
    for word in words
}
_WALK_IN = "khach le"
_FIRST_DAY = date(1899, 12, 30)
"""Day 0 of a workbook."""


def fits(header: Header) -> bool:
    """Whether these are the headers of a KiotViet invoice export."""
    return header.has(_SIGNATURE)


def read(table: Table, into: ReadFile) -> None:
    """Read every row; rows of an invoice's products become its lines where the export has them.

    Raises:
        NotThisFormatError: a column is missing.
    """
    gather(table.rows, columns_of(table, _FIELDS, _REQUIRED, DAY_FIRST), into, _line, _order)


def _line(row: Row) -> Item | None:
    if not row.has("sku"):
        return None
    quantity = row.quantity("quantity")
    price = row.amount("price")
    total = row.amount("line_total")
    if price is None:
        raise BadCellError(RejectReason.UNREADABLE_MONEY, row.column("price"), "")
    return Item(row.text("sku"), row.text("item"), quantity, price, price * quantity if total is None else total)


def _order(number: str, lines: list[tuple[Row, Item | None]]) -> IncomingOrder:
    rows = [row for row, _item in lines]
    first = rows[0]
    updated = max((at for row in rows if (at := row.time("updated")) is not None), default=None)
    total = first.amount("total")
    if total is None:
        total = first.amount("goods") or 0
    to_collect = first.amount("to_collect")
    status, outcome = _standing(rows)
    word = " / ".join(text for text in (first_text(rows, "status"), first_text(rows, "delivery")) if text)
    name, phone = first_text(rows, "buyer_name"), first_text(rows, "phone")
    is_walk_in = folded(name).startswith(_WALK_IN)
    return IncomingOrder(
        number=number,
        placed_at=first.required_time("placed"),
        currency=SHOP.currency,
        total=total,
        statuses=(TimedStatus(status, word, None),),
        outcomes=() if outcome is None else (outcome,),
        items=tuple(item for _row, item in lines if item is not None),
        buyer=None if is_walk_in else _buyer(rows, name, phone),
        address=_address(rows, name, phone),
        parcels=parcels_of(rows),
        vouchers=vouchers_of(rows, ("voucher",)),
        cod=None if to_collect is None else to_collect > 0,
        to_collect=to_collect,
        updated_at=updated,
        source=first_text(rows, "source"),
        seller_note=first_text(rows, "note"),
        sold_by=first_text(rows, "sold_by"),
        created_by=first_text(rows, "created_by"),
    )


def _buyer(rows: list[Row], name: str, phone: str) -> IncomingBuyer | None:
    """The customer with what the list says of them beside the order."""
    buyer = profile(first_text(rows, "buyer"), name, phone, first_text(rows, "email"))
    if buyer is None or buyer.external_id is None:
        return buyer
    birthday = _day(first_text(rows, "birthday"))
    return replace(buyer, facts=BuyerFacts(buyer.external_id, birthday=birthday, area=first_text(rows, "buyer_area")))


def _day(text: str) -> str:
    """A birthday as ISO 8601, written as `31/12/1990` or as the number of a day in a workbook; empty for none."""
    try:
        if "/" in text:
            return datetime.strptime(text.split()[0], "%d/%m/%Y").replace(tzinfo=UTC).date().isoformat()
        return (_FIRST_DAY + timedelta(days=int(float(text)))).isoformat() if text else ""
    except (ValueError, OverflowError):
        return ""


def _standing(rows: list[Row]) -> tuple[Status, TimedOutcome | None]:
    """Status and outcome from the invoice's word and the delivery's; nobody says who cancelled."""
    invoice = meaning(first_text(rows, "status"), _INVOICE) or Status.CHANNEL_HOLD
    delivery = meaning(first_text(rows, "delivery"), _DELIVERY)
    if invoice is Status.CANCELLED or (delivery is Status.CANCELLED and invoice is not Status.COMPLETED):
        return Status.CANCELLED, TimedOutcome(Outcome.CANCELLED, None, None)
    if invoice is Status.RETURNED or delivery in (Status.RETURNING, Status.RETURNED):
        ending = failed_delivery(first_text(rows, "delivery_note"))
        status = Status.RETURNING if delivery is Status.RETURNING else Status.RETURNED
        return status, TimedOutcome(ending.outcome, ending.cause, None)
    if invoice is Status.COMPLETED or (delivery is Status.DELIVERED and invoice is Status.TO_PACK):
        status = Status.DELIVERED if invoice is Status.TO_PACK else Status.COMPLETED
        return status, TimedOutcome(Outcome.DELIVERED, None, None)
    if invoice is Status.TO_PACK and first_text(rows, "delivery"):
        return delivery or Status.CHANNEL_HOLD, None
    return invoice, None


def _address(rows: list[Row], name: str, phone: str) -> Address:
    """The recipient's address; an invoice list has only the customer's. An area is `Province - District`."""
    area = first_text(rows, "area") or first_text(rows, "buyer_area")
    province, _dash, district = area.partition(" - ")
    return Address(
        recipient=first_text(rows, "recipient") or name,
        phone=first_text(rows, "recipient_phone") or phone,
        street=first_text(rows, "street") or first_text(rows, "buyer_street"),
        ward=first_text(rows, "ward") or first_text(rows, "buyer_ward"),
        district=district,
        province=province,
    )
