"""Reports of buyers to their channels."""

from __future__ import annotations

from packstation.store.migrations import Database, execute_statements

TABLES = """
CREATE TABLE buyer_case (
    id {id}, order_id BIGINT NOT NULL REFERENCES orders(id), state TEXT NOT NULL, ground TEXT NOT NULL, language TEXT NOT NULL,
    letter TEXT NOT NULL, recipient TEXT NOT NULL, file TEXT NOT NULL, mail_id BIGINT REFERENCES mail(id),
    opened_by BIGINT REFERENCES person(id), opened_at BIGINT NOT NULL, sent_at BIGINT, answered_at BIGINT, closed_at BIGINT,
    result TEXT NOT NULL, next_check_at BIGINT);
CREATE INDEX buyer_case_order ON buyer_case (order_id);
CREATE INDEX buyer_case_open ON buyer_case (next_check_at) WHERE state <> 'closed';
CREATE INDEX buyer_case_mail ON buyer_case (mail_id) WHERE mail_id IS NOT NULL;
"""


def up(_migrator: object, db: Database) -> None:
    """Create the table of the cases."""
    execute_statements(db, TABLES)
