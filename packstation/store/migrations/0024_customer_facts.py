"""Numbers whose owners denied an order; of orders who sold and who created them, and the recipient's number to find them by."""

from __future__ import annotations

from packstation.domain.phones import phone_key
from packstation.store.migrations import Database, execute_statements, is_sqlite

TABLES = """
CREATE TABLE denied_number (
    buyer_id BIGINT NOT NULL REFERENCES buyer(id), value TEXT NOT NULL, at BIGINT NOT NULL,
    person_id BIGINT REFERENCES person(id), PRIMARY KEY (buyer_id, value)) {rowless};
CREATE INDEX denied_number_value ON denied_number (value, buyer_id);
ALTER TABLE orders ADD COLUMN sold_by TEXT;
ALTER TABLE orders ADD COLUMN created_by TEXT;
ALTER TABLE orders ADD COLUMN phone_key TEXT;
"""
INDEX = """
CREATE INDEX orders_phone ON orders (phone_key, placed_at) WHERE phone_key IS NOT NULL;
"""
_PAGE = 5_000


def up(_migrator: object, db: Database) -> None:
    """Create the table and the columns, and tell the number of every order that there is."""
    execute_statements(db, TABLES)
    mark = "?" if is_sqlite(db) else "%s"
    last = 0
    while rows := db.execute_sql(
        f"SELECT id, phone FROM orders WHERE phone <> '' AND id > {mark} ORDER BY id LIMIT {_PAGE}", (last,)
    ).fetchall():
        for order_id, phone in rows:
            if key := phone_key(phone):
                db.execute_sql(f"UPDATE orders SET phone_key = {mark} WHERE id = {mark}", (key, order_id))
        last = rows[-1][0]
    execute_statements(db, INDEX)
