"""The simulated WooCommerce shop keeps its list up to date while orders live, and pages through it as MySQL would."""

from __future__ import annotations

from packstation.domain.times import DAY, HOUR
from sync.sandbox.channels.woocommerce.records import TOUCHED_EVERY, whole_seconds
from sync.sandbox.channels.woocommerce.register import Register
from sync.sandbox.counters import LIVE_COUNTERS
from sync.sandbox.market.market import Market

OPENED = 5185 * TOUCHED_EVERY - 30 * HOUR


def market(orders: int = 200, *, days: int = 8) -> Market:
    counter = LIVE_COUNTERS["woocommerce"]
    return Market(counter, seed=4, opened_at=OPENED, orders=orders, days=days, arrivals_per_hour=3)


def listed(register: Register, *, trashed: bool) -> list[tuple[int, int, str]]:
    return [(one.modified, one.id, one.status) for one in register.modified(None, None, trashed=trashed)]


def test_a_list_that_was_kept_up_to_date_is_one_made_anew() -> None:
    shop = market()
    kept = Register(shop)
    for hour in range(0, 24 * 8, 9):
        now = whole_seconds(OPENED + hour * HOUR)
        kept.catch_up(now)
        anew = Register(shop)
        anew.catch_up(now)
        for trashed in (False, True):
            assert listed(kept, trashed=trashed) == listed(anew, trashed=trashed)
    assert len(kept.records) > 500


def test_a_clock_that_goes_back_begins_anew() -> None:
    shop = market()
    register = Register(shop)
    register.catch_up(OPENED + 5 * DAY)
    register.catch_up(OPENED)
    anew = Register(shop)
    anew.catch_up(OPENED)
    assert listed(register, trashed=False) == listed(anew, trashed=False)


def test_all_pages_together_are_the_list_where_no_second_is_shared() -> None:
    register = Register(market(30, days=2))
    register.catch_up(OPENED)
    whole = register.modified(None, None, trashed=False)
    assert len({one.modified for one in whole}) == len(whole)
    pages = [register.page(None, None, start, 7, start // 7 + 1, trashed=False) for start in range(0, 35, 7)]
    assert [record for records, _total in pages for record in records] == whole
    assert {total for _records, total in pages} == {len(whole)}


def test_bounds_are_exclusive() -> None:
    register = Register(market(30, days=2))
    register.catch_up(OPENED)
    first, second, third, *_rest = register.modified(None, None, trashed=False)
    between = register.modified(first.modified, third.modified, trashed=False)
    assert [one.id for one in between] == [second.id]
    assert register.page(first.modified, third.modified, 0, 10, 1, trashed=False) == ([second], 1)
    assert register.page(first.modified, third.modified, 10, 10, 2, trashed=False) == ([], 1)
    assert register.page(third.modified, first.modified, 0, 10, 1, trashed=False) == ([], 0)
