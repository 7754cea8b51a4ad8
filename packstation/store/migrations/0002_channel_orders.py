"""What channels say beyond export files: deadlines, that an address changed, where a hub's copy comes from, and further codes."""

from __future__ import annotations

from packstation.store.migrations import Database, execute_statements

TABLES = """
ALTER TABLE orders ADD COLUMN arrange_by BIGINT;
ALTER TABLE orders ADD COLUMN cancels_at BIGINT;
ALTER TABLE orders ADD COLUMN answer_by BIGINT;
ALTER TABLE orders ADD COLUMN address_changed_at BIGINT;
ALTER TABLE orders ADD COLUMN label_address_changed_at BIGINT;
ALTER TABLE orders ADD COLUMN origin_channel TEXT;
ALTER TABLE orders ADD COLUMN origin_number TEXT;
ALTER TABLE orders ADD COLUMN became BIGINT;
CREATE INDEX orders_origin ON orders (origin_number) WHERE origin_number IS NOT NULL;
CREATE TABLE order_code (
    code TEXT NOT NULL, shop_id BIGINT NOT NULL REFERENCES shop(id), order_id BIGINT NOT NULL REFERENCES orders(id),
    kind TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (code, shop_id, order_id)) {rowless};
CREATE INDEX order_code_order ON order_code (order_id);
"""


def up(_migrator: object, db: Database) -> None:
    """Add the columns and the table."""
    execute_statements(db, TABLES)
