"""Credentials of the shops, sealed, and who renews them."""

from __future__ import annotations

from typing import Any

TABLE = """
CREATE TABLE credential (
    shop_id BIGINT PRIMARY KEY REFERENCES shop(id), sealed TEXT NOT NULL, version BIGINT NOT NULL, expires_at BIGINT,
    refresh_expires_at BIGINT, updated_at BIGINT NOT NULL, claimed_by TEXT, claimed_until BIGINT, renewing_since BIGINT)
"""


def up(_migrator: Any, db: Any) -> None:  # noqa: ANN401
    """Create the table of credentials."""
    db.execute_sql(TABLE)
