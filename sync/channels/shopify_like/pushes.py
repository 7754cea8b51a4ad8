"""Webhooks of the family: base64 HMAC-SHA256 of the raw body with the application's secret, the order as the body."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re

from sync.channels.protocol import PushAnswer, PushHint, PushVerdict, ReadPush

_ID = re.compile(r"[1-9][0-9]{0,19}")


def signature(secret: str, body: bytes) -> str:
    """What the signature header must be for this raw body."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def is_signature(given: str, secret: str, body: bytes) -> bool:
    """Whether a delivery is genuine, compared in constant time; nothing is genuine without a secret."""
    return bool(secret) and hmac.compare_digest(given.encode(), signature(secret, body).encode())


def read_push(given: str, secret: str, body: bytes, topic: str, shop_account: str) -> ReadPush:
    """Verify a delivery and say which order it is about.

    Args:
        given: the signature header's value.
        secret: the application's secret.
        body: the raw body.
        topic: the topic header's value; fulfilments, refunds and transactions name their order in `order_id`.
        shop_account: the shop as the headers name it.
    """
    if not is_signature(given, secret, body):
        return ReadPush(PushVerdict.FORGED, PushAnswer(401))
    return ReadPush(PushVerdict.GENUINE, PushAnswer(), PushHint(_numbers(body, topic), shop_account))


def _numbers(body: bytes, topic: str) -> tuple[str, ...]:
    try:
        record = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(record, dict):
        return ()
    field = "id" if topic.startswith("orders/") else "order_id"
    inner = record.get("order")
    number = str(record.get(field) or (inner.get("id") if isinstance(inner, dict) else "") or "")
    return (number,) if _ID.fullmatch(number) else ()
