from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.history import History
from packstation.domain.holds import COVERING, REASONS, STOPPING, HoldReason, HoldState
from packstation.domain.order_counts import Counts
from packstation.domain.orders import Outcome, Status
from packstation.domain.packing import ParcelState
from packstation.domain.policy import FIGURES, parse_policy
from packstation.domain.shop_rates import ShopRate
from packstation.domain.verdict import (
    CUSTOMER_OVERRIDE,
    CustomerOverride,
    HoldStanding,
    JudgedOrder,
    JudgedParcel,
    StopRule,
    Verdict,
    VerdictKind,
    asks_for_call,
    decide,
    figures_of,
    packable,
    strictest,
)

NOW = 1_760_000_000_000
PACK, CALL, STOP = VerdictKind.PACK, VerdictKind.CALL, VerdictKind.STOP
TEXTS = 'vi = "x"\nen = "x"\n'
POLICY = parse_policy(
    f"""
    [[rule]]
    id = "big"
    when = "cod and total > 100"
    {TEXTS}
    [[rule]]
    id = "failed"
    when = "failed >= 1"
    {TEXTS}
    [[rule]]
    id = "good"
    verdict = "pass"
    when = "delivered >= 5"
    over = ["big"]
    {TEXTS}
    """,
    4,
)
FINE = JudgedOrder(
    status=Status.TO_PACK,
    channel_status="READY",
    outcome=Outcome.OPEN,
    cod=True,
    total=100,
    to_collect=100,
    currency="VND",
    channel="shopee",
    shop="shop-a",
    source="app",
    province="Hà Nội",
    lines=1,
    units=1,
    address_cod_orders_60m=1,
    parcels=(JudgedParcel(ParcelState.UNSEEN),),
)
BIG = replace(FINE, total=101)
OPEN_HOLDS = [
    HoldStanding(state, reason)
    for state in (HoldState.WAITING, HoldState.ESCALATED)
    for reason in sorted(REASONS[state])
]
PACKED = JudgedParcel(ParcelState.PACKED, "An", "Bàn 1", NOW - 5)
GONE = JudgedParcel(ParcelState.HANDED_OVER, "Bình", "Bàn 2", NOW - 3)


def history(**counts: int) -> History:
    return History(Counts(**counts), {}, "VND", {}, 0, 0, None, None, None, 0, ShopRate(), 6)


def judged(order: JudgedOrder, past: History | None = None) -> Verdict:
    return decide(order, past, POLICY, NOW)


def rules(verdict: Verdict) -> list[str]:
    return [str(reason.rule) for reason in verdict.reasons]


@pytest.mark.parametrize("status", Status)
def test_only_orders_to_pack_and_with_a_label_ready_are_packed(status: Status) -> None:
    fine = status in (Status.TO_PACK, Status.LABEL_READY)
    verdict = judged(replace(FINE, status=status, cod=False))
    assert (verdict.kind, rules(verdict)) == ((PACK, []) if fine else (STOP, [StopRule.STATUS]))


def test_an_unpaid_order_is_packed_when_the_money_is_collected_at_the_door() -> None:
    assert packable(Status.UNPAID, cod=True)
    assert judged(replace(FINE, status=Status.UNPAID)).kind is PACK
    assert judged(replace(FINE, status=Status.UNPAID, cod=False)).kind is STOP


@pytest.mark.parametrize("status", Status)
def test_a_booking_is_judged_by_its_status_alone(status: Status) -> None:
    booking = replace(BIG, status=status, booking=True, address_changed=True)
    fine = status in (Status.TO_PACK, Status.LABEL_READY)
    verdict = judged(booking, history(delivery_failed=9))
    assert (verdict.kind, rules(verdict)) == ((PACK, []) if fine else (STOP, [StopRule.STATUS]))
    assert not asks_for_call(booking, None, POLICY)


def test_a_booking_that_is_packed_is_not_packed_again() -> None:
    assert rules(judged(replace(FINE, booking=True, parcels=(PACKED,)))) == [StopRule.PACKED]


def test_a_stop_by_status_shows_the_channels_own_word() -> None:
    stopped = judged(
        replace(FINE, status=Status.CANCELLED, channel_status="CANCELLED", outcome=Outcome.BUYER_CANCELLED)
    )
    assert stopped.reasons[0].evidence == {
        "status": "cancelled",
        "channel_status": "CANCELLED",
        "outcome": "buyer_cancelled",
    }


@pytest.mark.parametrize(
    ("parcels", "kind", "rule"),
    [
        ((), PACK, None),
        ((JudgedParcel(ParcelState.ON_DESK),), PACK, None),
        ((JudgedParcel(ParcelState.REOPENED),), PACK, None),
        ((PACKED, JudgedParcel(ParcelState.UNSEEN)), PACK, None),
        ((GONE, JudgedParcel(ParcelState.UNSEEN)), PACK, None),
        ((PACKED,), STOP, StopRule.PACKED),
        ((GONE, PACKED), STOP, StopRule.PACKED),
        ((PACKED, GONE), STOP, StopRule.PACKED),
        ((GONE, GONE), STOP, StopRule.HANDED_OVER),
    ],
)
def test_an_order_is_packed_when_none_of_its_parcels_is_left(
    parcels: tuple[JudgedParcel, ...], kind: VerdictKind, rule: StopRule | None
) -> None:
    verdict = judged(replace(FINE, parcels=parcels))
    assert (verdict.kind, rules(verdict)) == (kind, [rule] if rule else [])


def test_packed_already_says_who_where_and_when() -> None:
    [reason] = judged(replace(FINE, parcels=(PACKED,))).reasons
    assert reason.evidence == {"by": "An", "station": "Bàn 1", "at": NOW - 5}


@pytest.mark.parametrize("reason", sorted(REASONS[HoldState.CLOSED]))
def test_a_closed_hold_stops_only_when_buyer_or_supervisor_closed_it(reason: HoldReason) -> None:
    verdict = judged(replace(FINE, hold=HoldStanding(HoldState.CLOSED, reason)))
    expected = (STOP, [StopRule.HOLD_CLOSED]) if reason in STOPPING else (PACK, [])
    assert (verdict.kind, rules(verdict)) == expected


@pytest.mark.parametrize("hold", OPEN_HOLDS)
def test_an_open_hold_calls_whatever_the_policy_says(hold: HoldStanding) -> None:
    assert rules(judged(replace(FINE, hold=hold))) == ["hold"]
    assert judged(replace(FINE, hold=hold)).kind is CALL
    assert rules(judged(replace(BIG, hold=hold))) == ["big", "hold"]


@pytest.mark.parametrize("hold", OPEN_HOLDS)
def test_every_stop_comes_before_an_open_hold(hold: HoldStanding) -> None:
    held = replace(BIG, hold=hold)
    for stopped in (
        replace(held, status=Status.CANCEL_REQUESTED),
        replace(held, address_changed=True),
        replace(held, parcels=(PACKED,)),
        replace(held, blocked="scam"),
    ):
        assert judged(stopped).kind is STOP


def test_all_reasons_to_stop_are_told() -> None:
    worst = replace(
        FINE,
        status=Status.CANCELLED,
        address_changed=True,
        parcels=(PACKED,),
        blocked="",
        hold=HoldStanding(HoldState.CLOSED, HoldReason.REJECTED),
    )
    assert rules(judged(worst)) == [
        StopRule.STATUS,
        StopRule.ADDRESS_CHANGED,
        StopRule.PACKED,
        StopRule.BLOCKED,
        StopRule.HOLD_CLOSED,
    ]


@pytest.mark.parametrize(("reason", "covers"), list(product(sorted(REASONS[HoldState.RELEASED]), [True, False])))
def test_a_release_lets_a_flagged_order_pass_exactly_while_it_covers_it(reason: HoldReason, covers: bool) -> None:
    verdict = judged(replace(BIG, hold=HoldStanding(HoldState.RELEASED, reason, covers)))
    assert (verdict.kind, rules(verdict)) == ((PACK, ["release"]) if covers else (CALL, ["big"]))


def test_a_release_is_no_reason_where_nothing_was_flagged() -> None:
    assert judged(replace(FINE, hold=HoldStanding(HoldState.RELEASED, HoldReason.CONFIRMED, True))).reasons == ()


def test_a_pass_rule_is_told_with_the_flags_it_set_aside() -> None:
    verdict = judged(BIG, history(orders=5, delivered=5))
    assert (verdict.kind, rules(verdict), verdict.reasons[0].lets_pass) == (PACK, ["good"], ("big",))
    assert judged(BIG, history(orders=6, delivered=5, delivery_failed=1)).kind is CALL


def test_a_rule_that_cannot_be_computed_calls_and_names_itself() -> None:
    policy = parse_policy(f'[[rule]]\nid = "each"\nwhen = "total / judged > 5"\n{TEXTS}', 7)
    verdict = decide(FINE, history(), policy, NOW)
    assert (verdict.kind, rules(verdict), verdict.reasons[0].computable) == (CALL, ["each"], False)
    assert (verdict.policy_version, verdict.at) == (7, NOW)
    assert decide(FINE, None, policy, NOW).kind is PACK, "for a guest the figure is null"


def test_a_guest_has_no_history_and_is_judged_by_the_order_alone() -> None:
    guest = figures_of(FINE, None)
    assert guest["has_customer"] is False
    assert guest["judged"] is None
    assert guest["label"] is None
    assert judged(BIG).kind is CALL


def test_every_figure_that_rules_may_name_has_its_type() -> None:
    for known in (figures_of(FINE, history(orders=2, delivered=1)), figures_of(FINE, None)):
        assert known.keys() == FIGURES.keys()
        for name, value in known.items():
            kind = FIGURES[name]
            assert value is None or isinstance(value, (int, float) if kind is float else kind)


def test_a_combined_parcel_shows_its_strictest_order_and_of_equals_the_first() -> None:
    verdicts = {kind: Verdict(kind, (), 1, NOW) for kind in (PACK, CALL, STOP)}
    for kinds in product((PACK, CALL, STOP), repeat=3):
        worst = strictest([verdicts[kind] for kind in kinds])
        assert worst.kind is max(kinds, key=[PACK, CALL, STOP].index)
    first, second = Verdict(CALL, (), 1, NOW), Verdict(CALL, (), 1, NOW)
    assert strictest([first, second]) is first


HOLDS = [
    None,
    *(HoldStanding(s, r, c and r in COVERING) for s in HoldState for r in sorted(REASONS[s]) for c in (True, False)),
]


@given(
    st.sampled_from(Status),
    st.booleans(),
    st.integers(0, 200),
    st.sampled_from(HOLDS),
    st.booleans(),
    st.sampled_from([None, "scam"]),
    st.lists(st.sampled_from([PACKED, GONE, JudgedParcel(ParcelState.UNSEEN)]), max_size=3),
    st.one_of(st.none(), st.tuples(st.integers(0, 6), st.integers(0, 2))),
)
def test_the_order_of_the_verdict_is_stop_then_hold_then_policy(
    status: Status,
    cod: bool,
    total: int,
    hold: HoldStanding | None,
    changed: bool,
    blocked: str | None,
    parcels: list[JudgedParcel],
    past: tuple[int, int] | None,
) -> None:
    order = replace(
        FINE,
        status=status,
        cod=cod,
        total=total,
        hold=hold,
        address_changed=changed,
        blocked=blocked,
        parcels=tuple(parcels),
    )
    known = None if past is None else history(orders=sum(past), delivered=past[0], delivery_failed=past[1])
    allowed = status in (Status.TO_PACK, Status.LABEL_READY) or (cod and status is Status.UNPAID)
    done = bool(parcels) and all(parcel in (PACKED, GONE) for parcel in parcels)
    ended_badly = hold is not None and hold.state is HoldState.CLOSED and hold.reason in STOPPING
    flagged = (cod and total > 100 and not (past and past[0] >= 5)) or bool(past and past[1])
    verdict = judged(order, known)
    if not allowed or changed or blocked is not None or done or ended_badly:
        assert verdict.kind is STOP
    elif hold is not None and hold.state in (HoldState.WAITING, HoldState.ESCALATED):
        assert verdict.kind is CALL
    else:
        assert asks_for_call(order, known, POLICY) is flagged
        covered = hold is not None and hold.covers and hold.state is HoldState.RELEASED
        assert verdict.kind is (CALL if flagged and not covered else PACK)
    assert decide(order, known, POLICY, NOW) == verdict


GIVEN = CustomerOverride("Mai", NOW + 1)


@pytest.mark.parametrize(
    "order", [FINE, BIG, *(replace(BIG, hold=hold) for hold in OPEN_HOLDS), replace(BIG, blocked="x")]
)
def test_an_override_for_the_customer_lets_go_what_rules_alone_flag(order: JudgedOrder) -> None:
    without, verdict = judged(order), judged(replace(order, customer_override=GIVEN))
    assert not asks_for_call(replace(order, customer_override=GIVEN), None, POLICY)
    if without.kind is CALL and order.hold is None:
        assert (verdict.kind, rules(verdict)) == (PACK, [CUSTOMER_OVERRIDE])
        assert verdict.reasons[0].evidence == {"by": "Mai", "until": NOW + 1}
    else:
        assert verdict == without


def test_a_release_that_covers_the_order_is_told_before_the_customers_override() -> None:
    covered = replace(
        BIG, hold=HoldStanding(HoldState.RELEASED, HoldReason.CONFIRMED, covers=True), customer_override=GIVEN
    )
    assert rules(judged(covered)) == ["release"]
    gone = replace(BIG, hold=HoldStanding(HoldState.RELEASED, HoldReason.CONFIRMED), customer_override=GIVEN)
    assert rules(judged(gone)) == [CUSTOMER_OVERRIDE]
