"""Every figure of the customer screen, computed from the rows of `online_retail_items` alone.

Nothing here comes from the program: what it says must be equal because both mean what docs/definitions.md says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from itertools import pairwise
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
DAY = 86_400_000
Row = dict[str, str]


def pence(amount: Decimal) -> int:
    return int((amount * 100).quantize(Decimal(1), ROUND_HALF_EVEN))


def ms(text: str) -> int:
    local = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=LONDON)
    return round((local - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))


def iso(moment: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=moment)).strftime("%Y-%m-%dT%H:%M:%SZ")


def half_even(amount: Fraction) -> int:
    return round(amount)


@dataclass
class Bought:
    """An invoice: its lines by place, and what was given back, each (time, SKU, pieces, pence)."""

    number: str
    buyer: str
    placed_at: int
    place: int
    lines: list[tuple[str, str, int, int]] = field(default_factory=list)
    back: list[tuple[int, str, int, int]] = field(default_factory=list)
    left: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    returned_at: int | None = None

    def total(self) -> int:
        return sum(line[3] for line in self.lines)

    def worth(self, at: int) -> int:
        return self.total() - sum(amount for known, _sku, _pieces, amount in self.back if known < at)


class Retail:
    """The invoices of each buyer, with credit notes worked off."""

    def __init__(self, rows: Iterable[Row]) -> None:
        everything = list(rows)
        first: dict[str, int] = {}
        for row in everything:
            moment = ms(row["InvoiceDate"])
            first[row["InvoiceNo"]] = min(first.get(row["InvoiceNo"], moment), moment)
        invoices: dict[str, Bought] = {}
        credits: list[tuple[int, int, Row]] = []
        for place, row in enumerate(everything):
            number, pieces = row["InvoiceNo"], int(row["Quantity"])
            if number.startswith("C"):
                credits.append((first[number], place, row))
            elif pieces >= 0:
                order = invoices.setdefault(number, Bought(number, row["CustomerID"], first[number], place))
                order.lines.append(
                    (row["StockCode"], row["Description"], pieces, pence(pieces * Decimal(row["UnitPrice"])))
                )
                order.left[row["StockCode"]] += pieces
        self.orders: dict[str, list[Bought]] = defaultdict(list)
        for order in invoices.values():
            if order.buyer:
                self.orders[order.buyer].append(order)
        for orders in self.orders.values():
            orders.sort(key=lambda order: (order.placed_at, order.place))
        starts: dict[str, int] = {}
        for _moment, place, row in credits:
            starts.setdefault(row["InvoiceNo"], place)
        for moment, _place, row in sorted(
            credits, key=lambda credit: (credit[0], starts[credit[2]["InvoiceNo"]], credit[1])
        ):
            if row["CustomerID"]:
                self._give_back(moment, row)

    def _give_back(self, moment: int, row: Row) -> None:
        sku, wanted, price = row["StockCode"], -int(row["Quantity"]), Decimal(row["UnitPrice"])
        having = [
            order
            for order in reversed(self.orders[row["CustomerID"]])
            if order.placed_at <= moment and order.left[sku] > 0
        ]
        enough = next((order for order in having if order.left[sku] >= wanted), None)
        for order in [enough] if enough else having:
            pieces = min(wanted, order.left[sku])
            if not pieces:
                continue
            order.left[sku] -= pieces
            wanted -= pieces
            order.back.append((moment, sku, pieces, pence(pieces * price)))
            if not any(order.left.values()) and order.returned_at is None:
                order.returned_at = moment

    def figures(self, buyer: str, at: int) -> dict[str, Any]:
        """The figures as known strictly before a moment, ms UTC, under the names of `customer --json`."""
        orders = [order for order in self.orders[buyer] if order.placed_at < at]
        returned = [order for order in orders if order.returned_at is not None and order.returned_at < at]
        spent = sum(order.worth(at) for order in orders)
        average = half_even(Fraction(spent, len(orders))) if orders else None
        times = [order.placed_at for order in orders]
        gap = usual_gap(times)
        next_at = None if gap is None else times[-1] + round(gap * DAY)
        expected_orders = expected = None
        if gap is not None and next_at is not None and average is not None:
            days = max(gap, Fraction(1))
            silence = max(0, at - next_at) // round(days * DAY)
            exact = Fraction(365) / days / 2 ** min(silence, 60)
            expected_orders, expected = float(round(exact, 1)), half_even(exact * average)
        return {
            "orders": len(orders),
            "delivered": len(orders) - len(returned),
            "returned": len(returned),
            "open": 0,
            "judged": len(orders),
            "failed": 0,
            "cancel_ratio": 0.0 if orders else None,
            "plain_cancel_ratio": 0.0 if orders else None,
            "label": "returning" if orders else "new",
            "spent": spent,
            "spent_3m": sum(order.worth(at) for order in orders if order.placed_at >= three_months_before(at)),
            "average_order": average,
            "days_between_orders": None if gap is None else float(gap),
            "first_order_at": iso(times[0]) if times else None,
            "last_order_at": iso(times[-1]) if times else None,
            "voucher_orders": 0,
            "currency": "GBP",
            "figures": {
                "lifetime_value": spent,
                "lifetime_value_is_profit": False,
                "orders_with_costs": 0,
                "orders_without_costs": len(orders),
                "expected_orders_12m": expected_orders,
                "expected_12m": expected,
                "next_order_at": None if next_at is None else iso(next_at),
                "voucher_share": 0.0 if orders else None,
                "pos_total_spent": None,
                "pos_total_points": None,
            },
            "products": self._products(orders, at),
        }

    def _products(self, orders: list[Bought], at: int) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for order in orders:
            whole = order.returned_at is not None and order.returned_at < at
            back = [each for each in order.back if each[0] < at]
            skus = dict.fromkeys(line[0] for line in order.lines)
            for sku in skus:
                pieces = sum(line[2] for line in order.lines if line[0] == sku)
                product = found.setdefault(sku, {"orders": 0, "bought": 0, "sent_back": 0, "spent": 0, "last_at": ""})
                product["orders"] += 1
                product["bought"] += pieces
                product["sent_back"] += pieces if whole else sum(each[2] for each in back if each[1] == sku)
                product["spent"] += sum(line[3] for line in order.lines if line[0] == sku)
                product["spent"] -= sum(each[3] for each in back if each[1] == sku)
                product["last_at"] = iso(order.placed_at)
        for product in found.values():
            sends_back = product["sent_back"] > 0 and 2 * product["sent_back"] >= product["bought"]
            product.update(
                cancelled=0, refused=0, sends_back=sends_back, likes=product["orders"] >= 2 and not sends_back
            )
        return found


def usual_gap(times: list[int]) -> Fraction | None:
    """In days, rounded half-even to one decimal."""
    latest = times[-20:]
    if len(latest) < 2:
        return None
    gaps = [Fraction(later - earlier, DAY) for earlier, later in pairwise(latest)]
    return Fraction(round(median(gaps) * 10), 10)


def three_months_before(at: int) -> int:
    local = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)).astimezone(LONDON)
    month, year = local.month - 3, local.year
    if month < 1:
        month, year = month + 12, year - 1
    for day in range(local.day, 27, -1):
        try:
            moved = local.replace(year=year, month=month, day=day, fold=0)
        except ValueError:
            continue
        return round((moved - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))
    moved = local.replace(year=year, month=month, fold=0)
    return round((moved - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))


def differences(said: dict[str, Any], computed: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What the program says otherwise, as (it, here)."""
    wrong = {
        name: (said[name], value)
        for name, value in computed.items()
        if name not in ("products", "figures") and said[name] != value
    }
    wrong |= {
        name: (said["figures"][name], value)
        for name, value in computed["figures"].items()
        if said["figures"][name] != value
    }
    products = {
        product["sku"]: {
            key: product[key]
            for key in (
                "orders",
                "bought",
                "sent_back",
                "spent",
                "last_at",
                "cancelled",
                "refused",
                "sends_back",
                "likes",
            )
        }
        for product in said["products"]
    }
    if products != computed["products"]:
        differing = sorted(
            sku
            for sku in products.keys() | computed["products"].keys()
            if products.get(sku) != computed["products"].get(sku)
        )
        wrong["products"] = (
            {sku: products.get(sku) for sku in differing[:3]},
            {sku: computed["products"].get(sku) for sku in differing[:3]},
        )
    return wrong
