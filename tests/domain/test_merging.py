from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.merging import (
    KeptOrder,
    better_text,
    change_known_to_label,
    fill,
    first_kept,
    merge,
    refunded,
    units,
)
from packstation.domain.orders import (
    Address,
    FailureCause,
    IncomingOrder,
    Origin,
    Outcome,
    Refund,
    Status,
    TimedOutcome,
    TimedStatus,
)
from packstation.domain.times import HOUR
from tests.factories import HOME, NOW, an_item, an_order

SEEN = NOW + HOUR
LATER = SEEN + HOUR
MASKED = Address("N***n", "******78", "12 L***", "", "Hoàn Kiếm", "Hà Nội", "VN")


def status(word: Status, known_at: int | None = None) -> TimedStatus:
    return TimedStatus(word, word.upper(), known_at)


def timeline(kept: KeptOrder) -> list[tuple[Status, int]]:
    return [(seen.status, seen.known_at) for seen in kept.statuses]


def outcomes(kept: KeptOrder) -> list[tuple[Outcome, int]]:
    return [(seen.outcome, seen.known_at) for seen in kept.outcomes]


def test_known_at_is_the_channels_time_else_the_update_time_else_when_it_was_seen() -> None:
    order = an_order(
        statuses=[status(Status.TO_PACK, NOW - 5), status(Status.CANCELLED)],
        outcomes=[TimedOutcome(Outcome.CANCELLED, None, None)],
    )
    assert timeline(first_kept(order, SEEN)) == [(Status.TO_PACK, NOW - 5), (Status.CANCELLED, SEEN)]
    dated = first_kept(replace(order, updated_at=NOW), SEEN)
    assert timeline(dated) == [(Status.TO_PACK, NOW - 5), (Status.CANCELLED, NOW)]
    assert outcomes(dated) == [(Outcome.CANCELLED, NOW)]
    assert {seen.seen_at for seen in dated.statuses} == {SEEN}


def test_of_outcomes_with_equal_times_the_later_mapped_is_the_end() -> None:
    both = [
        TimedOutcome(Outcome.DELIVERED, None, NOW),
        TimedOutcome(Outcome.DELIVERY_FAILED, FailureCause.REFUSED, NOW),
    ]
    ended = first_kept(an_order(outcomes=both), SEEN).ended
    assert ended is not None
    assert ended.outcome is Outcome.DELIVERY_FAILED


def test_the_outcome_known_last_is_the_end_in_whatever_order_they_came() -> None:
    kept = first_kept(an_order(outcomes=[TimedOutcome(Outcome.RETURNED, None, NOW)]), SEEN)
    kept = merge(kept, an_order(outcomes=[TimedOutcome(Outcome.DELIVERED, None, NOW - HOUR)]), LATER)
    ended = kept.ended
    assert ended is not None
    assert (ended.outcome, len(kept.outcomes)) == (Outcome.RETURNED, 2)


def test_an_older_version_changes_nothing_but_fills_what_is_empty() -> None:
    kept = first_kept(
        an_order(updated_at=NOW, total=500, items=(), address=Address(street="12 Lý Thường Kiệt"), cod=None), SEEN
    )
    older = an_order(
        updated_at=NOW - 1,
        total=900,
        status=Status.UNPAID,
        outcome=Outcome.CANCELLED,
        address=replace(HOME, street="99 Hàng Bông"),
        cod=True,
        ship_by=NOW + HOUR,
        buyer_note="gọi trước",
        vouchers=("TET",),
    )
    after = merge(kept, older, LATER)
    incoming = after.incoming
    assert (after.statuses, after.outcomes, after.first_total) == (kept.statuses, kept.outcomes, 500)
    assert (incoming.total, incoming.updated_at, incoming.address.street) == (500, NOW, "12 Lý Thường Kiệt")
    assert (incoming.address.province, incoming.items, incoming.cod) == (HOME.province, older.items, True)
    assert (incoming.ship_by, incoming.buyer_note, incoming.vouchers) == (NOW + HOUR, "gọi trước", ("TET",))


def test_an_older_version_with_a_clear_text_replaces_a_masked_one() -> None:
    kept = first_kept(an_order(updated_at=NOW, address=MASKED), SEEN)
    assert merge(kept, an_order(updated_at=NOW - 1), LATER).incoming.address.street == HOME.street


def test_a_newer_version_wins_and_the_amount_first_seen_stays() -> None:
    kept = first_kept(an_order(updated_at=NOW, total=500, placed_at=NOW - 9), SEEN)
    newer = an_order(updated_at=NOW + 1, total=0, status=Status.CANCELLED, placed_at=NOW - 8, cod=False, source="web")
    after = merge(kept, newer, LATER)
    assert (after.incoming.total, after.first_total, after.status.status) == (0, 500, Status.CANCELLED)
    assert (after.incoming.placed_at, after.incoming.updated_at, after.incoming.source) == (NOW - 8, NOW + 1, "web")
    assert after.cod is False


DEADLINES = ("arrange_by", "ship_by", "cancels_at", "answer_by")


@pytest.mark.parametrize("name", DEADLINES)
def test_a_newer_version_moves_a_deadline_and_an_older_or_silent_one_does_not(name: str) -> None:
    def after(*versions: tuple[int, Any]) -> object:
        first, *others = (an_order(**{"updated_at": at, name: deadline}) for at, deadline in versions)
        kept = first_kept(first, SEEN)
        for order in others:
            kept = merge(kept, order, LATER)
        return getattr(kept.incoming, name)

    assert after((NOW, 5), (NOW + 1, 7)) == 7
    assert after((NOW, 5), (NOW + 1, None)) == 5
    assert after((NOW, 5), (NOW - 1, 3)) == 5
    assert after((NOW, None), (NOW - 1, 3)) == 3


def test_the_origin_once_known_stays() -> None:
    kept = first_kept(an_order(origin=Origin("shopee", "X-1")), SEEN)
    assert merge(kept, an_order(total=1), LATER).incoming.origin == Origin("shopee", "X-1")


def test_a_copy_fills_what_is_empty_or_masked_and_says_nothing_else() -> None:
    kept = first_kept(an_order(address=MASKED, ship_by=5, cod=None, source=""), SEEN)
    copy = an_order(
        "K-1",
        address=HOME,
        ship_by=7,
        arrange_by=3,
        cod=False,
        source="hub",
        seller_note="fast",
        total=1,
        status=Status.CANCELLED,
        outcome=Outcome.CANCELLED,
        origin=Origin("shopee", "A-1"),
        updated_at=NOW + HOUR,
    )
    filled = fill(kept, copy)
    assert (filled.statuses, filled.outcomes, filled.first_total) == (kept.statuses, kept.outcomes, kept.first_total)
    told = replace(kept.incoming, address=HOME, arrange_by=3, cod=False, seller_note="fast")
    assert replace(filled.incoming, parcels=()) == told
    assert fill(filled, copy) == filled


def test_masked_parts_do_not_blur_an_address_that_is_clear_without_them() -> None:
    clear = Address("An", "", "12 Lê Lợi", "", "", "Huế", "VN")
    masked = Address("A*", "", "12 L*", "Phú H*", "*", "Huế", "VN")
    assert merge(first_kept(an_order(address=clear), SEEN), an_order(address=masked), LATER).incoming.address == clear


@pytest.mark.parametrize(("old", "new"), [(None, None), (NOW, None), (None, NOW), (NOW, NOW)])
def test_without_update_times_that_tell_the_one_handed_in_later_wins(old: int | None, new: int | None) -> None:
    after = merge(first_kept(an_order(updated_at=old, total=1), SEEN), an_order(updated_at=new, total=2), LATER)
    assert (after.incoming.total, after.incoming.updated_at) == (2, old if new is None else new)


def test_empty_and_masked_never_replace_known() -> None:
    kept = first_kept(
        an_order(
            seller_note="gói kỹ",
            to_collect=7,
            paid_at=NOW,
            ship_by=NOW,
            vouchers=("TET",),
            refunds=(Refund(0, 1, 5, NOW),),
        ),
        SEEN,
    )
    after = merge(kept, an_order(address=MASKED, items=(), buyer=None, cod=None, total=1), LATER).incoming
    assert after.address == HOME
    assert (after.items, after.vouchers, after.buyer) == (kept.incoming.items, ("TET",), kept.incoming.buyer)
    assert (after.seller_note, after.to_collect, after.paid_at, after.ship_by) == ("gói kỹ", 7, NOW, NOW)
    assert (after.cod, after.refunds) == (True, (Refund(0, 1, 5, NOW),))


REFUND = Refund(0, 1, 5, NOW)


@pytest.mark.parametrize(
    ("refunds", "complete", "updated_at", "left"),
    [
        ((), True, NOW, ()),
        ((), True, NOW + 1, ()),
        ((), True, None, ()),
        ((), True, NOW - 1, (REFUND,)),
        ((), False, NOW, (REFUND,)),
        ((Refund(None, 0, 3, NOW),), True, NOW, (Refund(None, 0, 3, NOW),)),
    ],
)
def test_a_refund_that_is_not_among_all_that_there_are_was_taken_back_unless_that_was_said_earlier(
    refunds: tuple[Refund, ...], complete: bool, updated_at: int | None, left: tuple[Refund, ...]
) -> None:
    kept = first_kept(an_order(refunds=(REFUND,), updated_at=NOW), SEEN)
    again = an_order(refunds=refunds, refunds_are_complete=complete, updated_at=updated_at)
    assert merge(kept, again, LATER).incoming.refunds == left


@given(st.text("ab*", max_size=3), st.text("ab*", max_size=3))
def test_the_better_of_two_texts_is_never_emptier_nor_more_masked_than_what_was_known(known: str, offered: str) -> None:
    kept = better_text(known, offered)
    assert kept in (known, offered)
    assert bool(kept) >= bool(known)
    assert not (known and "*" not in known and "*" in kept)
    if offered and "*" not in offered:
        assert kept == offered


def test_the_timeline_only_grows_and_repeats_nothing() -> None:
    first = [status(Status.UNPAID, NOW), status(Status.TO_PACK, NOW + 1)]
    kept = first_kept(an_order(statuses=first), SEEN)
    kept = merge(kept, an_order(statuses=[*first, status(Status.SHIPPED, NOW + 2)]), LATER)
    kept = merge(kept, an_order(statuses=[status(Status.SHIPPED)]), LATER)
    assert timeline(kept) == [(Status.UNPAID, NOW), (Status.TO_PACK, NOW + 1), (Status.SHIPPED, NOW + 2)]


def test_an_order_that_goes_back_to_an_earlier_status_did_so_when_its_channel_told() -> None:
    kept = first_kept(an_order(statuses=[status(Status.TO_PACK, NOW)]), SEEN)
    kept = merge(kept, an_order(statuses=[status(Status.CANCEL_REQUESTED, NOW + 1)]), LATER)
    kept = merge(kept, an_order(statuses=[status(Status.TO_PACK, NOW)], updated_at=NOW + 9), LATER)
    assert timeline(kept) == [(Status.TO_PACK, NOW), (Status.CANCEL_REQUESTED, NOW + 1), (Status.TO_PACK, NOW + 9)]
    assert kept.status.status is Status.TO_PACK


def test_an_outcome_without_a_time_of_its_own_keeps_the_time_it_first_became_known() -> None:
    delivered = an_order(outcomes=[TimedOutcome(Outcome.DELIVERED, None, None)])
    kept = merge(first_kept(delivered, SEEN), replace(delivered, total=3), LATER)
    assert outcomes(kept) == [(Outcome.DELIVERED, SEEN)]


def test_an_end_that_the_channel_takes_back_opens_the_order_again() -> None:
    kept = first_kept(an_order(status=Status.CANCELLED, outcome=Outcome.CANCELLED, known_at=NOW), SEEN)
    kept = merge(kept, an_order(status=Status.TO_PACK, updated_at=NOW + 5), LATER)
    assert outcomes(kept) == [(Outcome.CANCELLED, NOW), (Outcome.OPEN, NOW + 5)]
    kept = merge(kept, an_order(status=Status.TO_PACK, updated_at=NOW + 6), LATER)
    assert len(kept.outcomes) == 2


def test_an_ended_order_whose_outcome_is_not_told_again_stays_ended() -> None:
    kept = first_kept(an_order(status=Status.DELIVERED, outcome=Outcome.DELIVERED, known_at=NOW), SEEN)
    assert merge(kept, an_order(status=Status.COMPLETED), LATER).outcomes == kept.outcomes


@pytest.mark.parametrize(
    ("cod", "paid_at", "shipped_at", "counts"),
    [
        (True, NOW, None, True),
        (False, None, None, False),
        (None, None, None, True),
        (None, NOW, None, False),
        (None, NOW, NOW + 1, False),
        (None, NOW + 1, NOW, True),
        (None, NOW, NOW, True),
    ],
)
def test_unknown_counts_as_cash_on_delivery_unless_paid_before_shipping(
    cod: bool | None, paid_at: int | None, shipped_at: int | None, counts: bool
) -> None:
    statuses = [status(Status.TO_PACK, NOW - HOUR)]
    if shipped_at is not None:
        statuses.append(status(Status.SHIPPED, shipped_at))
    assert first_kept(an_order(statuses=statuses, cod=cod, paid_at=paid_at), SEEN).cod is counts


def test_refunds_and_pieces_add_up() -> None:
    assert refunded([Refund(0, 1, 5, NOW), Refund(None, 0, 7, NOW)]) == 12
    assert units([an_item(quantity=2), an_item(quantity=3)]) == 5


versions = st.builds(
    lambda word, total, updated, known: an_order(
        total=total,
        statuses=[status(word, known)],
        updated_at=updated,
        outcomes=[TimedOutcome(Outcome.CANCELLED, None, known)] if word is Status.CANCELLED else [],
    ),
    st.sampled_from([Status.TO_PACK, Status.LABEL_READY, Status.CANCELLED, Status.SHIPPED]),
    st.integers(0, 3),
    st.one_of(st.none(), st.integers(NOW, NOW + 3)),
    st.one_of(st.none(), st.integers(NOW, NOW + 3)),
)


@given(st.lists(versions, min_size=1, max_size=5))
def test_handing_the_same_version_in_again_changes_nothing(handed_in: list[IncomingOrder]) -> None:
    kept = first_kept(handed_in[0], SEEN)
    for order in handed_in:
        before = kept
        kept = merge(kept, order, LATER)
        assert kept.statuses[: len(before.statuses)] == before.statuses
        assert kept.outcomes[: len(before.outcomes)] == before.outcomes
        assert kept.first_total == handed_in[0].total
        assert merge(kept, order, LATER + HOUR) == kept


@pytest.mark.parametrize("update", [NOW + 1, NOW - 1])
def test_of_two_changes_of_the_address_the_later_is_kept_whichever_comes_first(update: int) -> None:
    def known(*changes: int | None) -> int | None:
        kept = first_kept(an_order(updated_at=NOW, address_changed_at=changes[0]), SEEN)
        again = an_order(updated_at=update, address_changed_at=changes[1])
        return merge(kept, again, LATER).incoming.address_changed_at

    assert known(None, NOW - 9) == known(NOW - 9, None) == NOW - 9
    assert known(NOW - 9, NOW - 5) == known(NOW - 5, NOW - 9) == NOW - 5
    assert known(None, None) is None


@pytest.mark.parametrize(
    ("labelled_at", "changed_at", "known"),
    [
        (NOW, None, 0),
        (NOW, NOW - 5, NOW - 5),
        (NOW, NOW, NOW),
        (NOW, NOW + 5, 0),
        (NOW, NOW - 2 * HOUR, NOW - 2 * HOUR),
    ],
)
def test_a_label_knows_of_changes_before_it(labelled_at: int, changed_at: int | None, known: int) -> None:
    placed = NOW - 2 * HOUR
    statuses = [status(Status.TO_PACK, placed), status(Status.LABEL_READY, labelled_at)]
    again = [*statuses, status(Status.LABEL_READY, NOW + HOUR)]
    for one in (statuses, again):
        kept = first_kept(an_order(placed_at=placed, statuses=one, address_changed_at=changed_at), SEEN)
        assert change_known_to_label(kept) == known


def test_a_label_made_anew_knows_of_changes_before_it() -> None:
    words = (Status.LABEL_READY, Status.TO_PACK, Status.LABEL_READY)
    statuses = [status(word, NOW + HOUR * place) for place, word in enumerate(words)]
    kept = first_kept(an_order(statuses=statuses, address_changed_at=NOW + HOUR), SEEN)
    assert change_known_to_label(kept) == NOW + HOUR
