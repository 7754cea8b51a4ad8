"""Each keystroke of a search over a million customers, against SQLite's own FTS5 look-up of the same words.

The names are as skewed as Vietnamese ones are: a third of all people share one family name. FTS5 has its prefix indexes, holds the
same words of the same customers, and hands out as many of those that fit, unranked; both then read the same rows to show.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random

from packstation.domain.buyers import fold
from packstation.domain.orders import IncomingBuyer, Shop
from packstation.domain.search_words import search_keys
from packstation.store.buyer_intake import take_in_buyers
from packstation.store.database import bulk_writing, close_database, execute_many, open_database, rows_of, transaction
from packstation.store.searching import MOST_SHOWN, search_customers
from packstation.store.shops import shop_id_of
from tests.bench.importing import empty_database
from tests.bench.measuring import percentile, ratio_line, say

CUSTOMERS = int(os.environ.get("PACKSTATION_BENCH_CUSTOMERS", "200000"))
"""How many; `make bench` takes fewer than a million, which take minutes to make."""
_SHOP = Shop("quay", "kiotviet", "VND", "Asia/Ho_Chi_Minh")
_BATCH = 5_000
_FAMILY = "Nguyễn:38 Trần:11 Lê:9 Phạm:7 Hoàng:5 Huỳnh:5 Phan:4 Vũ:4 Võ:3 Đặng:2 Bùi:2 Đỗ:2 Hồ:1 Ngô:1 Dương:1 Lý:1"
_MIDDLE = "Thị:30 Văn:20 Hồng:5 Thanh:5 Minh:5 Ngọc:5 Thu:4 Đức:4 Quốc:3 Kim:3 Xuân:3 Hữu:3 Gia:2 Bảo:2 Phương:2 Tuấn:2"
_GIVEN = (
    "Anh Hương Linh Hà Hằng Lan Mai Nga Thảo Trang Yến Hoa Huyền Ngân Nhung Oanh Phượng Quỳnh Tâm Thủy Vân An Bình Cường Dũng "
    "Đạt Hải Hiếu Hùng Huy Khang Khoa Long Nam Phong Phúc Quân Sơn Thắng Thành Tiến Toàn Trung Tú Tùng Việt Vinh Chi Giang Thư"
)
_QUERIES = (
    "nguyen thi huong",
    "tran van thang",
    "thi van",
    "le minh anh 09",
    "đặng hồng",
    "n t h",
    "0912345",
    "98765",
    "kh00123",
    "huynh ngoc q",
    "zzz nguyen",
)


def run(folder: Path) -> None:
    """Make the customers and measure every keystroke of some searches."""
    make(folder)
    measure(folder)


def make(folder: Path) -> None:
    """The customers, in a database of ours and in an FTS5 table."""
    began = time.perf_counter()
    empty_database(folder / "customers.db")
    fts = sqlite3.connect(folder / "fts.db")
    fts.execute("CREATE VIRTUAL TABLE person USING fts5(words, tokenize='unicode61', prefix='1 2 3')")
    for buyers in _batches(CUSTOMERS):
        _store(buyers, fts)
    fts.execute("INSERT INTO person (person) VALUES ('optimize')")
    fts.commit()
    fts.close()
    close_database()
    size = (folder / "customers.db").stat().st_size / 2**20
    say(f"{CUSTOMERS:,} customers made in {time.perf_counter() - began:.0f} s, {size:.0f} MB")


def measure(folder: Path) -> None:
    """Every keystroke of some searches."""
    open_database(f"sqlite:///{folder / 'customers.db'}", patient=True)
    fts = sqlite3.connect(folder / "fts.db")
    keystrokes = [query[:length] for query in _QUERIES for length in range(1, len(query) + 1) if query[:length].strip()]
    ours = [_median(partial(search_customers, text)) for text in keystrokes]
    floor = [_median(partial(_by_fts, fts, text)) for text in keystrokes]
    say(ratio_line(f"a keystroke over {CUSTOMERS:,} customers, mean", _mean(ours), _mean(floor), "<= 2", "ms"))
    worst = sorted(
        zip((our / their for our, their in zip(ours, floor, strict=True)), ours, floor, keystrokes, strict=True)
    )
    say(
        f"  ours p50 {percentile(ours, 50):.2f} ms, p99 {percentile(ours, 99):.2f} ms (aim <= 50), most {max(ours):.2f} ms"
    )
    say(f"  FTS5 p50 {percentile(floor, 50):.2f} ms, p99 {percentile(floor, 99):.2f} ms, most {max(floor):.2f} ms")
    say(f"  keystrokes at most 2x FTS5: {sum(ratio <= 2 for ratio, *_rest in worst)} of {len(worst)}")
    for ratio, our, their, text in worst[-5:]:
        say(f"  {text!r:<22} {our:8.3f} ms / {their:8.3f} ms = {ratio:.2f}x")
    close_database()
    fts.close()


def _batches(count: int) -> Iterator[list[IncomingBuyer]]:
    rng = Random(11)
    family, middle = _weighted(_FAMILY), _weighted(_MIDDLE)
    given = _GIVEN.split()
    for start in range(0, count, _BATCH):
        yield [
            IncomingBuyer(
                f"KH{number:07d}",
                " ".join(
                    [
                        rng.choice(family),
                        *(rng.choice(middle) for _ in range(1 + (rng.random() < 0.25))),
                        rng.choice(given),
                    ]
                ),
                f"0{rng.choice('35789')}{rng.randrange(10**8):08d}",
                f"u{number}@example.vn" if number % 4 == 0 else "",
            )
            for number in range(start, min(start + _BATCH, count))
        ]


def _weighted(text: str) -> list[str]:
    return [name for part in text.split() for name, weight in [part.split(":")] for _ in range(int(weight))]


def _store(buyers: list[IncomingBuyer], fts: sqlite3.Connection) -> None:
    with bulk_writing(), transaction():
        ids = take_in_buyers(_SHOP.channel, shop_id_of(_SHOP), buyers)
        orders = [(buyer_id, *((int(buyer_id or 0) % 13 == 0 and 6) or 1,) * 2) for buyer_id in ids]
        zeros = ", 0" * 13
        execute_many(
            "INSERT INTO buyer_summary (buyer_id, orders, delivered, open, returned, buyer_cancelled, delivery_failed, "
            "seller_cancelled, system_cancelled, unpaid_expired, cancelled, lost, replaced, courier_failed, voucher_orders, cod_orders) "
            f"VALUES (?, ?, ?{zeros})",
            orders,
        )
    marks = ",".join("?" * len(ids))
    keyed = {
        row[0]: row[1:]
        for row in rows_of(f"SELECT id, name_key, phone_key, email, external_id FROM buyer WHERE id IN ({marks})", ids)
    }
    fts.executemany(
        "INSERT INTO person (rowid, words) VALUES (?, ?)",
        [
            (buyer_id, " ".join([name, *(key.replace("<", "r") for key in search_keys(phone, email, [code]))]))
            for buyer_id, (name, phone, email, code) in keyed.items()
        ],
    )


def _by_fts(fts: sqlite3.Connection, text: str) -> None:
    """The look-up of the same words: each a prefix, digits also as the last ones of a phone."""
    parts = []
    for word in fold(text).split():
        plain = f'"{word}" *'
        parts.append(f'({plain} OR "r{word[::-1]}" *)' if word.isdigit() and len(word) >= 3 else plain)
    ids = [
        row[0]
        for row in fts.execute(
            "SELECT rowid FROM person WHERE person MATCH ? LIMIT ?", (" AND ".join(parts), MOST_SHOWN)
        )
    ]
    if ids:
        marks = ",".join("?" * len(ids))
        rows_of(
            "SELECT b.id, b.customer_id, b.name, b.phone, b.email, b.channel, b.external_id, coalesce(s.orders, 0), o.placed_at, z.zone "
            "FROM buyer b LEFT JOIN buyer_summary s ON s.buyer_id = b.id LEFT JOIN orders o ON o.id = (SELECT p.id FROM orders p "
            "WHERE p.buyer_id = b.id ORDER BY p.placed_at DESC, p.id DESC LIMIT 1) LEFT JOIN shop z ON z.id = o.shop_id "
            f"WHERE b.id IN ({marks})",
            ids,
        )


def _median(act: Callable[[], object]) -> float:
    times = []
    for _ in range(5):
        began = time.perf_counter()
        act()
        times.append((time.perf_counter() - began) * 1_000)
    return sorted(times)[2]


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
