"""KiotViet public API (retail): orders, the invoices that they become, walk-in sales, goods that came back, webhooks."""

from __future__ import annotations

from sync.channels.kiotviet.client import KiotViet
from sync.shops_config import ShopConfig
from sync.web.connection import Connection

__all__ = ["open_kiotviet"]


def open_kiotviet(shop: ShopConfig, connection: Connection) -> KiotViet:
    """The shop's KiotViet account; the entry point `kiotviet`."""
    return KiotViet(shop, connection)
