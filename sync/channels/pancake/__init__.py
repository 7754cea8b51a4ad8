"""Pancake POS: orders of chat, livestream and marketplaces with the history of their statuses, notes."""

from __future__ import annotations

from sync.channels.pancake.client import Pancake
from sync.shops_config import ShopConfig
from sync.web.connection import Connection

__all__ = ["open_pancake"]


def open_pancake(shop: ShopConfig, connection: Connection) -> Pancake:
    """The shop's Pancake POS account; the entry point `pancake`."""
    return Pancake(shop, connection)
