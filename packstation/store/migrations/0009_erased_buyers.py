"""Which ids belonged to buyers whose names were erased, as salted digests: their old orders come in without them from then on."""

from __future__ import annotations

from packstation.store.migrations import Database, execute_statements

TABLES = """
CREATE TABLE erased_buyer (
    scope TEXT NOT NULL, digest TEXT NOT NULL, buyer_id BIGINT NOT NULL REFERENCES buyer(id), erased_at BIGINT NOT NULL,
    PRIMARY KEY (scope, digest, buyer_id)) {rowless};
CREATE INDEX erased_buyer_buyer ON erased_buyer (buyer_id);
"""


def up(_migrator: object, db: Database) -> None:
    """Create the table."""
    execute_statements(db, TABLES)
