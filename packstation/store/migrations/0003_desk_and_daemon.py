"""What desk and daemon tell each other: what a desk asks to be read anew, and the alarms that reach the desks."""

from __future__ import annotations

from packstation.store.migrations import Database, execute_statements

TABLES = """
CREATE TABLE refresh_request (
    id {id}, code TEXT NOT NULL, order_id BIGINT REFERENCES orders(id), shop_id BIGINT REFERENCES shop(id),
    station_id BIGINT REFERENCES station(id), asked_at BIGINT NOT NULL, taken_at BIGINT, answered_at BIGINT, found BOOLEAN,
    trouble TEXT NOT NULL);
CREATE INDEX refresh_request_open ON refresh_request (shop_id, asked_at) WHERE answered_at IS NULL;
CREATE INDEX refresh_request_code ON refresh_request (code) WHERE answered_at IS NULL;
CREATE INDEX refresh_request_order ON refresh_request (order_id) WHERE answered_at IS NULL;
CREATE TABLE alarm (
    id {id}, kind TEXT NOT NULL, parcel_id BIGINT NOT NULL REFERENCES parcel(id), order_id BIGINT NOT NULL REFERENCES orders(id),
    station_id BIGINT REFERENCES station(id), slot TEXT, why TEXT NOT NULL, raised_at BIGINT NOT NULL, ended_at BIGINT,
    ended_by BIGINT REFERENCES person(id));
CREATE UNIQUE INDEX alarm_open ON alarm (parcel_id) WHERE ended_at IS NULL;
"""


def up(_migrator: object, db: Database) -> None:
    """Create the tables of requests and alarms."""
    execute_statements(db, TABLES)
