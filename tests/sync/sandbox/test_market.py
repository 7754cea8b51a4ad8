"""The orders of a simulated shop: the same for the same seed, whoever asks, however often and in which order."""

from __future__ import annotations

from packstation.domain.orders import FailureCause, Outcome, Status
from packstation.domain.times import DAY, HOUR, MINUTE, SECOND
from sync.sandbox.counters import LIVE_COUNTERS
from sync.sandbox.market.market import Market
from tests.factories import NOW


def a_market(
    seed: int = 1, channel: str = "shopee", orders: int = 200, arrivals: float = 0.0, speed: float = 1.0
) -> Market:
    return Market(
        LIVE_COUNTERS[channel],
        seed=seed,
        opened_at=NOW,
        orders=orders,
        days=30,
        arrivals_per_hour=arrivals,
        speed=speed,
    )


def test_equal_seeds_live_equal_lives_and_others_do_not() -> None:
    later = NOW + 3 * DAY
    assert list(a_market(arrivals=5).every(later)) == list(a_market(arrivals=5).every(later))
    assert list(a_market().every(NOW)) != list(a_market(seed=2).every(NOW))


def test_the_order_of_questions_changes_no_answer() -> None:
    straight, jumping = a_market(arrivals=20), a_market(arrivals=20)
    whole = list(straight.every(NOW + DAY))
    for hour in (2, 7, 7, 3, 24):
        jumping.changed(NOW, NOW + hour * HOUR, NOW + hour * HOUR)
    assert list(jumping.every(NOW + DAY)) == whole


def test_every_order_is_found_once_by_its_last_change_in_the_order_of_changes() -> None:
    market = a_market()
    every = {facts.number: facts for facts in market.every(NOW)}
    listed = market.changed(0, NOW + 1, NOW)
    assert len(listed) == len(every) == 200
    assert {facts.number: facts for facts in listed} == every
    assert [facts.updated_at for facts in listed] == sorted(facts.updated_at for facts in listed)


def test_a_span_holds_what_changed_from_its_begin_to_just_before_its_end() -> None:
    market = a_market()
    at = market.changed(0, NOW + 1, NOW)[100].updated_at
    assert all(facts.updated_at < at for facts in market.changed(0, at, NOW))
    [first, *_rest] = market.changed(at, at + 1, NOW)
    assert first.updated_at == at
    assert market.changed(at, at, NOW) == []


def test_nothing_of_the_future_is_told() -> None:
    market = a_market(arrivals=10)
    for facts in market.every(NOW + HOUR):
        assert facts.placed_at <= NOW + HOUR
        assert facts.updated_at <= NOW + HOUR
    assert market.changed(NOW + HOUR, NOW + DAY, NOW + HOUR) == []


def test_orders_arrive_as_time_goes_by_and_come_to_their_ends() -> None:
    market = a_market(orders=50, arrivals=2)
    assert len(list(market.every(NOW))) == 50
    after_a_week = list(market.every(NOW + 7 * DAY))
    assert 50 + 7 * 24 < len(after_a_week) < 50 + 7 * 24 * 4
    after_weeks = {facts.number: facts for facts in market.every(NOW + 42 * DAY)}
    old = [after_weeks[facts.number] for facts in after_a_week]
    assert {facts.outcome for facts in old} >= {Outcome.DELIVERED, Outcome.BUYER_CANCELLED}
    assert sum(facts.outcome is not Outcome.OPEN for facts in old) > 0.9 * len(old)


def test_at_a_higher_speed_new_orders_go_through_more_within_the_same_time() -> None:
    def shipped(speed: float) -> int:
        placed = list(a_market(orders=0, arrivals=60, speed=speed).every(NOW + 5 * HOUR))
        return sum(facts.status not in (Status.UNPAID, Status.TO_PACK, Status.CHANNEL_HOLD) for facts in placed)

    assert shipped(500) > 2 * shipped(1)


def test_a_note_changes_its_order_then_and_no_other() -> None:
    market = a_market()
    before = {facts.number: facts for facts in market.every(NOW)}
    number = next(iter(before))
    assert market.note(number, "gọi trước", NOW + HOUR)
    assert not market.note("none such", "?", NOW + HOUR)
    after = {facts.number: facts for facts in market.every(NOW + HOUR)}
    [noted] = [facts for facts in market.changed(NOW + HOUR, NOW + 2 * HOUR, NOW + 2 * HOUR) if facts.number == number]
    assert "gọi trước" in str(noted)
    assert after[number].updated_at == NOW + HOUR
    assert "gọi trước" not in str(before[number])


def test_risky_arrivals_are_cod_orders_placed_soon_by_buyers_who_refused_two_before() -> None:
    market = Market(LIVE_COUNTERS["lazada"], seed=3, opened_at=NOW, orders=40, days=30, risky_arrivals=3)
    before = list(market.every(NOW))
    assert len(before) == 40 + 2 * 3
    assert [facts.placed_at for facts in before] == sorted(facts.placed_at for facts in before)
    arrived = [facts for facts in market.every(NOW + 3 * MINUTE) if facts.placed_at > NOW]
    assert len(arrived) == 3
    assert len({facts.buyer.id for facts in arrived}) == 3
    for facts in arrived:
        assert facts.cod
        assert facts.status is Status.TO_PACK
        assert facts.placed_at < NOW + 150 * SECOND
        past = [one for one in before if one.buyer.id == facts.buyer.id]
        assert [(one.cod, one.cause) for one in past] == [(True, FailureCause.REFUSED)] * 2
        assert all(one.placed_at > NOW - 30 * DAY and (one.outcome_at or NOW) < NOW for one in past)


def test_risky_arrivals_come_among_the_others_in_the_order_of_placing() -> None:
    def a_risky_market() -> Market:
        return Market(
            LIVE_COUNTERS["woocommerce"], seed=3, opened_at=NOW, orders=5, arrivals_per_hour=200, risky_arrivals=2
        )

    whole = list(a_risky_market().every(NOW + HOUR))
    assert [facts.placed_at for facts in whole] == sorted(facts.placed_at for facts in whole)
    stepping = a_risky_market()
    for minute in range(61):
        stepping.changed(NOW, NOW + minute * MINUTE, NOW + minute * MINUTE)
    assert list(stepping.every(NOW + HOUR)) == whole
