"""Shopify Admin GraphQL API, by default version 2026-07: the REST API is a legacy there."""

from __future__ import annotations

from sync.channels.shopify.client import Shopify
from sync.shops_config import ShopConfig
from sync.web.connection import Connection

__all__ = ["open_shopify"]


def open_shopify(shop: ShopConfig, connection: Connection) -> Shopify:
    """A shop at Shopify: `account.store` is its name in front of `.myshopify.com`."""
    return Shopify(shop, connection)
