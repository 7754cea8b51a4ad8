"""Shops, buyers and orders for tests: each with sensible values, any of which a test may say itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from packstation.domain.orders import (
    Address,
    FailureCause,
    IncomingBuyer,
    IncomingOrder,
    Item,
    Outcome,
    Shop,
    Status,
    TimedOutcome,
    TimedStatus,
)
from packstation.domain.times import HOUR
from packstation.store.database import rows_of, transaction
from packstation.store.intake import TakenIn, take_in
from packstation.store.shops import shop_id_of

NOW = 1_760_000_000_000
"""2025-10-09T08:53:20Z."""

HOME = Address("Nguyễn Văn An", "0912345678", "12 Lý Thường Kiệt", "Hàng Bài", "Hoàn Kiếm", "Hà Nội", "VN")


def a_shop(
    name: str = "shop-a", channel: str = "shopee", currency: str = "VND", zone: str = "Asia/Ho_Chi_Minh"
) -> Shop:
    return Shop(name, channel, currency, zone)


def a_buyer(
    external_id: str | None = "an.nguyen",
    *,
    name: str = "Nguyễn Văn An",
    phone: str = "",
    email: str = "",
    also: tuple[str, ...] = (),
) -> IncomingBuyer:
    return IncomingBuyer(external_id, name, phone, email, also)


def an_item(sku: str = "TEA-01", quantity: int = 1, price: int = 150_000, name: str = "Trà sen") -> Item:
    return Item(sku, name, quantity, price, quantity * price)


def an_order(
    number: str = "A-1",
    *,
    buyer: IncomingBuyer | str | None = "an.nguyen",
    placed_at: int = NOW - HOUR,
    status: Status = Status.TO_PACK,
    statuses: Sequence[TimedStatus] | None = None,
    outcome: Outcome | None = None,
    cause: FailureCause | None = None,
    known_at: int | None = None,
    outcomes: Sequence[TimedOutcome] | None = None,
    items: Sequence[Item | str] = ("TEA-01",),
    total: int | None = None,
    currency: str = "VND",
    cod: bool | None = True,
    address: Address = HOME,
    **more: Any,
) -> IncomingOrder:
    """An order as a channel hands it in.

    `buyer` may be just an id, None for a guest; `items` just SKUs. `outcome` with `cause` and `known_at` (default: an hour
    after placing) stands for one outcome, `outcomes` for several; `total` is by default the items' sum.
    """
    lines = tuple(an_item(item) if isinstance(item, str) else item for item in items)
    if outcomes is None:
        ended_at = placed_at + HOUR if known_at is None else known_at
        outcomes = [] if outcome is None else [TimedOutcome(outcome, cause, ended_at)]
    return IncomingOrder(
        number=number,
        placed_at=placed_at,
        currency=currency,
        total=sum(item.total for item in lines) if total is None else total,
        statuses=tuple(statuses) if statuses is not None else (TimedStatus(status, str(status).upper(), placed_at),),
        outcomes=tuple(outcomes),
        items=lines,
        buyer=a_buyer(buyer) if isinstance(buyer, str) else buyer,
        address=address,
        cod=cod,
        **more,
    )


def hand_in(*orders: IncomingOrder, shop: Shop | None = None, seen_at: int = NOW) -> TakenIn:
    """Store one page of orders of a shop in a transaction of its own."""
    where = shop or a_shop()
    with transaction():
        return take_in(shop_id_of(where), where.channel, orders, seen_at)


def stored(*orders: IncomingOrder, shop: Shop | None = None, seen_at: int = NOW) -> list[int]:
    """Store orders of a shop; their ids, in their order."""
    where = shop or a_shop()
    hand_in(*orders, shop=where, seen_at=seen_at)
    return [order_id(order.number, shop=where.name) for order in orders]


def order_id(number: str, *, shop: str = "shop-a") -> int:
    """The id of a stored order."""
    sql = "SELECT o.id FROM orders o JOIN shop s ON s.id = o.shop_id WHERE o.number = ? AND s.name = ?"
    return int(rows_of(sql, (number, shop))[0][0])
