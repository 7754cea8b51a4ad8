from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from packstation.domain.history import History, history_from_orders
from packstation.domain.orders import (
    FailureCause,
    IncomingOrder,
    OrderKind,
    Outcome,
    Refund,
    Shop,
    Status,
    TimedOutcome,
)
from packstation.domain.shop_rates import ShopRate
from packstation.domain.times import DAY, HOUR, MINUTE, to_ms
from packstation.store.check import check
from packstation.store.database import execute_many, rows_of
from packstation.store.histories import (
    HistoryScope,
    ShopRateTimeline,
    buyers_of,
    history_at,
    history_now,
    past_orders,
    shop_rate_now,
)
from packstation.store.intake import take_in
from packstation.store.shops import shop_id_of
from packstation.store.summaries import rebuild_summaries, wrong_summaries
from packstation.store.tables.base import database as proxy
from tests.factories import a_buyer, a_shop, an_item, an_order, stored
from tests.store.naive_history import FAR, all_orders, naive_figures, naive_rate

ZONE = "Asia/Ho_Chi_Minh"
PRESENT = to_ms(datetime(2026, 5, 31, 10, 30, tzinfo=ZoneInfo(ZONE)))
BOUNDARY = to_ms(datetime(2026, 2, 28, 10, 30, tzinfo=ZoneInfo(ZONE)))
SHOPS = (a_shop("shop-a"), a_shop("shop-b"), a_shop("web", "woocommerce"))

BUYERS = (
    *(a_buyer("a"), a_buyer("a"), a_buyer("b"), a_buyer("b", also=("c",)), None),
    # From the first of these on, both are one customer in whatever shops they are.
    *(a_buyer("a", phone="0912345678"), a_buyer("d", phone="0912345678")),
)
placed_times = st.one_of(
    st.integers(-40, 0).map(lambda steps: PRESENT + steps * 6 * HOUR),
    st.integers(-3, 3).map(lambda steps: BOUNDARY + steps * HOUR),
    st.sampled_from([BOUNDARY - 1, BOUNDARY, BOUNDARY + 1, PRESENT - 89 * DAY, PRESENT - 300 * DAY]),
)
outcomes = st.lists(
    st.tuples(
        st.sampled_from([*Outcome, Outcome.BUYER_CANCELLED, Outcome.BUYER_CANCELLED, Outcome.DELIVERED]),
        st.sampled_from(FailureCause),
        st.sampled_from([0, MINUTE, 23 * HOUR, DAY, DAY + 1, 3 * DAY, None]),
    ),
    max_size=3,
)


@dataclass
class Page:
    """One page of one shop's orders and our time."""

    shop: Shop
    orders: list[IncomingOrder]
    seen_at: int


@st.composite
def pages(draw: st.DrawFn) -> list[Page]:
    """What channels hand in one after the other: new orders, changed ones, older ones, guests, samples."""
    placed: dict[tuple[str, str], int] = {}
    result = []
    for _ in range(draw(st.integers(1, 5))):
        shop = draw(st.sampled_from(SHOPS))
        numbers = draw(st.lists(st.integers(1, 6), min_size=1, max_size=5, unique=True))
        orders = []
        for number in map(str, numbers):
            placed_at = placed.setdefault((shop.name, number), draw(placed_times))
            orders.append(draw(versions(number, placed_at)))
        result.append(Page(shop, orders, PRESENT - draw(st.integers(0, 2)) * HOUR))
    return result


@st.composite
def versions(draw: st.DrawFn, number: str, placed_at: int) -> IncomingOrder:
    """One version of an order as its channel might hand it in."""
    ended = [
        TimedOutcome(
            outcome,
            cause if outcome is Outcome.DELIVERY_FAILED else None,
            None if after is None else placed_at + after,
        )
        for outcome, cause, after in draw(outcomes)
    ]
    skus = draw(st.lists(st.sampled_from(["X", "Y", ""]), max_size=2))
    amount = draw(st.integers(0, 5)) * 10_001
    refunds = draw(st.lists(st.tuples(st.integers(1, 500), st.sampled_from([0, HOUR, 5 * DAY])), max_size=2))
    return an_order(
        number,
        buyer=draw(st.sampled_from(BUYERS)),
        placed_at=placed_at,
        status=draw(st.sampled_from([Status.TO_PACK, Status.SHIPPED, Status.CANCELLED, Status.COMPLETED])),
        outcomes=ended,
        items=[an_item(sku) for sku in skus],
        total=amount,
        currency=draw(st.sampled_from(["VND", "VND", "VND", "GBP"])),
        cod=draw(st.sampled_from([True, False, None])),
        paid_at=draw(st.sampled_from([None, placed_at])),
        vouchers=draw(st.sampled_from([(), ("TET",)])),
        refunds=tuple(Refund(None, 0, money, placed_at + after) for money, after in refunds),
        updated_at=draw(st.sampled_from([None, placed_at + DAY, placed_at + 2 * DAY])),
        kind=draw(st.sampled_from([OrderKind.NORMAL] * 5 + [OrderKind.SAMPLE])),
    )


@contextmanager
def taken_in(sequence: list[Page]) -> Iterator[None]:
    """The pages stored for as long as the block lasts."""
    with proxy.atomic() as everything:
        for page in sequence:
            take_in(shop_id_of(page.shop), page.shop.channel, page.orders, page.seen_at)
        yield
        everything.rollback()


def customers() -> list[int]:
    return [row[0] for row in rows_of("SELECT DISTINCT customer_id FROM buyer ORDER BY customer_id")]


def scope_of(shop_id: int) -> HistoryScope:
    currency, zone = rows_of("SELECT currency, zone FROM shop WHERE id = ?", (shop_id,))[0]
    return HistoryScope(shop_id, currency, zone, 6)


def judgings(customer_id: int) -> list[tuple[int, int | None]]:
    """(shop, judged order) pairs: the customer screen, and every order of the customer that counts."""
    shop_ids = [row[0] for row in rows_of("SELECT id FROM shop ORDER BY id")]
    orders = rows_of(
        "SELECT o.shop_id, o.id FROM orders o JOIN buyer b ON b.id = o.buyer_id WHERE b.customer_id = ? AND o.kind = 'normal' "
        "ORDER BY o.id",
        (customer_id,),
    )
    return [(shop_ids[0], None), *((shop_id, judged) for shop_id, judged in orders)]


def as_figures(history: History) -> dict[str, Any]:
    return {
        **history.figures(),
        "spent_by_currency": dict(history.spent_by_currency),
        "first_order_at": history.first_order_at,
        "last_order_at": history.last_order_at,
    }


def moments() -> list[int]:
    """Every moment at which something became known, and the one after it."""
    found = {row[0] for row in rows_of("SELECT placed_at FROM orders")}
    found |= {row[0] for row in rows_of("SELECT known_at FROM outcome_change UNION SELECT known_at FROM order_refund")}
    return sorted(found | {moment + 1 for moment in found} | {PRESENT})


any_database = settings(
    # Each takes a whole shop's life.
    max_examples=settings().max_examples // 3,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@any_database
@given(pages())
def test_the_kept_summaries_give_the_history_that_the_orders_give(database: str, sequence: list[Page]) -> None:
    with taken_in(sequence):
        assert wrong_summaries() == []
        for customer_id in customers():
            buyers = buyers_of(customer_id)
            for shop_id, judged in judgings(customer_id):
                scope = scope_of(shop_id)
                orders = past_orders(buyers)
                counted = history_from_orders(
                    orders,
                    at=None,
                    now=PRESENT,
                    zone=scope.zone,
                    currency=scope.currency,
                    shop_rate=ShopRate(*naive_rate(shop_id, FAR, all_orders())),
                    prior_weight=scope.prior_weight,
                    judging=next((order for order in orders if order.position == judged), None),
                )
                assert history_now(buyers, scope, PRESENT, judged) == counted


@any_database
@given(pages(), st.data())
def test_a_history_at_any_moment_is_what_a_plain_count_gives(
    database: str, sequence: list[Page], data: st.DataObject
) -> None:
    with taken_in(sequence):
        for customer_id in customers():
            buyers = buyers_of(customer_id)
            shop_id, judged = data.draw(st.sampled_from(judgings(customer_id)))
            at = data.draw(st.sampled_from(moments()))
            scope = scope_of(shop_id)
            history = as_figures(history_at(buyers, scope, ShopRate(), at, judged))
            expected = naive_figures(customer_id, scope.currency, scope.zone, at, judged)
            assert {name: history[name] for name in expected} == expected


@any_database
@given(pages())
def test_a_shops_rate_at_any_moment_is_what_a_plain_count_gives(database: str, sequence: list[Page]) -> None:
    with taken_in(sequence):
        everything = all_orders()
        for (shop_id,) in rows_of("SELECT id FROM shop"):
            timeline = ShopRateTimeline(shop_id)
            for moment in moments():
                rate = timeline.at(moment)
                assert (rate.judged, rate.failed) == naive_rate(shop_id, moment, everything), moment
            now = shop_rate_now(shop_id)
            assert (now.judged, now.failed) == naive_rate(shop_id, FAR, everything)


@any_database
@given(pages())
def test_a_check_finds_nothing_and_rebuilt_summaries_are_the_kept_ones(
    sqlite_database: str, sequence: list[Page]
) -> None:
    tables = ("buyer_summary", "buyer_spent", "buyer_day", "shop_summary")
    with taken_in(sequence):
        assert check() == []
        kept = [[row for row in rows_of(f"SELECT * FROM {table}") if any(row[1:])] for table in tables]
        rebuild_summaries()
        rebuilt = [rows_of(f"SELECT * FROM {table}") for table in tables]
        assert wrong_summaries() == []
        for before, after in zip(kept, rebuilt, strict=True):
            assert set(after) <= set(before) | {row for row in after if not any(row[1:])}


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("buyer_summary", "delivered"),
        ("buyer_summary", "cod_orders"),
        ("buyer_spent", "spent"),
        ("buyer_day", "spent"),
        ("shop_summary", "failed"),
    ],
)
def test_a_summary_that_was_tampered_with_is_found(database: str, table: str, column: str) -> None:
    stored(an_order(outcome=Outcome.DELIVERED))
    assert wrong_summaries() == []
    execute_many(f"UPDATE {table} SET {column} = {column} + ?", [(1,)])
    assert [name for name, _key in wrong_summaries()] == [table]
    rebuild_summaries()
    assert wrong_summaries() == []


def test_a_summary_that_is_missing_is_found(database: str) -> None:
    stored(an_order(outcome=Outcome.DELIVERED))
    execute_many("DELETE FROM buyer_day WHERE spent > ?", [(0,)])
    assert [name for name, _key in wrong_summaries()] == ["buyer_day"]


def test_a_cancelled_order_is_replaced_by_the_same_goods_within_a_day(database: str) -> None:
    cancelled = an_order(
        "A-1", placed_at=PRESENT - 3 * DAY, outcome=Outcome.BUYER_CANCELLED, known_at=PRESENT - 2 * DAY
    )
    late = an_order("A-2", placed_at=PRESENT - DAY + 1)
    stored(cancelled, late)
    assert rows_of("SELECT replaced, buyer_cancelled FROM buyer_summary") == [(0, 1)]
    stored(an_order("A-3", placed_at=PRESENT - DAY, items=["OTHER"]))
    assert rows_of("SELECT replaced FROM buyer_summary") == [(0,)]
    stored(an_order("A-4", placed_at=PRESENT - DAY))
    assert rows_of("SELECT replaced, buyer_cancelled FROM buyer_summary") == [(1, 1)]
    stored(an_order("A-4", placed_at=PRESENT - DAY, outcome=Outcome.BUYER_CANCELLED, known_at=PRESENT + HOUR))
    assert rows_of("SELECT replaced, buyer_cancelled FROM buyer_summary") == [(0, 2)]


NEXT_DAY = BOUNDARY - BOUNDARY % DAY + DAY


@pytest.mark.parametrize(
    ("placed_at", "counts"),
    [
        (BOUNDARY - 1, False),
        (BOUNDARY, True),
        (BOUNDARY + 1, True),
        (NEXT_DAY - 1, True),
        (NEXT_DAY, True),
        (NEXT_DAY + DAY - 1, True),
    ],
)
def test_three_months_begin_at_the_same_clock_time_on_the_months_last_day(
    database: str, placed_at: int, counts: bool
) -> None:
    refunds = (Refund(None, 0, 300, PRESENT - 1),)
    stored(an_order(placed_at=placed_at, total=1_000, outcome=Outcome.DELIVERED, refunds=refunds))
    [customer_id] = customers()
    [shop_id] = [row[0] for row in rows_of("SELECT id FROM shop")]
    now = history_now(buyers_of(customer_id), scope_of(shop_id), PRESENT, None)
    then = history_at(buyers_of(customer_id), scope_of(shop_id), shop_rate_now(shop_id), PRESENT, None)
    assert now == then
    assert (now.spent, now.spent_3m) == (700, 700 if counts else 0)


def test_a_refund_that_the_channel_deleted_counts_no_more_at_whatever_moment(database: str) -> None:
    def an_order_with(*refunds: Refund) -> IncomingOrder:
        delivered = an_order(placed_at=PRESENT - DAY, total=1_000, outcome=Outcome.DELIVERED, updated_at=PRESENT - HOUR)
        return replace(delivered, refunds=refunds, refunds_are_complete=True)

    stored(an_order_with(Refund(0, 1, 300, PRESENT - HOUR)))
    [customer_id] = customers()
    [shop_id] = [row[0] for row in rows_of("SELECT id FROM shop")]

    def spent() -> tuple[int, int]:
        now = history_now(buyers_of(customer_id), scope_of(shop_id), PRESENT, None)
        then = history_at(buyers_of(customer_id), scope_of(shop_id), shop_rate_now(shop_id), PRESENT - 1, None)
        return now.spent, then.spent

    assert spent() == (700, 700)
    stored(an_order_with())
    assert spent() == (1_000, 1_000)
    assert rows_of("SELECT count(*) FROM order_refund") == [(0,)]
    assert wrong_summaries() == []


def test_an_order_that_turns_out_to_be_another_buyers_replaces_nothing_any_more(database: str) -> None:
    cancelled = an_order("A-1", placed_at=PRESENT - HOUR, outcome=Outcome.BUYER_CANCELLED, known_at=PRESENT)
    stored(cancelled, an_order("A-2", placed_at=PRESENT))
    assert rows_of("SELECT replaced FROM buyer_summary") == [(1,)]
    stored(an_order("A-2", placed_at=PRESENT, buyer="binh"))
    assert rows_of("SELECT replaced, orders FROM buyer_summary ORDER BY buyer_id") == [(0, 1), (0, 1)]


def test_a_history_costs_as_many_queries_for_many_orders_as_for_few(sqlite_database: str) -> None:
    def queries() -> int:
        seen: list[str] = []
        [customer_id] = customers()
        proxy.connection().set_trace_callback(seen.append)
        history_now(buyers_of(customer_id), scope_of(1), PRESENT, None)
        proxy.connection().set_trace_callback(None)
        return len(seen)

    stored(an_order("A-1"))
    few = queries()
    stored(*(replace(an_order(), number=f"B-{number}") for number in range(300)))
    assert queries() == few
