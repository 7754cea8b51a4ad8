from __future__ import annotations

import json

import pytest

from sync.channels.protocol import PushVerdict
from sync.channels.shopify_like.pushes import is_signature, read_push, signature

BODY = b'{"id":727,"number":"727","status":"processing"}'
SIGNED = "ZQbyKRS3FwkFu1jRC5lahj8rK57OCRpzPb6gYxT0I+Q="


def test_the_signature_is_that_of_the_documents() -> None:
    assert signature("testsecret", BODY) == SIGNED
    assert is_signature(SIGNED, "testsecret", BODY)
    assert not is_signature(SIGNED, "testsecret", BODY + b"\n")
    assert not is_signature(signature("", BODY), "", BODY), "without a secret nothing is genuine"


@pytest.mark.parametrize(
    ("record", "topic", "numbers"),
    [
        ({"id": 727}, "orders/updated", ("727",)),
        ({"id": 9, "order_id": "727"}, "fulfillments/create", ("727",)),
        ({"order": {"id": 727}}, "orders/create", ("727",)),
        ({"id": "'; DROP"}, "orders/updated", ()),
        ({"id": 727}, "products/update", ()),
        ([], "orders/updated", ()),
    ],
)
def test_a_delivery_hints_at_its_order(record: object, topic: str, numbers: tuple[str, ...]) -> None:
    body = json.dumps(record).encode()
    got = read_push(signature("s", body), "s", body, topic, "shop")
    assert got.verdict is PushVerdict.GENUINE
    assert got.hint is not None
    assert got.hint.numbers == numbers


def test_a_genuine_delivery_that_is_no_json_hints_at_nothing() -> None:
    for body in (b"", b"{", b"[" * 100_000):
        got = read_push(signature("s", body), "s", body, "orders/updated", "")
        assert got.hint is not None
        assert got.hint.numbers == ()
