"""A simulated shop at Shopify: the Admin GraphQL API with its costs, tokens by the client credentials grant, webhooks.

It runs the queries that it is sent, as far as their fields are those of orders; the shop has the points of the largest plan. With
`stand.accepted["unapproved"]` set, whatever is protected customer data is null beside an ACCESS_DENIED.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence

from starlette.routing import Route

from packstation.domain.times import DAY
from sync.credentials.credential import Credential
from sync.sandbox.channels.shopify.gate import CLIENT_ID, STORE, Gate
from sync.sandbox.channels.shopify.truth import expected
from sync.sandbox.channels.shopify_like.facets import order_id
from sync.sandbox.market.facts import Facts
from sync.sandbox.stand import Stand

__all__ = ["account", "credential", "deliveries", "expected", "routes"]


def routes(stand: Stand) -> Sequence[Route]:
    """The shop's addresses."""
    return Gate(stand).routes()


def credential(stand: Stand) -> Credential:
    """What a shop holds that has just logged in; the token of an application made in the admin is among the secrets."""
    gate = Gate(stand)
    return Credential(
        secrets={"client_secret": stand.secret("client_secret"), "access_token": gate.lasting_token},
        access_token=gate.access_token,
        access_expires_at=stand.clock() + DAY,
    )


def account(_stand: Stand) -> Mapping[str, str]:
    """The shop's name and the application's id."""
    return {"store": STORE, "client_id": CLIENT_ID}


def deliveries(stand: Stand, facts: Facts) -> list[tuple[Mapping[str, str], bytes]]:
    """The webhooks of the order's last change: headers and raw body, which is the order as the REST API wrote it."""
    record = {
        "id": order_id(facts.number),
        "name": facts.number,
        "admin_graphql_api_id": f"gid://shopify/Order/{facts.number}",
    }
    body = json.dumps(record).encode()
    signature = hmac.new(stand.secret("client_secret").encode(), body, hashlib.sha256).digest()
    headers = {
        "content-type": "application/json",
        "x-shopify-topic": "orders/create" if facts.updated_at == facts.placed_at else "orders/updated",
        "x-shopify-shop-domain": f"{STORE}.myshopify.com",
        "x-shopify-hmac-sha256": base64.b64encode(signature).decode(),
        "x-shopify-webhook-id": stand.new_token("webhook")[:36],
        "x-shopify-api-version": "2026-07",
    }
    return [(headers, body)]
