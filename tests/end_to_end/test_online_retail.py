"""A real retailer's orders through the real command line, against an independent count from the file itself."""

from __future__ import annotations

import csv
import gzip
import json
import subprocess
import sys
from bisect import bisect_left
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parents[3] / "shared" / "data"
ORDERS = DATA / "online_retail_orders.csv.gz"
ITEMS = DATA / "online_retail_items.csv.gz"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the folder with the real orders is not beside this checkout")

Row = dict[str, str]


def run(database: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    words = [
        sys.executable,
        "-m",
        "packstation",
        "--lang",
        "en",
        "--database",
        f"sqlite:///{database}",
        *map(str, arguments),
    ]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=600)


def rows() -> list[Row]:
    with gzip.open(ORDERS, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Counted:
    """For each buyer the sorted placing times, and the times at which an order placed at t was known as failed."""

    def __init__(self, everything: list[Row]) -> None:
        self._placed: dict[str, list[str]] = defaultdict(list)
        self._failed: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for row in everything:
            self._placed[row["buyer"]].append(row["t"])
            if row["t_any"]:
                self._failed[row["buyer"]].append((row["t"], row["t_any"]))
        for placed in self._placed.values():
            placed.sort()

    def before(self, row: Row) -> tuple[int, int]:
        """(orders, delivery_failed) as known strictly before the order was placed."""
        moment = row["t"]
        failed = sum(placed < moment and known < moment for placed, known in self._failed[row["buyer"]])
        return bisect_left(self._placed[row["buyer"]], moment), failed


def compare(database: Path, batch: Path, some: list[Row], counted: Counted) -> None:
    batch.write_text("".join(f"{row['order_id']}\t{row['t']}\n" for row in some))
    ran = run(database, "check", "--shop", "online-retail-orders", "--batch", batch)
    assert ran.returncode == 0, ran.stderr
    documents: list[Any] = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(documents) == len(some)
    wrong = [
        (row["order_id"], counted.before(row), document["customer"]["orders"], document["customer"]["delivery_failed"])
        for row, document in zip(some, documents, strict=True)
        if counted.before(row) != (document["customer"]["orders"], document["customer"]["delivery_failed"])
    ]
    assert wrong == []


def test_the_first_orders_each_at_its_own_moment_equal_an_independent_count(tmp_path: Path) -> None:
    database, file = tmp_path / "retail.db", tmp_path / ORDERS.name
    first = rows()[:700]
    with gzip.open(file, "wt", encoding="utf-8", newline="") as copy:
        writer = csv.DictWriter(copy, first[0])
        writer.writeheader()
        writer.writerows(first)
    assert run(database, "import", file).returncode == 0
    compare(database, tmp_path / "batch", first, Counted(first))


@pytest.mark.long
def test_both_files_import_and_every_order_equals_an_independent_count(tmp_path: Path) -> None:
    database = tmp_path / "retail.db"
    imported = run(database, "import", ORDERS)
    assert (imported.returncode, imported.stderr) == (0, "")
    rejects = tmp_path / "rejects.csv"
    imported = run(database, "import", ITEMS, "--rejects", rejects)
    assert imported.returncode == 3
    assert "20728 orders" in imported.stdout
    assert "1336 rows rejected" in imported.stdout
    everything = rows()
    compare(database, tmp_path / "batch", everything, Counted(everything))
    assert run(database, "db", "check").returncode == 0
    again = run(database, "import", ITEMS, "--rejects", rejects)
    assert "0 new, 0 changed, 20728 as they were" in again.stdout
