"""What a cancellation by the seller costs at each channel, in general: a seller's own words about it can stand in the config."""

from __future__ import annotations

from packstation.locale import _


def cancellation_cost(channel: str) -> str:
    """What it costs the shop when it cancels an order itself rather than its buyer.

    Figures change and differ by shop: where they stand is said instead of them.
    """
    return {
        "shopee": _(
            "Shopee: a seller's cancellation counts as non-fulfilment. A rate that is too high brings penalty points, and they "
            "bring limits: less display, no campaigns, delayed payouts. Seller Centre, Account Health, shows yours."
        ),
        "lazada": _(
            "Lazada: it counts into the rate of cancellations by the seller's fault, as does an order not handed over in time; a "
            "high rate limits orders a day and takes the shop out of campaigns. Seller Centre, Performance, shows yours."
        ),
        "tiktok": _(
            "TikTok Shop: it counts into the seller-fault cancellation rate and as a violation; points limit display, orders a day "
            "and payouts. Seller Center, Account health, shows yours."
        ),
        "tiki": _(
            "Tiki: it counts into the shop's cancellation rate, which the contract may fine and which lowers the shop's rank. "
            "Seller Center, Operation, shows yours."
        ),
    }.get(
        channel,
        _("No marketplace counts it here, but the sale is lost, and a payment that was made has to be paid back."),
    )
