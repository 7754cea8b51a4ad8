"""What can be wrong in a database: whatever is kept twice is compared, whatever refers to something is followed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from peewee import DatabaseError, OperationalError

from packstation.domain.orders import Outcome
from packstation.domain.past_orders import replaced_positions
from packstation.store.database import is_sqlite, rows_of, snapshot
from packstation.store.engines import one_line
from packstation.store.ledger import verify
from packstation.store.linking import wrong_links
from packstation.store.order_rows import ORDER_COLUMNS, load_orders, order_row
from packstation.store.replacing import past_order
from packstation.store.search_index import wrong_search_rows
from packstation.store.summaries import wrong_summaries
from packstation.store.tables.every import EVERY_TABLE, key_of, name_of

_BATCH = 2_000
_DERIVED = (
    "status channel_status outcome cause outcome_known_at refunded counts_as_cod address_key phone_key lines units"
).split()
"""The columns of an order that its timelines, items, refunds, address and phone give."""

_SQLITE_REFERENCES = (
    'SELECT m.name, f."from", f."table", f."to" FROM sqlite_master m, pragma_foreign_key_list(m.name) f '
    "WHERE m.type = 'table'"
)
_POSTGRES_REFERENCES = (
    "SELECT t.relname, a.attname, r.relname, b.attname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid "
    "JOIN pg_class r ON r.oid = c.confrelid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.conkey[1] "
    "JOIN pg_attribute b ON b.attrelid = r.oid AND b.attnum = c.confkey[1] "
    "WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace"
)
"""(table, column, table referred to, its column) of every reference; each of ours has one column."""


class FindingKind(StrEnum):
    """What is wrong."""

    DAMAGED_FILE = "damaged_file"
    DANGLING = "dangling"
    ORDER_WITHOUT_STATUS = "order_without_status"
    ORDER_COLUMN = "order_column"
    REPLACED = "replaced"
    COPY = "copy"
    SUMMARY = "summary"
    SEARCH = "search"
    CUSTOMER = "customer"
    PARCEL_WITHOUT_ORDER = "parcel_without_order"
    PARCEL_OF_OTHER_SHOP = "parcel_of_other_shop"
    PARCEL_STATE = "parcel_state"
    SEVERAL_OPEN_HOLDS = "several_open_holds"
    HOLD_STATE = "hold_state"
    LEDGER = "ledger"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        kind: what.
        table: the table where.
        key: the primary key of the row; empty for the file as a whole.
        detail: the column meant, or the engine's or the ledger's own words; empty where `kind` says it all.
    """

    kind: FindingKind
    table: str
    key: tuple[object, ...] = ()
    detail: str = ""


def check() -> list[Finding]:
    """Everything that is wrong in this process's database, as it is at one moment; others may go on writing.

    Raises:
        DatabaseAwayError: the database does not answer.
    """
    with snapshot():
        damages = list(_damages())
        if damages:
            # Rows read from a damaged file are no ground for further findings.
            return damages
        return [
            *_dangling(),
            *_orders(),
            *_replaced(),
            *_copies(),
            *(Finding(FindingKind.SUMMARY, table, key) for table, key in wrong_summaries()),
            *(Finding(FindingKind.SEARCH, table, key) for table, key in wrong_search_rows()),
            *(Finding(FindingKind.CUSTOMER, "buyer", (buyer_id,)) for buyer_id, _is, _should in wrong_links()),
            *_parcels(),
            *_holds(),
            *_ledger(),
        ]


def _damages() -> Iterator[Finding]:
    if not is_sqlite():
        return
    try:
        answers = [str(words) for (words,) in rows_of("PRAGMA integrity_check")]
    except OperationalError:
        raise
    except DatabaseError as error:
        answers = [one_line(error)]
    for words in answers:
        if words != "ok":
            yield Finding(FindingKind.DAMAGED_FILE, "", (), words)


def _dangling() -> Iterator[Finding]:
    """References to rows that are not there: made with the engine's own checks off."""
    references = rows_of(_SQLITE_REFERENCES if is_sqlite() else _POSTGRES_REFERENCES)
    for table in EVERY_TABLE:
        name = name_of(table)
        key = ", ".join(f"t.{column}" for column in key_of(table))
        for column, other, other_column in sorted(reference[1:] for reference in references if reference[0] == name):
            for row in rows_of(
                f"SELECT {key} FROM {name} t LEFT JOIN {other} r ON r.{other_column} = t.{column} "
                f"WHERE t.{column} IS NOT NULL AND r.{other_column} IS NULL ORDER BY {key}"
            ):
                yield Finding(FindingKind.DANGLING, name, tuple(row), column)


def _orders() -> Iterator[Finding]:
    """Orders that are not what their timelines, items and refunds make them."""
    places = [ORDER_COLUMNS.index(column) for column in _DERIVED]
    last = rows_of("SELECT max(id) FROM orders")[0][0] or 0
    for start in range(0, last, _BATCH):
        found = "id > ? AND id <= ?"
        columns = ", ".join(_DERIVED)
        kept = {
            row[0]: row[1:]
            for row in rows_of(f"SELECT id, {columns} FROM orders WHERE {found}", (start, start + _BATCH))
        }
        for order in load_orders(found, (start, start + _BATCH)):
            if not order.kept.statuses:
                yield Finding(FindingKind.ORDER_WITHOUT_STATUS, "orders", (order.id,))
                continue
            given = order_row(order)
            for column, place, value in zip(_DERIVED, places, kept[order.id], strict=True):
                if given[place] != value:
                    yield Finding(FindingKind.ORDER_COLUMN, "orders", (order.id,), column)


def _replaced() -> Iterator[Finding]:
    """Orders whose mark as placed again is not what their customer's orders say."""
    cancelled = "kind = 'normal' AND outcome = 'buyer_cancelled' AND buyer_id IS NOT NULL"
    wrong = {row[0] for row in rows_of(f"SELECT id FROM orders WHERE replaced AND NOT ({cancelled})")}
    for (customer_id,) in rows_of(
        f"SELECT DISTINCT customer_id FROM buyer WHERE id IN (SELECT buyer_id FROM orders WHERE {cancelled})"
    ):
        orders = load_orders(
            "buyer_id IN (SELECT id FROM buyer WHERE customer_id = ?) AND kind = 'normal'", (customer_id,)
        )
        replaced = replaced_positions([past_order(order, "") for order in orders], None)
        wrong |= {
            order.id
            for order in orders
            if order.kept.ended
            and order.kept.ended.outcome is Outcome.BUYER_CANCELLED
            and order.replaced != (order.id in replaced)
        }
    for order_id in sorted(wrong):
        yield Finding(FindingKind.REPLACED, "orders", (order_id,))


def _copies() -> Iterator[Finding]:
    """Copies of orders that do not lead to their order, or that still have something of their own."""
    for (order_id,) in rows_of(
        "SELECT c.id FROM orders c LEFT JOIN orders o ON o.id = c.became WHERE c.became IS NOT NULL AND o.id IS NULL ORDER BY c.id"
    ):
        yield Finding(FindingKind.DANGLING, "orders", (order_id,), "became")
    for detail, condition in (
        ("became", "EXISTS (SELECT 1 FROM orders o WHERE o.id = c.became AND o.became IS NOT NULL)"),
        ("buyer_id", "c.buyer_id IS NOT NULL"),
        ("hold", "EXISTS (SELECT 1 FROM hold h WHERE h.order_id = c.id AND h.state IN ('waiting', 'escalated'))"),
        ("order_code", "EXISTS (SELECT 1 FROM order_code k WHERE k.order_id = c.id)"),
    ):
        for (order_id,) in rows_of(
            f"SELECT c.id FROM orders c WHERE c.became IS NOT NULL AND {condition} ORDER BY c.id"
        ):
            yield Finding(FindingKind.COPY, "orders", (order_id,), detail)
    for (order_id,) in rows_of(
        "SELECT c.id FROM orders c WHERE c.became IS NOT NULL AND NOT EXISTS (SELECT 1 FROM order_code k "
        "WHERE k.code = c.number AND k.shop_id = c.shop_id AND k.order_id = c.became) ORDER BY c.id"
    ):
        yield Finding(FindingKind.COPY, "orders", (order_id,), "number")


def _parcels() -> Iterator[Finding]:
    for kind, sql in (
        (
            FindingKind.PARCEL_WITHOUT_ORDER,
            "SELECT p.id FROM parcel p WHERE NOT EXISTS (SELECT 1 FROM parcel_order po WHERE po.parcel_id = p.id)",
        ),
        (
            FindingKind.PARCEL_OF_OTHER_SHOP,
            # A parcel of several orders can carry one that only its hub's copy is known of.
            "SELECT p.id FROM parcel p JOIN parcel_order po ON po.parcel_id = p.id JOIN orders o ON o.id = po.order_id "
            "GROUP BY p.id, p.shop_id HAVING sum(CASE WHEN o.shop_id = p.shop_id THEN 1 ELSE 0 END) = 0",
        ),
        (
            FindingKind.PARCEL_STATE,
            "SELECT p.id FROM parcel p LEFT JOIN parcel_event e ON e.id = (SELECT max(id) FROM parcel_event WHERE parcel_id = p.id) "
            "WHERE coalesce(e.state, 'unseen') <> p.state",
        ),
    ):
        for (parcel_id,) in sorted(rows_of(sql)):
            yield Finding(kind, "parcel", (parcel_id,))


def _holds() -> Iterator[Finding]:
    for (order_id,) in rows_of(
        "SELECT order_id FROM hold WHERE state IN ('waiting', 'escalated') GROUP BY order_id HAVING count(*) > 1 ORDER BY order_id"
    ):
        yield Finding(FindingKind.SEVERAL_OPEN_HOLDS, "orders", (order_id,))
    for (hold_id,) in rows_of(
        "SELECT h.id FROM hold h LEFT JOIN hold_event e ON e.id = (SELECT max(id) FROM hold_event WHERE hold_id = h.id) "
        "WHERE e.id IS NULL OR e.state <> h.state OR e.reason <> h.reason ORDER BY h.id"
    ):
        yield Finding(FindingKind.HOLD_STATE, "hold", (hold_id,))


def _ledger() -> Iterator[Finding]:
    for broken in verify()[1]:
        yield Finding(FindingKind.LEDGER, "ledger", (broken.writer_id, broken.sequence), broken.what)
