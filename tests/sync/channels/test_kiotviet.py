"""The KiotViet connector before a simulated shop, over a real socket."""

from __future__ import annotations

import pytest

from packstation.domain.orders import OrderKind, Origin, Outcome, Status
from packstation.domain.outbox import DecisionKind
from packstation.domain.times import DAY, HOUR, SECOND
from sync.channels.errors import Advice, ChannelError
from sync.channels.kiotviet.returns import Returns
from sync.channels.kiotviet.wire import ReturnWire
from sync.channels.protocol import Decision, Span
from sync.credentials.credential import Credential
from sync.sandbox.channels import kiotviet
from sync.sandbox.channels.kiotviet.papers import has_order, invoice_code, is_counter_sale, order_code
from sync.sandbox.channels.kiotviet.records import back_at, return_rows
from sync.sandbox.faults import Fault, everything
from sync.sandbox.market.facts import Facts
from sync.sandbox.stand import real_clock
from sync.sandbox.truth import Expected
from sync.web.rates import urgently
from tests.sync.channels.stands import AtStand, at_stand
from tests.sync.channels.understood import understood

ZONE = "Asia/Ho_Chi_Minh"


def truth(stand: AtStand) -> dict[str, Expected]:
    told = (kiotviet.expected(facts) for facts in stand.stand.market.every(stand.stand.clock()))
    return {one.number: one for one in told if one is not None}


def every_facts(stand: AtStand) -> list[Facts]:
    return list(stand.stand.market.every(stand.stand.clock()))


async def walked(stand: AtStand, span: Span | None = None) -> tuple[dict[str, Expected], int]:
    """All orders of a span as they were understood, and how many pages they took."""
    span = span or Span(stand.opened_at - 40 * DAY, stand.opened_at + SECOND)
    found: dict[str, Expected] = {}
    cursor, pages = None, 0
    while pages == 0 or cursor is not None:
        page = await stand.channel.changes(span, cursor)
        assert page.unreadable == ()
        found |= {order.number: understood(order) for order in page.orders}
        cursor, pages = page.next_cursor, pages + 1
    return found, pages


async def test_every_sale_is_understood_as_it_is() -> None:
    async with at_stand("kiotviet", orders=110) as stand:
        found, pages = await walked(stand)
        right = truth(stand)
        assert found == right
        assert pages >= 3
        assert {one.status for one in right.values()} >= {Status.SHIPPED, Status.COMPLETED, Status.CANCELLED}


async def test_sales_read_one_by_one_are_the_same() -> None:
    async with at_stand("kiotviet", orders=60, seed=3) as stand:
        right = truth(stand)
        read = await stand.channel.orders([*right, "DH999999", "HD999999", ""])
        assert {order.number: understood(order) for order in read.orders} == right
        assert set(read.missing) == {"DH999999", "HD999999", ""}
        assert read.unreadable == ()


async def test_what_changed_in_an_hour_comes_without_the_rest() -> None:
    async with at_stand("kiotviet", orders=80) as stand:
        newest = max(facts.updated_at for facts in every_facts(stand))
        found, _pages = await walked(stand, Span(newest, newest + SECOND))
        assert 0 < len(found) < 10
        assert all(found[number] == expected for number, expected in truth(stand).items() if number in found)


async def test_an_order_keeps_its_number_when_it_is_invoiced() -> None:
    async with at_stand("kiotviet", orders=60) as stand:
        facts = next(one for one in every_facts(stand) if one.reached(Status.SHIPPED) and has_order(one))
        read = await stand.channel.orders([invoice_code(facts)])
        assert [order.number for order in read.orders] == [order_code(facts)]
        assert invoice_code(facts) in read.orders[0].also
        assert read.missing == (invoice_code(facts),)


async def test_a_split_order_has_the_parcels_of_all_its_invoices() -> None:
    async with at_stand("kiotviet", orders=200) as stand:
        facts = next(one for one in every_facts(stand) if len(one.packages) == 2 and one.reached(Status.SHIPPED))
        (order,) = (await stand.channel.orders([order_code(facts)])).orders
        assert sorted(parcel.tracking or "" for parcel in order.parcels) == sorted(
            package.tracking or "" for package in facts.packages
        )
        assert order.also[:2] == (invoice_code(facts), invoice_code(facts, 1))


async def test_a_sale_is_the_same_whichever_of_its_records_led_to_it() -> None:
    async with at_stand("kiotviet", orders=150) as stand:
        sales = [one for one in every_facts(stand) if has_order(one) and one.reached(Status.SHIPPED)]
        split = next(one for one in sales if len(one.packages) == 2)
        for facts in (split, sales[0]):
            codes = [order_code(facts), *(invoice_code(facts, place) for place in range(len(facts.packages)))]
            read = [(await stand.channel.orders([code])).orders for code in codes]
            page = await stand.channel.changes(Span(facts.updated_at, facts.updated_at + 1), "invoices:0:0")
            read.append(tuple(order for order in page.orders if order.number == codes[0]))
            assert len({orders[0] for orders in read}) == 1


async def test_somebody_who_walked_in_is_nobody_and_has_everything() -> None:
    async with at_stand("kiotviet", orders=40) as stand:
        facts = next(one for one in every_facts(stand) if is_counter_sale(one))
        (order,) = (await stand.channel.orders([invoice_code(facts)])).orders
        assert (order.number, order.buyer, order.cod) == (facts.number, None, False)
        assert [(one.outcome, one.known_at) for one in order.outcomes] == [(Outcome.DELIVERED, facts.placed_at)]
        assert order.kind is OrderKind.NORMAL


async def test_a_copy_of_a_marketplaces_order_says_what_it_stands_for() -> None:
    async with at_stand("kiotviet", orders=60) as stand:
        facts = next(one for one in every_facts(stand) if one.origin)
        assert facts.origin is not None
        (order,) = (await stand.channel.orders([order_code(facts)])).orders
        assert order.number == f"DHSPE_{facts.origin.number}"
        assert order.origin == Origin("shopee", facts.origin.number)
        assert "*" in order.address.recipient
        assert order.buyer is None or order.buyer.phone == ""


async def test_codes_lead_to_their_sale() -> None:
    async with at_stand("kiotviet", orders=150) as stand:
        sales = [one for one in every_facts(stand) if back_at(one) is not None]
        returned = next(one for one in sales if return_rows(one, ZONE))
        number = order_code(returned) if has_order(returned) else invoice_code(returned)
        assert await stand.channel.find(return_rows(returned, ZONE)[0].code.lower()) == (number,)
        assert await stand.channel.find(f" {invoice_code(returned)} ") == (number,)
        assert await stand.channel.find("HD999999") == ()
        before = sum(stand.stand.calls.values())
        assert await stand.channel.find("SPXVN063015366786") == ()
        assert await stand.channel.find("HD000001/../../orders") == ()
        assert sum(stand.stand.calls.values()) == before


async def test_a_shop_without_orders_has_invoices_only() -> None:
    async with at_stand("kiotviet", orders=40) as stand:
        stand.stand.accepted["orders_off"] = "yes"
        found, _pages = await walked(stand)
        invoiced = [one for one in every_facts(stand) if one.reached(Status.SHIPPED) and not is_counter_sale(one)]
        assert len(invoiced) > 10
        right = truth(stand)
        for facts in invoiced:
            expected = kiotviet.expected(facts)
            assert expected is not None
            assert found[expected.number].status is right[expected.number].status


async def test_a_shop_without_deliveries_is_asked_without_them() -> None:
    async with at_stand("kiotviet", orders=20) as stand:
        stand.stand.accepted["deliveries_off"] = "yes"
        found, _pages = await walked(stand)
        assert set(found) == set(truth(stand))
        assert all(order.trackings == () for order in found.values())


async def test_an_ended_token_is_asked_for_again_once() -> None:
    async with at_stand("kiotviet", orders=5) as stand:
        stand.tokens.credential = Credential(stand.tokens.credential.secrets)
        await stand.channel.check()
        assert stand.tokens.renewals == 1
        renewed = stand.tokens.credential
        assert renewed.access_expires_at is not None
        assert abs(renewed.access_expires_at - stand.stand.clock() - DAY) < 10 * SECOND
        assert renewed.secrets["webhook_secret"] == stand.stand.secret("webhook_secret")


async def test_a_wrong_secret_is_the_sellers_to_mend_and_stands_in_no_error() -> None:
    async with at_stand("kiotviet", orders=1) as stand:
        stand.tokens.credential = Credential({"client_secret": "not-this-one"})
        with pytest.raises(ChannelError) as caught:
            await stand.channel.check()
        assert caught.value.advice is Advice.ASK_SELLER
        assert "not-this-one" not in str(caught.value)


async def test_a_revoked_connection_is_the_sellers_to_mend() -> None:
    async with at_stand("kiotviet", orders=1, faults={Fault.REVOKED: 1.0}) as stand:
        with pytest.raises(ChannelError) as caught:
            await stand.channel.changes(Span(0, stand.opened_at), None)
        assert caught.value.advice is Advice.ASK_SELLER


@pytest.mark.parametrize("name", ["somebody", "sóc nâu", ""])
async def test_another_shops_name_is_the_sellers_to_mend(name: str) -> None:
    async with at_stand("kiotviet", orders=1, account={"retailer": name}) as stand:
        with pytest.raises(ChannelError) as caught:
            await stand.channel.check()
        assert caught.value.advice is Advice.ASK_SELLER


async def test_more_calls_than_an_hour_allows_are_refused_for_a_while() -> None:
    async with at_stand("kiotviet", orders=1) as stand:
        stand.stand.accepted["gets_per_hour"] = "2"
        await stand.channel.check()
        await stand.channel.check()
        with urgently(), pytest.raises(ChannelError) as caught:
            await stand.channel.check()
        assert caught.value.advice is Advice.RETRY


@pytest.mark.parametrize("fault", [Fault.LYING_TYPE, Fault.CUT_OFF, Fault.HTML_PAGE, Fault.SERVER_ERROR])
async def test_an_answer_that_is_none_is_tried_again(fault: Fault) -> None:
    async with at_stand("kiotviet", orders=3, faults={fault: 1.0}) as stand:
        with pytest.raises(ChannelError) as caught:
            await stand.channel.check()
        assert caught.value.advice is Advice.RETRY
        assert sum(stand.stand.calls.values()) > 1


@pytest.mark.long
async def test_pages_that_shift_lose_nothing() -> None:
    async with at_stand("kiotviet", orders=130, faults={Fault.SHIFTED: 1.0}) as stand:
        page = await stand.channel.changes(Span(0, stand.opened_at + SECOND), None)
        assert page.next_cursor is not None
        found, _pages = await walked(stand)
        assert set(found) == set(truth(stand))


@pytest.mark.long
async def test_sales_that_change_while_they_are_walked_take_no_other_along() -> None:
    now = [real_clock()]
    async with at_stand("kiotviet", orders=180, days=5, clock=lambda: now[0]) as stand:
        span = Span(stand.opened_at - 40 * DAY, stand.opened_at)
        found, cursor, pages = set[str](), None, 0
        while pages == 0 or cursor is not None:
            page = await stand.channel.changes(span, cursor)
            found |= {order.number for order in page.orders}
            cursor, pages = page.next_cursor, pages + 1
            now[0] += 5 * HOUR
        still = [facts for facts in every_facts(stand) if facts.updated_at < span.until]
        moved = [facts for facts in every_facts(stand) if facts.placed_at < span.until <= facts.updated_at]
        assert len(still) > 100
        assert len(moved) > 5
        expected = [kiotviet.expected(facts) for facts in still]
        assert {one.number for one in expected if one is not None} <= found


@pytest.mark.long
async def test_with_every_fault_the_walks_together_bring_everything() -> None:
    faults = {**everything(0.01), **dict.fromkeys((Fault.SLOW, Fault.STALLED, Fault.TOO_LARGE, Fault.TOO_OFTEN), 0.0)}
    async with at_stand("kiotviet", orders=20, faults=faults, seed=5) as stand:
        right = truth(stand)
        found: dict[str, Expected] = {}
        for _round in range(4):
            found |= (await walked(stand))[0]
        assert found == right
        assert len(stand.stand.faults.struck) > 3


async def test_pages_share_one_list_of_returns_and_what_is_returned_meanwhile_comes_with_its_own_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with at_stand("kiotviet", orders=200) as stand:
        lists: list[int] = []
        listing = Returns._list

        async def counted(self: Returns, since: int) -> list[ReturnWire]:
            lists.append(since)
            # The first list is of a moment at which nothing had come back yet.
            return [] if len(lists) == 1 else await listing(self, since)

        monkeypatch.setattr(Returns, "_list", counted)
        found, pages = await walked(stand)
        assert found == truth(stand)
        assert any(facts for facts in every_facts(stand) if back_at(facts) is not None)
        assert len(lists) < pages


async def test_a_cursor_of_somebody_else_is_refused() -> None:
    async with at_stand("kiotviet", orders=1) as stand:
        for cursor in ("", "orders", "orders:1", "orders:-1:0", "products:1:0"):
            with pytest.raises(ChannelError) as caught:
                await stand.channel.changes(Span(0, 1), cursor)
            assert caught.value.advice is Advice.GIVE_UP


async def test_nothing_is_told_to_kiotviet() -> None:
    async with at_stand("kiotviet", orders=1) as stand:
        assert stand.channel.abilities.decisions == frozenset()
        assert stand.channel.consent is None
        with pytest.raises(ChannelError) as caught:
            await stand.channel.deliver(Decision("DH1", DecisionKind.NOTE, "key", 1, text="gọi lại"))
        assert caught.value.advice is Advice.SKIP
