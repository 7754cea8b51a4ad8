"""A WordPress shop with WooCommerce REST v3 as real shops run it (WooCommerce 8.9 and 11.0, both kinds of order storage).

Whatever was observed there is reproduced: exclusive dates of whole seconds, arbitrary order within one second, headers that lose
a filter, what moves `date_modified` and what does not. Every fourth day a plugin touches all orders of the four days before, so
that they share one second of modification. `X-Forwarded-Proto: https` stands for TLS, which loopback does not have.

`stand.accepted` understands two switches: `maintenance` and `database_away`, on while they are not empty.
"""

from __future__ import annotations

from collections.abc import Mapping

from sync.credentials.credential import Credential
from sync.sandbox.channels.woocommerce.routes import routes
from sync.sandbox.channels.woocommerce.truth import expected
from sync.sandbox.channels.woocommerce.webhooks import deliveries, ping
from sync.sandbox.stand import Stand

__all__ = ["account", "credential", "deliveries", "expected", "ping", "routes"]


def credential(stand: Stand) -> Credential:
    """The REST key's two halves, and the secret that the shop's webhooks sign with."""
    return Credential(
        {
            "consumer_key": "ck_" + stand.secret("consumer_key"),
            "consumer_secret": "cs_" + stand.secret("consumer_secret"),
            "webhook_secret": stand.secret("webhook_secret"),
        }
    )


def account(_stand: Stand) -> Mapping[str, str]:
    """The site, which `api_host` overrules in a sandbox."""
    return {"site": "soc-nau.example"}
