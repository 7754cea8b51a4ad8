"""The simulated TikTok Shop: Partner API version 202309, written from the channel's documents alone."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.routing import Route

from packstation.domain.orders import Status
from packstation.domain.times import SECOND
from sync.credentials.credential import Credential
from sync.sandbox.channels.tiktok.gate import (
    APP_KEY,
    REFRESH_LIFE,
    SERVICE_ID,
    TOKEN_LIFE,
    access_token,
    cipher_of,
    refresh_token,
    shop_id_of,
)
from sync.sandbox.channels.tiktok.records import return_changed_at, return_records, word_of
from sync.sandbox.channels.tiktok.routes import routes_of
from sync.sandbox.channels.tiktok.truth import expected as expected
from sync.sandbox.market.facts import Facts
from sync.sandbox.stand import Stand

__all__ = ["account", "credential", "deliveries", "expected", "routes"]


def routes(stand: Stand) -> Sequence[Route]:
    """The channel's own addresses."""
    return routes_of(stand)


def credential(stand: Stand) -> Credential:
    """What a shop that has just logged in holds."""
    now = stand.clock()
    return Credential(
        secrets={"app_secret": stand.secret("app_secret")},
        access_token=access_token(stand),
        refresh_token=refresh_token(stand),
        access_expires_at=now + TOKEN_LIFE,
        refresh_expires_at=now + REFRESH_LIFE,
        account={"shop_cipher": cipher_of(stand), "shop_id": shop_id_of(stand)},
    )


def account(stand: Stand) -> Mapping[str, str]:
    """The ids that channels.toml has."""
    return {"app_key": APP_KEY, "service_id": SERVICE_ID, "shop_id": shop_id_of(stand)}


def deliveries(stand: Stand, facts: Facts) -> list[tuple[dict[str, str], bytes]]:
    """What TikTok Shop pushes about an order as it is: headers and body each, signed. A cancelled one is CANCEL here."""
    second = facts.updated_at // SECOND
    word = word_of(facts, stand)
    order = {"order_id": facts.number, "update_time": second}
    status = {**order, "order_status": "CANCEL" if word == "CANCELLED" else word, "is_on_hold_order": word == "ON_HOLD"}
    pushes: list[tuple[int, dict[str, Any]]] = [(1, status)]
    if facts.address_changed_at is not None:
        pushes.append((3, order))
    packages = [{"package_id": package.number, "order_id_list": [facts.number]} for package in facts.packages]
    pushes.append((4, {"sc_type": 1, "role_type": 1, "package_list": packages, "update_time": second}))
    if facts.status in (Status.CANCEL_REQUESTED, Status.CANCELLED):
        pending = facts.status is Status.CANCEL_REQUESTED
        state = "CANCELLATION_REQUEST_PENDING" if pending else "CANCELLATION_REQUEST_COMPLETE"
        pushes.append((11, {**order, "cancel_status": state, "cancellations_role": "BUYER", "cancel_id": "4036"}))
    if return_changed_at(facts) is not None:
        for one in return_records(facts):
            pushes.append((12, {**order, "return_id": one["return_id"], "return_status": one["return_status"]}))
    return [_signed(stand, kind, data, second) for kind, data in pushes]


def _signed(stand: Stand, kind: int, data: dict[str, Any], second: int) -> tuple[dict[str, str], bytes]:
    message = {
        "type": kind,
        "tts_notification_id": f"73271{second}{kind:04d}",
        "shop_id": shop_id_of(stand),
        "timestamp": second,
        "data": data,
    }
    body = json.dumps(message, separators=(",", ":")).encode()
    sign = hmac.new(stand.secret("app_secret").encode(), APP_KEY.encode() + body, hashlib.sha256).hexdigest()
    return {"authorization": sign, "content-type": "application/json"}, body
