"""Databases of any size for benchmarks: generated orders through the real intake."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

from packstation.acts.intake import store_orders
from packstation.acts.people import add_person
from packstation.acts.workplace import open_command
from packstation.domain.orders import (
    FailureCause,
    IncomingBuyer,
    IncomingOrder,
    IncomingParcel,
    Item,
    Outcome,
    Shop,
    Status,
    TimedOutcome,
    TimedStatus,
)
from packstation.domain.people import Role
from packstation.domain.times import DAY, HOUR
from packstation.store.database import close_database, database_now
from tests.bench.importing import empty_database

SHOP = Shop("bench", "shopee", "VND", "Asia/Ho_Chi_Minh")
BIG_BUYER = "big-buyer"
BIG_BUYER_ORDERS = 20_000
TO_SCAN = 260
_ORDERS_A_BUYER = 8


def make_world(file: Path, orders: int) -> None:
    """A database of `orders` orders, TO_SCAN of them to pack; from 100,000 on one buyer has 20,000 and as many to pack."""
    empty_database(file)
    place = open_command("bench")
    add_person(place, "Lan", Role.PACKER, None)
    add_person(place, "Yến", Role.SUPERVISOR, "2468")
    store_orders(place, SHOP, list(_orders(orders, database_now())))
    close_database()


def packable_number(place: int) -> str:
    """The number of the order to pack at a place."""
    return f"PACK{place:08d}"


def big_buyers_number(place: int) -> str:
    """The number of the big buyer's order to pack at a place."""
    return f"BIGB{place:08d}"


def _orders(count: int, now: int) -> Iterator[IncomingOrder]:
    rng = Random(7)
    big = BIG_BUYER_ORDERS if count >= 100_000 else 0
    for number in range(count - TO_SCAN - big):
        buyer = f"b{rng.randrange(max(1, count // _ORDERS_A_BUYER))}"
        yield ended_order(f"OLD{number:09d}", buyer, now - rng.randrange(400 * DAY), rng)
    for number in range(big):
        yield ended_order(f"BIG{number:09d}", BIG_BUYER, now - rng.randrange(400 * DAY), rng, failing=0.0)
    for number in range(TO_SCAN):
        yield _to_pack(packable_number(number), f"p{number}", now)
        if big:
            yield _to_pack(big_buyers_number(number), BIG_BUYER, now)


def ended_order(number: str, buyer: str, placed_at: int, rng: Random, failing: float = 0.12) -> IncomingOrder:
    """An order that arrived or, as often as `failing` says, was refused, three days after it was placed."""
    failed = rng.random() < failing
    outcome = Outcome.DELIVERY_FAILED if failed else Outcome.DELIVERED
    status = Status.RETURNED if failed else Status.DELIVERED
    ended_at = placed_at + 3 * DAY
    return _order(
        number,
        buyer,
        placed_at,
        (TimedStatus(Status.TO_PACK, "READY", placed_at), TimedStatus(status, "DONE", ended_at)),
        (TimedOutcome(outcome, FailureCause.REFUSED if failed else None, ended_at),),
    )


def _to_pack(number: str, buyer: str, now: int) -> IncomingOrder:
    return _order(number, buyer, now - HOUR, (TimedStatus(Status.TO_PACK, "READY", now - HOUR),), ())


def _order(
    number: str,
    buyer: str,
    placed_at: int,
    statuses: tuple[TimedStatus, ...],
    outcomes: tuple[TimedOutcome, ...],
) -> IncomingOrder:
    return IncomingOrder(
        number,
        placed_at,
        "VND",
        180_000,
        statuses,
        outcomes,
        items=(Item("TEA", "Trà sen", 1, 120_000, 120_000), Item("CUP", "Chén sứ", 2, 30_000, 60_000)),
        buyer=IncomingBuyer(buyer, "N***n", "******12"),
        parcels=(IncomingParcel(tracking=f"SPX{number}"),),
        cod=True,
        updated_at=outcomes[-1].known_at if outcomes else placed_at,
    )
