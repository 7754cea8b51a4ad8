"""What pieces cost: by shop, SKU and from when on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence

from packstation.domain.product_tally import TalliedOrder
from packstation.store.database import execute_many, rows_of


def keep_costs(costs: Iterable[tuple[int, str, int, int]]) -> None:
    """Keep costs, each (shop id, SKU, since ms UTC, minor units), inside the caller's transaction."""
    execute_many(
        "INSERT INTO item_cost (shop_id, sku, since, cost) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (shop_id, sku, since) DO UPDATE SET cost = excluded.cost",
        sorted(costs),
    )


def has_costs(shop_ids: Sequence[int]) -> bool:
    """Whether anything is known of what pieces cost these shops."""
    return any(rows_of("SELECT 1 FROM item_cost WHERE shop_id = ? LIMIT 1", (shop_id,)) for shop_id in shop_ids)


def cost_of() -> Callable[[TalliedOrder, str], int | None]:
    """Looks costs up, each SKU once; an order placed before a SKU's first cost has that one."""
    known: dict[tuple[int, str], tuple[list[int], list[int]]] = {}

    def look_up(order: TalliedOrder, sku: str) -> int | None:
        key = (order.shop_id, sku)
        if key not in known:
            rows = rows_of("SELECT since, cost FROM item_cost WHERE shop_id = ? AND sku = ? ORDER BY since", key)
            known[key] = ([row[0] for row in rows], [row[1] for row in rows])
        since, costs = known[key]
        return costs[max(0, bisect_right(since, order.placed_at) - 1)] if costs else None

    return look_up
