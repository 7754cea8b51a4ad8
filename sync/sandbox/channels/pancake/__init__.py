"""A Pancake POS shop: orders with the history of their statuses, copies of Shopee orders, notes.

The key is `api_key` in the address; pages are of `updated_at` in whole seconds. Orders that came back say whose doing it was in
`returned_reason`; what was lost comes back by the carrier's doing.
"""

from __future__ import annotations

from collections.abc import Mapping

from sync.credentials.credential import Credential
from sync.sandbox.channels.pancake.routes import routes
from sync.sandbox.channels.pancake.truth import expected
from sync.sandbox.stand import Stand

__all__ = ["account", "credential", "expected", "routes"]


def credential(stand: Stand) -> Credential:
    """The shop's key."""
    return Credential({"api_key": stand.secret("api_key")})


def account(_stand: Stand) -> Mapping[str, str]:
    """The shop's id."""
    return {"shop_id": "1328301"}
