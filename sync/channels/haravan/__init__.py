"""Haravan Omni API 1.0, as documented by Haravan; what fulfilments and marketplace orders look like, as seen in integrations."""

from __future__ import annotations

from sync.channels.haravan.client import Haravan
from sync.shops_config import ShopConfig
from sync.web.connection import Connection

__all__ = ["open_haravan"]


def open_haravan(shop: ShopConfig, connection: Connection) -> Haravan:
    """A shop at Haravan: with a private application's token, or by consent where the account names a `client_id`."""
    return Haravan(shop, connection)
