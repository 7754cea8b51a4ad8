"""Believable exports and order files, and writers for every container."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import xlsxwriter

from packstation.domain.times import to_ms

FORMATS = Path(__file__).parents[3] / "config" / "imports"
Cell = str | int | float | datetime
Rows = Sequence[Mapping[str, Cell]]


def hanoi(text: str) -> int:
    return to_ms(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")))


def london(text: str) -> int:
    return to_ms(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/London")))


def csv_bytes(header: Sequence[str], rows: Rows, delimiter: str = ",") -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(header)
    writer.writerows([row.get(name, "") for name in header] for row in rows)
    return text.getvalue().encode()


def write_csv(path: Path, header: Sequence[str], rows: Rows, delimiter: str = ",") -> Path:
    content = csv_bytes(header, rows, delimiter)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def write_xlsx(path: Path, header: Sequence[str], rows: Rows, *, empty_sheets_before: int = 0) -> Path:
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory) as book:
        date = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        for number in range(empty_sheets_before):
            book.add_worksheet(f"cover {number}")
        sheet = book.add_worksheet("orders")
        for at, name in enumerate(header):
            sheet.write_string(0, at, name)
        for line, row in enumerate(rows, 1):
            for at, name in enumerate(header):
                value = row.get(name, "")
                if isinstance(value, datetime):
                    sheet.write_datetime(line, at, value, date)
                elif isinstance(value, str):
                    sheet.write_string(line, at, value)
                else:
                    sheet.write_number(line, at, value)
    content = memory.getvalue()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


# Shopee -------------------------------------------------------------------------------------------------------------

SHOPEE = (
    "Mã đơn hàng",
    "Mã Kiện Hàng",
    "Ngày đặt hàng",
    "Trạng Thái Đơn Hàng",
    "Nhận xét từ Người mua",
    "Mã vận đơn",
    "Đơn Vị Vận Chuyển",
    "Ngày giao hàng dự kiến",
    "Ngày gửi hàng",
    "Thời gian giao hàng",
    "Lý do hủy",
    "SKU sản phẩm",
    "Tên sản phẩm",
    "SKU phân loại hàng",
    "Tên phân loại hàng",
    "Giá gốc",
    "Giá ưu đãi",
    "Số lượng",
    "Tổng số tiền Người mua thanh toán",
    "Tổng giá bán (sản phẩm)",
    "Tổng giá trị đơn hàng (VND)",
    "Mã giảm giá của Shop",
    "Tổng số tiền người mua thanh toán",
    "Thời gian hoàn thành đơn hàng",
    "Thời gian đơn hàng được thanh toán",
    "Trạng thái Trả hàng/Hoàn tiền",
    "Số lượng sản phẩm được hoàn trả",
    "Người Mua",
    "Tên Người nhận",
    "Số điện thoại",
    "Tỉnh/Thành phố",
    "TP / Quận / Huyện",
    "Quận",
    "Địa chỉ nhận hàng",
    "Ghi chú",
)
SHOPEE_ENGLISH = (
    "Order ID",
    "Order Creation Date",
    "Order Status",
    "Tracking Number*",
    "Shipping Option",
    "Ship Time",
    "Order Complete Time",
    "Cancel Reason",
    "SKU Reference No.",
    "Product Name",
    "Variation Name",
    "Deal Price",
    "Quantity",
    "Returned quantity",
    "Product Subtotal",
    "Grand Total",
    "Username (Buyer)",
    "Receiver Name",
    "Phone Number",
    "Delivery Address",
    "Province",
    "Payment Method",
)


def shopee_row(**changes: Cell) -> dict[str, Cell]:
    """One item row; keys are short names of the columns that tests change."""
    short = {
        "number": "Mã đơn hàng",
        "placed": "Ngày đặt hàng",
        "status": "Trạng Thái Đơn Hàng",
        "tracking": "Mã vận đơn",
        "shipped": "Ngày gửi hàng",
        "handed": "Thời gian giao hàng",
        "reason": "Lý do hủy",
        "sku": "SKU phân loại hàng",
        "price": "Giá ưu đãi",
        "quantity": "Số lượng",
        "subtotal": "Tổng giá bán (sản phẩm)",
        "total": "Tổng số tiền người mua thanh toán",
        "completed": "Thời gian hoàn thành đơn hàng",
        "paid": "Thời gian đơn hàng được thanh toán",
        "returned": "Số lượng sản phẩm được hoàn trả",
        "return_status": "Trạng thái Trả hàng/Hoàn tiền",
        "buyer": "Người Mua",
        "voucher": "Mã giảm giá của Shop",
    }
    row: dict[str, Cell] = {
        "Mã đơn hàng": "260901ABCD1234",
        "Ngày đặt hàng": "2026-09-01 10:00",
        "Trạng Thái Đơn Hàng": "Chờ lấy hàng",
        "Đơn Vị Vận Chuyển": "SPX Express",
        "SKU sản phẩm": "AO",
        "Tên sản phẩm": "Áo demo",
        "SKU phân loại hàng": "AO-DO-M",
        "Tên phân loại hàng": "Đỏ,M",
        "Giá ưu đãi": "79500.00",
        "Số lượng": "2",
        "Tổng số tiền Người mua thanh toán": "1.00",
        "Tổng giá bán (sản phẩm)": "159000.00",
        "Tổng số tiền người mua thanh toán": "175000.00",
        "Mã giảm giá của Shop": "0.00",
        "Người Mua": "demo_buyer",
        "Tên Người nhận": "N******n",
        "Số điện thoại": "******12",
        "Tỉnh/Thành phố": "TP. Demo",
        "TP / Quận / Huyện": "Quận Demo",
        "Địa chỉ nhận hàng": "Số******",
    }
    return row | {short[key]: value for key, value in changes.items()}


# TikTok Shop --------------------------------------------------------------------------------------------------------

TIKTOK = (
    "Order ID",
    "Order Status",
    "Order Substatus",
    "Cancelation/Return Type",
    "Normal or Pre-order",
    "SKU ID",
    "Seller SKU",
    "Product Name",
    "Variation",
    "Quantity",
    "Sku Quantity of return",
    "SKU Unit Original Price",
    "SKU Subtotal After Discount",
    "Order Amount",
    "Created Time",
    "Paid Time",
    "RTS Time",
    "Shipped Time",
    "Delivered Time",
    "Cancelled Time",
    "Cancel By",
    "Cancel Reason",
    "Tracking ID",
    "Shipping Provider Name",
    "Buyer Username",
    "Recipient",
    "Phone #",
    "Province",
    "District",
    "Detail Address",
    "Payment Method",
    "Package ID",
)
TIKTOK_DESCRIPTIONS: dict[str, Cell] = {"Order ID": "Platform unique order ID.", "Order Status": "Current status."}


def tiktok_row(**changes: Cell) -> dict[str, Cell]:
    short = {
        "number": "Order ID",
        "status": "Order Status",
        "substatus": "Order Substatus",
        "type": "Cancelation/Return Type",
        "sku": "Seller SKU",
        "quantity": "Quantity",
        "returned": "Sku Quantity of return",
        "total": "Order Amount",
        "placed": "Created Time",
        "arranged": "RTS Time",
        "shipped": "Shipped Time",
        "delivered": "Delivered Time",
        "cancelled": "Cancelled Time",
        "by": "Cancel By",
        "reason": "Cancel Reason",
        "buyer": "Buyer Username",
    }
    row: dict[str, Cell] = {
        "Order ID": "580000000000000001\t",
        "Order Status": "To ship",
        "Order Substatus": "Awaiting shipment",
        "Normal or Pre-order": "Normal",
        "SKU ID": "1730000000000000001\t",
        "Seller SKU": "AO-DO-M",
        "Product Name": "Áo demo",
        "Variation": "Đỏ, M",
        "Quantity": "2",
        "SKU Unit Original Price": "99.000 ₫",
        "SKU Subtotal After Discount": "159.000 ₫",
        "Order Amount": "159.000 ₫",
        "Created Time": "05/09/2026 10:00:00\t",
        "Buyer Username": "demo.tok",
        "Recipient": "N***n",
        "Phone #": "(+84)9*****12",
        "Payment Method": "Cash on delivery",
        "Tracking ID": "840000000001\t",
        "Shipping Provider Name": "J&T Express",
    }
    return row | {short[key]: value for key, value in changes.items()}


# Lazada -------------------------------------------------------------------------------------------------------------

LAZADA = (
    "orderItemId",
    "lazadaId",
    "sellerSku",
    "lazadaSku",
    "createTime",
    "updateTime",
    "ttsSla",
    "orderNumber",
    "deliveredDate",
    "customerName",
    "customerEmail",
    "shippingName",
    "shippingAddress",
    "shippingAddress3",
    "shippingPhone",
    "shippingCountry",
    "payMethod",
    "paidPrice",
    "unitPrice",
    "shippingFee",
    "itemName",
    "variation",
    "shippingProvider",
    "trackingCode",
    "status",
    "buyerFailedDeliveryReturnInitiator",
    "buyerFailedDeliveryReason",
    "buyerFailedDeliveryDetail",
    "sellerNote",
)


def lazada_unit(**changes: Cell) -> dict[str, Cell]:
    short = {
        "number": "orderNumber",
        "sku": "sellerSku",
        "placed": "createTime",
        "updated": "updateTime",
        "delivered": "deliveredDate",
        "status": "status",
        "paid": "paidPrice",
        "shipping": "shippingFee",
        "initiator": "buyerFailedDeliveryReturnInitiator",
        "reason": "buyerFailedDeliveryReason",
        "unit": "orderItemId",
    }
    row: dict[str, Cell] = {
        "orderItemId": "260901100000001",
        "orderNumber": "260901000000001",
        "sellerSku": "AO-DO-M",
        "lazadaSku": "1_VNAMZ-2",
        "createTime": "22 Sep 2026 14:05",
        "updateTime": "22 Sep 2026 15:00",
        "customerName": "N***",
        "shippingName": "N***",
        "shippingPhone": "84*******12",
        "payMethod": "COD",
        "paidPrice": "79500.00",
        "unitPrice": "99000.00",
        "shippingFee": "0.00",
        "itemName": "Áo demo",
        "variation": "Màu:Đỏ",
        "status": "pending",
    }
    return row | {short[key]: value for key, value in changes.items()}


# KiotViet -----------------------------------------------------------------------------------------------------------

KIOTVIET_LIST = (
    "Mã hóa đơn",
    "Mã vận đơn",
    "Trạng thái giao hàng",
    "Thời gian",
    "Thời gian tạo",
    "Ngày cập nhật",
    "Mã KH",
    "Khách hàng",
    "Email",
    "Điện thoại",
    "Địa chỉ (Khách hàng)",
    "Khu vực (Khách hàng)",
    "Phường/Xã (Khách hàng)",
    "Ngày sinh",
    "Người bán",
    "Người tạo",
    "Kênh bán",
    "Đối tác giao hàng",
    "Ghi chú",
    "Tổng tiền hàng",
    "Khách cần trả",
    "Khách đã trả",
    "Còn cần thu (COD)",
    "Ghi chú trạng thái giao hàng",
    "Trạng thái",
)
KIOTVIET_DETAILS = (
    "Chi nhánh",
    "Mã hóa đơn",
    "Thời gian",
    "Ngày cập nhật",
    "Mã khách hàng",
    "Tên khách hàng",
    "Điện thoại",
    "Địa chỉ (KH)",
    "Khu vực",
    "Phường/Xã",
    "Người nhận",
    "Điện thoại người nhận",
    "Địa chỉ người nhận",
    "Khu vực",
    "Phường/Xã",
    "Khách cần trả",
    "Mã voucher",
    "Còn cần thu (COD)",
    "Trạng thái",
    "Mã hàng",
    "Tên hàng",
    "Số lượng",
    "Đơn giá",
    "Giá bán",
    "Thành tiền",
)


def kiotviet_invoice(**changes: Cell) -> dict[str, Cell]:
    short = {
        "number": "Mã hóa đơn",
        "placed": "Thời gian",
        "updated": "Ngày cập nhật",
        "delivery": "Trạng thái giao hàng",
        "why": "Ghi chú trạng thái giao hàng",
        "buyer": "Mã KH",
        "buyer_name": "Khách hàng",
        "phone": "Điện thoại",
        "to_collect": "Còn cần thu (COD)",
        "status": "Trạng thái",
    }
    row: dict[str, Cell] = {
        "Mã hóa đơn": "HD000046",
        "Thời gian": datetime.fromisoformat("2026-09-01 10:00"),
        "Ngày cập nhật": datetime.fromisoformat("2026-09-02 08:30"),
        "Mã KH": "KH000001",
        "Khách hàng": "Khách Demo",
        "Điện thoại": "0900000000",
        "Khu vực (Khách hàng)": "Hà Nội - Quận Demo",
        "Ngày sinh": "31/12/1990",
        "Người bán": "Ngọc",
        "Người tạo": "Mai",
        "Kênh bán": "Facebook",
        "Khách cần trả": 159000,
        "Còn cần thu (COD)": 159000,
        "Trạng thái": "Đang xử lý",
    }
    return row | {short[key]: value for key, value in changes.items()}


# The two shipped mappings -------------------------------------------------------------------------------------------

ITEMS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
ORDERS = ("order_id", "buyer", "t", "amount", "lines", "units", "country", "t_any", "t_major", "credited")


def item_line(number: str, **changes: Cell) -> dict[str, Cell]:
    short = {
        "sku": "StockCode",
        "quantity": "Quantity",
        "at": "InvoiceDate",
        "price": "UnitPrice",
        "buyer": "CustomerID",
        "name": "Description",
    }
    row: dict[str, Cell] = {
        "InvoiceNo": number,
        "StockCode": "85123A",
        "Description": "HOLDER",
        "Quantity": "6",
        "InvoiceDate": "2010-12-01 08:26:00",
        "UnitPrice": "2.55",
        "CustomerID": "17850",
        "Country": "United Kingdom",
    }
    return row | {short[key]: value for key, value in changes.items()}
