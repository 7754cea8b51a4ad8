"""Shopee's pushes: verified on the raw bytes, answered with nothing, and read for which orders to look at.

Source: Shopee Open Platform v2, "Push mechanism": the `Authorization` header is the HMAC of `url|body`; anything but an empty body
with a status of 2xx within three seconds counts as failed. The console may hand out a push partner key of its own, and sends a
message of code 0 when the address is set up.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic_core import from_json

from sync.channels.protocol import PushAnswer, PushDelivery, PushHint, PushVerdict, ReadPush
from sync.channels.shopee.signing import push_signature

_VERIFICATION = 0
_CONSENT_TAKEN_BACK = 2
_CONSENT_ENDS_SOON = 12
_CONSENT_CODES = frozenset({1, _CONSENT_TAKEN_BACK, _CONSENT_ENDS_SOON})
_NUMBER_FIELDS = ("ordersn", "order_sn", "booking_sn")
_LONGEST_NUMBER = 40


def read_push(delivery: PushDelivery, keys: Sequence[str]) -> ReadPush:
    """What came of a delivery; without keys nothing is genuine."""
    given = delivery.headers.get("authorization", "").strip().lower().encode("utf-8", "replace")
    matches = [hmac.compare_digest(given, push_signature(key, delivery.url, delivery.body).encode()) for key in keys]
    if not any(matches):
        return ReadPush(PushVerdict.FORGED, PushAnswer(401))
    try:
        told = from_json(delivery.body)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        return ReadPush(PushVerdict.GENUINE, PushAnswer())
    if told.get("code") == _VERIFICATION:
        return ReadPush(PushVerdict.PING, PushAnswer())
    return ReadPush(PushVerdict.GENUINE, PushAnswer(), _hint(told))


def lost_hint(record: object) -> PushHint | None:
    """What a record of the queue of lost pushes says: it holds the push as it would have arrived, as text."""
    text = record.get("data") if isinstance(record, dict) else None
    try:
        told = from_json(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        told = None
    return _hint(told) if isinstance(told, dict) else None


def _hint(told: dict[str, Any]) -> PushHint | None:
    code, inner = told.get("code"), told.get("data")
    data = inner if isinstance(inner, dict) else {}
    numbers = tuple(dict.fromkeys(_numbers(data)))
    if code not in _CONSENT_CODES and not numbers:
        return None
    account = next((str(one) for one in _accounts(told, data) if isinstance(one, int | str) and one), "")
    return PushHint(numbers, account, seller_must_act=code in (_CONSENT_TAKEN_BACK, _CONSENT_ENDS_SOON))


def _numbers(data: dict[str, Any]) -> Iterator[str]:
    for field in _NUMBER_FIELDS:
        number = data.get(field)
        if isinstance(number, str) and 0 < len(number) <= _LONGEST_NUMBER:
            yield number


def _accounts(told: dict[str, Any], data: dict[str, Any]) -> Iterator[object]:
    """Where a push may name the shop: beside the data, in it (both spellings), or in a list of shops."""
    yield from (told.get("shop_id"), data.get("shop_id"), data.get("shopid"))
    for field in ("shop_id_list", "shop_expire_soon"):
        shops = data.get(field)
        yield from shops if isinstance(shops, list) and len(shops) == 1 else ()
