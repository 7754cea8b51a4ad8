from __future__ import annotations

from typing import Any

from packstation.acts.checking import check
from packstation.acts.erasing import erase_customer
from packstation.acts.forgetting import forget_everything_old
from packstation.acts.waybills import WaybillsTaken, take_in_waybills
from packstation.acts.workplace import open_command
from packstation.domain.carriers import Carriers, CarrierTerms
from packstation.domain.orders import FailureCause, IncomingParcel, Outcome, Status
from packstation.domain.retention import DataKind, Retention
from packstation.domain.times import DAY, HOUR
from packstation.domain.waybills import IncomingWaybill, WaybillMeaning
from packstation.store.database import rows_of
from tests.acts.worlds import World, dump, entries, kinds
from tests.factories import NOW, a_shop, an_order

WEB = a_shop("web", "woocommerce")
TERMS = Carriers((CarrierTerms("ghn", ("Giao Hàng Nhanh",)),))


def sent(number: str = "W-1", *tracking: str, **more: Any) -> Any:
    """An order that left with a carrier; its channel tells nothing more."""
    parcels = tuple(IncomingParcel(None, one, "GHN") for one in tracking or ("T1",))
    return an_order(number, parcels=parcels, **{"placed_at": NOW - 5 * DAY, "status": Status.SHIPPED, **more})


def told(meaning: str | None, at: int = NOW - HOUR, tracking: str = "T1", **more: Any) -> IncomingWaybill:
    standard = {"number": "", "word": meaning or "Chuyển tuyến", "reason": "", "cause": None}
    known = WaybillMeaning(meaning) if meaning else None
    return IncomingWaybill(tracking=tracking, meaning=known, known_at=at, **{**standard, **more})


def take_in(world: World, *events: IncomingWaybill, shop: str = "") -> WaybillsTaken:
    return take_in_waybills(world.daemon, "GHN", shop, events, TERMS)


def outcomes() -> list[tuple[str, str, str | None]]:
    return rows_of("SELECT number, outcome, cause FROM orders ORDER BY number")


def test_orders_of_a_channel_without_news_end_as_the_carrier_says_and_histories_follow(world: World) -> None:
    world.arrive(sent("W-1", "T1"), sent("W-2", "T2"), shop=WEB)
    world.arrive(an_order("W-3", placed_at=NOW - DAY), shop=WEB)
    assert check("W-3").verdict.kind == "pack"
    taken = take_in(
        world,
        told("delivered", tracking="T1"),
        told("returning", tracking="T2", cause=FailureCause.REFUSED, reason="Không lấy"),
    )
    assert (taken.new, taken.known, taken.orders, taken.elsewhere) == (2, 0, 2, 0)
    assert outcomes()[:2] == [("W-1", "delivered", None), ("W-2", "delivery_failed", "refused")]
    assert check("W-3").verdict.kind == "call", "the policy saw the failed delivery at once"
    customer = check("W-3").customer
    assert customer is not None
    assert customer.history.counts.delivered == 1
    before = check("W-3", "2025-10-09T07:00:00Z").customer
    assert before is not None
    assert before.history.counts.delivered == 0, "an hour before now nobody knew it yet"
    assert rows_of("SELECT DISTINCT source FROM outcome_change") == [("ghn",)]


def test_the_same_file_again_changes_nothing(world: World) -> None:
    world.arrive(sent(), shop=WEB)
    file = [told("failed_once", NOW - 2 * HOUR, reason="Khách hẹn"), told("returning"), told(None)]
    take_in(world, *file)
    before = dump(leave_out=("ledger", "writer"))
    taken = take_in(world, *file)
    assert (taken.new, taken.known, taken.orders, taken.rescues) == (0, 3, 0, 0)
    assert dump(leave_out=("ledger", "writer")) == before


def test_what_the_channel_says_stands_and_is_only_given_its_cause(world: World) -> None:
    known = {"status": Status.RETURNED, "known_at": NOW - DAY}
    world.arrive(
        sent("W-1", "T1", outcome=Outcome.DELIVERED, **known),
        sent("W-2", "T2", outcome=Outcome.DELIVERY_FAILED, **known),
        shop=WEB,
    )
    for tracking in ("T1", "T2"):
        take_in(world, told("returning", tracking=tracking, cause=FailureCause.COURIER))
    assert outcomes() == [("W-1", "delivered", None), ("W-2", "delivery_failed", "courier")]


def test_a_word_that_no_mapping_knows_is_kept_and_counts_once_it_is_mapped(world: World) -> None:
    world.arrive(sent(), shop=WEB)
    taken = take_in(world, told(None, word="Đã giao xong"))
    assert (taken.unknown, taken.orders) == ({"Đã giao xong": 1}, 0)
    taken = take_in(world, told("delivered", word="Đã giao xong"))
    assert (taken.new, taken.known, taken.orders) == (0, 1, 1)
    assert outcomes() == [("W-1", "delivered", None)]


def test_what_is_told_before_its_order_is_here_counts_at_the_next_import(world: World) -> None:
    assert take_in(world, told("delivered")).elsewhere == 1
    world.arrive(sent(), shop=WEB)
    assert take_in(world, told("on_the_way", NOW - DAY)).orders == 1
    assert outcomes() == [("W-1", "delivered", None)]


def test_an_order_number_means_the_one_order_of_the_files_shop(world: World) -> None:
    world.arrive(sent("W-1", "T1"), shop=WEB)
    world.arrive(sent("W-1", "T2"), shop=a_shop("web 2", "woocommerce"))
    assert take_in(world, told("delivered", tracking="", number="W-1")).elsewhere == 1
    assert take_in(world, told("delivered", NOW, tracking="", number="W-1"), shop="web").orders == 1


def test_an_order_in_two_parcels_ends_with_the_second_and_two_orders_in_one_parcel_together(world: World) -> None:
    world.arrive(sent("W-1", "T1", "T2"), sent("W-2", "T3"), sent("W-3", "T3"), shop=WEB)
    assert take_in(world, told("delivered", tracking="T1")).orders == 0
    assert take_in(world, told("delivered", tracking="T2")).orders == 1
    assert take_in(world, told("delivered", tracking="T3")).orders == 2


def test_what_couriers_wrote_about_an_erased_customer_goes_and_does_not_come_back(world: World) -> None:
    world.arrive(sent(), shop=WEB)
    file = told("failed_once", reason="Chị Hoa hẹn mai")
    take_in(world, file)
    [(customer_id,)] = rows_of("SELECT customer_id FROM buyer")
    erase_customer(world.daemon, customer_id, None)
    take_in(world, file, told("failed_once", NOW, reason="Chị Hoa không nghe máy"))
    assert "Hoa" not in str(dump())
    assert entries("kind", "facts")[-1] == ("waybills_imported", {"new": 1, "orders": 0, "rescues": 0})
    assert kinds().count("rescue_opened") == 1


def test_what_couriers_wrote_is_forgotten_as_what_people_wrote_is(world: World) -> None:
    world.arrive(sent(), shop=WEB)
    take_in(world, told("failed_once", reason="Chị Hoa hẹn mai"))
    world.clock.pass_(30 * DAY + 1)
    forgotten = forget_everything_old(open_command("db purge", Retention(texts=30 * DAY)), None)
    assert (forgotten[DataKind.WAYBILLS], forgotten[DataKind.RESCUES]) == (1, 1)
    assert "Hoa" not in str(dump())
