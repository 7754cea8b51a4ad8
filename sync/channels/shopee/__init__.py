"""Shopee Open Platform v2: orders, packages, returns and bookings of one shop, and what it is told."""

from __future__ import annotations

from sync.channels.protocol import Channel
from sync.channels.shopee.channel import ShopeeChannel
from sync.shops_config import ShopConfig
from sync.web.connection import Connection


def open_shopee(shop: ShopConfig, connection: Connection) -> Channel:
    """A Shopee shop over a connection."""
    return ShopeeChannel(shop, connection)
