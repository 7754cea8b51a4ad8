"""What customers are found by as one types: words of names in blocks of bits, keys of which a beginning is enough."""

from __future__ import annotations

from collections import defaultdict

from packstation.domain.search_words import entries, name_words, search_keys
from packstation.store.migrations import Database, execute_statements, is_sqlite
from packstation.store.search_blocks import BLOCK, BLOCK_SHIFT, packed

TABLES = """
CREATE TABLE search_word (
    entry TEXT{bytewise} NOT NULL, block BIGINT NOT NULL, bits {bytes} NOT NULL, PRIMARY KEY (entry, block)) {rowless};
CREATE TABLE search_key (
    entry TEXT{bytewise} NOT NULL, buyer_id BIGINT NOT NULL REFERENCES buyer(id), PRIMARY KEY (entry, buyer_id)) {rowless};
CREATE INDEX IF NOT EXISTS buyer_alias_buyer ON buyer_alias (buyer_id);
CREATE INDEX buyer_summary_regular ON buyer_summary (orders) WHERE orders >= 5;
"""


def up(_migrator: object, db: Database) -> None:
    """Create the tables, and fill them with the buyers that there are."""
    sqlite = is_sqlite(db)
    tables = TABLES.replace("{bytewise}", "" if sqlite else ' COLLATE "C"').replace(
        "{bytes}", "BLOB" if sqlite else "BYTEA"
    )
    execute_statements(db, tables)
    codes: defaultdict[int, list[str]] = defaultdict(list)
    for buyer_id, external in db.execute_sql("SELECT buyer_id, external_id FROM buyer_alias").fetchall():
        codes[buyer_id].append(external)
    keys: set[tuple[str, int]] = set()
    blocks: defaultdict[tuple[str, int], int] = defaultdict(int)
    for buyer_id, name, phone_key, email in db.execute_sql("SELECT id, name, phone_key, email FROM buyer").fetchall():
        keys.update((key, buyer_id) for key in search_keys(phone_key, email, codes[buyer_id]))
        for word in entries(name_words(name)):
            blocks[word, buyer_id >> BLOCK_SHIFT] |= 1 << (buyer_id & (BLOCK - 1))
    mark = "?" if sqlite else "%s"
    cursor = db.cursor()
    cursor.executemany(f"INSERT INTO search_key (entry, buyer_id) VALUES ({mark}, {mark})", sorted(keys))
    rows = [(*key, packed(blocks[key])) for key in sorted(blocks)]
    cursor.executemany(f"INSERT INTO search_word (entry, block, bits) VALUES ({mark}, {mark}, {mark})", rows)
