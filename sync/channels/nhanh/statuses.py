"""Nhanh's words for where an order stands, what they say about its end, and which records are orders at all.

Source: apidocs.nhanh.vn, list of order statuses and types. The list names who cancelled: `Canceled` the customer, `Aborted` the system,
`SoldOut` means that there are no goods. Readings that are ours:

- Until `Confirmed` the shop has not agreed to the order yet: it is held. Shops that pack new orders without confirming them say
  so under `statuses` in channels.toml, which goes before these words.
- `Success` is delivered and done with; what is sent back later is a record of its own and leaves the order as it is.
- `Failed`, `Returning` and `Returned` are deliveries that failed, for which no cause is told.
- `CarrierCanceled` names the carrier, who may have lost interest before it ever had the parcel: a cancellation nobody owns.
"""

from __future__ import annotations

from collections.abc import Mapping

from packstation.domain.orders import OrderKind, Outcome, Status

_WORDS: Mapping[str, tuple[Status, Outcome | None]] = {
    "new": (Status.CHANNEL_HOLD, None),
    "confirming": (Status.CHANNEL_HOLD, None),
    "customerconfirming": (Status.CHANNEL_HOLD, None),
    "confirmed": (Status.TO_PACK, None),
    "packing": (Status.TO_PACK, None),
    "changedepot": (Status.CHANNEL_HOLD, None),
    "packed": (Status.LABEL_READY, None),
    "pickup": (Status.LABEL_READY, None),
    "pickingup": (Status.LABEL_READY, None),
    "pickedup": (Status.SHIPPED, None),
    "shipping": (Status.SHIPPED, None),
    "success": (Status.COMPLETED, Outcome.DELIVERED),
    "failed": (Status.RETURNING, Outcome.DELIVERY_FAILED),
    "returning": (Status.RETURNING, Outcome.DELIVERY_FAILED),
    "returned": (Status.RETURNED, Outcome.DELIVERY_FAILED),
    "canceled": (Status.CANCELLED, Outcome.BUYER_CANCELLED),
    "aborted": (Status.CANCELLED, Outcome.SYSTEM_CANCELLED),
    "carriercanceled": (Status.CANCELLED, Outcome.CANCELLED),
    "soldout": (Status.CANCELLED, Outcome.SELLER_CANCELLED),
}
_OUTCOMES = {
    Status.DELIVERED: Outcome.DELIVERED,
    Status.COMPLETED: Outcome.DELIVERED,
    Status.CANCELLED: Outcome.CANCELLED,
    Status.RETURNING: Outcome.DELIVERY_FAILED,
    Status.RETURNED: Outcome.DELIVERY_FAILED,
    Status.LOST: Outcome.LOST,
}
_KINDS = {"4": OrderKind.SAMPLE, "12": OrderKind.EXCHANGE, "17": OrderKind.REPLACEMENT}
_NO_ORDERS = frozenset({"10", "14", "15", "16"})
_PRE_ORDER = "3"
_BEFORE_WORK = frozenset({"new", "confirming", "customerconfirming", "confirmed"})
CANCELLABLE = frozenset({"New", "Confirming", "Confirmed"})
"""The statuses from which `/api/order/update` cancels."""


def standing(word: str, type_id: str, more: Mapping[str, Status]) -> tuple[Status, Outcome | None]:
    """Where an order stands, and how it ended if it did.

    A pre-order (type 3) is held until the shop begins to pack it.

    Args:
        word: `statusCode`.
        type_id: `typeId`.
        more: `statuses` of channels.toml.
    """
    own = more.get(word)
    if own is not None:
        return own, _OUTCOMES.get(own)
    if type_id == _PRE_ORDER and word.casefold() in _BEFORE_WORK:
        return Status.CHANNEL_HOLD, None
    return _WORDS.get(word.casefold(), (Status.CHANNEL_HOLD, None))


def is_order(type_id: str) -> bool:
    """Whether a record is something to be sent to a buyer: no quotation (10), return (14, 16) or transfer between depots (15)."""
    return type_id not in _NO_ORDERS


def kind_of(type_id: str) -> OrderKind:
    """What the order is for: 4 goods on trial, 12 an exchange, 17 in place of what a carrier lost."""
    return _KINDS.get(type_id, OrderKind.NORMAL)
