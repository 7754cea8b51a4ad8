"""Who is due to hear from the shop: about to run out, not come back, birthday near. Pure. Definitions: docs/care.md, "Due list"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase
from fractions import Fraction
from itertools import pairwise
from statistics import median

from packstation.domain.birthdays import days_until
from packstation.domain.history import GAP_ORDERS
from packstation.domain.policy_reading import PolicyError, number, only
from packstation.domain.times import DAY, from_ms

OWN_RHYTHM_PURCHASES = 3
"""From so many purchases of a product on the customer's own rhythm counts."""
LONGEST_WAIT = 400
"""Days after which whoever has not come back counts so, however seldom they order."""


class DueKind(StrEnum):
    """Why somebody is due."""

    RUN_OUT = "runout"
    LAPSED = "lapsed"
    BIRTHDAY = "birthday"


class VoucherGroup(StrEnum):
    """Whether somebody buys mostly with vouchers."""

    LOVERS = "lovers"
    FULL_PRICE = "full-price"


class Basis(StrEnum):
    """What a date was reckoned from: the customer's own rhythm, what is set for the product, or what is set for all."""

    OWN = "own"
    PRODUCT = "product"
    STANDARD = "standard"


@dataclass(frozen=True, slots=True)
class ProductDays:
    """How many days a piece of the products lasts whose SKU fits a pattern (`*` stands for anything)."""

    pattern: str
    days: float


@dataclass(frozen=True, slots=True)
class DueRules:
    """When somebody is due; all lengths in days.

    Attributes:
        days: how long a piece lasts where nothing else is known.
        products: the same for some products; the first that fits counts.
        longest: no purchase lasts longer.
        run_out_within: who runs out within so long is listed, and who did so as long ago.
        lapsed_factor: who does not order for so many of their usual gaps has not come back.
        lapsed_least: but not before so long.
        lapsed_days: the same for who ordered once.
        lapsed_within: who came to be so within so long is listed.
        birthday_within: birthdays are listed so long before.
        voucher_share: from this share of orders with a voucher on somebody is a voucher-lover.
    """

    days: float = 30
    products: tuple[ProductDays, ...] = ()
    longest: float = 180
    run_out_within: float = 7
    lapsed_factor: float = 2
    lapsed_least: float = 14
    lapsed_days: float = 90
    lapsed_within: float = 30
    birthday_within: float = 14
    voucher_share: float = 0.5

    def within(self, kind: DueKind) -> float:
        """The window of a kind, in days."""
        return {
            DueKind.RUN_OUT: self.run_out_within,
            DueKind.LAPSED: self.lapsed_within,
            DueKind.BIRTHDAY: self.birthday_within,
        }[kind]


STANDARD_DUE = DueRules()


@dataclass(frozen=True, slots=True)
class Bought:
    """So many pieces of one product, ordered at a moment, ms UTC."""

    at: int
    quantity: int


@dataclass(frozen=True, slots=True)
class DueAt:
    """When something is due, ms UTC, and what that was reckoned from."""

    at: int
    basis: Basis


def run_out(bought: Iterable[Bought], sku: str, rules: DueRules) -> DueAt | None:
    """When a customer runs out of a product; None if they bought none.

    With three purchases or more a piece lasts the median of (days to the next purchase / pieces) over their purchases but the last;
    else as long as is set. Purchases within a day of the first of them are one. Of many, the last 20 count.
    """
    purchases = _joined(bought)[-GAP_ORDERS:]
    if not purchases:
        return None
    lasts: Fraction
    if len(purchases) >= OWN_RHYTHM_PURCHASES:
        basis = Basis.OWN
        lasts = median(Fraction(after.at - one.at, DAY * one.quantity) for one, after in pairwise(purchases))
    else:
        product = next((each for each in rules.products if fnmatchcase(sku, each.pattern)), None)
        basis = Basis.PRODUCT if product else Basis.STANDARD
        lasts = Fraction(product.days if product else rules.days)
    last = purchases[-1]
    days = min(lasts * last.quantity, Fraction(rules.longest))
    return DueAt(last.at + round(days * DAY), basis)


def _joined(bought: Iterable[Bought]) -> list[Bought]:
    joined: list[Bought] = []
    for one in sorted(bought, key=lambda each: each.at):
        if one.quantity <= 0:
            continue
        if joined and one.at - joined[-1].at < DAY:
            joined[-1] = Bought(joined[-1].at, joined[-1].quantity + one.quantity)
        else:
            joined.append(one)
    return joined


def lapsed_at(placed: Sequence[int], rules: DueRules) -> DueAt | None:
    """When a customer who does not order again counts as not having come back; None without orders.

    Args:
        placed: when their orders that arrived or are under way were placed, ms UTC, in any order.
        rules: how long is waited.
    """
    latest = sorted(placed)[-GAP_ORDERS:]
    if not latest:
        return None
    if len(latest) == 1:
        return DueAt(latest[0] + round(rules.lapsed_days * DAY), Basis.STANDARD)
    gap = median(Fraction(after - before, DAY) for before, after in pairwise(latest))
    wait = min(max(gap * Fraction(rules.lapsed_factor), Fraction(rules.lapsed_least)), Fraction(LONGEST_WAIT))
    return DueAt(latest[-1] + round(wait * DAY), Basis.OWN)


def is_listed(kind: DueKind, due_at: int, now: int, within_days: float) -> bool:
    """Whether something that is due at a moment belongs to a list made now.

    Who runs out is listed from so many days before until as many after; who has not come back for so many days after.
    """
    window = round(within_days * DAY)
    return now - window <= due_at <= (now + window if kind is DueKind.RUN_OUT else now)


def birthday_in(born: date, now: int, zone: str, within_days: float) -> int | None:
    """Days until a birthday that is to be listed, None for one that is not near."""
    days = days_until(born, from_ms(now, zone).date())
    return days if days <= within_days else None


def voucher_group(orders: int, with_voucher: int, rules: DueRules) -> VoucherGroup:
    """Whether a customer buys mostly with vouchers; one without orders does not."""
    loves = orders > 0 and with_voucher >= rules.voucher_share * orders and with_voucher > 0
    return VoucherGroup.LOVERS if loves else VoucherGroup.FULL_PRICE


_NUMBERS: Mapping[str, tuple[float, float]] = {
    "days": (0.1, 400),
    "longest": (1, 400),
    "run_out_within": (0, 90),
    "lapsed_factor": (1, 20),
    "lapsed_least": (1, 400),
    "lapsed_days": (1, 400),
    "lapsed_within": (0, 400),
    "birthday_within": (0, 60),
    "voucher_share": (0.01, 1),
}


def due_rules(tree: Mapping[str, object], source: str) -> DueRules:
    """The rules of a `[due]` table.

    Raises:
        PolicyError: any mistake, with file, key, value and what is allowed.
    """
    only(tree, {*_NUMBERS, "product"}, source, "due.")
    found = {
        name: number(tree, name, getattr(STANDARD_DUE, name), least, most, source, "due.")
        for name, (least, most) in _NUMBERS.items()
    }
    entries = tree.get("product", [])
    if not isinstance(entries, list):
        raise PolicyError(source, "due.product", entries, "must be a list of [[due.product]] tables")
    products = tuple(_product(entry, f"due.product[{place}]", source) for place, entry in enumerate(entries, start=1))
    return DueRules(products=products, **found)


def _product(entry: object, key: str, source: str) -> ProductDays:
    if not isinstance(entry, dict):
        raise PolicyError(source, key, entry, "must be a [[due.product]] table")
    only(entry, {"sku", "days"}, source, f"{key}.")
    pattern = entry.get("sku")
    if not isinstance(pattern, str) or not pattern:
        raise PolicyError(source, f"{key}.sku", pattern, "must be a SKU, or its beginning with * behind it")
    if "days" not in entry:
        raise PolicyError(source, f"{key}.days", None, "must be a number from 0.1 to 400")
    return ProductDays(pattern, number(entry, "days", 0, 0.1, 400, source, f"{key}."))
