"""The copies of an order are found by it: what carriers said may name either."""

from __future__ import annotations

from typing import Any

from packstation.store.migrations import execute_statements


def up(_migrator: Any, db: Any) -> None:  # noqa: ANN401
    """Create the index."""
    execute_statements(db, "CREATE INDEX orders_became ON orders (became) WHERE became IS NOT NULL;\n")
