from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import pytest
from starlette.requests import Request
from starlette.responses import Response

from packstation.domain.orders import IncomingOrder, OrderKind, Status
from packstation.domain.outbox import DecisionKind
from packstation.domain.times import DAY, HOUR, MINUTE, SECOND
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError
from sync.channels.lazada.walking import PAGE_SIZE, Place
from sync.channels.protocol import Channel, Decision, Span
from sync.sandbox.channels import lazada as simulation
from sync.sandbox.channels.lazada.rendering import reverse_id
from sync.sandbox.counters import LIVE_COUNTERS
from sync.sandbox.faults import Fault, everything
from sync.sandbox.market.facts import Facts
from sync.sandbox.market.market import Market
from sync.sandbox.stand import real_clock
from tests.sync.channels.lazada_records import NUMBER, Answers, a_head, a_unit, before
from tests.sync.channels.stands import AtStand, at_stand
from tests.sync.channels.understood import understood


class Clock:
    """The channel's time, to be moved by hand."""

    def __init__(self) -> None:
        self.off = 0

    def __call__(self) -> int:
        return real_clock() + self.off


def whole(at: AtStand) -> Span:
    return Span(at.opened_at - 60 * DAY, at.opened_at + 1)


async def walked(channel: Channel, span: Span) -> list[IncomingOrder]:
    orders: list[IncomingOrder] = []
    cursor: str | None = None
    while True:
        page = await channel.changes(span, cursor)
        assert page.unreadable == ()
        orders += page.orders
        cursor = page.next_cursor
        if cursor is None:
            return orders


def every(at: AtStand) -> list[Facts]:
    return list(at.stand.market.every(at.opened_at))


def differing(orders: Sequence[IncomingOrder], facts: Sequence[Facts]) -> list[object]:
    """Pairs of what was understood and what is true, where they differ."""
    by_number = {order.number: understood(order) for order in orders}
    truth = {one.number: simulation.expected(one) for one in facts}
    return [(by_number.get(number), true) for number, true in truth.items() if by_number.get(number) != true]


@pytest.mark.parametrize(("days", "seed"), [(1, 3), (6, 2), (30, 1)])
async def test_everything_that_changed_equals_the_truth(days: int, seed: int) -> None:
    async with at_stand("lazada", orders=150, days=days, seed=seed) as at:
        assert differing(await walked(at.channel, whole(at)), every(at)) == []


async def test_orders_read_alone_equal_the_truth_and_unknown_ones_are_missing() -> None:
    async with at_stand("lazada", orders=120, days=30) as at:
        facts = every(at)[:60]
        wanted = [one.number for one in facts]
        read = await at.channel.orders([*wanted, "499999999999999", "no number", wanted[0]])
        assert differing(read.orders, facts) == []
        assert len(read.orders) == 60
        assert read.missing == ("499999999999999", "no number")
        assert at.stand.calls["/rest/orders/items/get"] == 2
        assert (await at.channel.orders(["499999999999999"])).missing == ("499999999999999",)


async def test_every_life_is_understood_at_every_stage() -> None:
    clock = Clock()
    async with at_stand("lazada", orders=90, days=2, clock=clock) as at:
        for days in (0, 1, 3, 8):
            clock.off = days * DAY
            now = clock()
            orders = await walked(at.channel, Span(at.opened_at - 3 * DAY, now + MINUTE))
            assert differing(orders, list(at.stand.market.every(now))) == []


async def test_a_walk_loses_no_order_while_others_change() -> None:
    clock = Clock()
    async with at_stand("lazada", orders=300, days=2, clock=clock) as at:
        span = Span(at.opened_at - 60 * DAY, at.opened_at)
        numbers: set[str] = set()
        cursor: str | None = None
        while True:
            page = await at.channel.changes(span, cursor)
            numbers |= {order.number for order in page.orders}
            cursor = page.next_cursor
            if cursor is None:
                break
            clock.off += 2 * HOUR
        still = {one.number for one in at.stand.market.every(clock()) if one.updated_at < span.until}
        assert len(still) > PAGE_SIZE // 2
        assert still <= numbers


async def test_orders_that_changed_within_one_second_are_all_listed() -> None:
    async with at_stand("lazada", orders=1) as at:
        opened_at = at.opened_at // SECOND * SECOND
        market = Market(
            LIVE_COUNTERS["lazada"],
            seed=1,
            opened_at=opened_at,
            orders=0,
            arrivals_per_hour=250 * 3_600,
            speed=10_000_000_000,
        )
        moment = opened_at + SECOND - 1
        at.stand.market, at.stand.clock = market, lambda: moment
        facts = list(market.every(moment))
        assert len(facts) > 2 * PAGE_SIZE
        span = Span(opened_at - MINUTE, moment)
        assert {order.number for order in await walked(at.channel, span)} == {one.number for one in facts}


def test_a_page_continues_at_the_last_second_or_by_offset_within_one() -> None:
    span = Span(1_000_500, 9_000_001)
    first = Place.of_cursor(span, None)
    assert (first.after, first.before, first.offset) == (999, 9_002, 0)
    second = first.next(1_500_999, PAGE_SIZE, None)
    assert second == Place(1_499, 9_002)
    third = second.next(1_500_000, PAGE_SIZE, 101)
    assert third == Place(1_499, 9_002, 100)
    assert Place.of_cursor(span, third.cursor) == third
    assert third.next(1_500_000, 1, 101) is None
    assert first.next(1_500_000, PAGE_SIZE - 1, 101) is not None, "one row was lost from a page"
    assert first.next(1_500_000, PAGE_SIZE - 1, None) is None
    assert Place(1_499, 9_002, 5_100).is_out_of_reach
    assert not Place(1_499, 9_002, 5_000).is_out_of_reach


async def test_more_orders_in_one_second_than_lazada_lists_are_told_of() -> None:
    rows = [a_head(order_id=int(NUMBER) + place, updated_at="1970-01-01T00:16:41+00:00") for place in range(PAGE_SIZE)]
    answers = Answers(
        {
            "/orders/get": {"code": "0", "data": {"countTotal": "9000", "orders": rows}},
            "/orders/items/get": {"code": "0", "data": [{"order_id": NUMBER, "order_items": [a_unit()]}]},
        }
    )
    async with before(answers) as channel:
        page = await channel.changes(Span(1_001_000, 2_000_000), "1000:5000")
    assert page.next_cursor == "1001:0"
    assert [one.why for one in page.unreadable if not one.number] == [
        "more orders changed within one second than Lazada lists"
    ]


@pytest.mark.parametrize("cursor", ["", "x", "1:", "-1:0", "1:2:3", "9" * 99 + ":0"])
def test_a_foreign_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(ChannelError) as caught:
        Place.of_cursor(Span(0, 1), cursor)
    assert caught.value.advice is Advice.GIVE_UP


async def test_pages_with_faults_give_everything_in_the_end() -> None:
    quick = dict.fromkeys((Fault.SLOW, Fault.STALLED, Fault.TOO_OFTEN, Fault.MAINTENANCE, Fault.TOO_LARGE), 0.0)
    async with at_stand("lazada", orders=120, days=20, faults={**everything(0.06), **quick}) as at:
        wanted = {one.number for one in every(at)}
        found: dict[str, IncomingOrder] = {}
        for _try in range(60):
            with suppress(ChannelError):
                found |= {order.number: order for order in await walked(at.channel, whole(at))}
            if found.keys() == wanted:
                break
        assert differing(list(found.values()), every(at)) == []
        assert sum(at.stand.faults.struck.values()) > 1


async def test_a_code_is_found_by_the_order_number_in_it() -> None:
    codes = {
        "491253082180001": ("491253082180001",),
        "491253082180001_LEXVN0012345678": ("491253082180001",),
        " 4912530821800011 ": ("4912530821800011",),
        "FP123456789012345": (),
        "LEXVN0012345678": (),
        "802835136377": (),
        "491253082180001_": (),
        "٤٩١٢٥٣٠٨٢١٨٠٠٠١": (),
    }
    answers = Answers({})
    async with before(answers) as channel:
        assert {code: tuple(await channel.find(code)) for code in codes} == codes
    assert answers.asked == []


async def test_a_bad_record_is_parked_and_the_rest_of_the_page_comes() -> None:
    good, bad, odd, bare = (str(int(NUMBER) + place) for place in range(4))
    rows = [
        a_head(order_id=good),
        a_head(order_id=bad, created_at="?"),
        a_head(order_id="1],[2"),
        "no record",
        a_head(order_id=odd),
        a_head(order_id=bare),
    ]
    items = [
        {"order_id": good, "order_items": [a_unit(), "no unit"]},
        {"order_id": bad, "order_items": [a_unit()]},
        {"order_id": int(odd), "order_items": [a_unit(item_price="free")]},
        {"order_items": []},
        7,
    ]
    answers = Answers(
        {
            "/orders/get": {"code": "0", "data": {"countTotal": 6, "orders": rows}},
            "/orders/items/get": {"code": 0, "data": items},
        }
    )
    async with before(answers) as channel:
        page = await channel.changes(Span(0, 1), None)
    assert [order.number for order in page.orders] == [good]
    assert page.orders[0].kind is OrderKind.NORMAL
    assert {(one.number, one.why) for one in page.unreadable} == {
        (bad, "created_at: no time"),
        ("", "order_id cannot be read (string_pattern_mismatch)"),
        ("", "record cannot be read (model_type)"),
        (odd, "item_price: no amount"),
        (bare, "order_items: missing"),
    }


async def test_an_answer_that_lies_about_itself_is_unreadable() -> None:
    lies: list[dict[str, object] | bytes] = [
        {"code": "0"},
        {"code": "0", "data": []},
        {"code": "0", "data": {"orders": "none"}},
        {"code": "0", "data": {"countTotal": 5, "orders": []}},
        {"data": {"orders": []}},
        b"[]",
        b"<html>",
        b'{"code": "0", "da',
    ]
    answers = Answers({})
    async with before(answers) as channel:
        for lie in lies:
            answers.by_path["/orders/get"] = lie
            with pytest.raises(UnreadableAnswerError):
                await channel.changes(Span(0, 1), None)


async def test_one_unknown_id_among_many_costs_no_other_order() -> None:
    class Picky(Answers):
        async def serve(self, request: Request) -> Response:
            ids = request.query_params.get("order_ids", "")
            gone = f"{NUMBER[:-1]}9"
            self.by_path["/orders/items/get"] = (
                {"code": "37", "type": "ISP", "message": "E037: One or more order id in the list are incorrect"}
                if gone in ids
                else {"code": "0", "data": [{"order_id": NUMBER, "order_items": [a_unit()]}]}
            )
            return await super().serve(request)

    rows = [a_head(), a_head(order_id=f"{NUMBER[:-1]}9")]
    async with before(Picky({"/orders/get": {"code": "0", "data": {"countTotal": 2, "orders": rows}}})) as channel:
        page = await channel.changes(Span(0, 1), None)
    assert [order.number for order in page.orders] == [NUMBER]
    assert [one.why for one in page.unreadable] == ["order_items: missing"]


def cancelling(number: str, text: str = "") -> Decision:
    return Decision(number, DecisionKind.CANCELLATION, "key-1", 1, text=text)


async def test_a_cancellation_is_asked_for_with_a_reason_that_fits() -> None:
    async with at_stand("lazada", orders=100, days=1, seed=17) as at:
        facts = next(one for one in every(at) if one.status is Status.TO_PACK)
        for _again in range(2):
            await at.channel.deliver(cancelling(facts.number))
        assert at.stand.accepted[f"cancelled/{facts.number}"].startswith("10000023 "), "the buyer's reason"
        await at.channel.deliver(cancelling(facts.number, "out of stock, sorry"))
        reason, ids = at.stand.accepted[f"cancelled/{facts.number}"].split(" ", 1)
        assert reason == "10000021"
        assert ids.count(",") + 1 == sum(line.active for line in facts.lines)


async def test_what_is_cancelled_or_gone_is_not_cancelled_again() -> None:
    async with at_stand("lazada", orders=100, days=1, seed=17) as at:
        gone = next(one for one in every(at) if one.status is Status.CANCELLED)
        await at.channel.deliver(cancelling(gone.number))
        assert not any(name.startswith("cancelled/") for name in at.stand.accepted)
        shipped = next(one for one in every(at) if one.status is Status.SHIPPED)
        for number in (shipped.number, "499999999999999"):
            with pytest.raises(ChannelError) as caught:
                await at.channel.deliver(cancelling(number))
            assert caught.value.advice is Advice.SKIP
        with pytest.raises(ChannelError) as caught:
            await at.channel.deliver(Decision(shipped.number, DecisionKind.NOTE, "key-2", 1, text="x"))
        assert caught.value.advice is Advice.SKIP


async def test_a_buyers_request_to_cancel_is_granted() -> None:
    async with at_stand("lazada", orders=600, days=1, seed=17) as at:
        facts = next(one for one in every(at) if one.status is Status.CANCEL_REQUESTED)
        done = await at.channel.deliver(cancelling(facts.number))
        assert at.stand.accepted[f"decided/{facts.number}"] == "true"
        assert done.reference == reverse_id(facts, "70")
        assert f"cancelled/{facts.number}" not in at.stand.accepted


async def test_a_refusal_of_lazada_is_skipped_with_its_words() -> None:
    unit = a_unit(status="packed")
    answers = Answers(
        {
            "/orders/items/get": {"code": "0", "data": [{"order_id": NUMBER, "order_items": [unit]}]},
            "/order/reverse/cancel/validate": {"code": "0", "data": {"tip_type": "error", "tip_content": "Too late"}},
        }
    )
    async with before(answers) as channel:
        with pytest.raises(ChannelError, match="Too late") as caught:
            await channel.deliver(cancelling(NUMBER))
    assert caught.value.advice is Advice.SKIP
