"""Shopee against its simulated channel, over a real socket: all that is read equals what is true."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from packstation.domain.orders import IncomingOrder, OrderKind, Status
from packstation.domain.outbox import DecisionKind
from packstation.domain.times import DAY, HOUR
from sync.channels.errors import Advice, ChannelError
from sync.channels.protocol import Decision, Span
from sync.channels.shopee.api import in_batches
from sync.sandbox.channels import shopee as simulation
from sync.sandbox.channels.shopee.facets import booking_of, return_number, return_of
from sync.sandbox.faults import Fault, everything
from sync.sandbox.market import traits
from sync.sandbox.market.facts import Facts
from sync.sandbox.stand import real_clock
from tests.sync.channels.stands import AtStand, at_stand
from tests.sync.channels.understood import understood


def stopped() -> int:
    """The time at which a test stops the channel's clock, so that no order goes on while it is looked at."""
    return real_clock()


def facts_of(at: AtStand) -> list[Facts]:
    return list(at.stand.market.every(at.stand.clock()))


def the_whole_span(at: AtStand) -> Span:
    return Span(at.opened_at - 12 * DAY, at.opened_at + 1)


async def walk(at: AtStand, span: Span) -> list[IncomingOrder]:
    """Every order that `changes` brings of a span, page by page."""
    found: list[IncomingOrder] = []
    cursor = None
    while True:
        page = await at.channel.changes(span, cursor)
        assert not page.unreadable
        found += page.orders
        cursor = page.next_cursor
        if cursor is None:
            return found


def assert_true(at: AtStand, orders: dict[str, IncomingOrder]) -> None:
    """Every order of the market is among these, and each of them says what is true of it."""
    for facts in facts_of(at):
        assert understood(orders[facts.number]) == simulation.expected(facts)


async def test_every_changed_order_is_read_whole_and_true() -> None:
    moment = stopped()
    async with at_stand("shopee", orders=110, clock=lambda: moment) as at:
        found = await walk(at, the_whole_span(at))
        assert_true(at, {order.number: order for order in found})
        assert at.stand.calls["/api/v2/order/get_order_detail"] <= 4


async def test_orders_asked_for_by_number_are_true_and_unknown_numbers_are_missing() -> None:
    moment = stopped()
    async with at_stand("shopee", orders=60, clock=lambda: moment) as at:
        numbers = [facts.number for facts in facts_of(at)]
        read = await at.channel.orders([*numbers, "991231ZZZZZZZZ", "1,2", ""])
        assert_true(at, {order.number: order for order in read.orders})
        assert set(read.missing) == {"991231ZZZZZZZZ", "1,2", ""}
        assert not read.unreadable


async def test_with_every_fault_the_union_of_the_rounds_is_still_true() -> None:
    moment = stopped()
    chances: dict[Fault, float] = {
        fault: chance for fault, chance in everything(0.02).items() if fault is not Fault.SLOW
    }
    chances |= {Fault.SHIFTED: 0.3, Fault.LOST_ROW: 0.3, Fault.NO_ORDERS: 0.2, Fault.STALLED: 0.0, Fault.TOO_LARGE: 0.0}
    async with at_stand("shopee", orders=150, faults=chances, clock=lambda: moment) as at:
        union: dict[str, IncomingOrder] = {}
        for _round in range(60):
            try:
                union |= {order.number: order for order in await walk(at, the_whole_span(at))}
            except ChannelError as error:
                if error.advice is Advice.ASK_SELLER:  # the answer with the next pair of tokens was lost on its way
                    at.tokens.credential = simulation.credential(at.stand)
                at.connection.breaker.succeeded()
            if len(union) == 150:
                break
        assert_true(at, union)
        assert sum(at.stand.faults.struck.values()) > 5


async def test_a_return_that_moves_no_update_time_still_brings_its_order() -> None:
    moment = stopped()
    async with at_stand("shopee", orders=300, days=30, clock=lambda: moment) as at:
        settled = [
            (facts, given) for facts in facts_of(at) if (given := return_of(facts)) and given.status == "ACCEPTED"
        ]
        assert len(settled) >= 4
        asked = await at.channel.orders([facts.number for facts, _given in settled])
        by_number = {order.number: order for order in asked.orders}
        for facts, given in settled[:4]:
            found = await walk(at, Span(given.updated_at, given.updated_at + 1))
            order = next(order for order in found if order.number == facts.number)
            assert understood(order) == simulation.expected(facts)
            assert order.also == (given.number,)
            assert all(refund.known_at == given.updated_at // 1000 * 1000 for refund in order.refunds)
            assert by_number[facts.number] == order


async def test_vouchers_notes_buyers_and_masked_addresses_come_along() -> None:
    moment = stopped()
    async with at_stand("shopee", orders=80, clock=lambda: moment) as at:
        read = await at.channel.orders([facts.number for facts in facts_of(at)])
        orders = {order.number: order for order in read.orders}
        for facts in facts_of(at):
            order = orders[facts.number]
            is_begun = order.statuses[-1].status is not Status.UNPAID
            assert order.vouchers == ((facts.voucher[0],) if facts.voucher and is_begun else ())
            assert order.buyer is not None
            assert (order.buyer.external_id, order.buyer.also) == (facts.buyer.id, (facts.buyer.username,))
            assert order.buyer.phone == ""
            assert "*" in order.address.recipient
            assert order.address.province == facts.address.province
            assert order.buyer_note == facts.buyer_note
        assert any(order.vouchers for order in orders.values())


async def test_a_label_without_tracking_number_in_the_package_is_asked_for_by_itself() -> None:
    moment = stopped()
    async with at_stand("shopee", orders=250, days=4, clock=lambda: moment) as at:
        labelled = [facts.number for facts in facts_of(at) if facts.status is Status.LABEL_READY]
        read = await at.channel.orders(labelled)
        assert_true_of = {order.number: understood(order) for order in read.orders}
        for facts in facts_of(at):
            if facts.number in assert_true_of:
                assert assert_true_of[facts.number] == simulation.expected(facts)
        assert at.stand.calls["/api/v2/logistics/get_tracking_number"] < len(labelled)


async def test_a_booking_is_an_order_of_its_own_kind_until_it_is_matched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traits, "_SHARES", {**dict.fromkeys(traits.Trait, 0.0), traits.Trait.BOOKED: 1.0})
    moment = stopped()
    async with at_stand("shopee", orders=120, clock=lambda: moment) as at:
        found = {order.number: order for order in await walk(at, the_whole_span(at))}
        kinds = set()
        for facts in facts_of(at):
            booking = booking_of(facts, at.stand.rng_of(facts.number))
            assert booking is not None
            kinds.add(booking.word)
            if booking.order_sn:
                assert found[facts.number].booking == booking.number
                assert booking.number not in found
            else:
                order = found[booking.number]
                assert found[facts.number].booking is None
                assert (order.kind, order.total, order.cod) == (OrderKind.BOOKING, 0, False)
                assert [parcel.tracking or "" for parcel in order.parcels] == [booking.tracking]
                assert [item.sku for item in order.items] == [line.sku for line in facts.lines]
        assert {"MATCHED", "PROCESSED"} <= kinds
        matched = next(facts for facts in facts_of(at) if facts.reached(Status.TO_PACK))
        again = await at.channel.orders([matched.booking or ""])
        assert [order.number for order in again.orders] == [matched.number]
        assert not again.missing
        at.stand.faults.chances = {Fault.NO_ORDERS: 1.0}
        from_bookings = {order.number for order in await walk(at, the_whole_span(at))}
        assert matched.number in from_bookings


async def test_codes_are_found_by_order_package_return_and_booking_number() -> None:
    moment = stopped()
    async with at_stand("shopee", orders=300, days=30, clock=lambda: moment) as at:
        facts = facts_of(at)
        one = next(facts for facts in facts if facts.packages[0].tracking)
        returned = next(facts for facts in facts if return_of(facts))
        booked = next(facts for facts in facts if facts.booking and facts.reached(Status.TO_PACK))
        assert await at.channel.find(f" {one.number.lower()} ") == (one.number,)
        assert await at.channel.find(one.packages[0].number) == (one.number,)
        assert await at.channel.find(return_number(returned)) == (returned.number,)
        assert await at.channel.find(booked.booking or "") == (booked.number,)
        asked = sum(at.stand.calls.values())
        assert await at.channel.find(one.packages[0].tracking or "") == ()
        assert sum(at.stand.calls.values()) == asked
        for unknown in ("991231ZZZZZZZZ", "OFG000000000000000", "000000000000000"):
            assert await at.channel.find(unknown) == ()


async def test_a_batch_that_is_refused_for_one_unknown_id_brings_the_others() -> None:
    batches = []

    async def ask(batch: Sequence[str]) -> Sequence[str]:
        batches.append(len(batch))
        if "unknown" in batch:
            raise ChannelError("not found", Advice.SKIP)
        return batch

    numbers = [f"N{place}" for place in range(60)]
    numbers[17] = "unknown"
    assert set(await in_batches(numbers, ask)) == {*numbers} - {"unknown"}
    assert max(batches) == 50
    assert len(batches) < 16

    async def fail(_batch: Sequence[str]) -> Sequence[str]:
        raise ChannelError("busy", Advice.RETRY)

    with pytest.raises(ChannelError):
        await in_batches(numbers, fail)


async def test_a_note_is_written_once_beneath_what_the_seller_wrote() -> None:
    async with at_stand("shopee", orders=5) as at:
        number = facts_of(at)[0].number
        at.stand.market.note(number, "của người bán", at.stand.clock())
        told = Decision(number, DecisionKind.NOTE, "key", at.stand.clock(), text="Đã gọi, khách nhận")
        for _time in range(2):
            await at.channel.deliver(told)
        assert at.stand.calls["/api/v2/order/set_note"] == 1
        (order,) = (await at.channel.orders([number])).orders
        assert order.seller_note == "của người bán\nĐã gọi, khách nhận"


async def test_a_cancellation_is_taken_while_the_order_is_here_and_counts_as_told_once_it_is_cancelled() -> None:
    moment = stopped()
    async with at_stand("shopee", orders=200, days=20, clock=lambda: moment) as at:
        facts = facts_of(at)
        here = next(facts for facts in facts if facts.status in (Status.TO_PACK, Status.LABEL_READY))
        gone = next(facts for facts in facts if facts.status is Status.SHIPPED)
        cancelled = next(facts for facts in facts if facts.status is Status.CANCELLED)

        async def cancel(number: str) -> None:
            await at.channel.deliver(Decision(number, DecisionKind.CANCELLATION, "key", moment, reason="refused"))

        await cancel(here.number)
        assert at.stand.accepted[f"cancelled/{here.number}"] == "CUSTOMER_REQUEST"
        await cancel(cancelled.number)
        for number in (gone.number, "991231ZZZZZZZZ"):
            with pytest.raises(ChannelError) as refused:
                await cancel(number)
            assert refused.value.advice is Advice.SKIP
        with pytest.raises(ChannelError):
            await at.channel.deliver(Decision(here.number, DecisionKind.PACKED, "key", moment))


async def test_a_cursor_goes_on_where_each_list_ended_and_strangers_are_refused() -> None:
    moment = stopped()
    async with at_stand("shopee", orders=110, clock=lambda: moment) as at:
        page = await at.channel.changes(the_whole_span(at), None)
        assert page.next_cursor is not None
        assert set(json.loads(page.next_cursor)) == {"orders"}
        for stranger in ("[]", "7", "nonsense", '{"orders": "x", "buyers": "y"}', '{"returns": "x"}'):
            with pytest.raises(ChannelError) as refused:
                await at.channel.changes(the_whole_span(at), stranger)
            assert refused.value.advice is Advice.GIVE_UP


async def test_the_longest_span_fits_into_a_window_wherever_it_begins() -> None:
    async with at_stand("shopee", orders=3) as at:
        longest = at.channel.abilities.longest_span
        assert longest is not None
        for shift in (0, 1, 999):
            start = at.opened_at // 1000 * 1000 - 30 * DAY + shift
            await at.channel.changes(Span(start, start + longest), None)
        with pytest.raises(ChannelError) as refused:
            await at.channel.changes(Span(start, start + longest + HOUR), None)
        assert refused.value.advice is Advice.GIVE_UP
