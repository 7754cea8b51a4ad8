from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from packstation.domain.times import DAY, HOUR, SECOND
from sync.channels.errors import Advice, ChannelError
from sync.channels.lazada.answers import envelope_of
from sync.channels.lazada.pushes import read_push
from sync.channels.lazada.signing import call_signature, push_signature
from sync.channels.protocol import PushDelivery, PushVerdict
from sync.credentials.credential import Credential
from sync.sandbox.channels import lazada as simulation
from sync.sandbox.channels.lazada.gate import SELLER_ID
from sync.sandbox.faults import Fault
from sync.sandbox.stand import real_clock
from sync.web.messages import Answer, Request
from tests.sync.channels.lazada_records import NUMBER
from tests.sync.channels.stands import AtStand, at_stand

SECRET = "helloworld"
PUSH = (
    b'{"seller_id":"1234567","message_type":0,"data":{"order_status":"unpaid","trade_order_id":"260422900198363",'
    b'"trade_order_line_id":"260422900298363","status_update_time":1603698638},"timestamp":1603766859191,"site":"lazada_vn"}'
)
PUSH_SIGNATURE = "6a85fe614bc8df04cc673c35195e84ed4dd17d84dee4af2f2656b05855dcacc4"


@pytest.mark.parametrize(
    ("path", "parameters", "signature"),
    [
        (
            "/order/get",
            {
                "access_token": "test",
                "app_key": "123456",
                "order_id": "1234",
                "sign_method": "sha256",
                "timestamp": "1517820392000",
            },
            "4190D32361CFB9581350222F345CB77F3B19F0E31D162316848A2C1FFD5FAB4A",
        ),
        (
            "/orders/get",
            {
                "update_after": "2026-09-01T00:00:00+07:00",
                "access_token": "test",
                "app_key": "123456",
                "limit": "100",
                "offset": "0",
                "sign_method": "sha256",
                "sort_by": "updated_at",
                "sort_direction": "ASC",
                "timestamp": "1517820392000",
            },
            "8CA8429B499965297908E5BBCEAF0E92BB423DA1AFF0D245DAD62A5DAF799A5F",
        ),
    ],
)
def test_calls_are_signed_as_documented(path: str, parameters: dict[str, str], signature: str) -> None:
    assert call_signature(SECRET, path, parameters) == signature


def test_pushes_are_signed_as_documented() -> None:
    assert push_signature("123456", SECRET, PUSH) == PUSH_SIGNATURE


def said(**envelope: Any) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        envelope_of(Answer(200, {}, json.dumps(envelope).encode()))
    return caught.value


@pytest.mark.parametrize(
    ("code", "kind", "message", "advice"),
    [
        ("IllegalAccessToken", "ISP", "invalid or expired", Advice.RENEW),
        ("IllegalRefreshToken", "ISV", "", Advice.ASK_SELLER),
        ("InvalidCode", "ISV", "", Advice.ASK_SELLER),
        ("IncompleteSignature", "ISV", "", Advice.ASK_SELLER),
        ("SellerNotVerified", "ISP", "", Advice.ASK_SELLER),
        ("IllegalTimestamp", "ISV", "", Advice.RETRY),
        ("ServiceTimeout", "SYSTEM", "", Advice.RETRY),
        ("MissingParameter", "ISV", "order_id", Advice.GIVE_UP),
        ("AUTH_TYPE_UNSUPPORTED", "ISV", "", Advice.GIVE_UP),
        ("Mp3SellerApiLimit", "ISV", "", Advice.GIVE_UP),
        ("14", "ISP", "E014: invalid offset", Advice.GIVE_UP),
        ("E036", "ISP", "invalid status filter", Advice.GIVE_UP),
        ("16", "ISP", "E016: Invalid Order ID", Advice.SKIP),
        ("E0116", "ISP", "no seller id", Advice.GIVE_UP),
    ],
)
def test_an_error_says_what_to_do_next(code: str, kind: str, message: str, advice: Advice) -> None:
    error = said(code=code, type=kind, message=message, request_id="q")
    assert error.advice is advice
    assert "\n" not in str(error)


def test_a_ban_is_sat_out() -> None:
    error = said(code="ApiCallLimit", type="ISV", message="Api access frequency exceeds. this ban will last 7 seconds")
    assert (error.advice, error.retry_after) == (Advice.RETRY, 7.0)
    assert said(code="SellerCallLimit", type="ISV", message="").retry_after == 1.0


async def test_a_wrong_secret_is_for_the_seller_to_mend() -> None:
    async with at_stand("lazada", orders=1) as at:
        at.tokens.credential = replace(at.tokens.credential, secrets={"app_secret": "wrong"})
        with pytest.raises(ChannelError, match="app_key") as caught:
            await at.channel.check()
        assert caught.value.advice is Advice.ASK_SELLER
        assert len(at.stand.calls) == at.stand.calls["/rest/orders/get"] == 1
        assert at.stand.secret("app_secret") not in str(caught.value)


async def test_an_expired_token_is_renewed_once_and_the_consent_lives_no_longer_for_it() -> None:
    async with at_stand("lazada", orders=5) as at:
        ends = at.tokens.credential.refresh_expires_at
        old = at.tokens.credential.access_token
        at.stand.accepted["access_until"] = "0"
        await at.channel.check()
        renewed = at.tokens.credential
        assert (at.tokens.renewals, renewed.access_token != old) == (1, True)
        assert ends is not None
        assert renewed.refresh_expires_at is not None
        assert abs(renewed.refresh_expires_at - ends) <= 2 * SECOND
        assert renewed.access_expires_at is not None
        assert renewed.access_expires_at > real_clock() + 29 * DAY


async def test_a_token_that_is_never_taken_is_for_the_seller() -> None:
    async with at_stand("lazada", orders=1, faults={Fault.TOKEN_EXPIRED: 1.0}) as at:
        with pytest.raises(ChannelError, match="log in again") as caught:
            await at.channel.check()
        assert caught.value.advice is Advice.ASK_SELLER
        assert at.tokens.renewals == 1


async def test_a_consent_that_was_taken_back_is_for_the_seller() -> None:
    async with at_stand("lazada", orders=1, faults={Fault.REVOKED: 1.0}) as at:
        with pytest.raises(ChannelError, match="log in again") as caught:
            await at.channel.check()
        assert caught.value.advice is Advice.ASK_SELLER
        assert caught.value.code == "IllegalRefreshToken"


@pytest.mark.parametrize("held", [{"refresh_token": ""}, {"refresh_expires_at": 1}])
async def test_a_consent_that_has_ended_is_not_tried(held: dict[str, Any]) -> None:
    async with at_stand("lazada", orders=1) as at:
        with pytest.raises(ChannelError) as caught:
            await at.channel.renew(replace(at.tokens.credential, **held))
        assert caught.value.advice is Advice.ASK_SELLER
        assert at.stand.calls == {}


@pytest.mark.parametrize("off", [-10 * HOUR, 10 * HOUR])
async def test_a_clock_that_is_off_is_set_by_the_servers(off: int) -> None:
    async with at_stand("lazada", orders=1, clock=lambda: real_clock() + off) as at:
        await at.channel.check()
        assert at.stand.calls["/rest/orders/get"] == 2


async def test_the_sellers_consent_buys_tokens_that_work_and_a_code_works_once() -> None:
    async with at_stand("lazada", orders=1) as at:
        at.tokens.credential = Credential(secrets=at.tokens.credential.secrets)
        consent = at.channel.consent
        assert consent is not None
        url = consent.consent_url("http://127.0.0.1:8791/", "st&te")
        async with httpx.AsyncClient() as browser:
            sent_to = (await browser.get(url)).headers["location"]
        answer = {name: values[0] for name, values in parse_qs(urlsplit(sent_to).query).items()}
        assert answer["state"] == "st&te"
        at.tokens.credential = await consent.exchange(answer)
        assert at.tokens.credential.account == {"seller_id": SELLER_ID}
        assert at.tokens.credential.secrets == {"app_secret": at.stand.secret("app_secret")}
        await at.channel.check()
        for wrong in (answer, {}):
            with pytest.raises(ChannelError) as caught:
                await consent.exchange(wrong)
            assert caught.value.advice is Advice.ASK_SELLER


async def asked(at: AtStand, path: str, /, **parameters: str) -> dict[str, Any]:
    """A call to the simulated gateway by hand, well signed."""
    sent = {
        "app_key": "123456",
        "timestamp": str(real_clock()),
        "sign_method": "sha256",
        "access_token": at.stand.accepted["access"],
        **parameters,
    }
    sent.setdefault("sign", call_signature(at.stand.secret("app_secret"), path, sent))
    answer = await at.connection.send(Request("GET", f"{at.url}/rest{path}", query=list(sent.items())))
    envelope: dict[str, Any] = answer.json()
    return envelope


SINCE = {"update_after": "2026-01-01T00:00:00+07:00"}


REFUSED: list[tuple[str, dict[str, str], str, str]] = [
    ("/orders/get", {**SINCE, "sign": "0" * 64}, "IncompleteSignature", ""),
    ("/orders/get", {**SINCE, "access_token": "x"}, "IllegalAccessToken", ""),
    ("/orders/get", {**SINCE, "timestamp": "1517820392000"}, "IllegalTimestamp", ""),
    ("/orders/get", {}, "18", "E018"),
    ("/orders/get", {"update_after": "2026-01-01"}, "17", "E017"),
    ("/orders/get", {"update_after": "2026-01-01T00:00:00"}, "17", "E017"),
    ("/orders/get", {**SINCE, "limit": "101"}, "19", "E019"),
    ("/orders/get", {**SINCE, "offset": "5001"}, "14", "E014"),
    ("/orders/get", {**SINCE, "sort_by": "price"}, "74", "E074"),
    ("/orders/get", {**SINCE, "sort_direction": "UP"}, "75", "E075"),
    ("/order/get", {"order_id": NUMBER}, "16", "E016"),
    ("/orders/items/get", {"order_ids": NUMBER}, "56", "E056"),
    ("/orders/items/get", {"order_ids": "[x]"}, "37", "E037"),
    ("/orders/items/get", {"order_ids": f"[{NUMBER}]"}, "39", "E039"),
    ("/orders/items/get", {"order_ids": "[" + ",".join(["1"] * 51) + "]"}, "38", "E038"),
    ("/reverse/getreverseordersforseller", {"page_no": "1", "page_size": "1000"}, "120", "E120"),
    ("/order/reverse/cancel/create", {"order_id": "1"}, "122", "E0122"),
    ("/order/reverse/cancel/seller/decide", {"reverse_order_id": "1"}, "131", "E0131"),
]


async def test_the_sandbox_refuses_what_lazada_refuses() -> None:
    async with at_stand("lazada", orders=1) as at:
        for path, parameters, code, message in REFUSED:
            answer = await asked(at, path, **parameters)
            assert (answer["code"], answer["message"][: len(message)]) == (code, message), parameters


async def test_the_sandbox_writes_numbers_times_and_nothing_in_all_their_shapes() -> None:
    async with at_stand("lazada", orders=40) as at:
        answer = await asked(at, "/orders/get", **SINCE, limit="100")
        orders = answer["data"]["orders"]
        assert answer["data"]["countTotal"] == len(orders) == 40
        assert {type(order["order_id"]) for order in orders} == {int, str}
        assert {type(order["price"]) for order in orders} == {float, str}
        assert {len(order["created_at"]) for order in orders} == {25, 13}
        assert {"T" in order["created_at"] for order in orders} == {True, False}
        assert {"", "null"} <= {order["remarks"] for order in orders}
        assert all("*" in order["address_shipping"]["phone"] for order in orders)


async def test_the_sandbox_lists_by_change_and_newest_first_on_demand() -> None:
    async with at_stand("lazada", orders=40) as at:
        listed = [
            [str(order["order_id"]) for order in (await asked(at, "/orders/get", **SINCE, **more))["data"]["orders"]]
            for more in ({"limit": "100"}, {"limit": "100", "sort_direction": "DESC"}, {"limit": "5", "offset": "3"})
        ]
        truth = sorted(at.stand.market.every(at.opened_at), key=lambda one: (one.updated_at, one.serial))
        assert listed[0] == [one.number for one in truth]
        assert listed[1] == listed[0][::-1]
        assert listed[2] == listed[0][3:8]


def delivered(body: bytes, signature: str, *, secret: str = SECRET) -> Any:
    return read_push(PushDelivery("https://x.example/lazada", {"authorization": signature}, body), "123456", secret)


def test_a_genuine_push_names_the_order_to_read_again() -> None:
    push = delivered(PUSH, PUSH_SIGNATURE)
    assert (push.verdict, push.answer.status, push.answer.body) == (PushVerdict.GENUINE, 200, b"")
    assert push.hint is not None
    assert push.hint.numbers == ("260422900198363",)
    assert push.hint.shop_account == "1234567"


@pytest.mark.parametrize(
    ("body", "signature", "secret"),
    [
        (PUSH.replace(b"unpaid", b"packed"), PUSH_SIGNATURE, SECRET),
        (PUSH, PUSH_SIGNATURE, "another"),
        (PUSH, "", SECRET),
        (PUSH, "đ" * 64, SECRET),
        (PUSH, push_signature("123456", "", PUSH), ""),
    ],
)
def test_a_forged_push_is_refused_and_not_read(body: bytes, signature: str, secret: str) -> None:
    push = delivered(body, signature, secret=secret)
    assert (push.verdict, push.answer.status, push.hint) == (PushVerdict.FORGED, 401, None)


@pytest.mark.parametrize(
    ("message", "verdict", "numbers", "must_act"),
    [
        (b"", PushVerdict.PING, None, False),
        (b"{}", PushVerdict.PING, None, False),
        (b"[1]", PushVerdict.PING, None, False),
        (b'{"message_type":3,"data":{"item_id":1}}', PushVerdict.GENUINE, None, False),
        (b'{"message_type":0,"data":null}', PushVerdict.GENUINE, None, False),
        (b'{"message_type":0,"data":{"trade_order_id":"1; DROP"}}', PushVerdict.GENUINE, None, False),
        (b'{"message_type":"10","data":{"trade_order_id":12345678}}', PushVerdict.GENUINE, ("12345678",), False),
        (b'{"message_type":14,"data":{"trade_order_id":"12345678"}}', PushVerdict.GENUINE, ("12345678",), False),
        (b'{"message_type":8,"seller_id":5,"data":{}}', PushVerdict.GENUINE, (), True),
    ],
)
def test_a_signed_push_is_only_a_hint(
    message: bytes, verdict: PushVerdict, numbers: tuple[str, ...] | None, must_act: bool
) -> None:
    push = delivered(message, push_signature("123456", SECRET, message))
    assert (push.verdict, push.answer.status) == (verdict, 200)
    assert (push.hint.numbers if push.hint else None) == numbers
    assert bool(push.hint and push.hint.seller_must_act) is must_act


async def test_the_sandboxes_pushes_are_believed() -> None:
    async with at_stand("lazada", orders=60, days=30) as at:
        facts = list(at.stand.market.every(at.opened_at))
        sent = [(one.number, *each) for one in facts for each in simulation.deliveries(at.stand, one)]
        for number, headers, body in sent:
            push = at.channel.read_push(PushDelivery("u", headers, body), at.tokens.credential)
            assert push.verdict is PushVerdict.GENUINE
            assert push.hint is not None
            assert push.hint.numbers == (number,)
        assert {json.loads(body)["message_type"] for _number, _headers, body in sent} == {0, 10, 14}
