"""What carriers say: COD money paid out, where parcels are, which are to be rescued, which came back; and who told an outcome."""

from __future__ import annotations

from packstation.store.migrations import Database, execute_statements

TABLES = """
ALTER TABLE outcome_change ADD COLUMN source TEXT NOT NULL DEFAULT '';
CREATE INDEX orders_coming_back ON orders (status) WHERE status = 'returning';
CREATE INDEX orders_not_delivered ON orders (outcome_known_at) WHERE outcome = 'delivery_failed';
CREATE TABLE cod_statement (
    id {id}, carrier TEXT NOT NULL, statement TEXT NOT NULL, currency TEXT NOT NULL, imported_at BIGINT NOT NULL);
CREATE UNIQUE INDEX cod_statement_name ON cod_statement (carrier, statement, currency);
CREATE TABLE cod_line (
    id {id}, statement_id BIGINT NOT NULL REFERENCES cod_statement(id), digest TEXT NOT NULL, tracking TEXT NOT NULL,
    number TEXT NOT NULL, shop TEXT NOT NULL, amount BIGINT NOT NULL, fee BIGINT, paid_at BIGINT NOT NULL);
CREATE UNIQUE INDEX cod_line_digest ON cod_line (statement_id, digest);
CREATE TABLE cod_settled (
    id {id}, line_id BIGINT REFERENCES cod_line(id), order_id BIGINT REFERENCES orders(id), why TEXT NOT NULL,
    settled_at BIGINT NOT NULL, person_id BIGINT REFERENCES person(id));
CREATE INDEX cod_settled_line ON cod_settled (line_id);
CREATE INDEX cod_settled_order ON cod_settled (order_id);
CREATE TABLE waybill_event (
    id {id}, carrier TEXT NOT NULL, tracking TEXT NOT NULL, number TEXT NOT NULL, shop TEXT NOT NULL, word TEXT NOT NULL,
    reason TEXT NOT NULL, meaning TEXT, cause TEXT, known_at BIGINT NOT NULL, seen_at BIGINT NOT NULL, digest TEXT NOT NULL,
    order_id BIGINT REFERENCES orders(id));
CREATE UNIQUE INDEX waybill_event_digest ON waybill_event (digest);
CREATE INDEX waybill_event_tracking ON waybill_event (tracking);
CREATE INDEX waybill_event_order ON waybill_event (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX waybill_event_waiting ON waybill_event (id) WHERE order_id IS NULL;
CREATE TABLE rescue (
    id {id}, order_id BIGINT NOT NULL REFERENCES orders(id), tracking TEXT NOT NULL, carrier TEXT NOT NULL, reason TEXT NOT NULL,
    cause TEXT, failed_at BIGINT NOT NULL, opened_at BIGINT NOT NULL, deadline BIGINT NOT NULL, state TEXT NOT NULL,
    changed_at BIGINT NOT NULL, tries BIGINT NOT NULL, next_try_at BIGINT, wanted_at BIGINT, instruction TEXT NOT NULL);
CREATE UNIQUE INDEX rescue_open ON rescue (order_id, tracking) WHERE state = 'waiting';
CREATE INDEX rescue_waiting ON rescue (deadline) WHERE state = 'waiting';
CREATE INDEX rescue_order ON rescue (order_id, id);
CREATE TABLE rescue_attempt (
    id {id}, rescue_id BIGINT NOT NULL REFERENCES rescue(id), person_id BIGINT NOT NULL REFERENCES person(id),
    station_id BIGINT REFERENCES station(id), method TEXT NOT NULL, opened_at BIGINT NOT NULL, ended_at BIGINT, result TEXT);
CREATE INDEX rescue_attempt_rescue ON rescue_attempt (rescue_id, id);
CREATE INDEX rescue_attempt_open ON rescue_attempt (person_id) WHERE result IS NULL;
CREATE TABLE return_settled (
    id {id}, order_id BIGINT NOT NULL REFERENCES orders(id), tracking TEXT NOT NULL, came_back BOOLEAN NOT NULL,
    why TEXT NOT NULL, settled_at BIGINT NOT NULL, person_id BIGINT REFERENCES person(id));
CREATE UNIQUE INDEX return_settled_parcel ON return_settled (order_id, tracking);
"""


def up(_migrator: object, db: Database) -> None:
    """Create the tables, and say of an outcome who told it: empty for the channel."""
    execute_statements(db, TABLES)
