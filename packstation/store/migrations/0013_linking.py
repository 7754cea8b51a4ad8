"""Buyers that are one person: what they have in common, what supervisors decided, and the customer that each is alone."""

from __future__ import annotations

from packstation.store.migrations import Database, execute_statements

TABLES = """
ALTER TABLE buyer ADD COLUMN home_id BIGINT REFERENCES customer(id);
UPDATE buyer SET home_id = customer_id;
CREATE UNIQUE INDEX buyer_home ON buyer (home_id);
CREATE INDEX buyer_name ON buyer (name_key) WHERE name_key <> '';
CREATE TABLE identity_key (
    buyer_id BIGINT NOT NULL REFERENCES buyer(id), value TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
    place TEXT NOT NULL, first_day BIGINT, last_day BIGINT, PRIMARY KEY (buyer_id, value)) {rowless};
CREATE INDEX identity_key_value ON identity_key (value, buyer_id);
CREATE TABLE link_decision (
    id {id}, kind TEXT NOT NULL, buyer_id BIGINT NOT NULL REFERENCES buyer(id), other_id BIGINT REFERENCES buyer(id),
    at BIGINT NOT NULL, person_id BIGINT REFERENCES person(id), why TEXT NOT NULL);
CREATE UNIQUE INDEX link_decision_buyer ON link_decision (buyer_id, kind, COALESCE(other_id, 0));
CREATE INDEX link_decision_other ON link_decision (other_id) WHERE other_id IS NOT NULL;
"""


def up(_migrator: object, db: Database) -> None:
    """Create the tables; `store.linking` fills them."""
    execute_statements(db, TABLES)
