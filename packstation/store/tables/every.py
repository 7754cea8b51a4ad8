"""Every table, in an order in which rows can be stored: what is referred to comes before what refers to it."""

from __future__ import annotations

from packstation.store.tables.base import Table
from packstation.store.tables.buyers import (
    BuyerAliasRow,
    BuyerBalanceRow,
    BuyerBlockRow,
    BuyerDayRow,
    BuyerRow,
    BuyerSpentRow,
    BuyerSummaryRow,
    CustomerRow,
    ErasedBuyerRow,
    SearchKeyRow,
    SearchWordRow,
    ShopRow,
    ShopSummaryRow,
)
from packstation.store.tables.calls import CallerShiftRow, CallLeaseRow, MarkedPhoneRow, RingRow
from packstation.store.tables.care import CareGivenRow, CareVoucherRow, RulesVersionRow
from packstation.store.tables.carriers import (
    CodLineRow,
    CodSettledRow,
    CodStatementRow,
    RescueAttemptRow,
    RescueRow,
    ReturnSettledRow,
    WaybillEventRow,
)
from packstation.store.tables.cases import BuyerCaseRow
from packstation.store.tables.credentials import CredentialRow
from packstation.store.tables.customers import (
    BalanceSeenRow,
    BuyerFactsRow,
    CustomerEditRow,
    CustomerNoteRow,
    CustomerTagRow,
    ItemCostRow,
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
from packstation.store.tables.outbox import OutboxRow, ShopOutboxRow
from packstation.store.tables.people import (
    InstallationRow,
    LedgerRow,
    LedgerTextRow,
    PersonRow,
    PolicyVersionRow,
    StationRow,
    WriterRow,
)
from packstation.store.tables.supervision import ApprovalRequestRow, CustomerOverrideRow
from packstation.store.tables.sync import RereadRow, ShopSyncRow, UnreadableRow

EVERY_TABLE: tuple[type[Table], ...] = (
    InstallationRow,
    ShopRow,
    CustomerRow,
    BuyerRow,
    BuyerAliasRow,
    ErasedBuyerRow,
    BuyerBalanceRow,
    BalanceSeenRow,
    BuyerFactsRow,
    SearchWordRow,
    SearchKeyRow,
    OrderRow,
    ItemRow,
    RefundRow,
    StatusChangeRow,
    OutcomeChangeRow,
    OrderCodeRow,
    BuyerSummaryRow,
    BuyerSpentRow,
    BuyerDayRow,
    ShopSummaryRow,
    PersonRow,
    StationRow,
    ParcelRow,
    ParcelOrderRow,
    ParcelEventRow,
    HoldRow,
    HoldEventRow,
    AttemptRow,
    CallLeaseRow,
    CallerShiftRow,
    MarkedPhoneRow,
    RingRow,
    BuyerBlockRow,
    CustomerOverrideRow,
    ApprovalRequestRow,
    CustomerEditRow,
    CustomerTagRow,
    CustomerNoteRow,
    ItemCostRow,
    IdentityKeyRow,
    DeniedNumberRow,
    LinkDecisionRow,
    CodStatementRow,
    CodLineRow,
    CodSettledRow,
    WaybillEventRow,
    RescueRow,
    RescueAttemptRow,
    ReturnSettledRow,
    PolicyVersionRow,
    RulesVersionRow,
    CareVoucherRow,
    CareGivenRow,
    ScanRow,
    CredentialRow,
    ShopSyncRow,
    RereadRow,
    UnreadableRow,
    ShopOutboxRow,
    OutboxRow,
    MailRow,
    MailAttachmentRow,
    BuyerCaseRow,
    WriterRow,
    LedgerRow,
    LedgerTextRow,
    RefreshRequestRow,
    AlarmRow,
)

NOT_IN_BACKUPS: tuple[type[Table], ...] = (CredentialRow,)
"""Tables whose rows no backup holds."""


def name_of(table: type[Table]) -> str:
    """The table's name in the database."""
    return str(table._meta.table_name)


def columns_of(table: type[Table]) -> list[str]:
    """The table's columns, in the order of its fields."""
    return [str(field.column_name) for field in table._meta.sorted_fields]


def key_of(table: type[Table]) -> list[str]:
    """The columns of the table's primary key."""
    return [str(field.column_name) for field in table._meta.get_primary_keys()]  # type: ignore[no-untyped-call]
