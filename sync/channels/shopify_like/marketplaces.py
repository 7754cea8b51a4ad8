"""Where an order came from that a hub fetched from a marketplace: the hub's words for the marketplaces."""

from __future__ import annotations

import re
from collections.abc import Mapping

from packstation.domain.orders import Origin
from sync.channels.shopify_like.values import bare

_MARKETPLACES: Mapping[str, str] = {
    "shopee": "shopee",
    "lazada": "lazada",
    "lzd": "lazada",
    "tiktok": "tiktok",
    "tiktokshop": "tiktok",
    "tts": "tiktok",
    "tiki": "tiki",
}
_NUMBER = re.compile(r"[0-9A-Z]{9,20}")


def origin_of(source: str, *numbers: str) -> Origin | None:
    """The marketplace's own order.

    Args:
        source: the hub's word for where the order came from.
        numbers: where the marketplace's number may stand, the likeliest place first; the hub's own numbers are too short for one.
    """
    channel = _MARKETPLACES.get(bare(source))
    if channel is None:
        return None
    fitting = (number.strip().upper() for number in numbers)
    return next((Origin(channel, number) for number in fitting if _NUMBER.fullmatch(number)), None)
