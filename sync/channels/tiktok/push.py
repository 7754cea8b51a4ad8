"""TikTok Shop's pushes. Source: "TikTok Shop webhooks overview" and the pages of the types named here."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from typing import Any

from pydantic_core import from_json

from sync.channels.protocol import PushAnswer, PushDelivery, PushHint, PushVerdict, ReadPush
from sync.channels.tiktok.signing import push_signature

_MOST_NUMBERS = 100
_ABOUT_CONSENT = frozenset({"6", "7"})
"""The seller has taken the consent back, or it ends within thirty days."""


def read_push(app_key: str, secret: str, delivery: PushDelivery) -> ReadPush:
    """Verify a delivery on its raw bytes and say which orders it names.

    Types 1 (status; cancelled is spelt CANCEL there), 2 (returns, the older one), 3 (address), 4 (package), 11 (cancellation)
    and 12 (return) name orders. Other types name none and are taken all the same: an error would only bring them again.
    """
    expected = push_signature(app_key, secret, delivery.body)
    given = delivery.headers.get("authorization", "")
    # Without a secret anybody could sign.
    if not secret or not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
        return ReadPush(PushVerdict.FORGED, PushAnswer(401))
    try:
        message = from_json(delivery.body, allow_inf_nan=False)
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict):
        return ReadPush(PushVerdict.GENUINE, PushAnswer(200), PushHint(()))
    numbers = tuple(dict.fromkeys(_numbers(message.get("data"))))[:_MOST_NUMBERS]
    hint = PushHint(
        numbers, _number(message.get("shop_id")), seller_must_act=_number(message.get("type")) in _ABOUT_CONSENT
    )
    return ReadPush(PushVerdict.GENUINE, PushAnswer(200), hint)


def _numbers(data: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON value
    """The order numbers in a push's data: one, or those of each package."""
    if not isinstance(data, dict):
        return
    packages = data.get("package_list")
    named = [data.get("order_id")]
    for package in packages if isinstance(packages, list) else ():
        orders = package.get("order_id_list") if isinstance(package, dict) else None
        named += orders if isinstance(orders, list) else []
    yield from filter(None, map(_number, named))


def _number(value: object) -> str:
    """A number of an order or a shop as text; empty for anything else."""
    text = str(value) if isinstance(value, str | int) else ""
    return text if text.isascii() and text.isdigit() and len(text) <= 25 else ""
