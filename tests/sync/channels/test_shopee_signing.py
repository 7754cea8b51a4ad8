"""Shopee's signatures against every known vector, and pushes: genuine, forged, and what they hint at."""

from __future__ import annotations

import json

import pytest

from packstation.domain.orders import Status
from sync.channels.protocol import PushDelivery, PushVerdict
from sync.channels.shopee.pushes import read_push
from sync.channels.shopee.signing import public_base, push_signature, shop_base, signature
from sync.credentials.credential import Credential
from sync.sandbox.channels import shopee as simulation
from tests.sync.channels.stands import at_stand

KEY = "testpartnerkey"
URL = "https://example.test/hooks/shopee"
TOKEN = "59777174636562737266615546704c6d"
STATUS_PUSH = (
    b'{"data":{"items":[],"ordersn":"220810QSK8S7BX","status":"PROCESSED","completed_scenario":"","update_time":1660123127},'
    b'"shop_id":727720655,"code":3,"timestamp":1660123127}'
)
STATUS_SIGN = "8437d8a6ddacb2c8a11d193e2b612b21ef925b41a6b9dd6eb58e4cca37d2a35f"
TRACKING_PUSH = (
    b'{"data":{"ordersn":"220809MDBFYFT2","forder_id":"4965804244309504855","package_number":"OFG113701539238152",'
    b'"tracking_no":"SPXVN063015366786"},"shop_id":296363855,"code":4,"timestamp":1660123089}'
)
TRACKING_SIGN = "5bdf4ceadb1fdc599cee7675305d6f0c0053694ec4cecab9fd457c059208a235"


@pytest.mark.parametrize(
    ("path", "sign"),
    [
        ("/api/v2/shop/get_shop_info", "487ac56a283df7d0f5c3b72da34e38cbafb38f404b84e1d909f3ba6a042f0149"),
        ("/api/v2/order/get_order_list", "b623590f265e14dc1b708f139d8e2a92386c561dc549e19082990bcf0786ae93"),
    ],
)
def test_calls_for_a_shop_are_signed_with_token_and_shop(path: str, sign: str) -> None:
    assert signature(KEY, shop_base(2001887, path, 1655714431, TOKEN, 14701711)) == sign


def test_calls_for_the_application_are_signed_without() -> None:
    base = public_base(2001887, "/api/v2/public/get_shops_by_partner", 1655714431)
    assert signature(KEY, base) == "1dff417d2fcaff35993886b80f1f6d34823a7910ece7464552852d58a77380ef"


def test_the_signature_is_the_hmac_of_the_joined_parts() -> None:
    base = "/api/v2/auth/token/get123456test_partner_idtest_shop_idtest_main_account_id"
    assert signature("test_partner_key", base) == "37c864bd9821ff5f2c2f46b2faca14eb1811a718d1fdc6dcf383cba7c74bf9e9"


@pytest.mark.parametrize(("body", "sign"), [(STATUS_PUSH, STATUS_SIGN), (TRACKING_PUSH, TRACKING_SIGN)])
def test_pushes_are_signed_over_address_and_raw_body(body: bytes, sign: str) -> None:
    assert push_signature(KEY, URL, body) == sign


def pushed(body: bytes, sign: str, url: str = URL) -> PushDelivery:
    return PushDelivery(url, {"authorization": sign}, body)


def signed(told: object, key: str = KEY) -> PushDelivery:
    body = json.dumps(told).encode()
    return pushed(body, push_signature(key, URL, body))


def test_a_genuine_push_hints_at_its_order_and_is_answered_with_nothing() -> None:
    read = read_push(pushed(STATUS_PUSH, STATUS_SIGN), [KEY])
    assert read.verdict is PushVerdict.GENUINE
    assert (read.answer.status, read.answer.body) == (200, b"")
    assert read.hint is not None
    assert (read.hint.numbers, read.hint.shop_account) == (("220810QSK8S7BX",), "727720655")
    assert not read.hint.seller_must_act


@pytest.mark.parametrize(
    "delivery",
    [
        pushed(STATUS_PUSH, TRACKING_SIGN),
        pushed(STATUS_PUSH.replace(b"PROCESSED", b"CANCELLED"), STATUS_SIGN),
        pushed(STATUS_PUSH, STATUS_SIGN, URL + "/"),
        pushed(STATUS_PUSH, ""),
        pushed(STATUS_PUSH, "ký tên"),
        PushDelivery(URL, {}, STATUS_PUSH),
    ],
)
def test_nothing_of_a_forged_push_is_read(delivery: PushDelivery) -> None:
    read = read_push(delivery, ["another key", KEY])
    assert read.verdict is PushVerdict.FORGED
    assert read.hint is None
    assert read.answer.status == 401


def test_either_key_may_have_signed_and_without_keys_nothing_is_genuine() -> None:
    told = {"code": 3, "data": {"ordersn": "220810QSK8S7BX"}}
    assert read_push(signed(told, "push key"), ["push key", KEY]).verdict is PushVerdict.GENUINE
    assert read_push(signed(told, KEY), ["push key", KEY]).verdict is PushVerdict.GENUINE
    assert read_push(signed(told, ""), []).verdict is PushVerdict.FORGED


def test_the_message_that_tries_an_address_is_a_ping() -> None:
    read = read_push(signed({"code": 0, "data": {"verify_info": "respond"}, "timestamp": 1}), [KEY])
    assert (read.verdict, read.hint) == (PushVerdict.PING, None)


@pytest.mark.parametrize(
    ("told", "numbers", "account", "must_act"),
    [
        ({"code": 2, "data": {"shopid": 7}}, (), "7", True),
        ({"code": 1, "shop_id": 7, "data": {}}, (), "7", False),
        ({"code": 12, "data": {"shop_expire_soon": [7], "expire_before": 1}}, (), "7", True),
        ({"code": 12, "data": {"shop_expire_soon": [7, 8]}}, (), "", True),
        ({"code": 15, "shop_id": 7, "data": {"ordersn": "A"}}, ("A",), "7", False),
        ({"code": 23, "shop_id": 7, "data": {"booking_sn": "B", "booking_status": "MATCHED"}}, ("B",), "7", False),
        ({"code": 29, "shop_id": 7, "data": {"order_sn": "A", "return_sn": "R"}}, ("A",), "7", False),
        ({"code": 30, "shop_id": 7, "data": {"ordersn": "A", "package_number": "P"}}, ("A",), "7", False),
    ],
)
def test_each_kind_of_push_hints_at_what_it_is_about(
    told: object, numbers: tuple[str, ...], account: str, must_act: bool
) -> None:
    hint = read_push(signed(told), [KEY]).hint
    assert hint is not None
    assert (hint.numbers, hint.shop_account, hint.seller_must_act) == (numbers, account, must_act)


@pytest.mark.parametrize(
    "told",
    [
        [],
        7,
        None,
        {},
        {"code": 3},
        {"code": 3, "data": []},
        {"code": 3, "data": {"ordersn": 7}},
        {"code": 10, "data": {}},
    ],
)
def test_a_genuine_push_that_says_nothing_hints_at_nothing(told: object) -> None:
    read = read_push(signed(told), [KEY])
    assert (read.verdict, read.hint) == (PushVerdict.GENUINE, None)


def test_a_genuine_push_that_is_no_json_hints_at_nothing() -> None:
    read = read_push(pushed(b"{", push_signature(KEY, URL, b"{")), [KEY])
    assert (read.verdict, read.hint) == (PushVerdict.GENUINE, None)


async def test_the_simulated_pushes_are_genuine_for_the_shop_that_logged_in() -> None:
    async with at_stand("shopee", orders=30) as at:
        now = at.stand.clock()
        facts = next(facts for facts in at.stand.market.every(now) if facts.reached(Status.SHIPPED))
        pushes = simulation.deliveries(at.stand, facts)
        assert len(pushes) >= 3
        for headers, body in pushes:
            delivery = PushDelivery(simulation.CALLBACK, headers, body)
            read = at.channel.read_push(delivery, at.tokens.credential)
            assert read.hint is not None
            assert read.hint.numbers == (facts.number,)
            assert read.hint.shop_account == simulation.account(at.stand)["shop_id"]
            stranger = Credential(secrets={"partner_key": "another"})
            assert at.channel.read_push(delivery, stranger).verdict is PushVerdict.FORGED
