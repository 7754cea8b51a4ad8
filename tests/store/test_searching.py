"""Customers found as one types, compared with a plain look at every buyer."""

from __future__ import annotations

from random import Random

import pytest

from packstation.domain.orders import IncomingBuyer, Outcome
from packstation.domain.search_words import chunks_of
from packstation.store import searching
from packstation.store.buyer_intake import take_in_buyers
from packstation.store.check import FindingKind, check
from packstation.store.customers import find_customers
from packstation.store.database import execute_many, rows_of, transaction
from packstation.store.schema import migrate
from packstation.store.search_blocks import BLOCK, packed, places, unpacked
from packstation.store.search_index import every_findable, rebuild_search, wrong_search_rows
from packstation.store.searching import SearchResult, search_customers
from packstation.store.shops import shop_id_of
from packstation.store.tables.base import database as proxy
from tests.factories import a_shop, an_order, hand_in

WORDS = "Nguyễn Trần Lê Đặng Văn Thị Hồng An Ánh Anh Bình Ân Đức Thảo Thắng Tha".split()


def take_in(*buyers: IncomingBuyer) -> None:
    with transaction():
        shop = a_shop("pos", "kiotviet")
        take_in_buyers(shop.channel, shop_id_of(shop), buyers)


def names(query: str) -> list[str]:
    return [hit.name for hit in search_customers(query).hits]


def crowd(count: int, seed: int = 3) -> list[IncomingBuyer]:
    rng = Random(seed)
    return [
        IncomingBuyer(
            f"KH{number:05d}",
            " ".join(rng.choices(WORDS, k=rng.randint(1, 4))),
            f"09{rng.randrange(10**8):08d}" if rng.random() < 0.8 else "",
            f"{rng.choice(WORDS).lower()}.{number}@example.vn" if rng.random() < 0.4 else "",
        )
        for number in range(count)
    ]


def everybody_who_fits(query: str) -> set[int]:
    """The customers, looked at one after the other."""
    chunks = chunks_of(query)
    ids = [each.buyer_id for each in every_findable() if all(chunk.fits(each.name, each.keys) for chunk in chunks)]
    return {row[0] for buyer_id in ids for row in rows_of("SELECT customer_id FROM buyer WHERE id = ?", (buyer_id,))}


def test_people_are_found_by_whatever_is_known_of_them(database: str) -> None:
    take_in(
        IncomingBuyer("KH001", "Đặng Thị Ánh", "0912 345 678", "Anh.Dang@example.vn"),
        IncomingBuyer("KH002", "Nguyễn Văn An", "+84 98 765 4321"),
        IncomingBuyer("KH003", "O'Brien-Smith Jane", "+44 20 7946 0958"),
    )
    for query in (
        "dang",
        "ánh",
        "Đặng Thi",
        "anh dang",
        "0912345678",
        "0912 34",
        "+84912345678",
        "5678",
        "anh.dang@",
        "kh001",
        "KH001",
    ):
        assert names(query) == ["Đặng Thị Ánh"], query
    assert names("smith jane") == names("brien") == names("0958") == names("4420") == ["O'Brien-Smith Jane"]
    assert set(names("kh00")) == {"Đặng Thị Ánh", "Nguyễn Văn An", "O'Brien-Smith Jane"}
    assert names("van an 4321") == ["Nguyễn Văn An"]
    for query in ("", "  ", "%", "_", "nobody", "an van x", "99", "'; DROP TABLE buyer; --"):
        assert names(query) == [], query


@pytest.mark.parametrize(
    "query", [*"n ng nguyen van thi tha th 09 091 1 12 123 kh kh0001".split(), "van an", "t n", "thi van tran", "an 09"]
)
def test_a_search_finds_exactly_those_that_fit(database: str, query: str) -> None:
    take_in(*crowd(150))
    result = search_customers(query, most=1_000)
    assert {hit.id for hit in result.hits} == everybody_who_fits(query)
    assert (result.count, result.is_count_exact) == (len(result.hits), True)


def test_of_many_the_regulars_and_the_newest_are_shown(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = a_shop("pos", "kiotviet")
    for number in range(searching.REGULAR_ORDERS):
        hand_in(an_order(f"A-{number}", buyer=IncomingBuyer("KH1", "Nguyễn Cũ"), outcome=Outcome.DELIVERED), shop=shop)
    take_in(*(IncomingBuyer(f"KH{number}", f"Nguyễn {number}", f"090{number:07d}") for number in range(2, 40)))
    monkeypatch.setattr(searching, "_RANKED", 10)
    result = search_customers("nguyen", most=4)
    assert result.hits[0].name == "Nguyễn Cũ"
    assert len(result.hits) == 4
    assert result.count == 39
    monkeypatch.setattr(searching, "_MOST_KEYS", 5)
    assert names("nguyen 090000003") == [f"Nguyễn {number}" for number in range(39, 29, -1)]
    assert search_customers("09", most=4).is_count_exact is False


def test_exactly_the_code_comes_first_then_more_orders(database: str) -> None:
    shop = a_shop("pos", "kiotviet")
    hand_in(*(an_order(f"A-{number}", buyer=IncomingBuyer("KH12", "B")) for number in range(3)), shop=shop)
    hand_in(an_order("B-1", buyer=IncomingBuyer("KH123", "C")), shop=shop)
    take_in(IncomingBuyer("KH1", "A"))
    assert names("kh1") == ["A", "B", "C"]
    assert names("kh") == ["B", "C", "A"]


def test_a_changed_name_is_found_and_the_old_one_is_not(database: str) -> None:
    take_in(IncomingBuyer("KH1", "Trần Cũ", "0912345678"))
    take_in(IncomingBuyer("KH1", "Lê Mới", "0987654321", also=("OLD-7",)))
    assert names("moi") == names("old-7") == names("4321") == ["Lê Mới"]
    assert names("cu") == names("tran") == names("0912") == []
    assert wrong_search_rows() == []


def test_what_is_not_as_the_buyers_are_is_found_and_made_anew(database: str) -> None:
    take_in(*crowd(30))
    with transaction():
        execute_many("DELETE FROM search_key WHERE entry = ?", [("kh00003",)])
        execute_many("DELETE FROM search_word WHERE entry = ?", [("a*",)])
    assert {finding.table for finding in check() if finding.kind is FindingKind.SEARCH} == {"search_key", "search_word"}
    rebuild_search()
    assert check() == []


def test_a_database_of_an_earlier_program_is_filled_when_it_is_migrated(database: str) -> None:
    take_in(*crowd(30))
    before = [rows_of(f"SELECT * FROM {table} ORDER BY 1, 2") for table in ("search_key", "search_word")]
    with transaction():
        for index in ("buyer_alias_buyer", "buyer_summary_regular"):
            proxy.execute_sql(f"DROP INDEX {index}")
        for table in ("search_key", "search_word"):
            proxy.execute_sql(f"DROP TABLE {table}")
        execute_many("DELETE FROM schema_migration WHERE name LIKE ?", [("%customer_search",)])
    migrate()
    assert [rows_of(f"SELECT * FROM {table} ORDER BY 1, 2") for table in ("search_key", "search_word")] == before


def test_find_takes_one_who_is_meant_exactly_for_the_one(database: str) -> None:
    take_in(IncomingBuyer("KH1", "An"), IncomingBuyer("KH2", "An Bình"))
    assert [found.name for found in find_customers("an")] == ["An"]
    assert [found.name for found in find_customers("binh")] == ["An Bình"]
    assert search_customers("#999") == SearchResult()


@pytest.mark.parametrize("count", [1, 256, 257, BLOCK])
def test_a_block_comes_back_as_it_was_stored(count: int) -> None:
    chosen = sorted(Random(count).sample(range(BLOCK), count))
    bits = sum(1 << place for place in chosen)
    assert places(unpacked(packed(bits))) == chosen
