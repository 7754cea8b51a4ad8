"""The figures of an order and its customer in the reader's language, as rules name them."""

from __future__ import annotations

from packstation.domain.customer_profile import Tier
from packstation.domain.expressions import Value
from packstation.domain.order_counts import Label
from packstation.locale import _
from packstation.locale.measures import decimal, money, percent
from packstation.locale.people_words import label_word, tier_word

_MONEY = frozenset({"debt", "total", "to_collect", "spent", "spent_3m", "average_order"})
_RATIOS = frozenset({"cancel_ratio", "smoothed_cancel_ratio", "plain_cancel_ratio"})


def figure_word(name: str) -> str:
    """What a figure is called; `name` is a key of `packstation.domain.policy.FIGURES`."""
    return {
        "cod": _("COD"),
        "total": _("order total"),
        "to_collect": _("to collect"),
        "currency": _("currency"),
        "channel": _("channel"),
        "shop": _("shop"),
        "source": _("order source"),
        "province": _("province"),
        "lines": _("product lines"),
        "units": _("pieces"),
        "has_customer": _("known customer"),
        "address_cod_orders_60m": _("COD orders to this address in 60 min"),
        "label": _("customer"),
        "orders": _("ordered"),
        "open": _("open"),
        "delivered": _("delivered"),
        "returned": _("returned"),
        "buyer_cancelled": _("cancelled by the buyer"),
        "delivery_failed": _("delivery failed"),
        "seller_cancelled": _("cancelled by the shop"),
        "system_cancelled": _("cancelled by the channel"),
        "unpaid_expired": _("never paid"),
        "cancelled": _("cancelled, nobody says by whom"),
        "lost": _("lost"),
        "replaced": _("placed again"),
        "courier_failed": _("failed by the courier"),
        "voucher_orders": _("orders with a voucher"),
        "cod_orders": _("COD orders"),
        "judged": _("judged orders"),
        "failed": _("failed by the buyer"),
        "early_cancels": _("early cancels"),
        "failed_deliveries": _("failed deliveries"),
        "cancel_ratio": _("cancel ratio"),
        "smoothed_cancel_ratio": _("cancel ratio, smoothed"),
        "plain_cancel_ratio": _("cancel ratio, plain"),
        "spent": _("spent"),
        "spent_3m": _("spent in 3 months"),
        "average_order": _("average order"),
        "days_between_orders": _("days between orders"),
        "failed_deliveries_90d": _("failed deliveries in 90 days"),
        "tier": _("tier"),
        "tags": _("tags"),
        "debt": _("owes"),
        "points": _("points"),
        "unpaid_days": _("days unpaid"),
        "days_since_previous_order": _("days since the order before"),
    }[name]


def figure_value(name: str, value: Value, currency: str) -> str:
    """A figure's value on its own: yes or no, the customer's label, ratios in percent, money in its currency."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "label" and isinstance(value, str):
        return label_word(Label(value))
    if name not in _RATIOS and isinstance(value, float):
        return decimal(value)
    return figure_text(name, value, currency)


def figure_text(name: str, value: Value, currency: str) -> str:
    """A figure's value within a sentence: money in its currency, ratios in percent, a dash for none."""
    if value is None:
        return "–"
    if name == "tier":
        return tier_word(Tier(str(value)))
    if name in _MONEY and isinstance(value, int):
        return money(value, currency)
    if name in _RATIOS and isinstance(value, float):
        return percent(value)
    return str(value)
