"""Lazada Open Platform: orders by update time, one row per unit sold, returns, cancellations, pushes (LPM)."""

from __future__ import annotations

from sync.channels.lazada.client import LazadaChannel
from sync.shops_config import ShopConfig
from sync.web.connection import Connection

__all__ = ["LazadaChannel", "open_lazada"]


def open_lazada(shop: ShopConfig, connection: Connection) -> LazadaChannel:
    """The shop's Lazada store; the entry point `lazada`."""
    return LazadaChannel(shop, connection)
