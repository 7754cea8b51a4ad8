"""Everything that is kept about one customer, row by row."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from peewee import BooleanField

from packstation.domain.ledger import digests_in
from packstation.domain.times import iso_utc
from packstation.store.database import rows_of
from packstation.store.erasing import every_order_of, homes_of
from packstation.store.tables.base import Table
from packstation.store.tables.buyers import (
    BuyerAliasRow,
    BuyerBalanceRow,
    BuyerBlockRow,
    BuyerDayRow,
    BuyerRow,
    BuyerSpentRow,
    BuyerSummaryRow,
    ErasedBuyerRow,
    SearchKeyRow,
)
from packstation.store.tables.calls import CallLeaseRow, MarkedPhoneRow, RingRow
from packstation.store.tables.care import CareGivenRow, CareVoucherRow
from packstation.store.tables.carriers import (
    CodLineRow,
    CodSettledRow,
    RescueAttemptRow,
    RescueRow,
    ReturnSettledRow,
    WaybillEventRow,
)
from packstation.store.tables.cases import BuyerCaseRow
from packstation.store.tables.customers import (
    BalanceSeenRow,
    BuyerFactsRow,
    CustomerEditRow,
    CustomerNoteRow,
    CustomerTagRow,
)
from packstation.store.tables.desk import (
    AttemptRow,
    HoldEventRow,
    HoldRow,
    ParcelEventRow,
    ParcelOrderRow,
    ParcelRow,
    ScanRow,
)
from packstation.store.tables.every import columns_of, key_of, name_of
from packstation.store.tables.floor import AlarmRow, RefreshRequestRow
from packstation.store.tables.linking import DeniedNumberRow, IdentityKeyRow, LinkDecisionRow
from packstation.store.tables.mails import MailAttachmentRow, MailRow
from packstation.store.tables.orders import (
    ItemRow,
    OrderCodeRow,
    OrderRow,
    OutcomeChangeRow,
    RefundRow,
    StatusChangeRow,
)
from packstation.store.tables.outbox import OutboxRow
from packstation.store.tables.people import LedgerRow, LedgerTextRow
from packstation.store.tables.supervision import ApprovalRequestRow, CustomerOverrideRow
from packstation.store.tables.sync import RereadRow, UnreadableRow

_OF_ORDER = "order_id = ?"
_OF_HOLD = "hold_id IN (SELECT id FROM hold WHERE order_id = ?)"
_OF_PARCEL = "IN (SELECT parcel_id FROM parcel_order WHERE order_id = ?)"
_OF_NUMBER = (
    "EXISTS (SELECT 1 FROM orders o WHERE o.id = ? AND o.shop_id = {table}.shop_id AND o.number = {table}.number)"
)

_OF_CALLEE = (
    "EXISTS (SELECT 1 FROM orders o LEFT JOIN buyer b ON b.id = o.buyer_id WHERE o.id = ? "
    "AND callee IN ('order:' || o.id, 'customer:' || b.customer_id))"
)

OF_BUYERS: tuple[tuple[type[Table], str], ...] = (
    (BuyerRow, "id = ?"),
    (BuyerAliasRow, "buyer_id = ?"),
    (ErasedBuyerRow, "buyer_id = ?"),
    (BuyerBalanceRow, "buyer_id = ?"),
    (BuyerSummaryRow, "buyer_id = ?"),
    (BuyerSpentRow, "buyer_id = ?"),
    (BuyerDayRow, "buyer_id = ?"),
    (BuyerBlockRow, "buyer_id = ?"),
    (BuyerFactsRow, "buyer_id = ?"),
    (BalanceSeenRow, "buyer_id = ?"),
    (SearchKeyRow, "buyer_id = ?"),
    (CustomerOverrideRow, "buyer_id = ?"),
    (RingRow, "phone_key IN (SELECT phone_key FROM buyer WHERE id = ? AND phone_key <> '')"),
    (IdentityKeyRow, "buyer_id = ?"),
    (DeniedNumberRow, "buyer_id = ?"),
    (LinkDecisionRow, "? IN (buyer_id, other_id)"),
)
"""Tables with rows of a buyer, and which rows those are."""

OF_CUSTOMERS: tuple[tuple[type[Table], str], ...] = (
    (CustomerEditRow, "customer_id = ?"),
    (CustomerTagRow, "customer_id = ?"),
    (CustomerNoteRow, "customer_id = ?"),
)
"""Tables with rows of a customer, and which rows those are."""

OF_ORDERS: tuple[tuple[type[Table], str], ...] = (
    (OrderRow, "id = ?"),
    (ItemRow, _OF_ORDER),
    (RefundRow, _OF_ORDER),
    (StatusChangeRow, _OF_ORDER),
    (OutcomeChangeRow, _OF_ORDER),
    (OrderCodeRow, _OF_ORDER),
    (ParcelOrderRow, _OF_ORDER),
    (ParcelRow, f"id {_OF_PARCEL}"),
    (ParcelEventRow, f"parcel_id {_OF_PARCEL}"),
    (HoldRow, _OF_ORDER),
    (HoldEventRow, _OF_HOLD),
    (AttemptRow, _OF_HOLD),
    (ApprovalRequestRow, _OF_HOLD),
    (MarkedPhoneRow, _OF_HOLD),
    (CallLeaseRow, _OF_CALLEE),
    (ScanRow, _OF_ORDER),
    (OutboxRow, _OF_ORDER),
    (BuyerCaseRow, _OF_ORDER),
    (CareVoucherRow, _OF_ORDER),
    (CareGivenRow, _OF_ORDER),
    (MailRow, _OF_ORDER),
    (MailAttachmentRow, "mail_id IN (SELECT id FROM mail WHERE order_id = ?)"),
    (RefreshRequestRow, _OF_ORDER),
    (AlarmRow, _OF_ORDER),
    (CodLineRow, f"tracking IN (SELECT tracking FROM parcel WHERE id {_OF_PARCEL})"),
    (CodSettledRow, _OF_ORDER),
    (WaybillEventRow, _OF_ORDER),
    (RescueRow, _OF_ORDER),
    (RescueAttemptRow, "rescue_id IN (SELECT id FROM rescue WHERE order_id = ?)"),
    (ReturnSettledRow, _OF_ORDER),
    (RereadRow, _OF_NUMBER),
    (UnreadableRow, _OF_NUMBER),
)
"""Tables with rows of an order, and which rows those are."""

_TIMES = frozenset(
    {"at", "since", "arrange_by", "ship_by", "answer_by", "decide_by", "deadline", "lease_until", "taken_until"}
)


def everything_of(customer_id: int) -> dict[str, Any]:
    """All rows about a customer by table, each row by column: times ISO 8601 UTC, money in minor units.

    With them go the ledger's entries about the customer's orders, holds and buyers, and the texts that these name.
    """
    buyers = [row[0] for row in rows_of("SELECT id FROM buyer WHERE customer_id = ? ORDER BY id", (customer_id,))]
    homes = homes_of(customer_id)
    orders = every_order_of(customer_id)
    document: dict[str, Any] = {"customer": customer_id}
    for tables, ids in ((OF_CUSTOMERS, homes), (OF_BUYERS, buyers), (OF_ORDERS, orders)):
        for table, condition in tables:
            document[name_of(table)] = list(_rows(table, condition.format(table=name_of(table)), ids))
    ledger = list(_ledger(set(orders), set(buyers), set(homes)))
    digests = [digest for row in ledger for digest in digests_in(row["facts"])]
    return {**document, "ledger": ledger, "ledger_text": list(_rows(LedgerTextRow, "digest = ?", digests))}


def _rows(table: type[Table], condition: str, values: Sequence[object]) -> Iterator[dict[str, Any]]:
    """The rows of each value once: a parcel may carry several of the orders."""
    sql = f"SELECT {', '.join(columns_of(table))} FROM {name_of(table)} WHERE {condition} ORDER BY {', '.join(key_of(table))}"
    seen = set()
    for value in values:
        for row in rows_of(sql, (value,)):
            if row not in seen:
                seen.add(row)
                yield _named(table, row)


def _ledger(orders: set[int], buyers: set[int], customers: set[int]) -> Iterator[dict[str, Any]]:
    columns = columns_of(LedgerRow)
    order_id, facts = columns.index("order_id"), columns.index("facts")
    for row in rows_of(f"SELECT {', '.join(columns)} FROM ledger ORDER BY at, writer_id, sequence"):
        told = json.loads(row[facts])
        named = {told.get("buyer"), told.get("other")}
        if row[order_id] in orders or not buyers.isdisjoint(named) or told.get("customer") in customers:
            yield _named(LedgerRow, row)


def _named(table: type[Table], row: Sequence[Any]) -> dict[str, Any]:
    return {
        str(field.column_name): _told(str(field.column_name), bool(value) if _is_boolean(field, value) else value)
        for field, value in zip(table._meta.sorted_fields, row, strict=True)
    }


def _is_boolean(field: object, value: object) -> bool:
    """Whether a value is one of those that SQLite keeps as 0 and 1."""
    return isinstance(field, BooleanField) and value is not None


def _told(column: str, value: object) -> object:
    is_time = column in _TIMES or column.endswith("_at")
    return iso_utc(value) if is_time and isinstance(value, int) else value
