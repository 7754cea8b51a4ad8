"""WooCommerce REST v3, as documented by WooCommerce and as observed on running shops (8.9 and 11.0, both kinds of order storage)."""

from __future__ import annotations

from sync.channels.woocommerce.client import WooCommerce
from sync.shops_config import ShopConfig
from sync.web.connection import Connection

__all__ = ["open_woocommerce"]


def open_woocommerce(shop: ShopConfig, connection: Connection) -> WooCommerce:
    """A shop's WooCommerce site: at `api_host`, else at https:// and the account's `site`."""
    return WooCommerce(shop, connection)
