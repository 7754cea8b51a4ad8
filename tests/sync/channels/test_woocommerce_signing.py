"""WooCommerce: how calls and deliveries are signed."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from functools import cache

import pytest

from sync.channels.protocol import PushDelivery, PushVerdict
from sync.channels.woocommerce import open_woocommerce
from sync.channels.woocommerce.calls import call
from sync.channels.woocommerce.client import WooCommerce
from sync.channels.woocommerce.signing import is_webhook_signature, oauth_signature, webhook_signature, with_oauth
from sync.credentials.credential import Credential
from sync.sandbox.channels import woocommerce as simulated
from sync.sandbox.channels.woocommerce.keys import oauth_signature as signature_of_the_shop
from sync.shops_config import ShopConfig
from sync.web.connection import Connection
from tests.sync.channels.stands import HeldTokens, make_stand

BODY = b'{"id":727,"number":"727","status":"processing"}'
CREDENTIAL = Credential({"consumer_key": "ck_1", "consumer_secret": "cs_1", "webhook_secret": "testsecret"})
SIGNED = "ZQbyKRS3FwkFu1jRC5lahj8rK57OCRpzPb6gYxT0I+Q="


@cache
def _connection() -> Connection:
    return Connection(HeldTokens(CREDENTIAL))


def channel(**keys: object) -> WooCommerce:
    shop = ShopConfig.model_validate({"name": "Web", "channel": "woocommerce", **keys})
    return open_woocommerce(shop, _connection())


def delivery(signature: str, body: bytes = BODY) -> PushDelivery:
    return delivered({"x-wc-webhook-signature": signature}, body)


def delivered(headers: Mapping[str, str], body: bytes) -> PushDelivery:
    return PushDelivery("https://packstation.example/hook", headers, body)


def test_a_webhook_is_signed_by_the_base64_hmac_of_its_raw_body() -> None:
    assert webhook_signature("testsecret", BODY) == SIGNED
    assert is_webhook_signature(SIGNED, "testsecret", BODY)


def test_oauth_follows_the_example_of_the_rfc_in_everything_but_its_digest() -> None:
    # Base string of RFC 5849, 3.4.1.1, without a body and a token.
    parameters = (("b5", "=%3D"), ("a3", "a"), ("c@", ""), ("a2", "r b"), ("c2", ""), ("oauth_nonce", "7d8f3e4a"))
    by_hand = (
        "GET&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D"
        "%26oauth_nonce%3D7d8f3e4a"
    )
    wanted = base64.b64encode(hmac.new(b"s&", by_hand.encode(), hashlib.sha256).digest()).decode()
    assert oauth_signature("get", "http://example.com/request", parameters, "s") == wanted


def test_connector_and_shop_sign_alike_whatever_is_asked() -> None:
    query = (("search", "Hà Nội +84 (095)/~*'!"), ("include", "1,2,3"), ("status", "any"))
    url = "http://127.0.0.1:8080/wp-json/wc/v3/orders"
    signed = with_oauth("GET", url, query, "ck_1", "cs_1", 1_788_220_800, "abc")
    assert dict(signed)["oauth_signature"] == signature_of_the_shop("cs_1", "GET", url, list(signed), "HMAC-SHA256")
    assert signed[: len(query)] == query


def test_over_tls_the_key_goes_as_basic_and_never_into_the_address() -> None:
    request = call("https://soc-nau.example", "GET", "orders", (("page", "1"),), None, CREDENTIAL, 0)
    assert request.full_url == "https://soc-nau.example/wp-json/wc/v3/orders?page=1"
    assert request.headers["authorization"] == "Basic " + base64.b64encode(b"ck_1:cs_1").decode()


def test_over_plain_http_the_secret_is_not_sent_at_all() -> None:
    request = call("http://127.0.0.1:8080", "GET", "orders", (), None, CREDENTIAL, 1_788_220_800_000)
    assert "authorization" not in request.headers
    assert "cs_1" not in request.full_url
    assert ("oauth_timestamp", "1788220800") in request.query


@pytest.mark.parametrize(("account", "host", "asked"), [({}, None, ("site",)), ({}, "https://soc-nau.example", ())])
def test_a_site_is_asked_for_unless_the_host_is_given(
    account: dict[str, str], host: str | None, asked: tuple[str, ...]
) -> None:
    assert channel(account=account, api_host=host).abilities.account == asked


def test_a_genuine_delivery_hints_at_its_order() -> None:
    read = channel().read_push(delivery(SIGNED), CREDENTIAL)
    assert (read.verdict, read.answer.status) == (PushVerdict.GENUINE, 200)
    assert read.hint is not None
    assert read.hint.numbers == ("727",)


@pytest.mark.parametrize(
    ("body", "signature", "secret"),
    [
        (BODY.replace(b"727", b"728"), SIGNED, "testsecret"),
        (BODY, SIGNED, "another"),
        (BODY, "", "testsecret"),
        (BODY, "không phải", "testsecret"),
        (BODY, SIGNED.lower(), "testsecret"),
    ],
)
def test_a_tampered_or_unsigned_delivery_is_forged_and_hints_at_nothing(
    body: bytes, signature: str, secret: str
) -> None:
    credential = Credential({"consumer_secret": "cs_1", "webhook_secret": secret})
    read = channel().read_push(delivery(signature, body), credential)
    assert (read.verdict, read.answer.status, read.hint) == (PushVerdict.FORGED, 401, None)


def test_without_any_secret_nothing_is_genuine() -> None:
    signature = webhook_signature("", BODY)
    read = channel().read_push(delivery(signature), Credential())
    assert read.verdict is PushVerdict.FORGED


def test_without_a_webhook_secret_deliveries_are_signed_by_the_consumer_secret() -> None:
    signature = webhook_signature("cs_1", BODY)
    credential = Credential({"consumer_secret": "cs_1", "webhook_secret": ""})
    read = channel().read_push(delivery(signature), credential)
    assert read.verdict is PushVerdict.GENUINE


def test_the_first_ping_is_an_unsigned_form_and_is_answered() -> None:
    headers, body = simulated.ping()
    read = channel().read_push(delivered(headers, body), CREDENTIAL)
    assert (read.verdict, read.answer.status, read.hint) == (PushVerdict.PING, 200, None)


def test_deliveries_of_the_shop_are_genuine_whatever_became_of_the_order() -> None:
    stand, opened_at = make_stand("woocommerce", orders=600, days=60)
    site = channel()
    topics = set()
    for facts in stand.market.every(opened_at):
        ((headers, body),) = simulated.deliveries(stand, facts)
        read = site.read_push(delivered(headers, body), simulated.credential(stand))
        assert read.hint is not None
        assert read.hint.numbers == (facts.number,)
        topics.add(headers["x-wc-webhook-topic"])
    assert topics >= {"order.updated", "order.deleted"}
