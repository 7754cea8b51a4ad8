"""KiotViet's webhooks (public API documents, "Webhook"): verified on the raw bytes, never more than a hint.

Any answer of 400 to 405 makes KiotViet stop its deliveries for good, so that forged ones are answered like genuine ones, with 200.
How the HMAC-SHA256 is written, and whether its key is the secret or what was registered (the secret in base64), is not documented,
and public receivers disagree: hex and base64, with or without a prefix such as `sha256=`, are taken under either key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import structlog
from pydantic_core import from_json

from sync.channels.protocol import PushAnswer, PushDelivery, PushHint, PushVerdict, ReadPush

_PREFIXES = ("sha256=", "sha1=")
_KINDS = ("order.", "invoice.")
_MOST_NUMBERS = 100
_SHORTEST_SECRET = 8
_LONGEST_CODE = 80

log = structlog.get_logger(__name__)


def read_push(delivery: PushDelivery, secret: str) -> ReadPush:
    """Verify a delivery and say which orders and invoices it names.

    Args:
        delivery: as it arrived.
        secret: the webhook's, raw or in base64; with an empty one nothing is genuine.
    """
    said = delivery.headers.get("x-hub-signature", "").strip()
    for prefix in _PREFIXES:
        said = said[len(prefix) :] if said[: len(prefix)].casefold() == prefix else said
    matched = ""
    for name, digest in _digests(secret, delivery.body):
        given = said.casefold() if name.startswith("hex") else said
        if hmac.compare_digest(given.encode("utf-8", "replace"), digest.encode()):
            matched = name
    if not secret or not matched:
        return ReadPush(PushVerdict.FORGED, PushAnswer())
    log.debug("KiotViet signature", form=matched)
    numbers = tuple(dict.fromkeys(_codes(delivery.body)))[:_MOST_NUMBERS]
    return ReadPush(PushVerdict.GENUINE, PushAnswer(), PushHint(numbers) if numbers else None)


def _digests(secret: str, body: bytes) -> Iterator[tuple[str, str]]:
    """The signature in every form, by its name; all are computed whatever matches."""
    keys = {"given": secret.encode(), "encoded": base64.b64encode(secret.encode())}
    with suppress(ValueError):
        decoded = base64.b64decode(secret.encode(), validate=True)
        if len(decoded) >= _SHORTEST_SECRET:
            keys["decoded"] = decoded
    for name, key in keys.items():
        digest = hmac.new(key, body, hashlib.sha256).digest()
        yield f"hex, {name} secret", digest.hex()
        yield f"base64, {name} secret", base64.b64encode(digest).decode()


def _codes(body: bytes) -> Iterator[str]:
    """The codes in `Notifications[].Data[]`; an action is a webhook's type, with an id of the shop behind it or not."""
    try:
        message = from_json(body, allow_inf_nan=False)
    except (ValueError, RecursionError):
        return
    for one in _records(message, "Notifications"):
        if str(one.get("Action", "")).casefold().startswith(_KINDS):
            for record in _records(one, "Data"):
                code = record.get("Code")
                if isinstance(code, str) and 0 < len(code) <= _LONGEST_CODE:
                    yield code


def _records(value: Any, name: str) -> list[dict[str, Any]]:  # noqa: ANN401 - any JSON value
    rows = value.get(name) if isinstance(value, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
