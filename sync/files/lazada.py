"""Lazada Seller Center exports: one row a unit; units of one product become a line with a quantity."""

from __future__ import annotations

from packstation.domain.orders import Address, IncomingOrder, Item, Outcome, Status, TimedOutcome, TimedStatus
from sync.files.export_rows import (
    DAY_FIRST,
    NAMED_MONTH,
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
from sync.files.lazada_words import LEAST_ADVANCED_FIRST, STATUS_WORDS
from sync.files.result import ReadFile
from sync.files.status_words import cancellation, failed_delivery, folded, meaning
from sync.files.table import Header, Table

NAME = "lazada"
SHOP = vietnamese_shop("lazada")

_FIELDS = {
    "number": ("orderNumber",),
    "unit": ("orderItemId",),
    "placed": ("createTime",),
    "updated": ("updateTime",),
    "delivered": ("deliveredDate",),
    "ship_by": ("ttsSla",),
    "status": ("status",),
    "sku": ("sellerSku",),
    "platform_sku": ("lazadaSku",),
    "item": ("itemName",),
    "variation": ("variation",),
    "price": ("unitPrice",),
    "paid_price": ("paidPrice",),
    "shipping": ("shippingFee",),
    "discount": ("sellerDiscountTotal",),
    "payment": ("payMethod",),
    "buyer_name": ("customerName",),
    "email": ("customerEmail",),
    "recipient": ("shippingName",),
    "phone": ("shippingPhone",),
    "street": ("shippingAddress",),
    "ward": ("shippingAddress5",),
    "district": ("shippingAddress4",),
    "province": ("shippingAddress3", "shippingCity"),
    "country": ("shippingCountry",),
    "tracking": ("trackingCode", "cdTrackingCode"),
    "carrier": ("shippingProvider", "cdShippingProvider"),
    "initiator": ("buyerFailedDeliveryReturnInitiator",),
    "reason": ("buyerFailedDeliveryReason",),
    "detail": ("buyerFailedDeliveryDetail",),
    "seller_note": ("sellerNote",),
}
_REQUIRED = ("number", "placed", "status", "item", "price")
_SIGNATURE = ("orderItemId", "orderNumber", "createTime", "sellerSku", "unitPrice", "itemName", "status")

_WORDS = {
    **{folded(word): status for word, status in STATUS_WORDS.items()},
    **dict.fromkeys(("cancel_pending", "is_cancel_pending"), Status.CANCEL_REQUESTED),
    **dict.fromkeys(("delivery failed", "returning"), Status.RETURNING),
}


def fits(header: Header) -> bool:
    """Whether these are the headers of a Lazada order export."""
    return header.has(_SIGNATURE)


def read(table: Table, into: ReadFile) -> None:
    """Read every row.

    Raises:
        NotThisFormatError: a column is missing.
    """
    gather(table.rows, columns_of(table, _FIELDS, _REQUIRED, (*NAMED_MONTH, *DAY_FIRST)), into, _unit, _order)


def _unit(row: Row) -> Item:
    """One unit as a line of one piece; its total is what was paid for it."""
    price = row.amount("price") or 0
    paid = row.amount("paid_price")
    name = " · ".join(part for part in (row.text("item"), row.text("variation")) if part)
    return Item(row.text("sku") or row.text("platform_sku"), name, 1, price, price if paid is None else paid)


def _order(number: str, units: list[tuple[Row, Item]]) -> IncomingOrder:
    rows = [row for row, _unit in units]
    first = rows[0]
    statuses = [_status(row) for row in rows]
    live = [one for one, status in zip(units, statuses, strict=True) if status is not Status.CANCELLED] or units
    live_rows = [row for row, _unit in live]
    status = min(statuses, key=LEAST_ADVANCED_FIRST.index)
    standing = rows[statuses.index(status)]
    updated = max((at for row in rows if (at := row.time("updated")) is not None), default=None)
    delivered = max((at for row in rows if (at := row.time("delivered")) is not None), default=None)
    total = sum(unit.total for _row, unit in live) + sum(row.amount("shipping") or 0 for row in live_rows)
    cod = is_cod(first_text(rows, "payment"))
    recipient = first_text(rows, "recipient")
    current = TimedStatus(status, standing.text("status"), delivered if status is Status.DELIVERED else None)
    return IncomingOrder(
        number=number,
        placed_at=first.required_time("placed"),
        currency=SHOP.currency,
        total=total,
        statuses=timeline(current, [(Status.DELIVERED, delivered)]),
        outcomes=_outcomes(status, standing, delivered),
        items=_lines_of([unit for _row, unit in live]),
        buyer=profile(
            "", first_text(rows, "buyer_name") or recipient, first_text(rows, "phone"), first_text(rows, "email")
        ),
        address=Address(
            recipient,
            *(first_text(rows, field) for field in ("phone", "street", "ward", "district", "province", "country")),
        ),
        parcels=parcels_of(live_rows),
        vouchers=vouchers_of(rows, ("discount",)),
        cod=cod,
        to_collect=None if cod is None else total * cod,
        updated_at=updated,
        ship_by=first.time_if_readable("ship_by"),
        seller_note=first_text(rows, "seller_note"),
    )


def _lines_of(units: list[Item]) -> tuple[Item, ...]:
    """Equal units as one line, in the order in which they first came."""
    lines: dict[tuple[str, str, int], Item] = {}
    for unit in units:
        key = (unit.sku, unit.name, unit.price)
        line = lines.get(key)
        quantity, total = (line.quantity, line.total) if line is not None else (0, 0)
        lines[key] = Item(unit.sku, unit.name, quantity + 1, unit.price, total + unit.total)
    return tuple(lines.values())


def _status(row: Row) -> Status:
    return meaning(row.text("status"), _WORDS) or Status.CHANNEL_HOLD


def _outcomes(status: Status, row: Row, delivered: int | None) -> tuple[TimedOutcome, ...]:
    initiator = row.text("initiator")
    why = " ".join(text for text in (row.text("reason"), row.text("detail")) if text)
    arrived = TimedOutcome(Outcome.DELIVERED, None, delivered)
    if status is Status.CANCELLED:
        ending = cancellation(initiator, why or initiator, shipped="failed" in folded(initiator))
        return (TimedOutcome(ending.outcome, ending.cause, None),)
    if status in (Status.DELIVERED, Status.COMPLETED):
        return (arrived,)
    if status is Status.LOST:
        return (TimedOutcome(Outcome.LOST, None, None),)
    if status is Status.RETURNED and (delivered is not None or folded(row.text("status")) == "returned"):
        returned = TimedOutcome(Outcome.RETURNED, None, None)
        return (arrived, returned) if delivered is not None else (returned,)
    if status in (Status.RETURNING, Status.RETURNED):
        if delivered is not None:
            return (arrived,)
        ending = failed_delivery(f"{why} {initiator}")
        return (TimedOutcome(ending.outcome, ending.cause, None),)
    return ()
