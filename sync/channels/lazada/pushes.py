"""Lazada's pushes (Lazada Open Platform, "Lazada Push Mechanism"): verified on the raw bytes, never more than a hint.

Lazada wants HTTP 200 within 500 ms and sends again every half an hour, twelve times. Of the types, 0 (order), 10 (reverse order) and
14 (fulfilment package) name an order; 8 says 48 hours ahead that the authorisation ends; products (3 to 5) are no business of ours.
"""

from __future__ import annotations

import hmac
from typing import Any

from pydantic_core import from_json

from sync.channels.lazada.signing import push_signature
from sync.channels.protocol import PushAnswer, PushDelivery, PushHint, PushVerdict, ReadPush

_ABOUT_ORDERS = frozenset({"0", "10", "14"})
_TOKEN_EXPIRES = "8"  # noqa: S105 - a message type


def read_push(delivery: PushDelivery, app_key: str, app_secret: str) -> ReadPush:
    """Verify a delivery and say what it hints at.

    Args:
        delivery: as it arrived.
        app_key: the application's key.
        app_secret: its secret; with an empty one nothing is genuine.
    """
    said = delivery.headers.get("authorization", "").strip().lower()
    right = push_signature(app_key, app_secret, delivery.body)
    if not app_secret or not hmac.compare_digest(said.encode(), right.encode()):
        return ReadPush(PushVerdict.FORGED, PushAnswer(401))
    message = _message(delivery.body)
    if "message_type" not in message:
        return ReadPush(PushVerdict.PING, PushAnswer())
    kind = str(message["message_type"])
    data = message.get("data")
    number = str(data.get("trade_order_id") or data.get("order_id") or "") if isinstance(data, dict) else ""
    numbers = (number,) if kind in _ABOUT_ORDERS and number.isascii() and number.isdigit() else ()
    must_act = kind == _TOKEN_EXPIRES
    if not numbers and not must_act:
        return ReadPush(PushVerdict.GENUINE, PushAnswer())
    hint = PushHint(numbers, str(message.get("seller_id") or ""), seller_must_act=must_act)
    return ReadPush(PushVerdict.GENUINE, PushAnswer(), hint)


def _message(body: bytes) -> dict[str, Any]:
    try:
        message = from_json(body)
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}
