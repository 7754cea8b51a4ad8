"""Import against a bare `sqlite3` executemany of the same rows into the same tables, indexes and transaction sizes."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packstation.acts.intake import BATCH, store_orders
from packstation.acts.policies import publish_policy
from packstation.acts.workplace import open_command
from packstation.settings import default_config_folder
from packstation.store.database import close_database, open_database
from packstation.store.schema import migrate
from sync.files.reading import read_file
from sync.files.result import ReadFile
from tests.bench.measuring import ratio_line, say

DATA = Path(__file__).parents[3] / "shared" / "data"
_BY_ORDER = ("orders", "order_item", "order_refund", "status_change", "outcome_change")
_BY_BUYER = {
    "customer": "id",
    "buyer": "id",
    "buyer_alias": "buyer_id",
    "search_key": "buyer_id",
    "buyer_summary": "buyer_id",
    "buyer_spent": "buyer_id",
    "buyer_day": "buyer_id",
}


def run(folder: Path) -> None:
    """Measure both real files where they are there."""
    for name in ("online_retail_orders", "online_retail_items"):
        file = DATA / f"{name}.csv.gz"
        if not file.exists():
            say(f"import of {name}: not measured, {file.name} is not there")
            continue
        began = time.perf_counter()
        read = read_file(file, formats_folder=default_config_folder() / "imports")
        parsing = time.perf_counter() - began
        ours_db, floor_db = folder / f"{name}.db", folder / f"{name}-floor.db"
        ours = _ours(read, ours_db)
        floor = _floor(ours_db, floor_db)
        rate = f">= 0.30 of its speed (is {floor / ours:.2f})"
        say(ratio_line(f"import {name}: store and judge against executemany", ours, floor, rate))
        say(f"{'':<58} {parsing:9.3f} s  reading the file; with it {floor / (ours + parsing):.2f} of the floor's speed")


def empty_database(file: Path) -> None:
    """A migrated database with the shipped policy, open in this process."""
    open_database(f"sqlite:///{file}", patient=True)
    migrate()
    publish_policy(open_command("bench"), (default_config_folder() / "risk.toml").read_text(encoding="utf-8"), None)


def _ours(read: ReadFile, file: Path) -> float:
    empty_database(file)
    place = open_command("bench")
    began = time.perf_counter()
    store_orders(place, read.shop, read.orders, read.buyers_without_orders)
    taken = time.perf_counter() - began
    close_database()
    return taken


def _floor(source: Path, target: Path) -> float:
    """The rows of the filled database, written with bare executemany in transactions of as many orders."""
    batches = list(_batches(source))
    empty_database(target)
    close_database()
    database = sqlite3.connect(target, isolation_level=None)
    for pragma in ("journal_mode=wal", "foreign_keys=1", "synchronous=normal", "cache_size=-64000"):
        database.execute(f"PRAGMA {pragma}")
    began = time.perf_counter()
    for batch in batches:
        database.execute("BEGIN IMMEDIATE")
        for statement, rows in batch:
            database.executemany(statement, rows)
        database.execute("COMMIT")
    taken = time.perf_counter() - began
    database.close()
    return taken


def _batches(source: Path) -> Iterator[list[tuple[str, list[Any]]]]:
    """Transactions of as many orders as the import's; a buyer's rows come with the first order that needs them."""
    database = sqlite3.connect(source)
    first, last = database.execute("SELECT min(id), max(id) FROM orders").fetchone()
    yield [_insert(database, "shop", "1 = 1")]
    known_buyers = 0
    for start in range(first, last + 1, BATCH):
        within = f"BETWEEN {start} AND {start + BATCH - 1}"
        newest = database.execute(f"SELECT max(buyer_id) FROM orders WHERE id {within}").fetchone()[0] or known_buyers
        newest = max(newest, known_buyers)
        batch = [
            _insert(database, table, f"{key} > {known_buyers} AND {key} <= {newest}")
            for table, key in _BY_BUYER.items()
        ]
        batch += [
            _insert(database, table, f"{'id' if table == 'orders' else 'order_id'} {within}") for table in _BY_ORDER
        ]
        known_buyers = newest
        yield batch
    rest = [_insert(database, table, f"{key} > {known_buyers}") for table, key in _BY_BUYER.items()]
    yield [*rest, _insert(database, "shop_summary", "1 = 1")]
    database.close()


def _insert(database: sqlite3.Connection, table: str, where: str) -> tuple[str, list[Any]]:
    cursor = database.execute(f"SELECT * FROM {table} WHERE {where}")
    return f"INSERT INTO {table} VALUES ({', '.join('?' * len(cursor.description))})", cursor.fetchall()
