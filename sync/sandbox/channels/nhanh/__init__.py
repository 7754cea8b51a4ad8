"""Nhanh.vn Open API 2.0, simulated: the access page, orders and their changes, webhooks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from starlette.routing import Route

from sync.credentials.credential import Credential
from sync.sandbox.channels.nhanh.gate import APP_ID, BUSINESS_ID, access_routes, guarded, issue
from sync.sandbox.channels.nhanh.orders import order_index, order_update
from sync.sandbox.channels.nhanh.truth import expected
from sync.sandbox.channels.nhanh.writing import order_json
from sync.sandbox.market.facts import Facts
from sync.sandbox.stand import Stand

__all__ = ["account", "credential", "deliveries", "expected", "routes"]


def routes(stand: Stand) -> Sequence[Route]:
    """Nhanh's addresses."""
    return [
        *access_routes(stand),
        guarded(stand, "/api/order/index", order_index()),
        guarded(stand, "/api/order/update", order_update),
    ]


def credential(stand: Stand) -> Credential:
    """What a shop that has just logged in holds."""
    if "access" not in stand.accepted:
        issue(stand)
    return Credential(
        secrets={
            "secret_key": stand.secret("secret_key"),
            "webhooks_verify_token": stand.secret("webhooks_verify_token"),
        },
        access_token=stand.accepted["access"],
        refresh_expires_at=int(stand.accepted["access_until"]),
        account={"business_id": BUSINESS_ID},
    )


def account(stand: Stand) -> Mapping[str, str]:
    """The ids that the shop's `account` in channels.toml has."""
    return {"app_id": APP_ID}


def deliveries(stand: Stand, facts: Facts) -> list[tuple[dict[str, str], bytes]]:
    """The webhooks that the order's last change sends: a new order, a change, or a deletion."""
    data: object
    if facts.deleted:
        event, data = "orderDelete", [int(facts.number)]
    else:
        event = "orderAdd" if facts.updated_at == facts.placed_at else "orderUpdate"
        record = order_json(facts)
        data = {**record, "orderId": record["id"]}
    message = {
        "event": event,
        "businessId": int(BUSINESS_ID),
        "webhooksVerifyToken": stand.secret("webhooks_verify_token"),
        "data": data,
    }
    return [({"content-type": "application/json"}, json.dumps(message, ensure_ascii=False).encode())]
