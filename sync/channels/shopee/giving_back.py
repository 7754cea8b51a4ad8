"""What was given back of an order, in pieces and money per line: by returns, and by packages that never arrived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from packstation.domain.orders import Item, Refund
from sync.channels.shopee.records import WholeOrder, minor, required_moment
from sync.channels.shopee.statuses import REFUNDED, Fate
from sync.channels.shopee.wire import PackageDetail, PackageItem, Return

_MONEY_ONLY = 1


@dataclass(frozen=True, slots=True)
class Lines:
    """The order's lines, and which of Shopee's ids became which of them."""

    items: tuple[Item, ...]
    places: Mapping[tuple[int, int], int]
    """(item_id, model_id) to the index in `items`."""
    said_returned: Mapping[int, int]
    """Pieces that the order itself calls returned, by index."""


def refunds_of(order: WholeOrder, lines: Lines, fates: Mapping[str, Fate], updated_at: int) -> tuple[Refund, ...]:
    """All refunds of an order that was delivered, at least in part.

    A refund without goods counts money and no pieces. Pieces that the order calls returned and no known return explains (the
    application may not read returns) are refunded at their price.

    Args:
        order: what was read.
        lines: its lines.
        fates: what became of its packages, by number; those that failed while another arrived count as given back.
        updated_at: when the order changed last, ms UTC: the time of what has none of its own.

    Raises:
        UnreadableRecordError: a return's time or amount is none.
    """
    refunds = [one for each in order.returns if each.status in REFUNDED for one in _of_return(order, lines, each)]
    if Fate.DELIVERED in fates.values():
        for package in order.detail.package_list:
            if fates.get(package.package_number) in (Fate.FAILED, Fate.LOST):
                known = order.packages.get(package.package_number)
                refunds += _of_package(lines, package.item_list, _time_of(known, updated_at))
    for place, said in lines.said_returned.items():
        explained = sum(refund.quantity for refund in refunds if refund.line == place)
        if said > explained:
            pieces = said - explained
            refunds.append(Refund(place, pieces, lines.items[place].price * pieces, updated_at))
    return tuple(refunds)


def all_given_back(refunds: Sequence[Refund], items: Sequence[Item]) -> bool:
    """Whether every piece of every line came back."""
    back = [0] * len(items)
    for refund in refunds:
        if refund.line is not None:
            back[refund.line] += refund.quantity
    return bool(items) and all(pieces >= item.quantity for pieces, item in zip(back, items, strict=True))


def _of_return(order: WholeOrder, lines: Lines, each: Return) -> list[Refund]:
    """A return's refunds; its amount is split over its lines by their price, the rest of the rounding goes to the last."""
    currency = order.detail.currency
    known_at = required_moment(each.update_time, "update_time of a return")
    amount = minor(each.refund_amount, currency, "refund_amount")
    if not each.item:
        return [Refund(None, 0, amount, known_at)]
    worth = [minor(item.item_price, currency, "item_price") * max(item.amount, 0) for item in each.item]
    left, refunds = amount, []
    for place, item in enumerate(each.item):
        last = place == len(each.item) - 1
        share = left if last else round(amount * worth[place] / sum(worth)) if sum(worth) else 0
        left -= share
        pieces = 0 if each.return_solution == _MONEY_ONLY else max(item.amount, 0)
        refunds.append(Refund(lines.places.get((item.item_id, item.model_id)), pieces, share, known_at))
    return refunds


def _of_package(lines: Lines, items: Sequence[PackageItem], known_at: int) -> list[Refund]:
    refunds = []
    for item in items:
        place = lines.places.get((item.item_id, item.model_id))
        if place is not None and item.model_quantity > 0:
            price = lines.items[place].price
            refunds.append(Refund(place, item.model_quantity, price * item.model_quantity, known_at))
    return refunds


def _time_of(package: PackageDetail | None, updated_at: int) -> int:
    return updated_at if package is None else required_moment(package.update_time, "update_time of a package")
