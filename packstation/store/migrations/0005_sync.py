"""How far each shop is synced, which daemon has it, what has to be read again, and what POS shops say that buyers owe."""

from __future__ import annotations

from packstation.store.migrations import Database, execute_statements

TABLES = """
CREATE TABLE shop_sync (
    shop_id BIGINT PRIMARY KEY REFERENCES shop(id), changes_until BIGINT, history_from BIGINT, history_done_to BIGINT,
    checked_from BIGINT, checked_at BIGINT, begun_at BIGINT, trouble TEXT NOT NULL, trouble_code TEXT NOT NULL, trouble_since BIGINT,
    daemon TEXT, daemon_until BIGINT) {rowless};
CREATE TABLE reread (
    shop_id BIGINT NOT NULL REFERENCES shop(id), number TEXT NOT NULL, why TEXT NOT NULL, due_at BIGINT NOT NULL,
    tries BIGINT NOT NULL, PRIMARY KEY (shop_id, number)) {rowless};
CREATE INDEX reread_due ON reread (shop_id, due_at);
CREATE TABLE unreadable (
    shop_id BIGINT NOT NULL REFERENCES shop(id), number TEXT NOT NULL, why TEXT NOT NULL, seen_at BIGINT NOT NULL,
    PRIMARY KEY (shop_id, number)) {rowless};
CREATE TABLE buyer_balance (
    buyer_id BIGINT PRIMARY KEY REFERENCES buyer(id), debt BIGINT NOT NULL, points BIGINT NOT NULL, known_at BIGINT NOT NULL)
    {rowless};
CREATE INDEX orders_updated ON orders (shop_id, updated_at);
"""


def up(_migrator: object, db: Database) -> None:
    """Create the tables of the daemon's state and of balances."""
    execute_statements(db, TABLES)
