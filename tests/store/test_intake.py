from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from packstation.domain.orders import (
    Address,
    IncomingParcel,
    Outcome,
    Refund,
    Status,
    TimedOutcome,
    TimedStatus,
)
from packstation.domain.times import HOUR, MINUTE
from packstation.store.database import rows_of, transaction
from packstation.store.holds import cover_key
from packstation.store.intake import TakenIn, take_in
from packstation.store.order_rows import StoredOrder, load_orders
from packstation.store.shops import shop_id_of
from packstation.store.summaries import wrong_summaries
from packstation.store.tables.base import database as proxy
from tests.factories import HOME, NOW, a_shop, an_item, an_order, hand_in, order_id, stored

MASKED = Address("N*** A*", "09****678", "12 L** Th****", "Hàng Bài", "Hoàn Kiếm", "Hà Nội", "VN")


def kept(number: str = "A-1", shop: str = "shop-a") -> StoredOrder:
    [found] = load_orders("id = ?", (order_id(number, shop=shop),))
    return found


def everything() -> list[Any]:
    tables = "orders order_item order_refund status_change outcome_change buyer buyer_alias parcel parcel_order buyer_summary"
    return [sorted(rows_of(f"SELECT * FROM {table}"), key=str) for table in tables.split()]


def test_a_page_handed_in_again_changes_nothing(database: str) -> None:
    page = [
        an_order("A-1", outcome=Outcome.DELIVERED, parcels=(IncomingParcel("P1", "T1", "SPX"),), vouchers=("TET",)),
        an_order("A-2", buyer="binh", refunds=(Refund(0, 1, 5_000, NOW),)),
        an_order("A-3", buyer=None),
    ]
    first = hand_in(*page)
    assert (len(first.new), first.changed, first.unchanged) == (3, (), 0)
    before = everything()
    again = hand_in(*page, seen_at=NOW + HOUR)
    assert (again.new, again.changed, again.unchanged) == ((), (), 3)
    assert everything() == before


def test_an_interrupted_page_is_completed_by_handing_it_in_again(database: str) -> None:
    hand_in(an_order("A-1"), an_order("A-2"))
    taken = hand_in(an_order("A-1"), an_order("A-2"), an_order("A-3"))
    assert (len(taken.new), taken.unchanged) == (1, 2)


def test_the_same_number_in_two_shops_is_two_orders(database: str) -> None:
    hand_in(an_order("A-1", total=100))
    hand_in(an_order("A-1", total=200), shop=a_shop("shop-b"))
    assert kept().kept.incoming.total == 100
    assert kept(shop="shop-b").kept.incoming.total == 200


def test_an_older_update_only_fills_what_is_empty(database: str) -> None:
    known = an_order(status=Status.SHIPPED, updated_at=NOW, seller_note="", total=500, ship_by=None)
    hand_in(known, seen_at=NOW)
    older = an_order(
        status=Status.TO_PACK,
        updated_at=NOW - MINUTE,
        buyer="someone.else",
        seller_note="gift",
        total=900,
        ship_by=NOW + HOUR,
        address=replace(HOME, street="1 Elsewhere"),
        outcome=Outcome.BUYER_CANCELLED,
    )
    hand_in(older, seen_at=NOW + HOUR)
    order = kept()
    assert order.kept.status.status is Status.SHIPPED
    assert len(order.kept.statuses) == 1
    assert order.kept.outcomes == ()
    assert order.kept.incoming.total == 500
    assert order.kept.incoming.address == HOME
    assert order.kept.incoming.seller_note == "gift"
    assert order.kept.incoming.ship_by == NOW + HOUR
    assert rows_of("SELECT b.external_id FROM orders o JOIN buyer b ON b.id = o.buyer_id") == [("an.nguyen",)]


def test_no_refunds_are_no_news_until_they_are_all_that_there_are(database: str) -> None:
    refunded = an_order(outcome=Outcome.DELIVERED, updated_at=NOW, refunds=(Refund(0, 1, 5_000, NOW),))
    hand_in(refunded)
    hand_in(replace(refunded, refunds=()))
    assert kept().kept.incoming.refunds == refunded.refunds
    for _time in range(2):
        hand_in(replace(refunded, refunds=(), refunds_are_complete=True))
        assert kept().kept.incoming.refunds == ()
    assert rows_of("SELECT count(*) FROM order_refund") == [(0,)]
    assert wrong_summaries() == []
    hand_in(replace(refunded, refunds_are_complete=True))
    assert kept().kept.incoming.refunds == refunded.refunds, "it was given anew"


def test_an_older_update_names_the_buyer_of_a_guests_order(database: str) -> None:
    hand_in(an_order(buyer=None, updated_at=NOW))
    hand_in(an_order(buyer="an.nguyen", updated_at=NOW - MINUTE))
    assert rows_of("SELECT b.external_id FROM orders o JOIN buyer b ON b.id = o.buyer_id") == [("an.nguyen",)]


def test_masked_text_never_replaces_clear_text_and_clear_text_replaces_masked(database: str) -> None:
    hand_in(an_order(address=MASKED))
    assert kept().kept.incoming.address == MASKED
    hand_in(an_order(address=HOME))
    assert kept().kept.incoming.address == HOME
    hand_in(an_order(address=MASKED, seller_note="again"))
    assert kept().kept.incoming.address == HOME
    hand_in(an_order(address=Address(), seller_note="and again"))
    assert kept().kept.incoming.address == HOME


def test_the_amount_first_seen_stays_beside_the_current_one(database: str) -> None:
    hand_in(an_order(total=350_000))
    hand_in(an_order(total=0, status=Status.CANCELLED, outcome=Outcome.BUYER_CANCELLED))
    assert rows_of("SELECT total, first_total FROM orders") == [(0, 350_000)]


def test_timelines_only_grow_and_keep_both_clocks(database: str) -> None:
    t0 = NOW - 3 * HOUR
    to_pack = TimedStatus(Status.TO_PACK, "READY_TO_SHIP", t0)
    shipped = TimedStatus(Status.SHIPPED, "SHIPPED", t0 + HOUR)
    hand_in(an_order(statuses=[to_pack]), seen_at=NOW)
    hand_in(an_order(statuses=[shipped]), seen_at=NOW + 1)
    hand_in(
        an_order(statuses=[to_pack, shipped], outcomes=[TimedOutcome(Outcome.DELIVERED, None, t0 + 2 * HOUR)]),
        seen_at=NOW + 2,
    )
    order = kept().kept
    assert [(seen.status, seen.known_at, seen.seen_at) for seen in order.statuses] == [
        (Status.TO_PACK, t0, NOW),
        (Status.SHIPPED, t0 + HOUR, NOW + 1),
    ]
    assert [(seen.outcome, seen.known_at, seen.seen_at) for seen in order.outcomes] == [
        (Outcome.DELIVERED, t0 + 2 * HOUR, NOW + 2)
    ]


def test_statuses_without_times_of_their_own_are_not_repeated_by_every_update(database: str) -> None:
    timeless = [TimedStatus(Status.TO_PACK, "new", None), TimedStatus(Status.SHIPPED, "sent", None)]
    hand_in(an_order(statuses=timeless), seen_at=NOW)
    for minute in range(1, 4):
        hand_in(an_order(statuses=timeless, seller_note=str(minute)), seen_at=NOW + minute * MINUTE)
    assert [seen.status for seen in kept().kept.statuses] == [Status.TO_PACK, Status.SHIPPED]


def test_an_order_that_goes_back_to_an_earlier_status_does_so_when_we_are_told(database: str) -> None:
    to_pack = TimedStatus(Status.TO_PACK, "READY", NOW - 2 * HOUR)
    asked = TimedStatus(Status.CANCEL_REQUESTED, "IN_CANCEL", NOW - HOUR)
    hand_in(an_order(statuses=[to_pack]))
    hand_in(an_order(statuses=[to_pack, asked]))
    hand_in(an_order(statuses=[to_pack], updated_at=NOW + MINUTE))
    statuses = kept().kept.statuses
    assert [(seen.status, seen.known_at) for seen in statuses] == [
        (Status.TO_PACK, NOW - 2 * HOUR),
        (Status.CANCEL_REQUESTED, NOW - HOUR),
        (Status.TO_PACK, NOW + MINUTE),
    ]
    assert rows_of("SELECT status FROM orders") == [("to_pack",)]


def test_of_outcomes_known_at_the_same_time_the_later_mapped_wins(database: str) -> None:
    both = [TimedOutcome(Outcome.DELIVERED, None, NOW), TimedOutcome(Outcome.DELIVERY_FAILED, None, NOW)]
    hand_in(an_order(outcomes=both))
    assert rows_of("SELECT outcome, outcome_known_at FROM orders") == [("delivery_failed", NOW)]


def test_an_ended_order_that_is_to_pack_again_is_open_again(database: str) -> None:
    hand_in(an_order(status=Status.CANCELLED, outcome=Outcome.CANCELLED, known_at=NOW - HOUR))
    hand_in(an_order(status=Status.TO_PACK, updated_at=NOW), seen_at=NOW)
    assert rows_of("SELECT outcome FROM orders") == [("open",)]
    assert rows_of("SELECT open, cancelled FROM buyer_summary") == [(1, 0)]


def test_an_address_changed_after_the_label_is_kept_apart_until_a_new_tracking_number(database: str) -> None:
    label = (IncomingParcel("P1", "T1"),)
    moved = replace(HOME, street="99 Elsewhere")
    hand_in(an_order(status=Status.LABEL_READY, parcels=label))
    assert rows_of("SELECT label_address_key = address_key FROM orders")[0][0]
    hand_in(an_order(status=Status.LABEL_READY, parcels=label, address=moved))
    assert not rows_of("SELECT label_address_key = address_key FROM orders")[0][0]
    hand_in(an_order(status=Status.LABEL_READY, parcels=(IncomingParcel("P1", "T2"),), address=moved))
    assert rows_of("SELECT label_address_key = address_key FROM orders")[0][0]
    assert rows_of("SELECT tracking FROM parcel") == [("T2",)]


def test_a_new_tracking_number_without_a_package_number_is_a_new_label_too(database: str) -> None:
    moved = replace(HOME, street="99 Elsewhere")
    hand_in(an_order(status=Status.LABEL_READY, parcels=(IncomingParcel(None, "T1"),)))
    hand_in(an_order(status=Status.LABEL_READY, parcels=(IncomingParcel(None, "T2"),), address=moved))
    assert rows_of("SELECT tracking FROM parcel") == [("T2",)]
    assert rows_of("SELECT label_address_key = address_key FROM orders")[0][0]


def label_changes() -> list[tuple[int | None, int | None, str | None]]:
    return rows_of("SELECT address_changed_at, label_address_changed_at, address_key FROM orders")


def test_a_masked_address_said_to_have_changed_is_kept_apart_from_the_labels_until_a_new_tracking_number(
    database: str,
) -> None:
    hidden = Address("N***", "09****678", "***", "***", "***", "Hà Nội", "VN")
    label: dict[str, Any] = {"status": Status.LABEL_READY, "address": hidden, "parcels": (IncomingParcel("P1", "T1"),)}
    hand_in(an_order(address=hidden))
    assert label_changes() == [(None, None, None)]
    hand_in(an_order(**label))
    assert label_changes() == [(None, 0, None)]
    assert hand_in(an_order(**label, address_changed_at=NOW)).changed, "though nothing else is new"
    assert label_changes() == [(NOW, 0, None)]
    hand_in(an_order(**{**label, "parcels": (IncomingParcel("P1", "T2"),)}, address_changed_at=NOW))
    assert label_changes() == [(NOW, NOW, None)]


def test_what_a_release_covers_changes_with_address_items_and_amount_only(database: str) -> None:
    [first] = stored(an_order())
    key = cover_key(first)
    hand_in(an_order(status=Status.LABEL_READY, seller_note="fast"))
    assert cover_key(first) == key
    keys = {key}
    for changed in (
        an_order(total=1, status=Status.LABEL_READY),
        an_order(items=[an_item(quantity=2)], total=1, status=Status.LABEL_READY),
        an_order(address=replace(HOME, ward="Other"), items=[an_item(quantity=2)], total=1),
    ):
        hand_in(changed)
        keys.add(cover_key(first))
    hand_in(an_order(address=replace(HOME, ward="Other"), items=[an_item(quantity=2)], total=1, address_changed_at=NOW))
    keys.add(cover_key(first))
    assert len(keys) == 5


def test_two_that_hand_in_the_same_orders_at_once_store_each_once(postgres_database: str) -> None:
    page = [an_order(f"A-{number}", buyer=f"buyer-{number % 3}") for number in range(9)]
    shop = a_shop()

    def other() -> TakenIn:
        try:
            return hand_in(*page)
        finally:
            proxy.obj.close()

    hand_in(an_order("before"))
    with ThreadPoolExecutor(1) as thread:
        with transaction():
            take_in(shop_id_of(shop), shop.channel, page, NOW)
            waiting = thread.submit(other)
            while not rows_of("SELECT 1 FROM pg_locks WHERE NOT granted"):
                assert not waiting.done()
        taken = waiting.result()
    assert (taken.new, taken.unchanged) == ((), 9)
    assert rows_of("SELECT count(*) FROM buyer") == [(4,)]
    assert wrong_summaries() == []
