"""Whose configuration has a shop: which one had it last, when it was taken out of it, and when a single run last brought it up to date."""

from __future__ import annotations

from packstation.store.migrations import Database, execute_statements

TABLES = """
ALTER TABLE shop_sync ADD COLUMN configured_by TEXT;
ALTER TABLE shop_sync ADD COLUMN removed_at BIGINT;
ALTER TABLE shop_sync ADD COLUMN single_run_at BIGINT;
"""


def up(_migrator: object, db: Database) -> None:
    """Add the columns."""
    execute_statements(db, TABLES)
