from __future__ import annotations

import pytest

from packstation.store.check import Finding, FindingKind, check
from packstation.store.database import DatabaseAwayError, execute_many, rows_of
from packstation.store.engines import sqlite_path
from packstation.store.tables.base import database as proxy
from tests.store.filling import fill, without_guards


def run(sql: str) -> None:
    without_guards(lambda: execute_many(f"{sql} AND 1 = ?", [(1,)]))


def kinds() -> set[FindingKind]:
    return {finding.kind for finding in check()}


def test_nothing_is_found_in_a_sound_database(database: str) -> None:
    assert check() == []
    fill()
    assert check() == []


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("UPDATE orders SET status = 'shipped' WHERE number = 'A-1'", FindingKind.ORDER_COLUMN),
        ("UPDATE orders SET channel_status = 'x' WHERE number = 'A-1'", FindingKind.ORDER_COLUMN),
        ("UPDATE orders SET refunded = 1 WHERE number = 'A-2'", FindingKind.ORDER_COLUMN),
        ("UPDATE orders SET units = 9 WHERE number = 'A-2'", FindingKind.ORDER_COLUMN),
        ("UPDATE outcome_change SET outcome = 'lost' WHERE outcome = 'delivered'", FindingKind.ORDER_COLUMN),
        ("DELETE FROM outcome_change WHERE outcome = 'delivered'", FindingKind.ORDER_COLUMN),
        ("DELETE FROM status_change WHERE order_id = 1", FindingKind.ORDER_WITHOUT_STATUS),
        ("UPDATE orders SET replaced = NOT replaced WHERE number = 'B-3'", FindingKind.REPLACED),
        ("UPDATE orders SET replaced = NOT replaced WHERE number = 'A-1'", FindingKind.REPLACED),
        ("UPDATE buyer_summary SET orders = 9 WHERE orders > 0", FindingKind.SUMMARY),
        ("DELETE FROM shop_summary WHERE judged > 0", FindingKind.SUMMARY),
        ("DELETE FROM parcel_order WHERE order_id > 0", FindingKind.PARCEL_WITHOUT_ORDER),
        ("UPDATE orders SET became = 4711 WHERE number = 'A-1'", FindingKind.DANGLING),
        ("UPDATE orders SET became = 1, buyer_id = NULL WHERE number = 'A-2'", FindingKind.COPY),
        ("UPDATE orders SET arrange_by = 5, cancels_at = 6, became = 1 WHERE number = 'B-2'", FindingKind.COPY),
        ("UPDATE order_code SET order_id = 4711 WHERE code = 'HD-1'", FindingKind.DANGLING),
        ("UPDATE parcel SET shop_id = 2 WHERE shop_id = 1", FindingKind.PARCEL_OF_OTHER_SHOP),
        ("UPDATE parcel SET state = 'unseen' WHERE state = 'packed'", FindingKind.PARCEL_STATE),
        ("DELETE FROM parcel_event WHERE state = 'packed'", FindingKind.PARCEL_STATE),
        ("UPDATE hold SET state = 'closed', reason = 'refused' WHERE state = 'waiting'", FindingKind.HOLD_STATE),
        ("DELETE FROM hold_event WHERE state = 'waiting'", FindingKind.HOLD_STATE),
        ("UPDATE ledger SET at = at + 1 WHERE sequence = 1", FindingKind.LEDGER),
        ("UPDATE ledger_text SET text = 'khác' WHERE text <> ''", FindingKind.LEDGER),
        ("UPDATE order_item SET order_id = 4711 WHERE order_id = 1", FindingKind.DANGLING),
        ("UPDATE parcel SET person_id = 4711 WHERE person_id > 0", FindingKind.DANGLING),
    ],
)
def test_what_does_not_fit_together_is_found(database: str, sql: str, kind: FindingKind) -> None:
    fill()
    run(sql)
    assert kind in kinds()


def test_a_finding_names_row_and_column(database: str) -> None:
    fill()
    [(order_id,)] = rows_of("SELECT id FROM orders WHERE number = 'A-2'")
    run("UPDATE orders SET lines = 9 WHERE number = 'A-2'")
    assert check() == [Finding(FindingKind.ORDER_COLUMN, "orders", (order_id,), "lines")]


def test_several_open_holds_of_an_order_are_found(database: str) -> None:
    fill()
    [(order_id,)] = rows_of("SELECT order_id FROM hold WHERE state = 'waiting'")
    proxy.execute_sql("DROP INDEX hold_open_order")
    run(f"UPDATE hold SET state = 'waiting', order_id = {order_id} WHERE state = 'released'")
    assert Finding(FindingKind.SEVERAL_OPEN_HOLDS, "orders", (order_id,)) in check()
    proxy.execute_sql("DELETE FROM hold_event")
    proxy.execute_sql("DELETE FROM attempt")
    proxy.execute_sql("DELETE FROM approval_request")
    proxy.execute_sql("DELETE FROM marked_phone")
    proxy.execute_sql("DELETE FROM hold")
    proxy.execute_sql("CREATE UNIQUE INDEX hold_open_order ON hold (order_id) WHERE state IN ('waiting', 'escalated')")


def test_a_damaged_file_is_found(sqlite_database: str) -> None:
    fill()
    proxy.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    [(root,)] = rows_of("SELECT rootpage FROM sqlite_master WHERE name = 'orders_number'")
    [(size,)] = rows_of("PRAGMA page_size")
    proxy.close()
    with sqlite_path(sqlite_database).open("rb+") as file:
        file.seek((root - 1) * size + size - 40)
        file.write(b"\x01" * 8)
    assert FindingKind.DAMAGED_FILE in kinds()


def test_a_file_damaged_beyond_reading_is_a_database_that_is_away(sqlite_database: str) -> None:
    fill()
    proxy.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    [(pages,)], [(size,)] = rows_of("PRAGMA page_count"), rows_of("PRAGMA page_size")
    proxy.close()
    with sqlite_path(sqlite_database).open("rb+") as file:
        for page in range(1, pages):
            file.seek(page * size)
            file.write(b"\xff" * 100)
    with pytest.raises(DatabaseAwayError, match="malformed"):
        check()


def test_what_is_wrong_with_a_copy_is_named(database: str) -> None:
    fill()
    [(copy_id, order_id)] = rows_of(
        "SELECT c.id, o.id FROM orders c JOIN orders o ON o.number = 'A-2' WHERE c.number = 'A-1'"
    )
    run(f"UPDATE orders SET became = {order_id} WHERE number = 'A-1'")
    run(f"UPDATE orders SET became = {copy_id} WHERE number = 'A-2'")
    found = [(finding.key, finding.detail) for finding in check() if finding.kind is FindingKind.COPY]
    wrong = {
        copy_id: ("became", "buyer_id", "hold", "order_code", "number"),
        order_id: ("became", "buyer_id", "number"),
    }
    assert set(found) == {((order_id,), detail) for order_id, details in wrong.items() for detail in details}
