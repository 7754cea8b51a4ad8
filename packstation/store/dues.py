"""Customers that may be due to hear from the shop, a block of customers at a time, so that a million of them need little memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from packstation.domain.customer_profile import YES, Field
from packstation.domain.due import Bought
from packstation.store.database import rows_of

BLOCK = 2_000
_SOME = 400
_NORMAL = "o.kind = 'normal'"
_KEPT = "o.outcome IN ('open', 'delivered')"
_BOUGHT = "o.outcome IN ('open', 'delivered', 'returned')"


@dataclass(frozen=True, slots=True)
class Block:
    """The customers whose ids are above `after`, up to `until`."""

    after: int
    until: int


@dataclass(frozen=True, slots=True)
class BoughtProduct:
    """What a customer bought and kept of one product, oldest first; `name` as the latest order has it."""

    sku: str
    name: str
    bought: tuple[Bought, ...]


def customer_blocks() -> Iterator[Block]:
    """All customers, in blocks."""
    block = block_after(0, BLOCK)
    while block is not None:
        yield block
        block = block_after(block.until, BLOCK)


def block_after(after: int, size: int) -> Block | None:
    """The next so many customers with ids above `after`; None when there are none."""
    until = rows_of(
        "SELECT max(customer_id) FROM (SELECT DISTINCT customer_id FROM buyer WHERE customer_id > ? "
        "ORDER BY customer_id LIMIT ?) piece",
        (after, size),
    )[0][0]
    return None if until is None else Block(after, until)


def ordered_last_between(block: Block, first: int, last: int) -> list[int]:
    """The customers of a block whose last order that arrived or is under way was placed between two moments, ms UTC."""
    return [
        row[0]
        for row in rows_of(
            "SELECT b.customer_id FROM buyer b JOIN orders o ON o.buyer_id = b.id WHERE b.customer_id > ? AND b.customer_id <= ? "
            f"AND {_NORMAL} AND {_BOUGHT} GROUP BY b.customer_id HAVING max(o.placed_at) BETWEEN ? AND ? ORDER BY b.customer_id",
            (block.after, block.until, first, last),
        )
    ]


def placed_by_customer(customer_ids: Sequence[int]) -> dict[int, list[int]]:
    """When each customer's orders that arrived or are under way were placed, ms UTC."""
    placed: defaultdict[int, list[int]] = defaultdict(list)
    for some in _chunks(customer_ids):
        for customer_id, at in rows_of(
            "SELECT b.customer_id, o.placed_at FROM buyer b JOIN orders o ON o.buyer_id = b.id "
            f"WHERE b.customer_id IN ({_marks(some)}) AND {_NORMAL} AND {_BOUGHT}",
            some,
        ):
            placed[customer_id].append(at)
    return dict(placed)


def products_by_customer(customer_ids: Sequence[int]) -> Iterator[tuple[int, list[BoughtProduct]]]:
    """What each customer bought and kept, product by product; what was sent back, whole or in pieces, is left out."""
    for some in _chunks(customer_ids):
        found: defaultdict[int, dict[tuple[str, str], list[tuple[Bought, str]]]] = defaultdict(dict)
        for customer_id, sku, name, at, quantity in rows_of(
            "SELECT b.customer_id, i.sku, i.name, o.placed_at, i.quantity - coalesce((SELECT sum(r.quantity) FROM order_refund r "
            "WHERE r.order_id = i.order_id AND r.line = i.line), 0) FROM buyer b JOIN orders o ON o.buyer_id = b.id "
            f"JOIN order_item i ON i.order_id = o.id WHERE b.customer_id IN ({_marks(some)}) AND {_NORMAL} AND {_KEPT} "
            "ORDER BY o.placed_at, o.id, i.line",
            some,
        ):
            if quantity > 0:
                key = (sku, "" if sku else name)
                found[customer_id].setdefault(key, []).append((Bought(at, int(quantity)), name))
        for customer_id in sorted(found):
            yield (
                customer_id,
                [
                    BoughtProduct(sku, lines[-1][1], tuple(one for one, _name in lines))
                    for (sku, _name), lines in sorted(found[customer_id].items())
                ],
            )


def with_birthday_on(block: Block, days: Collection[date]) -> list[int]:
    """The customers of a block of whom a channel says a birthday on one of these days, or a person said any."""
    marks = [f"{day:%m-%d}" for day in days]
    said = rows_of(
        "SELECT DISTINCT b.customer_id FROM buyer b JOIN buyer_facts f ON f.buyer_id = b.id WHERE b.customer_id > ? "
        f"AND b.customer_id <= ? AND substr(f.birthday, 6, 5) IN ({_marks(marks)})",
        (block.after, block.until, *marks),
    )
    written = rows_of(
        "SELECT DISTINCT b.customer_id FROM customer_edit e JOIN buyer b ON b.home_id = e.customer_id "
        "WHERE b.customer_id > ? AND b.customer_id <= ? AND e.field = ?",
        (block.after, block.until, str(Field.BIRTHDAY)),
    )
    return sorted({row[0] for row in (*said, *written)})


def not_to_hear(customer_ids: Collection[int], now: int) -> set[int]:
    """Those of the customers who get no messages: erased ones, blocked ones, and who is marked so.

    A mark that somebody wrote before two customers were linked counts for both.
    """
    silent: set[int] = set()
    for some in _chunks(sorted(customer_ids)):
        marks = _marks(some)
        silent.update(
            row[0]
            for row in rows_of(
                f"SELECT b.customer_id FROM buyer b WHERE b.customer_id IN ({marks}) AND (EXISTS (SELECT 1 FROM erased_buyer e "
                "WHERE e.buyer_id = b.id) OR EXISTS (SELECT 1 FROM buyer_block k WHERE k.buyer_id = b.id AND k.from_at <= ? "
                "AND (k.until_at IS NULL OR k.until_at > ?)) OR EXISTS (SELECT 1 FROM customer_edit e WHERE "
                "e.customer_id IN (b.customer_id, b.home_id) AND e.field = ? AND e.value = ? AND NOT EXISTS (SELECT 1 FROM "
                "customer_edit l WHERE l.customer_id = e.customer_id AND l.field = e.field AND l.id > e.id)))",
                (*some, now, now, str(Field.DO_NOT_CONTACT), YES),
            )
        )
    return silent


def voucher_counts(customer_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Each customer's orders but those never paid, and how many of them had a voucher."""
    found: dict[int, tuple[int, int]] = {}
    for some in _chunks(sorted(customer_ids)):
        for customer_id, orders, vouchers in rows_of(
            "SELECT b.customer_id, sum(s.orders - s.unpaid_expired), sum(s.voucher_orders) FROM buyer b "
            f"JOIN buyer_summary s ON s.buyer_id = b.id WHERE b.customer_id IN ({_marks(some)}) GROUP BY b.customer_id",
            some,
        ):
            found[customer_id] = (int(orders), int(vouchers))
    return found


def channels_of(customer_id: int) -> tuple[str, ...]:
    """The channels that a customer orders at."""
    rows = rows_of("SELECT DISTINCT channel FROM buyer WHERE customer_id = ? ORDER BY channel", (customer_id,))
    return tuple(row[0] for row in rows)


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _SOME):
        yield ids[start : start + _SOME]


def _marks(values: Collection[object]) -> str:
    return ",".join("?" * len(values))
