"""Sapo Web, as documented by Sapo, and what is known of Sapo Omni; little of it was confirmed by a running shop.

Read tolerantly: fields that are missing or odd make an order poorer, not unreadable, and words that nobody knows hold it back.
"""

from __future__ import annotations

from sync.channels.sapo.client import Sapo
from sync.shops_config import ShopConfig
from sync.web.connection import Connection

__all__ = ["open_sapo"]


def open_sapo(shop: ShopConfig, connection: Connection) -> Sapo:
    """A shop at Sapo: `account.store` is its name, `account.product` is `web` or `omni`, `account.app` `private` or `public`."""
    return Sapo(shop, connection)
