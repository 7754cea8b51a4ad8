"""The customer screen of a person with 20,000 orders opened, against that of one with 20."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from packstation.acts.customer_pages import orders_page, plotted_times
from packstation.acts.customers import figures_now
from packstation.acts.intake import store_orders
from packstation.acts.workplace import open_command
from packstation.domain.orders import IncomingOrder
from packstation.domain.times import DAY
from packstation.store.customer_orders import OrderFilter
from packstation.store.database import close_database, database_now, rows_of
from packstation.tui.views.customer_overview import overview
from tests.bench.importing import empty_database
from tests.bench.measuring import ratio_line, say
from tests.bench.worlds import SHOP, ended_order

MANY, FEW = 20_000, 20
_TIMES = 30


def run(folder: Path) -> None:
    """Open both in turn."""
    empty_database(folder / "screen.db")
    rng, now = Random(3), database_now()
    orders: list[IncomingOrder] = [
        ended_order(f"{buyer}{number:06d}", buyer, now - rng.randrange(700 * DAY), rng)
        for buyer, count in (("many", MANY), ("few", FEW))
        for number in range(count)
    ]
    store_orders(open_command("bench"), SHOP, orders)
    customers = dict(rows_of("SELECT external_id, customer_id FROM buyer"))
    many, few = customers["many"], customers["few"]
    for what, act in (
        ("the customer screen read and drawn", _opened),
        ("its first page of orders", lambda customer: orders_page(customer, OrderFilter(), None)),
    ):
        ours, floor = _both(act, many, few)
        say(ratio_line(f"{what}: {MANY:,} orders against {FEW}", ours, floor, "<= 1.5", "ms"))
    ours, floor = _both(plotted_times, many, few)
    say(f"{'':<58} {ours:9.3f} ms / {floor:9.3f} ms  the plots, which come after the first paint")
    close_database()


def _opened(customer_id: int) -> None:
    """What F6 does before the first paint: everything read, and drawn for a small terminal."""
    overview(figures_now(customer_id), None, in_clear=False)(80, 20)


def _both(act: Callable[[int], object], many: int, few: int) -> tuple[float, float]:
    """The medians in ms, measured alternately."""
    times: dict[int, list[float]] = {many: [], few: []}
    for _ in range(_TIMES):
        for customer in (many, few):
            began = time.perf_counter()
            act(customer)
            times[customer].append((time.perf_counter() - began) * 1_000)
    return sorted(times[many])[_TIMES // 2], sorted(times[few])[_TIMES // 2]
