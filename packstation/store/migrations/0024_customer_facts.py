"""Numbers whose owners said that a buyer's order was not theirs."""

from __future__ import annotations

from typing import Any

from packstation.store.migrations import execute_statements

TABLES = """
CREATE TABLE denied_number (
    buyer_id BIGINT NOT NULL REFERENCES buyer(id), value TEXT NOT NULL, at BIGINT NOT NULL,
    person_id BIGINT REFERENCES person(id), PRIMARY KEY (buyer_id, value)) {rowless};
CREATE INDEX denied_number_value ON denied_number (value, buyer_id);
"""


def up(_migrator: Any, db: Any) -> None:  # noqa: ANN401
    """Create the table."""
    execute_statements(db, TABLES)
