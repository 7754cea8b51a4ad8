"""Tiki's seller API, simulated: tokens of in-house and public apps, the order listing and its details."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.routing import Route

from sync.credentials.credential import Credential
from sync.sandbox.channels.tiki.gate import APP_ID, guarded, issue, token_routes
from sync.sandbox.channels.tiki.orders import order_detail, order_list
from sync.sandbox.channels.tiki.truth import expected
from sync.sandbox.stand import Stand

__all__ = ["account", "credential", "expected", "routes"]


def routes(stand: Stand) -> Sequence[Route]:
    """Tiki's addresses."""
    return [
        *token_routes(stand),
        guarded(stand, "/integration/v2/orders", order_list()),
        guarded(stand, "/integration/v2/orders/{code}", order_detail),
    ]


def credential(stand: Stand) -> Credential:
    """What a shop that has just logged in holds: the keys of an in-house app and a token."""
    if "access" not in stand.accepted:
        issue(stand)
    return Credential(
        secrets={"app_secret": stand.secret("app_secret")},
        access_token=stand.accepted["access"],
        access_expires_at=int(stand.accepted["access_until"]),
    )


def account(stand: Stand) -> Mapping[str, str]:
    """The ids that the shop's `account` in channels.toml has."""
    return {"app_id": APP_ID}
