from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.merging import first_kept, merge, told_by_carrier
from packstation.domain.orders import FailureCause, Outcome, TimedOutcome
from packstation.domain.times import DAY, HOUR
from packstation.domain.waybills import WaybillEvent, WaybillMeaning, outcomes_of_order
from tests.factories import NOW, an_order

Told = tuple[Outcome, FailureCause | None, int]


def event(meaning: str, after: int, cause: FailureCause | None = None) -> WaybillEvent:
    return WaybillEvent(WaybillMeaning(meaning), cause, NOW + after)


def ended(*parcels: list[WaybillEvent]) -> list[Told]:
    return [(one.outcome, one.cause, (one.known_at or 0) - NOW) for one in outcomes_of_order(parcels)]


def test_a_parcel_on_its_way_back_was_not_delivered_for_the_reason_of_its_last_try() -> None:
    tries = [event("failed_once", 1, FailureCause.UNREACHABLE), event("failed_once", 2, FailureCause.REFUSED)]
    assert ended([*tries, event("returning", 3), event("returned", 4)]) == [
        (Outcome.DELIVERY_FAILED, FailureCause.REFUSED, 3)
    ]
    assert ended(tries) == [], "a try that failed is no end"


def test_what_was_delivered_and_comes_back_was_returned_and_a_second_way_out_can_arrive() -> None:
    assert ended([event("delivered", 1), event("returning", 2), event("returned", 3)]) == [
        (Outcome.DELIVERED, None, 1),
        (Outcome.RETURNED, None, 3),
    ]
    assert ended([event("returning", 1), event("delivered", 2)])[-1] == (Outcome.DELIVERED, None, 2)
    assert ended([event("lost", 1)]) == [(Outcome.LOST, None, 1)]


def test_an_order_of_several_parcels_ends_with_the_last_and_is_delivered_if_any_is() -> None:
    assert ended([event("delivered", 1)], []) == []
    assert ended([event("returning", 5)], [event("delivered", 1)]) == [(Outcome.DELIVERED, None, 5)]
    assert ended([event("lost", 1)], [event("returning", 2)]) == [(Outcome.DELIVERY_FAILED, None, 2)]


def last(*told: TimedOutcome, own: tuple[TimedOutcome, ...] = ()) -> Told | None:
    kept = told_by_carrier(first_kept(an_order(outcomes=own), NOW), told, "ghn", NOW)
    end = kept.ended
    return (end.outcome, end.cause, end.known_at - NOW) if end else None


REFUSED = TimedOutcome(Outcome.DELIVERY_FAILED, FailureCause.REFUSED, NOW + 5)
WITHOUT_CAUSE = TimedOutcome(Outcome.DELIVERY_FAILED, None, NOW + 7)
ARRIVED = TimedOutcome(Outcome.DELIVERED, None, NOW + 3)


def test_a_carrier_tells_how_an_order_ended_of_which_its_channel_does_not() -> None:
    assert last(REFUSED) == (Outcome.DELIVERY_FAILED, FailureCause.REFUSED, 5)
    assert last(REFUSED, own=(TimedOutcome(Outcome.OPEN, None, NOW),)) == (
        Outcome.DELIVERY_FAILED,
        FailureCause.REFUSED,
        5,
    )


def test_the_channels_own_end_stands_but_learns_its_cause() -> None:
    assert last(REFUSED, own=(ARRIVED,)) == (Outcome.DELIVERED, None, 3)
    assert last(REFUSED, own=(WITHOUT_CAUSE,)) == (Outcome.DELIVERY_FAILED, FailureCause.REFUSED, 7)
    courier = TimedOutcome(Outcome.DELIVERY_FAILED, FailureCause.COURIER, NOW + 1)
    assert last(REFUSED, own=(courier,)) == (Outcome.DELIVERY_FAILED, FailureCause.COURIER, 1)


def test_an_end_that_the_channel_hands_in_later_stands_too_and_the_carriers_is_not_taken_back_by_its_silence() -> None:
    kept = told_by_carrier(first_kept(an_order(), NOW), [REFUSED], "ghn", NOW + HOUR)
    silent = merge(kept, an_order(updated_at=NOW + 2 * HOUR, seller_note="gọi lại"), NOW + 2 * HOUR)
    assert silent.ended == kept.ended
    arrived = merge(silent, an_order(updated_at=NOW + DAY, outcomes=[ARRIVED]), NOW + DAY)
    assert arrived.ended is not None
    assert (arrived.ended.outcome, arrived.ended.source) == (Outcome.DELIVERED, "")
    again = told_by_carrier(arrived, [REFUSED], "ghn", NOW + 2 * DAY)
    assert again == arrived


outcomes = st.sampled_from([ARRIVED, REFUSED, WITHOUT_CAUSE, TimedOutcome(Outcome.LOST, None, NOW + 6)])


@given(st.lists(outcomes, max_size=2, unique=True), st.lists(outcomes, min_size=1, max_size=3, unique=True))
def test_whoever_comes_first_the_order_ends_alike_and_twice_told_is_told_once(
    own: list[TimedOutcome], told: list[TimedOutcome]
) -> None:
    bare = first_kept(an_order(), NOW)
    handed = an_order(outcomes=own, updated_at=NOW + DAY)
    carrier_last = told_by_carrier(merge(bare, handed, NOW), told, "ghn", NOW)
    carrier_first = merge(told_by_carrier(bare, told, "ghn", NOW), handed, NOW)
    assert _end(carrier_last) == _end(carrier_first)
    assert told_by_carrier(carrier_last, told, "ghn", NOW) == carrier_last
    assert told_by_carrier(carrier_first, told, "ghn", NOW) == carrier_first


def _end(kept: object) -> object:
    end = getattr(kept, "ended")  # noqa: B009
    return (end.outcome, end.cause) if end else None
