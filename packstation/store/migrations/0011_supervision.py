"""What supervisors decide: orders of a customer let go for some days, approvals asked for from a desk; since when a slot is taken."""

from __future__ import annotations

from packstation.store.migrations import Database, execute_statements

TABLES = """
ALTER TABLE parcel ADD COLUMN slot_since BIGINT;
CREATE TABLE customer_override (
    id {id}, buyer_id BIGINT NOT NULL REFERENCES buyer(id), why TEXT NOT NULL, from_at BIGINT NOT NULL, until_at BIGINT NOT NULL,
    person_id BIGINT NOT NULL REFERENCES person(id));
CREATE INDEX customer_override_buyer ON customer_override (buyer_id);
CREATE TABLE approval_request (
    id {id}, hold_id BIGINT NOT NULL REFERENCES hold(id), station_id BIGINT NOT NULL REFERENCES station(id),
    person_id BIGINT NOT NULL REFERENCES person(id), why TEXT NOT NULL, asked_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
    state TEXT NOT NULL, ended_at BIGINT, ended_by BIGINT REFERENCES person(id), told_at BIGINT);
CREATE UNIQUE INDEX approval_request_open ON approval_request (hold_id) WHERE state = 'asked';
CREATE INDEX approval_request_untold ON approval_request (station_id) WHERE told_at IS NULL;
"""


def up(_migrator: object, db: Database) -> None:
    """Create the tables and the column."""
    execute_statements(db, TABLES)
