"""A KiotViet shop (public API, retail): orders that become invoices, copies of Shopee orders, walk-in sales, returns.

An order is `Hoàn thành` as soon as it is invoiced; every third sale is an invoice without an order; split ones have two invoices.
`stand.accepted` understands four switches, on while they are not empty: `orders_off` and `deliveries_off` (the shop's settings,
with KiotViet's own sentences), `customers_off` (the connection may not read customers), and `gets_per_hour`, the limit that is
documented as 5000.
"""

from __future__ import annotations

from collections.abc import Mapping

from packstation.domain.times import DAY
from sync.credentials.credential import Credential
from sync.sandbox.channels.kiotviet.routes import grant, routes
from sync.sandbox.channels.kiotviet.truth import accounts, expected
from sync.sandbox.channels.kiotviet.webhooks import deliveries
from sync.sandbox.stand import Stand

__all__ = ["account", "accounts", "credential", "deliveries", "expected", "routes"]


def credential(stand: Stand) -> Credential:
    """The API connection's secret and a token for a day, and the secret that webhooks were registered with."""
    secrets = {name: stand.secret(name) for name in ("client_secret", "webhook_secret")}
    return Credential(secrets, access_token=grant(stand), access_expires_at=stand.clock() + DAY)


def account(stand: Stand) -> Mapping[str, str]:
    """The shop's name at KiotViet, and the connection's public half."""
    return {"retailer": "socnau", "client_id": stand.secret("client_id")[:32]}
