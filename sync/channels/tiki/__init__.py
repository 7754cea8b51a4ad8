"""Tiki's seller API (open.tiki.vn, integration v2): orders by update time, with the history of their statuses."""

from __future__ import annotations

from sync.channels.tiki.client import TikiChannel
from sync.shops_config import ShopConfig
from sync.web.connection import Connection


def open_tiki(shop: ShopConfig, connection: Connection) -> TikiChannel:
    """The shop's Tiki store; the entry point `tiki`."""
    return TikiChannel(shop, connection)
