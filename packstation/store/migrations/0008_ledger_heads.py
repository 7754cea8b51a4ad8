"""Heads of ledger chains that others record while they run, found as quickly as those recorded when a chain opens."""

from __future__ import annotations

from packstation.store.migrations import Database


def up(_migrator: object, db: Database) -> None:
    """Add the index."""
    db.execute_sql("CREATE INDEX ledger_heads_recorded ON ledger (writer_id) WHERE kind = 'head_recorded'")
