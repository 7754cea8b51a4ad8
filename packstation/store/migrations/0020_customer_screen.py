"""What the customer screen shows beside orders: what channels say of people, what people write of them, balances over time, costs."""

from __future__ import annotations

from packstation.store.migrations import Database, execute_statements

TABLES = """
CREATE TABLE buyer_facts (
    buyer_id BIGINT PRIMARY KEY REFERENCES buyer(id), code TEXT NOT NULL, gender TEXT NOT NULL, birthday TEXT NOT NULL,
    company TEXT NOT NULL, address TEXT NOT NULL, area TEXT NOT NULL, source TEXT NOT NULL, pos_status TEXT NOT NULL) {rowless};
ALTER TABLE buyer_balance ADD COLUMN total_spent BIGINT;
ALTER TABLE buyer_balance ADD COLUMN total_points BIGINT;
CREATE TABLE balance_seen (
    buyer_id BIGINT NOT NULL REFERENCES buyer(id), known_at BIGINT NOT NULL, debt BIGINT NOT NULL, points BIGINT NOT NULL,
    PRIMARY KEY (buyer_id, known_at)) {rowless};
CREATE TABLE customer_edit (
    id {id}, customer_id BIGINT NOT NULL REFERENCES customer(id), field TEXT NOT NULL, value TEXT NOT NULL, at BIGINT NOT NULL,
    person_id BIGINT REFERENCES person(id));
CREATE INDEX customer_edit_customer ON customer_edit (customer_id, id);
CREATE TABLE customer_tag (
    id {id}, customer_id BIGINT NOT NULL REFERENCES customer(id), tag TEXT NOT NULL, rule TEXT NOT NULL, added_at BIGINT NOT NULL,
    added_by BIGINT REFERENCES person(id), ended_at BIGINT, ended_by BIGINT REFERENCES person(id));
CREATE INDEX customer_tag_customer ON customer_tag (customer_id, id);
CREATE UNIQUE INDEX customer_tag_now ON customer_tag (customer_id, tag) WHERE ended_at IS NULL;
CREATE TABLE customer_note (
    id {id}, customer_id BIGINT NOT NULL REFERENCES customer(id), text TEXT NOT NULL, at BIGINT NOT NULL,
    person_id BIGINT REFERENCES person(id), ended_at BIGINT, ended_by BIGINT REFERENCES person(id),
    instead_of BIGINT);
CREATE INDEX customer_note_customer ON customer_note (customer_id, id);
CREATE TABLE item_cost (
    shop_id BIGINT NOT NULL REFERENCES shop(id), sku TEXT NOT NULL, since BIGINT NOT NULL, cost BIGINT NOT NULL,
    PRIMARY KEY (shop_id, sku, since)) {rowless};
"""


def up(_migrator: object, db: Database) -> None:
    """Create the tables; what balances are known is the first of what is seen of them."""
    execute_statements(db, TABLES)
    db.execute_sql(
        "INSERT INTO balance_seen (buyer_id, known_at, debt, points) SELECT buyer_id, known_at, debt, points FROM buyer_balance"
    )
