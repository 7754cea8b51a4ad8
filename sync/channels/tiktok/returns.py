"""Returns and refunds after delivery, per piece. Source: "Search Returns" (202309)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from packstation.domain.orders import Refund
from packstation.domain.times import SECOND
from sync.channels.tiktok.wire import Return, ReturnedUnit, Unit

_DONE = frozenset({"RETURN_OR_REFUND_REQUEST_SUCCESS", "RETURN_OR_REFUND_REQUEST_COMPLETE"})
_ON_THE_WAY = frozenset({"AWAITING_BUYER_SHIP", "BUYER_SHIPPED_ITEM", "REJECT_RECEIVE_PACKAGE"})
"""Agreed to, not ended. Requests that are pending, rejected or taken back change nothing about an order that was delivered."""

_BRINGS_GOODS = "RETURN_AND_REFUND"
_REPLACES = "REPLACEMENT"


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What became of an order's pieces after delivery.

    Attributes:
        returned: the ids of the pieces that came back for their money.
        coming: the ids of those that are on their way.
        refunds: pieces and money given back; a refund without goods has no pieces, what belongs to no piece no line.
        word: the channel's word for the return that changed last.
        at: when it did, ms UTC.
    """

    returned: frozenset[str]
    coming: frozenset[str]
    refunds: tuple[Refund, ...]
    word: str
    at: int | None


NOTHING = GivenBack(frozenset(), frozenset(), (), "", None)


def given_back(
    returns: Sequence[Return], units: Sequence[Unit], line_of: Mapping[str, int], money: Callable[[str], int]
) -> GivenBack:
    """What an order's returns say of its pieces.

    Args:
        returns: all of the order.
        units: its pieces that were not cancelled before shipping.
        line_of: the index of the item that each piece counts in, by the piece's id.
        money: reads an amount in the order's currency.
    """
    if not returns:
        return NOTHING
    returned: set[str] = set()
    coming: set[str] = set()
    refunds: list[Refund] = []
    for one in sorted(returns, key=_changed):
        pieces = _pieces(one, units, returned | coming)
        if one.return_status in _DONE and one.return_type != _REPLACES:
            brings_goods = one.return_type == _BRINGS_GOODS
            refunds += _refunds(one, pieces, line_of, money, pieces_each=int(brings_goods))
            if brings_goods:
                returned |= {unit.id for unit, _row in pieces}
        elif one.return_status in _ON_THE_WAY and one.return_type == _BRINGS_GOODS:
            coming |= {unit.id for unit, _row in pieces}
    last = max(returns, key=_changed)
    return GivenBack(frozenset(returned), frozenset(coming), tuple(refunds), last.return_status, _changed(last) or None)


def _pieces(one: Return, units: Sequence[Unit], taken: set[str]) -> list[tuple[Unit, ReturnedUnit]]:
    """The pieces that a return's rows mean: by their id, else the first of the product that no other return has."""
    found: list[tuple[Unit, ReturnedUnit]] = []
    gone = set(taken)
    for row in one.return_line_items:
        free = [unit for unit in units if unit.id not in gone]
        unit = next((unit for unit in free if unit.id and unit.id == row.order_line_item_id), None)
        if unit is None and not row.order_line_item_id:
            unit = next((unit for unit in free if _same_product(unit, row)), None)
        if unit is not None:
            gone.add(unit.id)
            found.append((unit, row))
    return found


def _same_product(unit: Unit, row: ReturnedUnit) -> bool:
    return bool(row.sku_id) and unit.sku_id == row.sku_id if row.sku_id else unit.seller_sku == row.seller_sku != ""


def _refunds(
    one: Return,
    pieces: Sequence[tuple[Unit, ReturnedUnit]],
    line_of: Mapping[str, int],
    money: Callable[[str], int],
    *,
    pieces_each: int,
) -> list[Refund]:
    amounts: dict[int, list[int]] = {}
    for unit, row in pieces:
        amount = money(row.refund_amount.refund_total) if row.refund_amount else 0
        amounts.setdefault(line_of[unit.id], []).append(amount)
    at = _changed(one)
    refunds = [Refund(line, len(each) * pieces_each, sum(each), at) for line, each in sorted(amounts.items())]
    whole = money(one.refund_amount.refund_total) if one.refund_amount else 0
    rest = whole - sum(refund.amount for refund in refunds)
    return [*refunds, Refund(None, 0, rest, at)] if rest > 0 else refunds


def _changed(one: Return) -> int:
    return (one.update_time or one.create_time or 0) * SECOND
