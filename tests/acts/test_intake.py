from __future__ import annotations

from typing import Any

import pytest

from packstation.acts import intake
from packstation.acts.alarming import open_alarms
from packstation.acts.intake import BATCH, record_import, store_orders
from packstation.domain.alarms import PullReason
from packstation.domain.orders import Outcome, Status
from packstation.domain.times import DAY
from packstation.store.customers import find_customers
from packstation.store.database import rows_of
from packstation.store.holds import open_holds
from packstation.store.shops import OtherShopError
from tests.acts.worlds import World, dump, entries, failed_before, risky, standing_of_hold, tracked
from tests.factories import NOW, a_buyer, a_shop, an_order, order_id

SHOP = a_shop()


def test_the_same_orders_again_change_nothing(world: World) -> None:
    orders = [an_order("A-1"), risky("A-2"), failed_before(buyer="binh"), an_order("B-1", buyer="binh")]
    first = world.arrive(*orders)
    assert (first.new, first.changed, first.unchanged) == (4, 0, 0)
    assert {order for _hold, order, _state in open_holds()} == {order_id("A-2"), order_id("B-1")}
    before = dump()
    world.clock.pass_(DAY)
    again = world.arrive(*orders)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 4)
    assert dump() == before


class StoppedError(Exception):
    """The import was interrupted."""


def test_an_import_that_was_interrupted_before_it_judged_completes_when_begun_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = [an_order("A-1"), an_order("A-2"), risky("R-1"), risky("R-2"), an_order("A-3")]

    def stopped(*_: object) -> int:
        raise StoppedError

    with monkeypatch.context() as patched:
        patched.setattr(intake, "judge_stored", stopped)
        with pytest.raises(StoppedError):
            store_orders(world.daemon, SHOP, orders, batch=3)
    assert rows_of("SELECT count(*) FROM orders") == [(3,)]
    assert open_holds() == []
    again = world.arrive(*orders)
    assert (again.new, again.unchanged) == (2, 3)
    assert {order for _hold, order, _state in open_holds()} == {order_id("R-1"), order_id("R-2")}


def test_an_alarm_that_an_interruption_kept_back_is_raised_when_the_same_order_is_handed_in_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = world.held("R-1")
    world.arrive(an_order("A-1", buyer="binh", parcels=tracked("T-1")), an_order("A-2", buyer="chi"))
    world.desk.pack("T-1")
    ended: dict[str, Any] = {"status": Status.CANCELLED, "outcome": Outcome.CANCELLED, "known_at": NOW}
    gone = [an_order("A-1", buyer="binh", parcels=tracked("T-1"), **ended), an_order("A-2", buyer="chi", **ended)]
    gone.append(risky("R-1", **ended))

    def stopped(*_: object) -> int:
        raise StoppedError

    with monkeypatch.context() as patched:
        patched.setattr(intake, "judge_stored", stopped)
        with pytest.raises(StoppedError):
            world.arrive(*gone)
    assert rows_of("SELECT DISTINCT status FROM orders") == [("cancelled",)]
    assert (open_alarms(), [hold for hold, _order, _state in open_holds()]) == ([], [held.id])
    again = world.arrive(*gone)
    assert (again.changed, again.unchanged, again.judged) == (0, 3, 2), "not the one that is in nobody's hands"
    assert [(alarm.number, alarm.why) for alarm in open_alarms()] == [("A-1", PullReason.CANCELLED)]
    assert standing_of_hold(world.hold_of("R-1")) == ("closed", "order_cancelled")
    before = dump()
    assert world.arrive(*gone).judged == 1
    assert dump() == before


def test_progress_is_told_batch_by_batch(world: World) -> None:
    done: list[int] = []
    delivered: dict[str, Any] = {"status": Status.DELIVERED, "outcome": Outcome.DELIVERED}
    orders = [an_order(f"A-{n}", **delivered) for n in range(BATCH + 1)]
    store_orders(world.daemon, SHOP, orders, progress=done.append)
    assert done == [BATCH, BATCH + 1]


def test_a_later_version_in_the_same_file_counts(world: World) -> None:
    kept = world.arrive(an_order("A-1", total=1), an_order("A-2"), an_order("A-1", total=2, status=Status.CANCELLED))
    assert (kept.new, kept.changed) == (2, 1)
    assert rows_of("SELECT total, first_total, status FROM orders WHERE number = 'A-1'") == [(2, 1, "cancelled")]


def test_texts_are_plain_when_they_are_stored(world: World) -> None:
    world.arrive(an_order("A\x1b[2J-1\u202e", buyer_note="a\x00b", buyer=a_buyer(name="An\x07")))
    assert rows_of("SELECT number, buyer_note FROM orders") == [("A[2J-1", "ab")]
    assert rows_of("SELECT name FROM buyer") == [("An",)]


def test_buyers_without_orders_are_customers_too(world: World) -> None:
    store_orders(world.daemon, SHOP, [], [a_buyer("only.notes", name="Chỉ Trả"), a_buyer(None)])
    assert [found.name for found in find_customers("chi tra")] == ["Chỉ Trả"]
    assert rows_of("SELECT count(*) FROM buyer") == [(1,)]


def test_orders_of_a_shop_known_with_another_currency_are_refused_and_nothing_is_stored(world: World) -> None:
    world.arrive(an_order("A-1"))
    with pytest.raises(OtherShopError):
        world.arrive(an_order("A-2"), shop=a_shop(currency="USD"))
    assert rows_of("SELECT count(*) FROM orders") == [(1,)]


def test_an_import_is_recorded_with_what_it_changed(world: World) -> None:
    kept = world.arrive(an_order("A-1"))
    record_import(world.daemon, SHOP, "đơn tháng 9.xlsx", "ab" * 32, "shopee", kept, 3)
    [(kind, facts)] = entries("kind", "facts")[-1:]
    assert (kind, facts["format"], facts["sha256"]) == ("file_imported", "shopee", "ab" * 32)
    assert (facts["new"], facts["changed"], facts["unchanged"], facts["rejects"]) == (1, 0, 0, 3)
    assert ("đơn tháng 9.xlsx",) in rows_of("SELECT text FROM ledger_text")


def test_an_import_of_history_judges_only_what_is_still_to_pack(world: World) -> None:
    delivered: dict[str, Any] = {"status": Status.DELIVERED, "outcome": Outcome.DELIVERED, "placed_at": NOW - 40 * DAY}
    orders = [*(an_order(f"D-{n}", **delivered) for n in range(5)), an_order("A-1", buyer="binh")]
    assert world.arrive(*orders).judged == 1
    assert world.arrive(*orders).judged == 1
