"""Lazada Open Platform, simulated: gateway, orders by unit, returns, cancellations, pushes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from starlette.routing import Route

from packstation.domain.orders import Status
from packstation.domain.times import SECOND
from sync.credentials.credential import Credential
from sync.sandbox.channels.lazada import orders
from sync.sandbox.channels.lazada.gate import (
    APP_KEY,
    SELLER_ID,
    auth_routes,
    guarded,
    issue,
    push_authorization,
)
from sync.sandbox.channels.lazada.rendering import reverse_id, unit_states
from sync.sandbox.market.facts import Facts
from sync.sandbox.stand import Stand
from sync.sandbox.truth import Expected, plainly


def routes(stand: Stand) -> Sequence[Route]:
    """Lazada's addresses."""
    return [
        *auth_routes(stand),
        guarded(stand, "/orders/get", orders.orders_get()),
        guarded(stand, "/order/get", orders.order_get),
        guarded(stand, "/orders/items/get", orders.orders_items_get),
        guarded(stand, "/order/items/get", orders.order_items_get),
        guarded(stand, "/reverse/getreverseordersforseller", orders.reverse_orders),
        guarded(stand, "/order/reverse/cancel/validate", orders.cancel_validate),
        guarded(stand, "/order/reverse/cancel/create", orders.cancel_create),
        guarded(stand, "/order/reverse/cancel/seller/decide", orders.cancel_decide),
    ]


def credential(stand: Stand) -> Credential:
    """What a shop that has just logged in holds."""
    if "access" not in stand.accepted:
        issue(stand)
    accepted = stand.accepted
    return Credential(
        secrets={"app_secret": stand.secret("app_secret")},
        access_token=accepted["access"],
        refresh_token=accepted["refresh"],
        access_expires_at=int(accepted["access_until"]),
        refresh_expires_at=int(accepted["refresh_until"]),
        account={"seller_id": SELLER_ID},
    )


def account(stand: Stand) -> Mapping[str, str]:
    """The ids that the shop's `account` in channels.toml has."""
    return {"app_key": APP_KEY}


def expected(facts: Facts) -> Expected | None:
    """What Lazada lets one know: times in whole seconds, no completion, the hand-over deadline and that of an answer."""
    if facts.deleted:
        return None
    whole = plainly(facts)
    ship_by = None if facts.ship_by is None else facts.ship_by // SECOND * SECOND
    return replace(
        whole,
        status=Status.DELIVERED if whole.status is Status.COMPLETED else whole.status,
        placed_at=facts.placed_at // SECOND * SECOND,
        deadlines=(None, ship_by, None, facts.answer_by),
    )


def deliveries(stand: Stand, facts: Facts) -> list[tuple[dict[str, str], bytes]]:
    """The pushes about an order as it is now: one per unit, of its package, of its return; and one of each time shape."""
    numbers = {"trade_order_id": facts.number}
    messages = [
        (0, {**numbers, "order_status": unit.word, "trade_order_line_id": unit.unit_id, "status_update_time": at})
        for at in (facts.updated_at // SECOND,)
        for unit in unit_states(stand, facts)
    ]
    if facts.reached(Status.LABEL_READY) is not None:
        messages += [(14, {**numbers, "ofc_package_id": one.number}) for one in facts.packages]
    if facts.reached(Status.RETURNING) is not None:
        messages.append((10, {**numbers, "reverse_order_id": reverse_id(facts, "71")}))
    sent = []
    for place, (kind, data) in enumerate(messages):
        stamp = facts.updated_at if place % 2 else facts.updated_at // SECOND
        message = {"seller_id": SELLER_ID, "message_type": kind, "data": data, "timestamp": stamp, "site": "lazada_vn"}
        body = json.dumps(message, separators=(",", ":")).encode()
        sent.append(({"authorization": push_authorization(stand, body), "content-type": "application/json"}, body))
    return sent
