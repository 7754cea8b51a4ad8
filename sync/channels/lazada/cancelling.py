"""Asking Lazada to cancel an order: a buyer's request is granted, else the seller's own cancellation is begun.

Source: Lazada Open Platform, "Return and Refund API": `/order/reverse/cancel/seller/decide`; `/order/reverse/cancel/validate` names the
reasons that an order may be cancelled for, `/order/reverse/cancel/create` wants the units and one of them. Lazada knows no
idempotency key: whether it was told before is seen from the units.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from packstation.domain.orders import Status
from packstation.locale import said
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError
from sync.channels.lazada.gateway import Gateway
from sync.channels.lazada.statuses import BEFORE_SHIPPING, status_of
from sync.channels.lazada.wire import ReasonWire, TipWire, UnitWire
from sync.channels.protocol import Decision, Delivered
from sync.files.status_words import folded
from sync.shops_config import ShopConfig
from sync.web.messages import excerpt

_BUYERS_WORDS = ("buyer", "customer", "khach", "nguoi mua")


async def cancel(gateway: Gateway, shop: ShopConfig, decision: Decision, units: Sequence[UnitWire]) -> Delivered:
    """Cancel what is left of an order; one that is cancelled already, or about to be, is left alone.

    Raises:
        ChannelError: it is on its way already, or Lazada refuses.
    """
    statuses = [(unit, status_of(unit.status, shop.statuses)) for unit in units]
    left = [unit for unit, status in statuses if status is not Status.CANCELLED and not unit.is_cancel_pending]
    if not left:
        return Delivered()
    if not all(status in BEFORE_SHIPPING or status is Status.CANCELLED for _unit, status in statuses):
        text = said("the parcel is on its way: Lazada cannot cancel the order any more")
        raise ChannelError(text, Advice.SKIP, code="shipped")
    asked = sorted({unit.reverse_order_id for unit in left if unit.need_cancel_confirm and unit.reverse_order_id})
    for reverse in asked:
        await gateway.get("/order/reverse/cancel/seller/decide", {"reverse_order_id": reverse, "agree_cancel": "true"})
    rest = [unit.order_item_id for unit in left if unit.reverse_order_id not in asked]
    if rest:
        await _begin(gateway, decision, rest)
    return Delivered(", ".join(asked))


async def _begin(gateway: Gateway, decision: Decision, unit_ids: Sequence[str]) -> None:
    about = {"order_id": decision.order_number, "order_item_id_list": json.dumps(unit_ids)}
    offered = _tip(await gateway.get("/order/reverse/cancel/validate", about))
    if not offered.reason_options:
        text = said("Lazada lets nobody cancel this order: {why}", why=excerpt(offered.tip_content) or "-")
        raise ChannelError(text, Advice.SKIP, code="no_reason")
    reason = _fitting(offered.reason_options, f"{decision.text} {decision.reason}")
    _tip(await gateway.get("/order/reverse/cancel/create", {**about, "reason_id": reason.reason_id}))


def _tip(data: Any) -> TipWire:  # noqa: ANN401 - any JSON value
    try:
        tip = TipWire.model_validate(data or {})
    except ValidationError:
        raise UnreadableAnswerError(said("the answer to a cancellation is not understood")) from None
    if tip.tip_type.casefold() == "error":
        text = said("Lazada lets nobody cancel this order: {why}", why=excerpt(tip.tip_content) or "-")
        raise ChannelError(text, Advice.SKIP, code="tip")
    return tip


def _fitting(options: Sequence[ReasonWire], heard: str) -> ReasonWire:
    """The reason that shares most words with what was said, else one that names the buyer, who refused the order, else the first."""
    words = set(folded(heard).split())
    best = max(options, key=lambda one: len(words & set(folded(one.reason_name).split())))
    if words & set(folded(best.reason_name).split()):
        return best
    of_buyers = (one for one in options if any(word in folded(one.reason_name) for word in _BUYERS_WORDS))
    return next(of_buyers, options[0])
