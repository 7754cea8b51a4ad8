"""Credentials of the shops, sealed, and who renews them."""

from __future__ import annotations

from packstation.store.migrations import Database

TABLE = """
CREATE TABLE credential (
    shop_id BIGINT PRIMARY KEY REFERENCES shop(id), sealed TEXT NOT NULL, version BIGINT NOT NULL, expires_at BIGINT,
    refresh_expires_at BIGINT, updated_at BIGINT NOT NULL, claimed_by TEXT, claimed_until BIGINT, renewing_since BIGINT)
"""


def up(_migrator: object, db: Database) -> None:
    """Create the table of credentials."""
    db.execute_sql(TABLE)
