"""The copies of an order are found by it: what carriers said may name either."""

from __future__ import annotations

from packstation.store.migrations import Database, execute_statements


def up(_migrator: object, db: Database) -> None:
    """Create the index."""
    execute_statements(db, "CREATE INDEX orders_became ON orders (became) WHERE became IS NOT NULL;\n")
