"""Published rules for tiers and care; voucher codes; what was put into parcels as care."""

from __future__ import annotations

from packstation.store.migrations import Database, execute_statements

TABLES = """
CREATE TABLE rules_version (
    kind TEXT NOT NULL, version BIGINT NOT NULL, text TEXT NOT NULL, published_at BIGINT NOT NULL,
    person_id BIGINT REFERENCES person(id), PRIMARY KEY (kind, version)) {rowless};
CREATE TABLE care_voucher (
    id {id}, list TEXT NOT NULL, code TEXT NOT NULL, amount BIGINT NOT NULL, currency TEXT NOT NULL, expires_at BIGINT,
    condition TEXT NOT NULL, added_at BIGINT NOT NULL, order_id BIGINT REFERENCES orders(id), kept_until BIGINT);
CREATE UNIQUE INDEX care_voucher_code ON care_voucher (code);
CREATE INDEX care_voucher_free ON care_voucher (list, expires_at, id) WHERE order_id IS NULL;
CREATE INDEX care_voucher_kept ON care_voucher (kept_until) WHERE kept_until IS NOT NULL;
CREATE INDEX care_voucher_order ON care_voucher (order_id) WHERE order_id IS NOT NULL;
CREATE TABLE care_given (
    id {id}, order_id BIGINT NOT NULL REFERENCES orders(id), parcel_id BIGINT NOT NULL REFERENCES parcel(id),
    buyer_id BIGINT REFERENCES buyer(id), rule TEXT NOT NULL, kind TEXT NOT NULL, voucher_id BIGINT REFERENCES care_voucher(id),
    version BIGINT NOT NULL, given_at BIGINT NOT NULL, station_id BIGINT REFERENCES station(id),
    person_id BIGINT REFERENCES person(id), ended_at BIGINT);
CREATE INDEX care_given_buyer ON care_given (buyer_id, rule) WHERE buyer_id IS NOT NULL;
CREATE INDEX care_given_order ON care_given (order_id);
CREATE INDEX care_given_parcel ON care_given (parcel_id);
CREATE INDEX care_given_rule ON care_given (rule) WHERE ended_at IS NULL;
CREATE INDEX care_given_at ON care_given (given_at);
CREATE UNIQUE INDEX care_given_voucher ON care_given (voucher_id) WHERE ended_at IS NULL;
"""


def up(_migrator: object, db: Database) -> None:
    """Create the tables."""
    execute_statements(db, TABLES)
