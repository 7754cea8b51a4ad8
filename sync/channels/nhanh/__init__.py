"""Nhanh.vn Open API, version 2.0: orders by update time, of the shop itself and of marketplaces that it is connected to."""

from __future__ import annotations

from sync.channels.nhanh.client import NhanhChannel
from sync.shops_config import ShopConfig
from sync.web.connection import Connection


def open_nhanh(shop: ShopConfig, connection: Connection) -> NhanhChannel:
    """The shop's business at Nhanh.vn; the entry point `nhanh`."""
    return NhanhChannel(shop, connection)
