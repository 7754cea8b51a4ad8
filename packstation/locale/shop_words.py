"""What is said of a shop that is taken for another, to be shown at once or stored."""

from __future__ import annotations

from packstation.domain.orders import Shop
from packstation.locale import said


def other_shop(shop: Shop, wanted: Shop) -> str:
    """The line for a shop that has orders of another channel, or in another currency, than it is wanted for; in English, as stored.

    Args:
        shop: as it is known.
        wanted: as it was given.
    """
    return said(
        "shop {shop} is {channel} in {currency} here, not {other_channel} in {other_currency}: give one of them another name",
        shop=repr(shop.name),
        channel=shop.channel,
        currency=shop.currency,
        other_channel=wanted.channel,
        other_currency=wanted.currency,
    )
