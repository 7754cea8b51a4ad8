"""Mails on their way out, with their attachments."""

from __future__ import annotations

from packstation.store.migrations import Database, execute_statements

TABLES = """
CREATE TABLE mail (
    id {id}, order_id BIGINT REFERENCES orders(id), recipient TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL,
    message_id TEXT UNIQUE, queued_at BIGINT NOT NULL, state TEXT NOT NULL, tries BIGINT NOT NULL, next_try_at BIGINT NOT NULL,
    trouble TEXT NOT NULL, taken_by TEXT, taken_until BIGINT, sent_at BIGINT);
CREATE INDEX mail_queued ON mail (next_try_at) WHERE state = 'queued';
CREATE INDEX mail_order ON mail (order_id) WHERE order_id IS NOT NULL;
CREATE TABLE mail_attachment (
    mail_id BIGINT NOT NULL REFERENCES mail(id), place BIGINT NOT NULL, name TEXT NOT NULL, media_type TEXT NOT NULL,
    content TEXT NOT NULL, PRIMARY KEY (mail_id, place));
"""


def up(_migrator: object, db: Database) -> None:
    """Create the tables of the mails."""
    execute_statements(db, TABLES)
