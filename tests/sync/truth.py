"""Compares what is stored with what a simulated channel says is true, order by order, straight from the tables."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import httpx

from packstation.store.database import close_database, open_database, rows_of


def truth_of(url: str, at: int | None = None) -> dict[str, dict[str, Any]]:
    """What the simulated channel at `url` says, by order number."""
    answer = httpx.get(f"{url}/_sandbox/truth", params={} if at is None else {"at": str(at)}, timeout=60)
    return {one["number"]: one for one in json.loads(answer.content)}


def stored_in(url: str, shop: str) -> dict[str, dict[str, Any]]:
    """What is stored of a shop's orders, in the same words; bookings that nobody has ordered yet are no orders."""
    open_database(url, patient=True)
    try:
        return _stored(shop)
    finally:
        close_database()


def differences(expected: Mapping[str, Any], stored: Mapping[str, Any]) -> list[str]:
    """Every field of every order in which the two differ, one line each."""
    lines = [f"{number}: is not stored" for number in expected if number not in stored]
    lines += [f"{number}: nobody placed it" for number in stored if number not in expected]
    for number, order in expected.items():
        if number in stored:
            want, have = _comparable(order), stored[number]
            lines += [
                f"{number}: {name}: {value!r}, stored {have[name]!r}"
                for name, value in want.items()
                if have[name] != value
            ]
            lines += _deadlines(number, order["deadlines"], have["deadlines"])
    return lines


def _comparable(order: Mapping[str, Any]) -> dict[str, Any]:
    items: Counter[tuple[str, int]] = Counter()
    for sku, quantity, price in order["items"]:
        items[sku, price] += quantity
    return {
        "status": order["status"],
        "outcome": order["outcome"],
        "cause": order["cause"],
        "total": order["total"],
        "cod": order["cod"],
        "placed_at": order["placed_at"] // 1000,
        "kind": order["kind"],
        "items": dict(items),
        "trackings": sorted(order["trackings"]),
        "refunded": {sku: pieces for sku, pieces in order["refunded"] if pieces},
    }


def _deadlines(number: str, expected: list[int | None], stored: list[int | None]) -> list[str]:
    """A deadline that a channel no longer names stays as it was known."""
    names = ("arrange_by", "ship_by", "cancels_at", "answer_by")
    return [
        f"{number}: {name}: {want}, stored {have}"
        for name, want, have in zip(names, expected, stored, strict=True)
        if want is not None and (have is None or want // 1000 != have // 1000)
    ]


def _stored(shop: str) -> dict[str, dict[str, Any]]:
    orders: dict[int, dict[str, Any]] = {}
    for row in rows_of(
        "SELECT o.id, o.number, o.status, o.outcome, o.cause, o.total, coalesce(o.cod, o.counts_as_cod), o.placed_at, o.kind, "
        "o.arrange_by, o.ship_by, o.cancels_at, o.answer_by FROM orders o JOIN shop s ON s.id = o.shop_id "
        "WHERE s.name = ? AND o.became IS NULL AND o.kind <> 'booking'",
        (shop,),
    ):
        orders[row[0]] = {
            "number": row[1],
            "status": row[2],
            "outcome": row[3],
            "cause": row[4],
            "total": row[5],
            "cod": bool(row[6]),
            "placed_at": row[7] // 1000,
            "kind": row[8],
            "deadlines": list(row[9:13]),
            "items": {},
            "trackings": [],
            "refunded": {},
        }
    skus: dict[tuple[int, int], str] = {}
    for order_id, line, sku, quantity, price in rows_of("SELECT order_id, line, sku, quantity, price FROM order_item"):
        if order_id in orders:
            skus[order_id, line] = sku
            items = orders[order_id]["items"]
            items[sku, price] = items.get((sku, price), 0) + quantity
    for order_id, line, quantity in rows_of("SELECT order_id, line, quantity FROM order_refund"):
        if order_id in orders and quantity and line is not None:
            refunded = orders[order_id]["refunded"]
            refunded[skus[order_id, line]] = refunded.get(skus[order_id, line], 0) + quantity
    for order_id, tracking in rows_of(
        "SELECT po.order_id, p.tracking FROM parcel_order po JOIN parcel p ON p.id = po.parcel_id WHERE p.tracking IS NOT NULL"
    ):
        if order_id in orders:
            orders[order_id]["trackings"] = sorted([*orders[order_id]["trackings"], tracking])
    return {order["number"]: order for order in orders.values()}
