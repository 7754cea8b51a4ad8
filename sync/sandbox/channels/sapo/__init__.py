"""A simulated shop at Sapo Web: the order resource as documented, Basic or a token, webhooks.

What the documents leave open is decided here: lists come newest first, and a marketplace's number stands in `source_identifier`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sync.credentials.credential import Credential
from sync.sandbox.channels.sapo.writing import order_json
from sync.sandbox.channels.shopify_like.rest import Dialect, errors, rest_routes
from sync.sandbox.channels.shopify_like.truth import told
from sync.sandbox.faults import Fault
from sync.sandbox.market.facts import Facts
from sync.sandbox.stand import Stand
from sync.sandbox.truth import Expected

__all__ = ["account", "credential", "deliveries", "expected", "routes"]

_STORE = "soc-nau"


def routes(stand: Stand) -> Sequence[Route]:
    """The shop's addresses."""

    def refusal(request: Request) -> Response | None:
        if stand.faults.strikes(Fault.REVOKED):
            stand.accepted["revoked"] = "yes"
        held = credential(stand).secrets
        pair = base64.b64encode(f"{held['api_key']}:{held['api_secret']}".encode()).decode()
        by_key = request.headers.get("authorization") == f"Basic {pair}"
        by_token = request.headers.get("x-sapo-access-token") == held["access_token"]
        if stand.accepted.get("revoked") or not (by_key or by_token):
            return errors(401, "Invalid API key or access token")
        return None

    return rest_routes(stand, Dialect("/admin", "modified_on", 250, "SON{}", False, order_json, refusal))


def credential(stand: Stand) -> Credential:
    """The keys of a private application, and the token of a public one."""
    names = ("api_key", "api_secret", "access_token", "client_secret")
    return Credential(secrets={name: stand.secret(name)[:32] for name in names})


def account(_stand: Stand) -> Mapping[str, str]:
    """The shop's name."""
    return {"store": _STORE}


def expected(facts: Facts) -> Expected | None:
    """As the family tells it, but never why a parcel came back."""
    return None if facts.deleted else replace(told(facts), cause=None)


def deliveries(stand: Stand, facts: Facts) -> list[tuple[Mapping[str, str], bytes]]:
    """The webhooks of the order's last change: headers and raw body."""
    body = json.dumps(order_json(facts), ensure_ascii=False).encode()
    signature = hmac.new(credential(stand).secrets["api_secret"].encode(), body, hashlib.sha256).digest()
    headers = {
        "content-type": "application/json",
        "x-sapo-topic": "orders/create" if facts.updated_at == facts.placed_at else "orders/updated",
        "x-sapo-shop-domain": f"{_STORE}.mysapo.net",
        "x-sapo-hmac-sha256": base64.b64encode(signature).decode(),
    }
    return [(headers, body)]
