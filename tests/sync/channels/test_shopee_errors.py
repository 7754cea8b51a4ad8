"""What goes wrong with Shopee: tokens renewed once, consent that is not there, and bad records that cost only themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
import pytest_asyncio

from packstation.domain.orders import Status
from packstation.domain.times import DAY, HOUR, MINUTE
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError
from sync.channels.protocol import Span
from sync.channels.registry import open_channel
from sync.credentials.credential import Credential
from sync.sandbox.channels import shopee as simulation
from sync.sandbox.channels.shopee import gate, writing
from sync.sandbox.channels.shopee.shop import SimulatedShop
from sync.sandbox.faults import Fault
from sync.sandbox.stand import real_clock
from sync.web.connection import Connection
from tests.sync.channels.stands import AtStand, HeldTokens, at_stand, shop_config

REFRESH = "/api/v2/auth/access_token/get"
INFO = "/api/v2/shop/get_shop_info"
AHEAD = [0]
"""How far the channel's clock is ahead of ours, ms."""

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def counter() -> AsyncIterator[AtStand]:
    """A shop with its channel, open as long as this module's tests run."""
    async with at_stand("shopee", orders=1, clock=lambda: real_clock() + AHEAD[0]) as at:
        yield at


@pytest.fixture
def shop(counter: AtStand) -> AtStand:
    """The same, as fresh as when it was opened."""
    AHEAD[0] = 0
    counter.stand.calls.clear()
    counter.stand.faults.chances = {}
    counter.connection.breaker.succeeded()
    counter.connection.clock.offset_ms = 0
    counter.tokens.credential = simulation.credential(counter.stand)
    counter.tokens.renewals = 0
    return counter


async def refused(at: AtStand) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        await at.channel.check()
    return caught.value


async def test_a_wrong_key_is_the_sellers_to_mend_and_no_secret_is_told(shop: AtStand) -> None:
    shop.tokens.credential = Credential(secrets={"partner_key": "wrong-key"}, access_token="some-token")
    error = await refused(shop)
    assert (error.advice, error.code) == (Advice.ASK_SELLER, "error_sign")
    assert "wrong-key" not in str(error)
    assert "some-token" not in str(error)
    shop.tokens.credential = Credential()
    assert (await refused(shop)).code == "key"


@pytest.mark.parametrize("account", [{"partner_id": ""}, {"partner_id": "abc"}, {"shop_id": "١٢"}])
async def test_ids_that_are_missing_or_no_numbers_are_the_sellers_to_mend(account: Mapping[str, str]) -> None:
    connection = Connection(HeldTokens(Credential({"partner_key": "key"}, "token")))
    given = {"partner_id": "1", "shop_id": "2", **account}
    channel = open_channel(shop_config("shopee", "http://127.0.0.1:9", given), connection)
    with pytest.raises(ChannelError) as caught:
        await channel.check()
    assert caught.value.advice is Advice.ASK_SELLER
    await connection.close()


async def test_an_expired_token_is_renewed_once_and_the_old_one_lives_five_minutes_more() -> None:
    times = [real_clock()]
    async with at_stand("shopee", orders=1, clock=lambda: times[0]) as at:
        old = at.tokens.credential
        at.stand.accepted["access_until"] = "0"
        await at.channel.check()
        assert at.tokens.renewals == 1
        new = at.tokens.credential
        assert new.access_token != old.access_token
        assert new.refresh_token != old.refresh_token
        assert new.secrets == old.secrets
        assert new.access_expires_at == pytest.approx(times[0] + 4 * HOUR, abs=3_000)
        await at.channel.renew(new)
        await at.channel.check()
        times[0] += 6 * MINUTE
        assert (await refused(at)).advice is Advice.ASK_SELLER


async def test_a_token_that_is_never_taken_is_not_renewed_for_ever(shop: AtStand) -> None:
    shop.stand.faults.chances = {Fault.TOKEN_EXPIRED: 1.0}
    assert (await refused(shop)).advice in (Advice.RENEW, Advice.ASK_SELLER)
    assert shop.tokens.renewals == 1


async def test_a_refresh_token_works_once(shop: AtStand) -> None:
    await shop.channel.renew(shop.tokens.credential)
    with pytest.raises(ChannelError) as caught:
        await shop.channel.renew(shop.tokens.credential)
    assert (caught.value.advice, caught.value.code) == (Advice.ASK_SELLER, "error_shop_refresh_token")


async def test_a_renewal_that_may_have_arrived_is_not_repeated_at_once(shop: AtStand) -> None:
    shop.tokens.credential = Credential(
        shop.tokens.credential.secrets, "old", shop.tokens.credential.refresh_token, access_expires_at=0
    )
    for fault in (Fault.HTML_PAGE, Fault.BROKEN_OFF, Fault.CUT_OFF):
        shop.stand.calls.clear()
        shop.stand.faults.chances = {fault: 1.0}
        error = await refused(shop)
        assert error.advice is Advice.RETRY
        assert (error.retry_after or 0) >= 60
        assert shop.stand.calls == {REFRESH: 1}


async def test_a_moment_in_expire_in_is_taken_for_one(monkeypatch: pytest.MonkeyPatch, shop: AtStand) -> None:
    monkeypatch.setattr(gate, "ACCESS_LIVES", 1_893_456_000_000)
    assert (await shop.channel.renew(shop.tokens.credential)).access_expires_at == 1_893_456_000_000


async def test_a_revoked_shop_is_the_sellers_to_mend(shop: AtStand) -> None:
    shop.stand.faults.chances = {Fault.REVOKED: 1.0}
    assert (await refused(shop)).advice is Advice.ASK_SELLER
    assert shop.stand.calls == {INFO: 1}


async def test_a_clock_ten_minutes_off_is_set_by_the_servers(shop: AtStand) -> None:
    AHEAD[0] = 10 * MINUTE
    await shop.channel.check()
    assert shop.stand.calls == {INFO: 3}, "two answers agree that the clock is another one"
    AHEAD[0] = -10 * MINUTE
    await shop.channel.check()
    assert shop.stand.calls == {INFO: 6}


async def test_what_may_pass_is_tried_again(shop: AtStand) -> None:
    for fault in (Fault.TOO_OFTEN, Fault.SERVER_ERROR, Fault.HTML_PAGE, Fault.LYING_TYPE, Fault.CUT_OFF):
        shop.stand.calls.clear()
        shop.stand.faults.chances = {fault: 1.0}
        error = await refused(shop)
        assert error.advice is Advice.RETRY
        assert isinstance(error, UnreadableAnswerError) is (fault in (Fault.LYING_TYPE, Fault.CUT_OFF))
        assert shop.stand.calls[INFO] > 1
        shop.stand.faults.chances = {}
        await shop.channel.check()


async def test_bad_records_are_told_and_the_rest_of_the_page_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = real_clock()
    genuine = writing.order
    async with at_stand("shopee", orders=40, clock=lambda: moment) as at:
        numbers = [facts.number for facts in at.stand.market.every(moment)]
        spoilt: dict[str, dict[str, Any]] = {
            numbers[0]: {"create_time": "tomorrow"},
            numbers[1]: {"create_time": 0},
            numbers[2]: {"total_amount": "1e999"},
            numbers[3]: {"item_list": [{"model_quantity_purchased": "a few"}]},
            numbers[4]: {"order_sn": None},
            numbers[5]: {
                "order_status": "WAITING_FOR_MOON",
                "buyer_user_id": None,
                "package_list": None,
                "item_list": "",
            },
            numbers[6]: {
                "buyer_username": "x\u202e\x1b[31m" + "y" * 10_000,
                "note": None,
                "message_to_seller": 7,
                "update_time": str(moment // 1000),
                "cod": "true",
                "recipient_address": {"name": None, "phone": 84912345678, "city": "Hà Nội", "district": "Ba Đình"},
            },
        }

        def written(facts: Any, *args: Any, **options: Any) -> dict[str, Any]:
            return {**genuine(facts, *args, **options), **spoilt.get(facts.number, {})}

        monkeypatch.setattr(writing, "order", written)
        page = await at.channel.changes(Span(moment - 12 * DAY, moment + 1), None)
        assert {one.number for one in page.unreadable} == {*numbers[:4], ""}
        assert all("tomorrow" not in one.why and "few" not in one.why for one in page.unreadable)
        orders = {order.number: order for order in page.orders}
        assert set(orders) == set(numbers[5:])
        odd, strange = orders[numbers[5]], orders[numbers[6]]
        assert (odd.statuses[-1].status, odd.statuses[-1].channel_status) == (Status.CHANNEL_HOLD, "WAITING_FOR_MOON")
        assert odd.buyer is not None
        assert odd.buyer.external_id == odd.buyer.name
        assert (strange.cod, strange.buyer_note, strange.address.province) == (True, "7", "Hà Nội")
        assert strange.buyer is not None
        assert strange.buyer.phone == "84912345678"


async def test_an_application_without_permission_for_payments_and_returns_goes_without_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def not_allowed(*_: object) -> dict[str, Any]:
        raise gate.RefusedError("error_permission", "This app type has no permission to this API")

    for call in ("escrow_batch", "return_list", "return_detail", "booking_list"):
        monkeypatch.setattr(SimulatedShop, call, not_allowed)
    moment = real_clock()
    async with at_stand("shopee", orders=60, clock=lambda: moment) as at:
        page = await at.channel.changes(Span(moment - 12 * DAY, moment + 1), None)
        assert {order.number for order in page.orders} == {facts.number for facts in at.stand.market.every(moment)}
        assert not any(order.vouchers for order in page.orders)


async def agreed(at: AtStand) -> dict[str, str]:
    """What the redirect brings back when the seller agrees on the consent page."""
    assert at.channel.consent is not None
    url = at.channel.consent.consent_url("http://127.0.0.1:9/back", "state-1")
    async with httpx.AsyncClient() as browser:
        response = await browser.get(url)
    back = dict(parse_qsl(urlsplit(response.headers["location"]).query))
    assert back["state"] == "state-1"
    return back


async def test_a_sellers_consent_becomes_a_credential_once(shop: AtStand) -> None:
    assert shop.channel.consent is not None
    shop.tokens.credential = Credential(secrets=shop.tokens.credential.secrets)
    back = await agreed(shop)
    given = await shop.channel.consent.exchange(back)
    assert (given.account, given.secrets) == ({"shop_id": "200001"}, shop.tokens.credential.secrets)
    with pytest.raises(ChannelError) as caught:
        await shop.channel.consent.exchange(back)
    assert caught.value.advice is Advice.ASK_SELLER
    shop.tokens.credential = given
    await shop.channel.check()


async def test_a_code_that_was_pasted_alone_is_for_the_shop_of_the_configuration(shop: AtStand) -> None:
    assert shop.channel.consent is not None
    given = await shop.channel.consent.exchange({"code": (await agreed(shop))["code"]})
    assert given.account == {"shop_id": "200001"}


async def test_a_main_accounts_first_pair_is_traded_for_the_shops_own(shop: AtStand) -> None:
    assert shop.channel.consent is not None
    back = await agreed(shop)
    given = await shop.channel.consent.exchange({"code": back["code"], "main_account_id": "300001"})
    assert shop.stand.calls[REFRESH] == 1
    shop.tokens.credential = given
    await shop.channel.check()


async def test_a_consent_for_another_shop_and_one_without_a_code_are_refused() -> None:
    async with at_stand("shopee", orders=1, account={"shop_id": "200009"}) as at:
        assert at.channel.consent is not None
        for answer in (
            await agreed(at),
            {"code": "", "shop_id": "1"},
            {"code": "c"},
            {"code": "c", "shop_id": "x"},
            {},
        ):
            with pytest.raises(ChannelError) as caught:
                await at.channel.consent.exchange(answer)
            assert caught.value.advice is Advice.ASK_SELLER
