"""What was observed on running WooCommerce shops, line by line: the simulated shop does it, and the connector bears it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
import pytest_asyncio

from packstation.domain.buyers import profile_ids
from packstation.domain.orders import Outcome, Status
from packstation.domain.times import HOUR, MINUTE, from_ms, parse_iso
from sync.channels.errors import Advice, ChannelError
from sync.channels.protocol import Span
from sync.channels.woocommerce import open_woocommerce
from sync.channels.woocommerce.calls import call
from sync.credentials.credential import Credential
from sync.sandbox.faults import Fault
from sync.web.connection import Connection, Manners
from tests.sync.channels.stands import HeldTokens, shop_config
from tests.sync.channels.woocommerce_shop import OPENED, TOUCHED, Shop, gmt, shop, walked

pytestmark = pytest.mark.asyncio(loop_scope="module")
Row = dict[str, Any]
ZONE = "Asia/Ho_Chi_Minh"


@pytest_asyncio.fixture(loop_scope="module", scope="module", name="web")
async def quiet_shop() -> AsyncIterator[Shop]:
    """A shop in which nothing happens, for all tests that only look."""
    async with shop(230, days=40) as web:
        yield web


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def crowd() -> AsyncIterator[Shop]:
    """A shop in which nearly all orders share one second."""
    async with shop(260, days=4) as web:
        yield web


def moment(row: Row) -> int:
    return parse_iso(row["date_modified_gmt"], "UTC")


async def oldest(web: Shop) -> Row:
    rows = await web.listed(orderby="modified", order="asc", per_page=100)
    row: Row = rows[0]
    return row


# modified_after is exclusive, with the resolution of a second


async def test_modified_after_is_exclusive_and_of_whole_seconds(web: Shop) -> None:
    row = await oldest(web)
    at = moment(row)
    ids = [one["id"] for one in await web.listed(modified_after=gmt(at), dates_are_gmt="true", per_page=100)]
    assert row["id"] not in ids
    earlier = await web.listed(modified_after=gmt(at - 1000), dates_are_gmt="true", per_page=100, order="asc")
    assert row["id"] in [one["id"] for one in earlier]
    assert at % 1000 == 0


async def test_the_connector_finds_an_order_by_any_part_of_its_second_and_by_no_other(web: Shop) -> None:
    row = await oldest(web)
    found = {}
    for since, until in ((0, 1), (0, 1000), (400, 600), (999, 1000), (-1000, 0), (1000, 2000)):
        orders, _unreadable, _pages = await walked(web.channel, Span(moment(row) + since, moment(row) + until))
        found[since, until] = str(row["id"]) in [order.number for order in orders]
    assert list(found.values()) == [True, True, True, True, False, False]


# many orders share a second


async def test_hundreds_of_orders_share_one_second(crowd: Shop) -> None:
    rows = [
        row
        for page in (1, 2, 3)
        for row in await crowd.listed(
            per_page=100, page=page, orderby="id", modified_after=gmt(TOUCHED - 1000), dates_are_gmt="true"
        )
    ]
    sharing = [row for row in rows if row["date_modified_gmt"] == gmt(TOUCHED)]
    assert len(sharing) > 200


async def test_within_a_second_pages_by_modification_repeat_and_lose_orders(crowd: Shop) -> None:
    pages = [await crowd.listed(per_page=50, page=page, orderby="modified", order="asc") for page in range(1, 7)]
    ids = [row["id"] for page in pages for row in page]
    assert len(set(ids)) < len(ids)


async def test_the_connector_reads_a_crowded_second_whole(crowd: Shop) -> None:
    orders, unreadable, _pages = await walked(crowd.channel, crowd.whole_span)
    assert {order.number for order in orders} == set(crowd.truth())
    assert not unreadable


async def test_the_connector_reads_a_crowded_second_anew_when_orders_leave_it() -> None:
    async with shop(260, days=4) as web:
        cursor, left, numbers = None, 0, set()
        while True:
            page = await web.channel.changes(web.whole_span, cursor)
            numbers |= {order.number for order in page.orders}
            cursor = page.next_cursor
            if cursor is None:
                break
            if left < 3 and cursor.split("/")[2] == "2":
                left += 1
                web.clock.now += MINUTE
                first = (await web.listed(per_page=1, orderby="id", order="asc", offset=10 * left))[0]["id"]
                await web.call("PUT", f"orders/{first}", {"customer_note": "đổi ý"})
        assert left == 3
        assert numbers >= set(web.truth())


async def test_the_connector_loses_nothing_when_orders_are_modified_between_pages() -> None:
    async with shop(220, days=30) as web:
        span, cursor, numbers = web.whole_span, None, set()
        while True:
            page = await web.channel.changes(span, cursor)
            numbers |= {order.number for order in page.orders}
            cursor = page.next_cursor
            if cursor is None:
                break
            web.clock.now += MINUTE
            for order in page.orders[:5]:
                await web.call("PUT", f"orders/{order.number}", {"customer_note": "gọi trước"})
        assert numbers == set(web.truth())


# dates without an offset, with one, and with milliseconds


async def test_how_a_date_is_understood(web: Shop) -> None:
    row = await oldest(web)
    at = moment(row)

    def spelt(spelling: str, ms: int) -> str:
        local = from_ms(ms, ZONE).strftime("%Y-%m-%dT%H:%M:%S")
        return spelling.replace("local", local).replace("gmt", gmt(ms))

    async def is_before(spelling: str, ms: int, are_gmt: str) -> bool:
        query = {"modified_before": spelt(spelling, ms), "dates_are_gmt": are_gmt}
        return row["id"] in [one["id"] for one in await web.listed(per_page=100, **query)]

    for spelling, are_gmt in (
        ("local", "false"),
        ("gmt", "true"),
        ("gmt+07:00", "true"),
        ("gmtZ", "false"),
        ("local+07:00", "false"),
    ):
        is_second = (await is_before(spelling, at, are_gmt), await is_before(spelling, at + 1000, are_gmt))
        assert is_second == (False, True), spelling
    # With milliseconds the Z is not seen: seven hours too early, and nothing is older than the oldest order.
    assert not await is_before("gmt.000Z", at + 1000, "false")
    assert await is_before("local.000Z", at + 1000, "false")


async def test_a_date_alone_words_and_epochs_are_refused(web: Shop) -> None:
    for text in ("2026-09-01", "yesterday", "1788220800", "2026-13-01T00:00:00", ""):
        answer = await web.call("GET", "orders", modified_after=text)
        assert answer.status_code == 400
        assert answer.json()["code"] == "rest_invalid_param"
        assert answer.json()["data"]["params"] == {"modified_after": "Invalid date."}


async def test_the_connector_asks_in_utc_whatever_the_sites_zone_is(web: Shop) -> None:
    row = await oldest(web)
    recent = Span(moment(row), OPENED + 1)
    orders, _unreadable, _pages = await walked(web.channel, recent)
    assert {order.number for order in orders} == set(web.truth())
    by_number = {order.number: order for order in orders}
    assert by_number[str(row["id"])].updated_at == moment(row)


# parameters


async def test_orders_come_by_modification_when_asked_so(web: Shop) -> None:
    rows = await web.listed(orderby="modified", order="asc", per_page=100)
    assert [moment(row) for row in rows] == sorted(moment(row) for row in rows)


async def test_a_parameter_out_of_its_bounds_is_refused_by_name(web: Shop) -> None:
    for name, value, says in (
        ("orderby", "date_modified", "orderby is not one of date, id, include, title, slug, modified."),
        ("orderby", "total", "orderby is not one of date, id, include, title, slug, modified."),
        ("per_page", "101", "per_page must be between 1 (inclusive) and 100 (inclusive)"),
        ("per_page", "0", "per_page must be between 1 (inclusive) and 100 (inclusive)"),
        ("page", "0", "page must be greater than or equal to 1"),
        ("page", "one", "page is not of type integer."),
    ):
        answer = await web.call("GET", "orders", **{name: value})
        assert answer.status_code == 400
        assert answer.json()["code"] == "rest_invalid_param"
        assert answer.json()["message"] == f"Invalid parameter(s): {name}"
        assert answer.json()["data"]["status"] == 400
        assert answer.json()["data"]["params"] == {name: says}


async def test_a_status_with_its_tables_prefix_is_refused(web: Shop) -> None:
    answer = await web.call("GET", "orders", status="wc-completed")
    assert (answer.status_code, answer.json()["code"]) == (400, "rest_invalid_param")
    assert answer.json()["data"]["params"]["status"].startswith("status[0] is not one of any, trash, pending,")


async def test_a_page_past_the_end_is_empty_and_counts_nothing(web: Shop) -> None:
    answer = await web.call("GET", "orders", page=900)
    assert (answer.status_code, answer.json(), answer.headers["x-wp-total"]) == (200, [], "0")


async def test_unknown_parameters_are_ignored(web: Shop) -> None:
    every = await web.listed(per_page=100)
    assert await web.listed(per_page=100, payment_method="cod") == every
    assert {row["payment_method"] for row in every} > {"cod"}


async def test_the_connector_filters_what_a_search_brings_up_itself(web: Shop) -> None:
    name = (await web.listed())[0]["billing"]["last_name"].split()[0]
    found = await web.call("GET", "orders", search=name)
    assert found.json()
    assert await web.channel.find("nguyen") == ()


async def test_the_next_link_drops_a_status_filter_with_commas(web: Shop) -> None:
    several = await web.call("GET", "orders", status="processing,completed", per_page=5, page=1)
    single = await web.call("GET", "orders", status="completed", per_page=5)
    assert 'rel="next"' in several.headers["link"]
    assert "status" not in several.headers["link"]
    assert "status=completed" in single.headers["link"]
    assert "page=2" in several.headers["link"]
    assert int(several.headers["x-wp-totalpages"]) == -(-int(several.headers["x-wp-total"]) // 5)


async def test_the_connector_pages_by_the_counted_pages(web: Shop) -> None:
    orders, _unreadable, pages = await walked(web.channel, web.whole_span)
    assert {order.number for order in orders} == set(web.truth())
    assert pages > 3


# trash and deletion


async def test_any_leaves_the_trash_out_and_the_trash_is_a_list_of_its_own() -> None:
    async with shop() as web:
        order_id = (await web.listed())[0]["id"]
        await web.call("DELETE", f"orders/{order_id}")
        assert order_id not in [row["id"] for row in await web.listed(status="any", per_page=100)]
        assert order_id in [row["id"] for row in await web.listed(status="trash", per_page=100)]
        assert (await web.one(order_id))["status"] == "trash"


async def test_an_order_deleted_for_good_is_not_found_and_not_listed() -> None:
    async with shop() as web:
        order_id = (await web.listed())[0]["id"]
        await web.call("DELETE", f"orders/{order_id}", force="true")
        answer = await web.call("GET", f"orders/{order_id}")
        assert answer.status_code == 404
        assert answer.json() == {
            "code": "woocommerce_rest_shop_order_invalid_id",
            "message": "Invalid ID.",
            "data": {"status": 404},
        }
        assert order_id not in [row["id"] for row in await web.listed(per_page=100)]


async def test_the_connector_sees_the_trash_among_the_changes_and_misses_what_was_deleted() -> None:
    async with shop() as web:
        open_ones = await web.listed(status="processing", per_page=100)
        binned, deleted = open_ones[0]["id"], open_ones[1]["id"]
        web.clock.now += HOUR
        await web.call("DELETE", f"orders/{binned}")
        await web.call("DELETE", f"orders/{deleted}", force="true")
        orders, _unreadable, _pages = await walked(web.channel, Span(web.clock.now, web.clock.now + 1000))
        assert [order.number for order in orders] == [str(binned)]
        read = await web.channel.orders([str(binned), str(deleted)])
        assert read.missing == (str(deleted),)
        assert [one.status for one in read.orders[0].statuses] == [Status.CANCELLED]
        assert read.orders[0].statuses[-1].channel_status == "trash"
        assert [one.outcome for one in read.orders[0].outcomes] == [Outcome.CANCELLED]


async def test_an_order_that_was_delivered_keeps_its_end_in_the_trash() -> None:
    async with shop() as web:
        order_id = (await web.listed(status="completed"))[0]["id"]
        await web.call("DELETE", f"orders/{order_id}")
        order = (await web.channel.orders([str(order_id)])).orders[0]
        assert order.statuses[-1].status is Status.CANCELLED
        assert order.outcomes[-1].outcome is Outcome.DELIVERED


# what counts as a modification


async def _status(web: Shop, row: Row) -> None:
    await web.call("PUT", f"orders/{row['id']}", {"status": "on-hold"})


async def _note_text(web: Shop, row: Row) -> None:
    await web.call("PUT", f"orders/{row['id']}", {"customer_note": "Giao sau 18h"})


async def _meta(web: Shop, row: Row) -> None:
    await web.call("PUT", f"orders/{row['id']}", {"meta_data": [{"key": "_tracking_number", "value": "GA1"}]})


async def _shipping_lines(web: Shop, row: Row) -> None:
    await web.call("PUT", f"orders/{row['id']}", {"shipping_lines": [{"method_title": "Hỏa tốc"}]})


async def _refund(web: Shop, row: Row) -> None:
    answer = await web.call("POST", f"orders/{row['id']}/refunds", {"amount": "1000"})
    assert answer.status_code == 201


async def _trash(web: Shop, row: Row) -> None:
    await web.call("DELETE", f"orders/{row['id']}")


async def _customer_deleted(web: Shop, row: Row) -> None:
    await web.call("DELETE", f"customers/{row['customer_id']}", force="true")
    assert (await web.one(row["id"]))["customer_id"] == 0


async def _refund_deleted(web: Shop, row: Row) -> None:
    refund = row["refunds"][0]["id"]
    answer = await web.call("DELETE", f"orders/{row['id']}/refunds/{refund}", force="true")
    assert answer.status_code == 200
    assert (await web.one(row["id"]))["refunds"] == []


async def _order_note(web: Shop, row: Row) -> None:
    answer = await web.call("POST", f"orders/{row['id']}/notes", {"note": "đã gọi"})
    assert answer.status_code == 201


async def _customer_edited(web: Shop, row: Row) -> None:
    await web.call("PUT", f"customers/{row['customer_id']}", {"first_name": "Mai"})


async def _suitable(web: Shop, deed: Callable[[Shop, Row], Awaitable[None]]) -> Row:
    rows = await web.listed(per_page=100)
    if deed is _refund_deleted:
        rows += await web.listed(per_page=100, page=2)
        return next(row for row in rows if row["refunds"])
    return next(row for row in rows if row["customer_id"] and row["status"] in ("processing", "completed"))


async def test_this_moves_the_time_of_modification_and_the_connector_sees_it() -> None:
    async with shop(80) as web:
        for deed in (_status, _note_text, _meta, _shipping_lines, _refund, _trash, _customer_deleted):
            row = await _suitable(web, deed)
            web.clock.now += 7 * MINUTE
            await deed(web, row)
            assert (await web.one(row["id"]))["date_modified_gmt"] == gmt(web.clock.now), deed
            orders, _unreadable, _pages = await walked(web.channel, Span(web.clock.now, web.clock.now + 1000))
            assert str(row["id"]) in [order.number for order in orders], deed


async def test_this_does_not_move_the_time_of_modification() -> None:
    async with shop(200, days=30) as web:
        for deed in (_refund_deleted, _order_note, _customer_edited):
            row = await _suitable(web, deed)
            web.clock.now += 1000
            await deed(web, row)
            assert (await web.one(row["id"]))["date_modified_gmt"] == row["date_modified_gmt"], deed
            orders, _unreadable, _pages = await walked(web.channel, Span(web.clock.now, web.clock.now + 1000))
            assert str(row["id"]) not in [order.number for order in orders], deed


async def test_the_connector_sees_a_deleted_refund_when_the_order_is_read_again() -> None:
    async with shop(200, days=30) as web:
        row = await _suitable(web, _refund_deleted)
        before = (await web.channel.orders([str(row["id"])])).orders[0]
        await _refund_deleted(web, row)
        after = (await web.channel.orders([str(row["id"])])).orders[0]
        assert before.refunds
        assert not after.refunds
        assert after.updated_at == before.updated_at


# refunds


async def test_a_partial_refund_leaves_an_order_completed_and_a_full_one_does_not() -> None:
    async with shop() as web:
        row = next(row for row in await web.listed(status="completed", per_page=100) if not row["refunds"])
        path, line = f"orders/{row['id']}", row["line_items"][0]
        web.clock.now += HOUR
        one = {"amount": "1000", "line_items": [{"id": line["id"], "quantity": 1, "refund_total": 1000}]}
        await web.call("POST", f"{path}/refunds", one)
        partly = await web.one(row["id"])
        assert (partly["status"], partly["total"]) == ("completed", row["total"])
        rest = int(row["total"]) - 1000
        assert (await web.call("POST", f"{path}/refunds", {"amount": str(rest + 1)})).status_code == 400
        await web.call("POST", f"{path}/refunds", {"amount": str(rest)})
        whole = await web.one(row["id"])
        assert (whole["status"], whole["total"]) == ("refunded", row["total"])
        (money, pieces) = (await web.call("GET", f"{path}/refunds")).json()
        assert (pieces["line_items"][0]["quantity"], pieces["line_items"][0]["total"], pieces["amount"]) == (
            -1,
            "-1000",
            "1000",
        )
        assert (money["line_items"], money["amount"]) == ([], str(rest))


async def test_the_connector_counts_refunds_by_line_and_takes_a_full_one_as_a_return() -> None:
    async with shop() as web:
        row = next(row for row in await web.listed(status="completed", per_page=100) if not row["refunds"])
        path, line = f"orders/{row['id']}", row["line_items"][0]
        web.clock.now += HOUR
        one = {"amount": "1000", "line_items": [{"id": line["id"], "quantity": 1, "refund_total": 1000}]}
        await web.call("POST", f"{path}/refunds", one)
        partly = (await web.channel.orders([str(row["id"])])).orders[0]
        assert [(one.line, one.quantity, one.amount) for one in partly.refunds] == [(0, 1, 1000)]
        assert (partly.statuses[-1].status, partly.outcomes[-1].outcome) == (Status.COMPLETED, Outcome.DELIVERED)
        await web.call("POST", f"{path}/refunds", {"amount": str(int(row["total"]) - 1000)})
        whole = (await web.channel.orders([str(row["id"])])).orders[0]
        assert (whole.statuses[-1].status, whole.outcomes[-1].outcome) == (Status.RETURNED, Outcome.RETURNED)
        assert whole.outcomes[-1].known_at == web.clock.now
        assert whole.total == partly.total == int(row["total"])


# the key


async def test_basic_over_plain_http_is_nobody(web: Shop) -> None:
    keys = web.at.tokens.credential.secrets
    answer = await web.api.get("/wp-json/wc/v3/orders", auth=(keys["consumer_key"], keys["consumer_secret"]))
    assert answer.status_code == 401
    assert answer.json() == {
        "code": "woocommerce_rest_cannot_view",
        "message": "Sorry, you cannot list resources.",
        "data": {"status": 401},
    }


async def test_a_wrong_secret_is_an_authentication_error(web: Shop) -> None:
    key = web.at.tokens.credential.secrets["consumer_key"]
    headers = {"x-forwarded-proto": "https"}
    answer = await web.api.get("/wp-json/wc/v3/orders", auth=(key, "cs_wrong"), headers=headers)
    assert answer.status_code == 401
    assert answer.json()["code"] == "woocommerce_rest_authentication_error"
    assert answer.json()["message"] == "Consumer secret is invalid."


async def test_the_connector_signs_over_plain_http_and_is_let_in(web: Shop) -> None:
    await web.channel.check()


async def test_the_connector_asks_the_seller_for_another_key_and_shows_none() -> None:
    async with shop(5) as web:
        right = web.at.tokens.credential.secrets
        for half in ("consumer_key", "consumer_secret"):
            web.at.tokens.credential = Credential({**right, half: "cs_a_very_secret_secret"})
            with pytest.raises(ChannelError) as caught:
                await web.channel.check()
            assert caught.value.advice is Advice.ASK_SELLER
            assert caught.value.code == "woocommerce_rest_authentication_error"
            assert "very_secret" not in str(caught.value)


async def test_a_revoked_key_is_for_the_seller() -> None:
    async with shop(5, faults={Fault.REVOKED: 1.0}) as web:
        with pytest.raises(ChannelError) as caught:
            await web.channel.check()
        assert caught.value.advice is Advice.ASK_SELLER


async def test_an_oauth_call_is_good_once_and_for_a_quarter_of_an_hour(web: Shop) -> None:
    await web.channel.check()
    request = call(web.at.url, "GET", "orders", (), None, web.at.tokens.credential, web.clock.now)
    assert (await web.api.get(request.full_url)).status_code == 200
    again = await web.api.get(request.full_url)
    assert again.json()["message"] == "Invalid nonce - nonce has already been used."
    late = call(web.at.url, "GET", "orders", (), None, web.at.tokens.credential, web.clock.now - 16 * MINUTE)
    assert (await web.api.get(late.full_url)).json()["message"] == "Invalid timestamp."


async def test_the_connector_sets_its_clock_by_the_shops() -> None:
    async with shop(5) as web:
        web.clock.now += 3 * 24 * HOUR
        await web.channel.check()
        assert abs(web.at.connection.clock.now() - web.clock.now) < 10_000


# maintenance, the database away, a stalled server


async def test_maintenance_is_a_page_that_says_when_to_come_back() -> None:
    async with shop(5) as web:
        web.at.stand.accepted["maintenance"] = "on"
        answer = await web.call("GET", "orders")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "600")
        assert answer.headers["content-type"].startswith("text/html")
        with pytest.raises(ChannelError) as caught:
            await web.channel.check()
        assert (caught.value.advice, caught.value.retry_after) == (Advice.RETRY, 600.0)
        web.at.stand.accepted.clear()
        await web.channel.check()


async def test_without_its_database_the_shop_fails_in_html_and_the_connector_comes_back() -> None:
    async with shop(5) as web:
        web.at.stand.accepted["database_away"] = "on"
        answer = await web.call("GET", "orders")
        assert answer.status_code == 500
        assert "Error establishing a database connection" in answer.text
        assert answer.headers["content-type"].startswith("text/html")
        with pytest.raises(ChannelError) as caught:
            await web.channel.check()
        assert (caught.value.advice, caught.value.code) == (Advice.RETRY, "500")


async def test_the_shop_itself_never_says_that_it_was_asked_too_often(web: Shop) -> None:
    answers = [await web.call("GET", "orders", per_page=1) for _time in range(60)]
    assert {answer.status_code for answer in answers} == {200}


async def test_a_stalled_server_costs_no_more_than_the_time_limit() -> None:
    async with shop(5, faults={Fault.STALLED: 1.0}) as web:
        quick = Manners(read_timeout=0.1, whole_timeout=0.2, attempts=2, first_wait=0.001, longest_wait=0.01)
        connection = Connection(HeldTokens(web.at.tokens.credential), manners=quick)
        channel = open_woocommerce(shop_config("woocommerce", web.at.url, {}), connection)
        with pytest.raises(ChannelError) as caught:
            await channel.check()
        await connection.close()
        assert (caught.value.advice, caught.value.code) == (Advice.RETRY, "timeout")


# guests


async def test_guests_have_no_customer_six_spellings_of_a_phone_and_mails_in_any_case_or_none(web: Shop) -> None:
    rows = [row for page in range(1, 3) for row in await web.listed(per_page=100, page=page)]
    phones = [row["billing"]["phone"] for row in rows]
    assert any(phone.startswith("+84") for phone in phones)
    assert any(phone.startswith("84") for phone in phones)
    assert any(phone.startswith("09") and phone.isdigit() for phone in phones)
    assert all(any(sign in phone for phone in phones) for sign in (" ", ".", "("))
    mails = [row["billing"]["email"] for row in rows if row["customer_id"] == 0]
    assert "" in mails
    assert any(mail.isupper() for mail in mails)
    assert any(mail.islower() for mail in mails)


async def test_the_connector_makes_one_guest_of_all_spellings(web: Shop) -> None:
    orders, _unreadable, _pages = await walked(web.channel, web.whole_span)
    by_phone: dict[str, set[str]] = {}
    for order in orders:
        facts = web.at.stand.market.facts(order.number, web.clock.now)
        assert facts is not None
        assert order.buyer is not None
        assert order.buyer.external_id == facts.buyer.id
        if facts.buyer.id is None:
            ids = profile_ids(order.buyer)
            assert len(ids) == 1
            by_phone.setdefault(facts.buyer.phone, set()).update(ids)
    assert len(by_phone) > 20
    assert all(len(ids) == 1 for ids in by_phone.values())


async def test_an_unknown_address_of_the_api_is_no_route(web: Shop) -> None:
    answer = await web.call("GET", "nothing")
    assert (answer.status_code, answer.json()["code"]) == (404, "rest_no_route")


async def test_an_oauth_call_without_a_part_of_it_names_that_part(web: Shop) -> None:
    answer: httpx.Response = await web.api.get("/wp-json/wc/v3/orders?oauth_consumer_key=ck_1&oauth_nonce=1")
    assert answer.status_code == 401
    assert answer.json()["code"] == "woocommerce_rest_authentication_missing_parameter"
