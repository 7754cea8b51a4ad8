"""Sapo's words.

Documented: `status` open, closed, cancelled; `fulfillment_status` fulfilled, partial, null; a fulfilment's `status` pending, success,
cancelled, error, failure. Seen in Sapo's own admin and in integrations: `shipment_status` pending (waits for the courier),
ready_to_pick, picked_up, delivering, retry_delivery, delivered, returning, returned, and packed and unpack. Sapo Omni's words
(draft, finalized, completed) are from general knowledge.

Why a parcel comes back, who asked to cancel, and that one was lost are not told. Where the number that a marketplace gave an order
stands is not documented: it is looked for in `source_identifier`, `reference_number`, `reference` and the name.
"""

from __future__ import annotations

from packstation.domain.orders import Origin
from sync.channels.shopify_like.marketplaces import origin_of
from sync.channels.shopify_like.rest_mapping import Words
from sync.channels.shopify_like.rest_wire import Order
from sync.channels.shopify_like.sale import Fulfilled, Way


def _origin_of(order: Order) -> Origin | None:
    return origin_of(order.source_name, order.source_identifier, order.name, order.order_number)


SAPO = Words(
    ways={
        "": Way.LABELLED,
        "unpack": Way.LABELLED,
        "packed": Way.LABELLED,
        "cancelledpacked": Way.LABELLED,
        "pending": Way.LABELLED,
        "readytopick": Way.LABELLED,
        "pickedup": Way.SENT,
        "delivering": Way.SENT,
        "retrydelivery": Way.SENT,
        "delivered": Way.DELIVERED,
        "returning": Way.COMING_BACK,
        "returned": Way.CAME_BACK,
    },
    fulfilled={
        "": Fulfilled.NOTHING,
        "unfulfilled": Fulfilled.NOTHING,
        "notfulfilled": Fulfilled.NOTHING,
        "unshipped": Fulfilled.NOTHING,
        "restocked": Fulfilled.NOTHING,
        "partial": Fulfilled.PARTLY,
        "fulfilled": Fulfilled.ALL,
        "shipped": Fulfilled.ALL,
    },
    origin_of=_origin_of,
    held=frozenset({"draft"}),
)
