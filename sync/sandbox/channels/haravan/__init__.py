"""A simulated shop at Haravan: Omni API 1.0, its bucket of calls, its consent, its webhooks.

It accepts the token of a consent, which is renewed, and the token of a private application, which lasts.
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
from sync.sandbox.channels.haravan.gate import CLIENT_ID, TOKEN_LIFE, Gate
from sync.sandbox.channels.haravan.writing import order_json
from sync.sandbox.channels.shopify_like.rest import Dialect, rest_routes
from sync.sandbox.channels.shopify_like.truth import told
from sync.sandbox.market.facts import Facts
from sync.sandbox.stand import Stand
from sync.sandbox.truth import Expected

__all__ = ["account", "credential", "deliveries", "expected", "routes"]

_ORG_ID = "200000219339"


def routes(stand: Stand) -> Sequence[Route]:
    """The shop's addresses, and those of its accounts."""
    gate = Gate(stand)
    dialect = Dialect("/com", "updated_at", 50, "#{}", True, order_json, gate.refusal, gate.headers)
    return [*rest_routes(stand, dialect), *gate.routes()]


def credential(stand: Stand) -> Credential:
    """What a shop holds after consent; the private application's token is among the secrets."""
    gate = Gate(stand)
    return Credential(
        secrets={"app_secret": stand.secret("app_secret"), "access_token": gate.private_token},
        access_token=gate.access_token,
        refresh_token=gate.refresh_token,
        access_expires_at=stand.clock() + TOKEN_LIFE,
        refresh_expires_at=stand.clock() + 30 * DAY,
    )


def account(_stand: Stand) -> Mapping[str, str]:
    """The application's id, and the shop's."""
    return {"client_id": CLIENT_ID, "org_id": _ORG_ID}


def expected(facts: Facts) -> Expected | None:
    """What can be known of the order."""
    return None if facts.deleted else told(facts)


def deliveries(stand: Stand, facts: Facts) -> list[tuple[Mapping[str, str], bytes]]:
    """The webhooks of the order's last change: headers and raw body."""
    body = json.dumps(order_json(facts), ensure_ascii=False).encode()
    signature = hmac.new(stand.secret("app_secret").encode(), body, hashlib.sha256).digest()
    topic = "orders/create" if facts.updated_at == facts.placed_at else "orders/updated"
    headers = {
        "content-type": "application/json",
        "x-haravan-topic": topic,
        "x-haravan-org-id": _ORG_ID,
        "x-haravan-hmacsha256": base64.b64encode(signature).decode(),
    }
    return [(headers, body)]
