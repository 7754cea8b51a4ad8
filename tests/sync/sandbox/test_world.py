"""The demo's world is believable, and the same for the same seed."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import chain

from packstation.domain.buyers import profile_ids
from packstation.domain.orders import PACKABLE, PLATFORM_CHANNELS, IncomingOrder, Outcome, Shop, Status
from packstation.domain.phones import phone_key
from packstation.domain.times import DAY, from_ms
from packstation.domain.verdict import AMBIGUOUS_CODE
from sync.sandbox.world import DemoWorld, demo_world
from tests.sync.sandbox.judging import codes_of, scope

NOW = 1_790_000_000_000

NUMBERS = {
    "shopee": r"\d{6}[0-9A-Z]{8}",
    "lazada": r"\d{15}",
    "tiktok": r"5[78]\d{16}",
    "tiki": r"\d{9}",
    "woocommerce": r"\d{5}",
    "kiotviet": r"HD\d{6}",
    "file": r"HD\d{6}",
}
PACKAGES = {"shopee": r"OFG\d{15}", "lazada": r"FP\d{15}", "tiktok": r"1152\d{15}"}
TRACKING = {
    "SPX Express": r"SPXVN\d{12}",
    "GHN": r"[GL][0-9A-Z]{7}",
    "J&T Express": r"8[045]\d{10}",
    "LEX VN": r"LEXVN\d{10}",
    "GHTK": r"S\d{1,10}(\.[0-9A-Z]{1,12}){1,5}",
    "Viettel Post": r"\d{11}",
    "VNPost EMS": r"E[A-Z]\d{9}VN",
}


@cache
def the_world() -> DemoWorld:
    """The demo's own, made once and not before a test needs it."""
    return demo_world(NOW)


def all_orders(world: DemoWorld | None = None) -> list[tuple[Shop, IncomingOrder]]:
    return [(shop, order) for shop, orders in (world or the_world()).shops for order in orders]


def ended(order: IncomingOrder) -> Outcome:
    return order.outcomes[-1].outcome if order.outcomes else Outcome.OPEN


def test_equal_arguments_give_an_equal_world() -> None:
    assert demo_world(NOW, orders=300) == demo_world(NOW, orders=300)


def test_another_seed_gives_other_people() -> None:
    ids = [
        {external for _shop, order in all_orders(demo_world(NOW, seed, 300)) for external in profile_ids(order.buyer)}
        for seed in (1, 2)
    ]
    assert ids[0].isdisjoint(ids[1])


def test_as_many_orders_as_asked_for_and_never_fewer_than_the_card_needs() -> None:
    assert len(all_orders()) == 4000
    assert len(demo_world(NOW, orders=0).card) == len(the_world().card)


def test_every_channel_has_a_shop_with_orders() -> None:
    assert {shop.channel for shop, orders in the_world().shops if orders} == set(NUMBERS)


def test_numbers_have_the_shape_of_their_channel() -> None:
    wrong = [order.number for shop, order in all_orders() if not re.fullmatch(NUMBERS[shop.channel], order.number)]
    assert wrong == []


def test_shopee_numbers_begin_with_the_day_of_the_order() -> None:
    shopee = [(shop, order) for shop, order in all_orders() if shop.channel == "shopee"]
    assert [order.number[:6] for _shop, order in shopee] == [
        from_ms(order.placed_at, shop.zone).strftime("%y%m%d") for shop, order in shopee
    ]


def test_running_numbers_rise_with_time() -> None:
    (pos,) = [orders for shop, orders in the_world().shops if shop.channel == "kiotviet"]
    assert [order.number for order in pos] == sorted(order.number for order in pos)


def test_package_and_tracking_numbers_have_the_shape_of_channel_and_carrier() -> None:
    parcels = [(shop, parcel) for shop, order in all_orders() for parcel in order.parcels]
    assert all(re.fullmatch(PACKAGES[shop.channel], parcel.package) for shop, parcel in parcels if parcel.package)
    assert all(
        re.fullmatch(TRACKING[parcel.carrier or ""], parcel.tracking) for _, parcel in parcels if parcel.tracking
    )
    assert {parcel.carrier for _shop, parcel in parcels if parcel.carrier} == set(TRACKING)


def test_no_code_means_two_things_but_the_one_on_the_card() -> None:
    times = Counter(chain.from_iterable(codes_of(order) for _shop, order in all_orders()))
    (ambiguous,) = [one.code for one in the_world().card if one.rules == (AMBIGUOUS_CODE,)]
    assert [code for code, count in times.items() if count > 1] == [ambiguous]


def test_no_two_people_share_a_profile() -> None:
    homes: dict[tuple[str, str], set[str]] = {}
    for shop, order in all_orders():
        for external in profile_ids(order.buyer):
            homes.setdefault((scope(shop), external), set()).add(order.address.province)
    assert [ids for ids, provinces in homes.items() if len(provinces) > 1] == []


def test_nothing_is_known_before_it_happened() -> None:
    for _shop, order in all_orders():
        times = [status.known_at or 0 for status in order.statuses]
        assert times == sorted(times)
        outcomes = [outcome.known_at or 0 for outcome in order.outcomes]
        refunds = [refund.known_at for refund in order.refunds]
        assert order.placed_at <= times[0]
        assert max([*times, *outcomes, *refunds]) < NOW
        assert order.updated_at == max([*times, *outcomes, *refunds])


def test_the_history_goes_back_more_than_a_year() -> None:
    assert NOW - 430 * DAY < min(order.placed_at for _shop, order in all_orders()) < NOW - 365 * DAY


def test_outcomes_are_mixed_as_they_are_with_a_real_seller() -> None:
    shares = Counter(ended(order) for _shop, order in all_orders())
    assert set(Outcome) == set(shares)
    assert 0.75 < shares[Outcome.DELIVERED] / 4000 < 0.9
    assert 0.02 < shares[Outcome.DELIVERY_FAILED] / 4000 < 0.08


def test_only_channels_that_say_who_cancelled_charge_the_buyer() -> None:
    blamed = {shop.channel for shop, order in all_orders() if ended(order) is Outcome.BUYER_CANCELLED}
    assert blamed == PLATFORM_CHANNELS


def test_there_is_a_morning_of_parcels_to_pack_with_labels_and_deadlines_ahead() -> None:
    packable = [(shop, order) for shop, order in all_orders() if order.statuses[-1].status in PACKABLE]
    assert len(packable) > 60
    assert all(order.ship_by > NOW for shop, order in packable if order.ship_by is not None)
    assert {shop.channel for shop, order in packable if order.ship_by is not None} == PLATFORM_CHANNELS
    labelled = [order for _shop, order in packable if order.statuses[-1].status is Status.LABEL_READY]
    assert all(parcel.tracking for order in labelled for parcel in order.parcels)
    assert all(order.parcels for order in labelled)


def test_a_parcel_without_label_has_no_tracking_number() -> None:
    early = [order for _shop, order in all_orders() if order.statuses[-1].status in (Status.UNPAID, Status.TO_PACK)]
    assert early
    assert not any(parcel.tracking for order in early for parcel in order.parcels)


def test_marketplaces_hide_phones_and_the_web_shop_and_pos_show_them() -> None:
    clear = {shop.channel for shop, order in all_orders() if phone_key(order.address.phone)}
    assert clear == {"woocommerce", "kiotviet", "file"}


def test_no_phone_number_can_ring_anybody() -> None:
    shown = [phone_key(order.address.phone) for _shop, order in all_orders()]
    assert {key[:5] for key in shown if key} == {"+8495"}


def test_there_are_walk_ins_and_guests() -> None:
    names = Counter(order.buyer.name for _shop, order in all_orders() if order.buyer and not profile_ids(order.buyer))
    assert names["Khách lẻ"] > 50
    guests = [order for shop, order in all_orders() if shop.channel == "woocommerce" and order.buyer]
    assert any(order.buyer.external_id is None for order in guests if order.buyer)


def test_there_are_loyal_buyers() -> None:
    counts = Counter(ids for _shop, order in all_orders() if (ids := profile_ids(order.buyer)))
    assert sum(count >= 10 for count in counts.values()) > 30


def test_money_adds_up_and_only_cash_on_delivery_is_collected() -> None:
    for _shop, order in all_orders():
        assert 0 < order.total <= sum(item.total for item in order.items) + 32_000
        assert order.to_collect == (order.total if order.cod else 0)
        assert all(item.total == item.price * item.quantity for item in order.items)
        assert bool(order.vouchers) >= (order.total < sum(item.total for item in order.items))


def test_some_notes_look_hostile_and_are_kept_as_they_are() -> None:
    assert "[b]gấp[/b]" in {order.buyer_note for _shop, order in all_orders()}


def test_the_blocked_buyer_has_a_parcel_on_the_card() -> None:
    (blocked,) = the_world().blocked
    ids = {external for _shop, order in all_orders() for external in profile_ids(order.buyer)}
    assert blocked.external_id in ids
