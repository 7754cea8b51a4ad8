"""The outbox: decisions on their way to the channels, and which kinds each shop switched on."""

from __future__ import annotations

from packstation.store.migrations import Database, execute_statements

TABLES = """
CREATE TABLE shop_outbox (
    shop_id BIGINT NOT NULL REFERENCES shop(id), kind TEXT NOT NULL, PRIMARY KEY (shop_id, kind)) {rowless};
CREATE TABLE outbox (
    id {id}, shop_id BIGINT NOT NULL REFERENCES shop(id), order_id BIGINT NOT NULL REFERENCES orders(id), kind TEXT NOT NULL,
    subject BIGINT NOT NULL, payload TEXT NOT NULL, idempotency_key TEXT NOT NULL UNIQUE, decided_at BIGINT NOT NULL,
    not_before BIGINT NOT NULL, tries BIGINT NOT NULL, next_try_at BIGINT NOT NULL, state TEXT NOT NULL, trouble TEXT NOT NULL,
    taken_by TEXT, taken_until BIGINT, delivered_at BIGINT);
CREATE INDEX outbox_open ON outbox (shop_id, id) WHERE state IN ('waiting', 'sending');
CREATE INDEX outbox_parked ON outbox (id) WHERE state = 'parked';
CREATE INDEX outbox_order ON outbox (order_id, id);
"""


def up(_migrator: object, db: Database) -> None:
    """Create the tables of the outbox."""
    execute_statements(db, TABLES)
