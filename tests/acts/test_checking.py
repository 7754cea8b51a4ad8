from __future__ import annotations

import pytest

from packstation.acts.blocking import block_buyer
from packstation.acts.checking import check, explain, packable_judgements
from packstation.acts.customers import customer_at
from packstation.acts.desk_views import all_open_holds, beside_verdict, past_order, station_header
from packstation.domain.holds import AttemptResult, RefusalWhy
from packstation.domain.orders import Outcome, Status, TimedStatus
from packstation.domain.packing import ParcelState
from packstation.domain.times import DAY, HOUR, MINUTE, UnreadableTimeError, from_ms, iso_utc
from packstation.store.order_cards import customer_of
from tests.acts.worlds import (
    Desk,
    World,
    checked,
    dump,
    failed_before,
    risky,
    said,
    standing_of_hold,
    tracked,
    verdict_of,
)
from tests.factories import NOW, a_shop, an_order, order_id, stored

A, B = "SPXVN0001", "SPXVN0002"


def everything(world: World) -> list[str]:
    """Orders in every state that a verdict tells apart; codes for all of them."""
    world.arrive(
        an_order("FINE-1", parcels=tracked(A), buyer="fine"),
        an_order("DONE-1", parcels=tracked(B), buyer="fine"),
        risky("HELD-1"),
        risky("REFUSED-1"),
        risky("SURE-1"),
        an_order("GONE-1", status=Status.CANCELLED),
        an_order("UNPAID-1", status=Status.UNPAID, cod=False),
        an_order("BLOCKED-1", buyer="bad"),
        an_order("BY-HAND-1", parcels=tracked("T-HAND"), buyer="fine"),
        an_order("GUEST-1", buyer=None),
        an_order("TWICE-1"),
    )
    world.arrive(an_order("TWICE-1"), shop=a_shop("shop-b"))
    stored(risky("UNSEEN-1"))
    world.desk.pack(B)
    world.contact(world.hold_of("REFUSED-1").id, AttemptResult.REFUSED, why=RefusalWhy.PRICE)
    world.contact(world.hold_of("SURE-1").id, AttemptResult.CONFIRMED)
    block_buyer(world.daemon, "shopee", "bad", "x")
    world.desk.scan("T-HAND")
    world.desk.hold()
    numbers = "FINE DONE HELD REFUSED SURE GONE UNPAID BLOCKED BY-HAND GUEST TWICE UNSEEN NOBODY".split()
    return [A, B, A + B, *(f"{name}-1" for name in numbers)]


def test_check_never_writes(world: World) -> None:
    codes = everything(world)
    before = dump()
    for code in codes:
        for at in (None, iso_utc(world.clock.now), "2030-01-01T00:00"):
            check(code, at)
            explain(code, at)
    list(packable_judgements())
    all_open_holds()
    customer = customer_of(order_id("HELD-1"))
    assert customer is not None
    customer_at(customer)
    customer_at(customer, "2030-01-01T00:00")
    beside_verdict(customer, order_id("HELD-1"))
    station_header(world.desk.place, NOW)
    assert dump() == before


def test_check_says_what_the_desk_says(world: World) -> None:
    codes = everything(world)
    told = {code: check(code) for code in codes}
    for code, judgement in told.items():
        desk = Desk(world.clock, f"Bàn {code}", world.packer)
        answer = desk.scan(code)
        if answer.glued:
            continue
        if desk.parcel:
            desk.leave()
        kind, rules = verdict_of(answer)
        assert said(judgement)[0] == kind, code
        if kind not in ("unknown", "call"):
            assert said(judgement)[1] == rules, code
    assert {said(judgement)[0] for judgement in told.values()} == {"pack", "call", "stop", "unknown"}


def test_an_unknown_and_an_ambiguous_code_are_unknown_with_their_candidates(world: World) -> None:
    everything(world)
    assert checked("NOBODY-1") == ("unknown", [])
    told = check("TWICE-1")
    assert said(told) == ("unknown", ["ambiguous-code"])
    assert [(candidate.shop, candidate.number) for candidate in told.candidates] == [
        ("shop-a", "TWICE-1"),
        ("shop-b", "TWICE-1"),
    ]
    assert checked("TWICE-1", shop="shop-b")[0] == "pack"
    assert checked("FINE-1", shop="shop-b") == ("unknown", [])


def at(ms: int) -> str:
    """A moment as a person at the shop writes it: without an offset."""
    return from_ms(ms, "Asia/Ho_Chi_Minh").strftime("%Y-%m-%dT%H:%M:%S.%f")


def test_at_a_moment_the_history_is_as_known_strictly_before_it(world: World) -> None:
    world.arrive(failed_before(known_at=NOW - 5 * DAY), an_order("A-1", placed_at=NOW - 5 * DAY))
    assert checked(at_text=at(NOW - 5 * DAY)) == ("pack", [])
    assert checked(at_text=at(NOW - 5 * DAY + 1)) == ("call", ["failures"]), "the hold was opened only today"
    assert checked() == ("call", ["failures", "hold"])


def test_at_a_moment_status_packing_and_hold_are_as_known_strictly_before_it(world: World) -> None:
    statuses = [TimedStatus(Status.UNPAID, "U", NOW - 3 * HOUR), TimedStatus(Status.TO_PACK, "P", NOW - 2 * HOUR)]
    world.arrive(risky("A-1", statuses=statuses, cod=False, parcels=tracked(A), placed_at=NOW - 4 * HOUR))
    world.desk.scan(A)
    world.clock.pass_(MINUTE)
    world.desk.hold()
    held_at = world.clock.now
    world.clock.pass_(MINUTE)
    world.contact(world.hold_of().id, AttemptResult.CONFIRMED)
    released_at = world.clock.now
    world.clock.pass_(MINUTE)
    world.desk.pack(A)
    packed_at = world.clock.now
    told = [
        (NOW - 3 * HOUR, ("pack", [])),
        (NOW - 3 * HOUR + 1, ("stop", ["status"])),
        (NOW - 2 * HOUR, ("stop", ["status"])),
        (NOW - 2 * HOUR + 1, ("pack", [])),
        (held_at, ("pack", [])),
        (held_at + 1, ("call", ["hold"])),
        (released_at, ("call", ["hold"])),
        (released_at + 1, ("pack", [])),
        (packed_at, ("pack", [])),
        (packed_at + 1, ("stop", ["packed"])),
    ]
    assert [(moment, checked(at_text=at(moment))) for moment, _verdict in told] == told
    before = check("A-1", at(packed_at)).order
    assert before is not None
    assert [parcel.state for parcel in before.parcels] == [ParcelState.ON_DESK]


def test_a_moment_without_an_offset_is_in_the_shops_zone(world: World) -> None:
    world.arrive(an_order("A-1"), shop=a_shop("london", currency="GBP", zone="Europe/London"))
    assert check("A-1", "2025-07-01T12:00").verdict.at == check("A-1", "2025-07-01T11:00Z").verdict.at
    for text in ("2025-07-01", "noon", ""):
        with pytest.raises(UnreadableTimeError):
            check("A-1", text)


def test_a_combined_parcel_is_checked_by_its_strictest_order(world: World) -> None:
    stored(an_order("A-1", parcels=tracked(A)), risky("A-2", parcels=tracked(A)))
    for code in (A, "A-1", "A-2"):
        told = check(code)
        assert told.order is not None
        assert (said(told), told.order.number) == (("call", ["big"]), "A-2")


def test_explain_tells_every_rules_answer_with_its_figures(world: World) -> None:
    text = (
        '[[rule]]\nid = "big"\nwhen = "total > 1000"\nvi = "x"\nen = "x"\n'
        '[[rule]]\nid = "ratio"\nwhen = "cancel_ratio > 0.5"\nvi = "x"\nen = "x"\n'
        '[[rule]]\nid = "none"\nwhen = "lines > 9"\nvi = "x"\nen = "x"\n'
        '[[rule]]\nid = "each"\nwhen = "total / judged > 1"\nvi = "x"\nen = "x"\n'
    )
    world.publish(text)
    world.arrive(an_order("A-1"))
    lines = explain("A-1")
    assert lines is not None
    assert [(line.rule, line.answer) for line in lines] == [
        ("big", "holds"),
        ("ratio", "null figure"),
        ("none", "does not hold"),
        ("each", "not computable"),
    ]
    assert lines[3].figures == {"total": 150_000, "judged": 0}
    assert explain("NOBODY-1") is None


def test_every_order_still_to_pack_is_judged_by_placed_time(world: World) -> None:
    world.arrive(
        an_order("A-1", placed_at=NOW - HOUR),
        risky("A-2", placed_at=NOW - 2 * HOUR),
        an_order("A-3", status=Status.SHIPPED),
        an_order("A-4", placed_at=NOW - 3 * HOUR, status=Status.UNPAID),
    )
    assert [(told.code, said(told)[0]) for told in packable_judgements()] == [
        ("A-4", "pack"),
        ("A-2", "call"),
        ("A-1", "pack"),
    ]


# What is shown beside a verdict


def test_beside_a_verdict_stand_past_orders_those_to_pack_together_and_other_holds(world: World) -> None:
    world.arrive(
        an_order("A-1"),
        an_order("A-2", placed_at=NOW - 2 * HOUR),
        risky("A-3", placed_at=NOW - 3 * HOUR),
        an_order("A-4", placed_at=NOW - 4 * HOUR, outcome=Outcome.DELIVERED, status=Status.DELIVERED),
        an_order("B-1", buyer="binh"),
    )
    beside = beside_verdict(customer_of(order_id("A-1")), order_id("A-1"))
    assert [order.number for order in beside.past] == ["A-2", "A-3", "A-4"]
    assert [order.number for order in beside.packable] == ["A-3", "A-2"]
    assert [held.order.number for held in beside.other_holds] == ["A-3"]
    assert past_order(order_id("A-4")).items[0].sku == "TEA-01"
    guest = beside_verdict(None, order_id("A-1"))
    assert (guest.past, guest.packable, guest.other_holds) == ((), (), ())


def test_open_holds_come_by_decide_by(world: World) -> None:
    world.arrive(risky("A-1"), risky("A-2", ship_by=NOW + HOUR), risky("A-3", buyer=None))
    holds = all_open_holds()
    assert [held.order.number for held in holds] == ["A-2", "A-1", "A-3"]
    assert [held.customer_id is None for held in holds] == [False, False, True]
    assert standing_of_hold(holds[0].hold) == ("waiting", "rule")


def test_the_header_counts_what_this_station_packed_today_and_in_the_last_hour(world: World) -> None:
    world.arrive(*(an_order(f"A-{n}") for n in range(4)))
    world.desk.pack("A-0")
    world.clock.pass_(2 * HOUR)
    midnight = world.clock.now - HOUR
    world.desk.pack("A-1")
    world.desk.pack("A-2")
    world.desk_of("Bàn 2", world.packer).pack("A-3")
    header = station_header(world.desk.place, midnight)
    assert (header.packed_today, header.per_hour, header.ages) == (2, 2, ())
    assert station_header(world.desk.place, midnight - 2 * HOUR).packed_today == 3


def test_a_customer_is_shown_over_all_orders_now_and_at_a_moment(world: World) -> None:
    world.arrive(
        an_order("A-1"),
        an_order("A-2", placed_at=NOW - 9 * DAY, outcome=Outcome.DELIVERED, status=Status.DELIVERED),
        an_order("B-1", buyer="binh"),
    )
    customer = customer_of(order_id("A-1"))
    assert customer is not None
    figures, orders = customer_at(customer)
    assert (figures.card.history.counts.orders, [order.number for order in orders]) == (2, ["A-1", "A-2"])
    assert figures.card.buyers == (("shopee", "an.nguyen"),)
    figures, orders = customer_at(customer, at(NOW - 9 * DAY + 1))
    assert (figures.card.history.counts.open, [order.number for order in orders]) == (1, ["A-2"])
