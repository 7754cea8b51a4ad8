"""Haravan's words.

An order has no status of its own: it is cancelled, closed (archived), fulfilled, and its shipments stand where their carrier says.
The carrier's codes are seen in integrations rather than documented: `pending`, `readytopick`, `picking` (the courier is on the way
to the shop), `delivering`, `notmeetcustomer` (tries again), `delivered`, `waitingforreturn`, `return`, `cancel`. A code that is none
of these holds the order back.

Why a parcel comes back is told in one case, that the buyer was not met; otherwise nobody says, and no cause is made up. A buyer's
request to cancel and a lost parcel are not told at all.

Orders that Haravan fetched from a marketplace bear the marketplace's number as their name and the marketplace in `source_name`, as
seen in integrations; the documents say nothing of either.
"""

from __future__ import annotations

from packstation.domain.orders import Origin
from sync.channels.shopify_like.marketplaces import origin_of
from sync.channels.shopify_like.rest_mapping import Words
from sync.channels.shopify_like.rest_wire import Order
from sync.channels.shopify_like.sale import Fulfilled, Way


def _origin_of(order: Order) -> Origin | None:
    return origin_of(order.source_name, order.name, order.order_number)


HARAVAN = Words(
    ways={
        "": Way.LABELLED,
        "pending": Way.LABELLED,
        "readytopick": Way.LABELLED,
        "picking": Way.LABELLED,
        "delivering": Way.SENT,
        "notmeetcustomer": Way.SENT,
        "delivered": Way.DELIVERED,
        "waitingforreturn": Way.COMING_BACK,
        "return": Way.CAME_BACK,
    },
    fulfilled={
        "": Fulfilled.NOTHING,
        "notfulfilled": Fulfilled.NOTHING,
        "unfulfilled": Fulfilled.NOTHING,
        "unshipped": Fulfilled.NOTHING,
        "chưahoànthành": Fulfilled.NOTHING,
        "restock": Fulfilled.NOTHING,
        "restocked": Fulfilled.NOTHING,
        "partial": Fulfilled.PARTLY,
        "hoànthànhmộtphần": Fulfilled.PARTLY,
        "fulfilled": Fulfilled.ALL,
        "shipped": Fulfilled.ALL,
        "đãhoànthành": Fulfilled.ALL,
    },
    origin_of=_origin_of,
    missed="notmeetcustomer",
)
