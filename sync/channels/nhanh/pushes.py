"""Nhanh's webhooks: JSON with the token that the shop chose, and no signature. Source: apidocs.nhanh.vn, "Webhooks".

Whatever is not answered with 200 comes again after 5, 10 and 30 minutes.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator

from pydantic_core import from_json

from sync.channels.protocol import PushAnswer, PushDelivery, PushHint, PushVerdict, ReadPush

_MOST_NUMBERS = 100
_ABOUT_ORDERS = frozenset({"orderAdd", "orderUpdate", "orderDelete"})


def read_push(delivery: PushDelivery, verify_token: str) -> ReadPush:
    """Compare the token and say which orders a delivery names; events about anything else name none.

    Args:
        delivery: as it came.
        verify_token: the shop's own; without one everybody could push, so that nothing is believed.
    """
    try:
        message = from_json(delivery.body, allow_inf_nan=False)
    except (ValueError, RecursionError):
        message = None
    given = message.get("webhooksVerifyToken") if isinstance(message, dict) else None
    said = given if isinstance(given, str) else ""
    same = hmac.compare_digest(said.encode("utf-8", "replace"), verify_token.encode())
    if not verify_token or not same or not isinstance(message, dict):
        return ReadPush(PushVerdict.FORGED, PushAnswer(401))
    numbers: tuple[str, ...] = ()
    if message.get("event") in _ABOUT_ORDERS:
        numbers = tuple(dict.fromkeys(_numbers(message.get("data"))))[:_MOST_NUMBERS]
    return ReadPush(PushVerdict.GENUINE, PushAnswer(), PushHint(numbers, _number(message.get("businessId"))))


def _numbers(data: object) -> Iterator[str]:
    """The order ids in an event's data: an order, several, or the bare ids of deleted ones."""
    members = data if isinstance(data, list) else [data]
    for one in members:
        found = one
        if isinstance(one, dict):
            found = one.get("orderId", one.get("id", one.get("orderIds")))
        for number in found if isinstance(found, list) else [found]:
            if text := _number(number):
                yield text


def _number(value: object) -> str:
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if text.isascii() and text.isdigit() and len(text) <= 18 else ""
