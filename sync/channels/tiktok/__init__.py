"""TikTok Shop, Partner API version 202309: orders, returns, cancellations and pushes."""

from __future__ import annotations

from sync.channels.protocol import Channel
from sync.channels.tiktok.client import TikTok
from sync.shops_config import ShopConfig
from sync.web.connection import Connection


def open_tiktok(shop: ShopConfig, connection: Connection) -> Channel:
    """A shop of TikTok Shop over this connection."""
    return TikTok(shop, connection)
