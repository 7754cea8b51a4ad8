"""The first schema. Times are ms UTC, money is minor units; `{id}` and `{rowless}` differ by engine."""

from __future__ import annotations

from packstation.store.migrations import Database, execute_statements, is_sqlite

TABLES = """
CREATE TABLE installation (name TEXT PRIMARY KEY, value TEXT NOT NULL) {rowless};
CREATE TABLE shop (
    id {id}, name TEXT NOT NULL UNIQUE, channel TEXT NOT NULL, currency TEXT NOT NULL, zone TEXT NOT NULL, synced_at BIGINT);
CREATE TABLE customer (id {id});
CREATE TABLE buyer (
    id {id}, customer_id BIGINT NOT NULL REFERENCES customer(id), channel TEXT NOT NULL, external_id TEXT NOT NULL,
    name TEXT NOT NULL, name_key TEXT NOT NULL, phone TEXT NOT NULL, phone_key TEXT NOT NULL, email TEXT NOT NULL);
CREATE INDEX buyer_customer ON buyer (customer_id);
CREATE INDEX buyer_phone ON buyer (phone_key) WHERE phone_key <> '';
CREATE INDEX buyer_email ON buyer (email) WHERE email <> '';
CREATE TABLE buyer_alias (
    scope TEXT NOT NULL, external_id TEXT NOT NULL, buyer_id BIGINT NOT NULL REFERENCES buyer(id),
    PRIMARY KEY (scope, external_id)) {rowless};
CREATE INDEX buyer_alias_external ON buyer_alias (external_id);
CREATE TABLE orders (
    id {id}, shop_id BIGINT NOT NULL REFERENCES shop(id), number TEXT NOT NULL, buyer_id BIGINT REFERENCES buyer(id),
    source TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL, channel_status TEXT NOT NULL,
    outcome TEXT NOT NULL, cause TEXT, outcome_known_at BIGINT, replaced BOOLEAN NOT NULL,
    currency TEXT NOT NULL, total BIGINT NOT NULL, first_total BIGINT NOT NULL, refunded BIGINT NOT NULL,
    cod BOOLEAN, counts_as_cod BOOLEAN NOT NULL, to_collect BIGINT, vouchers TEXT NOT NULL,
    placed_at BIGINT NOT NULL, paid_at BIGINT, updated_at BIGINT, seen_at BIGINT NOT NULL, ship_by BIGINT,
    recipient TEXT NOT NULL, phone TEXT NOT NULL, street TEXT NOT NULL, ward TEXT NOT NULL, district TEXT NOT NULL,
    province TEXT NOT NULL, country TEXT NOT NULL, address_key TEXT, label_address_key TEXT,
    buyer_note TEXT NOT NULL, seller_note TEXT NOT NULL, lines BIGINT NOT NULL, units BIGINT NOT NULL, digest TEXT NOT NULL);
CREATE UNIQUE INDEX orders_number ON orders (number, shop_id);
CREATE INDEX orders_buyer ON orders (buyer_id, placed_at, id) WHERE buyer_id IS NOT NULL;
CREATE INDEX orders_failed ON orders (buyer_id, outcome_known_at) WHERE outcome IN ('delivery_failed', 'buyer_cancelled');
CREATE INDEX orders_packable ON orders (status, placed_at) WHERE status IN ('to_pack', 'label_ready', 'unpaid');
CREATE INDEX orders_address ON orders (address_key, placed_at) WHERE address_key IS NOT NULL;
CREATE TABLE order_item (
    order_id BIGINT NOT NULL REFERENCES orders(id), line BIGINT NOT NULL, sku TEXT NOT NULL, name TEXT NOT NULL,
    quantity BIGINT NOT NULL, price BIGINT NOT NULL, total BIGINT NOT NULL, PRIMARY KEY (order_id, line)) {rowless};
CREATE TABLE order_refund (
    order_id BIGINT NOT NULL REFERENCES orders(id), place BIGINT NOT NULL, line BIGINT, quantity BIGINT NOT NULL,
    amount BIGINT NOT NULL, known_at BIGINT NOT NULL, PRIMARY KEY (order_id, place)) {rowless};
CREATE TABLE status_change (
    order_id BIGINT NOT NULL REFERENCES orders(id), place BIGINT NOT NULL, status TEXT NOT NULL, channel_status TEXT NOT NULL,
    known_at BIGINT NOT NULL, seen_at BIGINT NOT NULL, PRIMARY KEY (order_id, place)) {rowless};
CREATE TABLE outcome_change (
    order_id BIGINT NOT NULL REFERENCES orders(id), place BIGINT NOT NULL, outcome TEXT NOT NULL, cause TEXT,
    known_at BIGINT NOT NULL, seen_at BIGINT NOT NULL, PRIMARY KEY (order_id, place)) {rowless};
CREATE TABLE buyer_summary (
    buyer_id BIGINT PRIMARY KEY REFERENCES buyer(id), orders BIGINT NOT NULL, open BIGINT NOT NULL, delivered BIGINT NOT NULL,
    returned BIGINT NOT NULL, buyer_cancelled BIGINT NOT NULL, delivery_failed BIGINT NOT NULL,
    seller_cancelled BIGINT NOT NULL, system_cancelled BIGINT NOT NULL, unpaid_expired BIGINT NOT NULL,
    cancelled BIGINT NOT NULL, lost BIGINT NOT NULL, replaced BIGINT NOT NULL, courier_failed BIGINT NOT NULL,
    voucher_orders BIGINT NOT NULL, cod_orders BIGINT NOT NULL) {rowless};
CREATE TABLE buyer_spent (
    buyer_id BIGINT NOT NULL REFERENCES buyer(id), currency TEXT NOT NULL, spent BIGINT NOT NULL, arrived BIGINT NOT NULL,
    PRIMARY KEY (buyer_id, currency)) {rowless};
CREATE TABLE buyer_day (
    buyer_id BIGINT NOT NULL REFERENCES buyer(id), currency TEXT NOT NULL, day BIGINT NOT NULL, spent BIGINT NOT NULL,
    PRIMARY KEY (buyer_id, currency, day)) {rowless};
CREATE TABLE shop_summary (
    shop_id BIGINT PRIMARY KEY REFERENCES shop(id), judged BIGINT NOT NULL, failed BIGINT NOT NULL) {rowless};
CREATE TABLE person (
    id {id}, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL, badge_digest TEXT UNIQUE, pin_hash TEXT, active BOOLEAN NOT NULL,
    failed_pins BIGINT NOT NULL, locked_until BIGINT, added_at BIGINT NOT NULL);
CREATE TABLE station (
    id {id}, name TEXT NOT NULL UNIQUE, person_id BIGINT REFERENCES person(id), seen_at BIGINT NOT NULL);
CREATE TABLE parcel (
    id {id}, shop_id BIGINT NOT NULL REFERENCES shop(id), package TEXT, tracking TEXT, carrier TEXT, state TEXT NOT NULL,
    former_state TEXT, station_id BIGINT REFERENCES station(id), person_id BIGINT REFERENCES person(id),
    since BIGINT, lease_until BIGINT, packed_at BIGINT, slot TEXT);
CREATE INDEX parcel_package ON parcel (package) WHERE package IS NOT NULL;
CREATE INDEX parcel_tracking ON parcel (tracking) WHERE tracking IS NOT NULL;
CREATE UNIQUE INDEX parcel_slot ON parcel (slot) WHERE slot IS NOT NULL;
CREATE INDEX parcel_station ON parcel (station_id, packed_at) WHERE station_id IS NOT NULL;
CREATE TABLE parcel_order (
    order_id BIGINT NOT NULL REFERENCES orders(id), parcel_id BIGINT NOT NULL REFERENCES parcel(id),
    PRIMARY KEY (order_id, parcel_id)) {rowless};
CREATE INDEX parcel_order_parcel ON parcel_order (parcel_id);
CREATE TABLE parcel_event (
    id {id}, parcel_id BIGINT NOT NULL REFERENCES parcel(id), state TEXT NOT NULL, at BIGINT NOT NULL,
    station_id BIGINT REFERENCES station(id), person_id BIGINT REFERENCES person(id));
CREATE INDEX parcel_event_parcel ON parcel_event (parcel_id, at);
CREATE INDEX parcel_event_packed ON parcel_event (station_id, id) WHERE state = 'packed';
CREATE TABLE hold (
    id {id}, order_id BIGINT NOT NULL REFERENCES orders(id), state TEXT NOT NULL, reason TEXT NOT NULL,
    opened_reason TEXT NOT NULL, opened_at BIGINT NOT NULL, opened_by BIGINT REFERENCES person(id),
    decide_by BIGINT NOT NULL, changed_at BIGINT NOT NULL, next_try_at BIGINT, tries BIGINT NOT NULL,
    wants_changes BOOLEAN NOT NULL, will_prepay BOOLEAN NOT NULL, only_tries BOOLEAN NOT NULL,
    decide_by_passed BOOLEAN NOT NULL, cover_key TEXT);
CREATE INDEX hold_order ON hold (order_id, id);
CREATE UNIQUE INDEX hold_open_order ON hold (order_id) WHERE state IN ('waiting', 'escalated');
CREATE INDEX hold_open ON hold (decide_by) WHERE state IN ('waiting', 'escalated');
CREATE TABLE hold_event (
    id {id}, hold_id BIGINT NOT NULL REFERENCES hold(id), state TEXT NOT NULL, reason TEXT NOT NULL, at BIGINT NOT NULL,
    person_id BIGINT REFERENCES person(id), why TEXT NOT NULL);
CREATE INDEX hold_event_hold ON hold_event (hold_id, at);
CREATE TABLE attempt (
    id {id}, hold_id BIGINT NOT NULL REFERENCES hold(id), person_id BIGINT NOT NULL REFERENCES person(id),
    station_id BIGINT REFERENCES station(id), method TEXT NOT NULL, opened_at BIGINT NOT NULL, ended_at BIGINT, result TEXT,
    why TEXT NOT NULL, next_try_at BIGINT);
CREATE INDEX attempt_hold ON attempt (hold_id, id);
CREATE INDEX attempt_open ON attempt (person_id) WHERE result IS NULL;
CREATE TABLE buyer_block (
    id {id}, buyer_id BIGINT NOT NULL REFERENCES buyer(id), why TEXT NOT NULL, from_at BIGINT NOT NULL, until_at BIGINT,
    person_id BIGINT REFERENCES person(id));
CREATE INDEX buyer_block_buyer ON buyer_block (buyer_id);
CREATE TABLE policy_version (
    version BIGINT PRIMARY KEY, text TEXT NOT NULL, published_at BIGINT NOT NULL, person_id BIGINT REFERENCES person(id));
CREATE TABLE scan (
    id {id}, station_id BIGINT NOT NULL REFERENCES station(id), person_id BIGINT REFERENCES person(id), at BIGINT NOT NULL,
    code TEXT NOT NULL, verdict TEXT NOT NULL, order_id BIGINT REFERENCES orders(id), parcel_id BIGINT REFERENCES parcel(id));
CREATE INDEX scan_station ON scan (station_id, at);
CREATE TABLE writer (id {id}, name TEXT NOT NULL, started_at BIGINT NOT NULL);
CREATE TABLE ledger (
    writer_id BIGINT NOT NULL REFERENCES writer(id), sequence BIGINT NOT NULL, at BIGINT NOT NULL, kind TEXT NOT NULL,
    order_id BIGINT, parcel_id BIGINT, hold_id BIGINT, person_id BIGINT, station_id BIGINT, policy_version BIGINT,
    facts TEXT NOT NULL, previous_hash TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (writer_id, sequence)) {rowless};
CREATE INDEX ledger_heads ON ledger (writer_id) WHERE kind = 'chain_opened';
CREATE TABLE ledger_text (digest TEXT PRIMARY KEY, salt TEXT NOT NULL, text TEXT NOT NULL) {rowless};
"""

# INSERT OR REPLACE deletes without telling a trigger of deletion, so it is refused before it inserts.
SQLITE_GUARDS = """
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_no_replace BEFORE INSERT ON ledger
    WHEN EXISTS (SELECT 1 FROM ledger WHERE writer_id = NEW.writer_id AND sequence = NEW.sequence)
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
"""

POSTGRES_GUARDS = """
CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN RAISE EXCEPTION ''the ledger is append-only''; END';
CREATE TRIGGER ledger_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();
"""


def up(_migrator: object, db: Database) -> None:
    """Create every table of the first schema."""
    execute_statements(db, TABLES)
    guards = SQLITE_GUARDS if is_sqlite(db) else POSTGRES_GUARDS
    for statement in guards.strip().split(";\nCREATE"):
        text = statement if statement.startswith("CREATE") else f"CREATE{statement}"
        db.execute_sql(text)
