"""Shopify's words. Source: OrderDisplayFulfillmentStatus, FulfillmentDisplayStatus, OrderDisplayFinancialStatus, OrderCancelReason.

Fulfilling an order at Shopify means that its label exists; whether the parcel left is told by carriers that Shopify follows. For
others a fulfilment stays FULFILLED for good, so that this counts as labelled; a shop that fulfils what it hands over says in its
`statuses` that FULFILLED is shipped.
"""

from __future__ import annotations

from collections.abc import Mapping

from sync.channels.shopify_like.sale import Fulfilled, Way, WhyCancelled

FULFILLED: Mapping[str, Fulfilled] = {
    "": Fulfilled.NOTHING,
    "UNFULFILLED": Fulfilled.NOTHING,
    "OPEN": Fulfilled.NOTHING,
    "IN_PROGRESS": Fulfilled.NOTHING,
    "PENDING_FULFILLMENT": Fulfilled.NOTHING,
    "REQUEST_DECLINED": Fulfilled.NOTHING,
    "RESTOCKED": Fulfilled.NOTHING,
    "ON_HOLD": Fulfilled.NOTHING,
    "SCHEDULED": Fulfilled.NOTHING,
    "PARTIALLY_FULFILLED": Fulfilled.PARTLY,
    "FULFILLED": Fulfilled.ALL,
}
HELD = frozenset({"ON_HOLD", "SCHEDULED"})
WAYS: Mapping[str, Way] = {
    "": Way.LABELLED,
    "SUBMITTED": Way.LABELLED,
    "CONFIRMED": Way.LABELLED,
    "LABEL_PURCHASED": Way.LABELLED,
    "LABEL_PRINTED": Way.LABELLED,
    "READY_FOR_PICKUP": Way.LABELLED,
    "FULFILLED": Way.LABELLED,
    "MARKED_AS_FULFILLED": Way.LABELLED,
    "CARRIER_PICKED_UP": Way.SENT,
    "IN_TRANSIT": Way.SENT,
    "DELAYED": Way.SENT,
    "OUT_FOR_DELIVERY": Way.SENT,
    "ATTEMPTED_DELIVERY": Way.SENT,
    "DELIVERED": Way.DELIVERED,
    "PICKED_UP": Way.DELIVERED,
    "NOT_DELIVERED": Way.COMING_BACK,
    "FAILURE": Way.COMING_BACK,
}
VOID = frozenset({"CANCELED", "LABEL_VOIDED"})
VOID_STATUSES = frozenset({"CANCELLED", "ERROR", "FAILURE"})
"""Of the fulfilment itself: it was cancelled, or never came to be."""
WHY_CANCELLED: Mapping[str, WhyCancelled] = {
    "CUSTOMER": WhyCancelled.BUYER,
    "STAFF": WhyCancelled.SELLER,
    "INVENTORY": WhyCancelled.SELLER,
    "FRAUD": WhyCancelled.SELLER,
    "DECLINED": WhyCancelled.PAYMENT,
}
AWAITING_PAYMENT = frozenset({"PENDING", "PARTIALLY_PAID", "EXPIRED", "VOIDED"})
SETTLED = frozenset({"PAID", "AUTHORIZED", "REFUNDED", "PARTIALLY_REFUNDED"})
RECEIVING = frozenset({"SALE", "CAPTURE"})
CASH = ("cod", "cash on delivery", "khi giao", "khi nhận", "thu hộ")
"""Parts of the names that shops give the payment at the door; Shopify has no code for it."""
