"""What pieces cost, as a seller writes it down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from packstation.domain.money import UnreadableMoneyError, to_minor
from packstation.domain.times import UnreadableTimeError, parse_iso
from packstation.store.costs import keep_costs
from packstation.store.database import transaction
from packstation.store.shops import shop_named


class NoSuchShopError(LookupError):
    """No shop has this name."""


class BadCostError(ValueError):
    """A line that cannot be read: `text` is no `what` (sku, cost or since)."""

    def __init__(self, line: int, text: str, what: str) -> None:
        super().__init__(text)
        self.line = line
        self.text = text
        self.what = what


@dataclass(frozen=True, slots=True)
class WrittenCost:
    """A line of a file: what one piece of a SKU costs, from when on (ISO day or time; empty: always)."""

    line: int
    sku: str
    cost: str
    since: str = ""


def take_in_costs(shop: str, written: Sequence[WrittenCost]) -> int:
    """Keep what pieces cost a shop, in its currency; how many lines said so.

    Raises:
        NoSuchShopError: no such shop.
        BadCostError: a line cannot be read; nothing is kept then.
    """
    with transaction():
        found = shop_named(shop)
        if found is None:
            raise NoSuchShopError(shop)
        shop_id, currency, zone = found
        costs = [_read(each, shop_id, currency, zone) for each in written]
        keep_costs(costs)
    return len(costs)


def _read(written: WrittenCost, shop_id: int, currency: str, zone: str) -> tuple[int, str, int, int]:
    sku = written.sku.strip()
    if not sku:
        raise BadCostError(written.line, written.sku, "sku")
    try:
        cost = to_minor(Decimal(written.cost.strip()), currency)
    except (InvalidOperation, UnreadableMoneyError) as error:
        raise BadCostError(written.line, written.cost, "cost") from error
    if cost < 0:
        raise BadCostError(written.line, written.cost, "cost")
    since = written.since.strip()
    try:
        at = parse_iso(since if "T" in since or " " in since else f"{since}T00:00", zone) if since else 0
    except UnreadableTimeError as error:
        raise BadCostError(written.line, written.since, "since") from error
    return shop_id, sku, at, cost
