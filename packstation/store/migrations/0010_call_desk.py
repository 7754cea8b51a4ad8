"""The call desk: who has which customer, who calls today, numbers that are not their owners' orders, and buyers who ring back."""

from __future__ import annotations

from packstation.store.migrations import Database, execute_statements

TABLES = """
CREATE TABLE call_lease (
    callee TEXT NOT NULL PRIMARY KEY, person_id BIGINT NOT NULL REFERENCES person(id), station_id BIGINT REFERENCES station(id),
    until_at BIGINT NOT NULL) {rowless};
CREATE INDEX call_lease_person ON call_lease (person_id);
CREATE TABLE caller_shift (
    person_id BIGINT NOT NULL PRIMARY KEY REFERENCES person(id), seen_at BIGINT NOT NULL) {rowless};
CREATE TABLE marked_phone (
    phone_key TEXT NOT NULL PRIMARY KEY, hold_id BIGINT NOT NULL REFERENCES hold(id), person_id BIGINT NOT NULL REFERENCES person(id),
    marked_at BIGINT NOT NULL) {rowless};
CREATE INDEX marked_phone_hold ON marked_phone (hold_id);
CREATE TABLE ring (
    id {id}, station_id BIGINT NOT NULL REFERENCES station(id), phone_key TEXT NOT NULL, rang_at BIGINT NOT NULL, taken_at BIGINT);
CREATE INDEX ring_waiting ON ring (station_id) WHERE taken_at IS NULL;
ALTER TABLE attempt ADD COLUMN incoming BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE attempt ADD COLUMN recording TEXT NOT NULL DEFAULT '';
"""


def up(_migrator: object, db: Database) -> None:
    """Create the tables, and say of a contact who began it and where its recording is."""
    execute_statements(db, TABLES)
