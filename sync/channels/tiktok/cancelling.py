"""Why a seller cancels, in TikTok Shop's keys. Source: "Cancel reasons", VN market, "Seller initiates cancel reason"."""

from __future__ import annotations

import re

from sync.channels.tiktok.wire import Order
from sync.files.status_words import folded

_UNPAID = {
    "stock": "seller_cancel_unpaid_reason_out_of_stock",
    "price": "seller_cancel_unpaid_reason_wrong_price",
    "": "seller_cancel_unpaid_reason_buyer_hasnt_paid_within_time_allowed",
}
_PAID = {
    "stock": "seller_cancel_reason_out_of_stock",
    "price": "seller_cancel_reason_wrong_price",
    "": "seller_cancel_paid_reason_address_not_deliver",
}
_STOCK = re.compile(r"\b(?:het hang|out of stock|khong con hang|sold out)")
_PRICE = re.compile(r"\b(?:sai gia|nham gia|wrong price|pricing error|price error)")


def cancel_reason(order: Order, why: str) -> str:
    """The key for a person's words; each status takes keys of its own.

    Beside stock and price TikTok Shop knows one reason for a paid order: that the buyer's address cannot be delivered to. It
    stands for everything that a call to the buyer brings to light.
    """
    words = folded(why)
    subject = "stock" if _STOCK.search(words) else "price" if _PRICE.search(words) else ""
    return (_UNPAID if order.status == "UNPAID" else _PAID)[subject]
