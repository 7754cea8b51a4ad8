"""The customers of a simulated shop: who bought, what they owe, the points they have. Source: public API documents, "Khách hàng"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from packstation.domain.orders import Outcome, Status
from sync.sandbox.channels.kiotviet.papers import customer_id, is_counter_sale, is_recorded
from sync.sandbox.channels.kiotviet.records import Row, customer_name, wall_clock
from sync.sandbox.market.facts import Facts

_BEFORE_INVOICE = (Status.UNPAID, Status.TO_PACK)
_PAID_AHEAD = 50_000
_POINT = 10_000


@dataclass(frozen=True, slots=True)
class Account:
    """What a customer owes, VND, below zero where the shop owes them; the points that they have; when either changed, ms UTC."""

    debt: int
    points: int
    changed_at: int


def is_of_customer(facts: Facts) -> bool:
    """Whether the sale names a customer: who walks in is none."""
    return is_recorded(facts) and not is_counter_sale(facts) and facts.buyer.id is not None


def sales_by_customer(every: Iterable[Facts]) -> dict[str, list[Facts]]:
    """The sales of each customer, by the customer's code."""
    found: dict[str, list[Facts]] = {}
    for facts in every:
        if is_of_customer(facts) and facts.buyer.id is not None:
            found.setdefault(facts.buyer.id, []).append(facts)
    return found


def account_of(sales: Sequence[Facts]) -> Account:
    """A customer's account.

    Every third customer buys on credit and owes for what is on its way and not paid; every seventh has paid a little ahead.
    A point is given for every 10,000 ₫ of what was delivered.
    """
    code = int((sales[0].buyer.id or "KH0")[2:])
    owed = sum(one.total for one in sales if _is_open(one) and one.paid_at is None) if code % 3 == 0 else 0
    points = sum(one.total // _POINT for one in sales if one.outcome is Outcome.DELIVERED)
    ahead = _PAID_AHEAD if code % 7 == 0 else 0
    return Account(owed - ahead, points, max(one.updated_at for one in sales))


def customer_row(sales: Sequence[Facts], zone: str) -> Row:
    """The record of the customer of these sales; one that was never modified has no `modifiedDate`."""
    newest = max(sales, key=lambda one: one.placed_at)
    account = account_of(sales)
    created = min(one.placed_at for one in sales)
    body = {
        "id": customer_id(newest),
        "code": newest.buyer.id,
        "name": customer_name(newest),
        "contactNumber": "" if newest.origin else newest.buyer.phone,
        "retailerId": 501073570,
        "branchId": 233443,
        "createdDate": wall_clock(created, zone),
        "type": 0,
        "debt": float(account.debt),
        "totalInvoiced": float(sum(one.total for one in sales)),
        "totalPoint": float(account.points + 100),
        "totalRevenue": float(sum(one.total for one in sales)),
        "rewardPoint": account.points,
    }
    if account.changed_at != created:
        body["modifiedDate"] = wall_clock(account.changed_at, zone)
    return Row(newest.buyer.id or "", customer_id(newest), account.changed_at, body)


def _is_open(facts: Facts) -> bool:
    return facts.outcome is Outcome.OPEN and facts.status not in _BEFORE_INVOICE
