"""Product lines of KiotViet: of orders, of invoices, and what of them came back. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from packstation.domain.money import UnreadableMoneyError, to_minor
from packstation.domain.orders import Item, Refund
from packstation.domain.times import UnreadableTimeError, parse_iso
from packstation.locale import said
from sync.channels.errors import UnreadableRecordError
from sync.channels.kiotviet.wire import DetailWire, ReturnWire

_LARGEST = 10**15
_MOST_PIECES = 10**6


class Cells:
    """Reads amounts and times of one shop; a time without an offset is its wall clock."""

    def __init__(self, currency: str, zone: str) -> None:
        self._currency = currency
        self._zone = zone

    def money(self, amount: Decimal | None, field: str) -> int:
        """Minor units; nothing is 0.

        Raises:
            UnreadableRecordError: no amount, or one too large.
        """
        if amount is None:
            return 0
        try:
            minor = to_minor(amount, self._currency)
        except UnreadableMoneyError:
            raise UnreadableRecordError(said("{field}: no amount", field=field)) from None
        if abs(minor) > _LARGEST:
            raise UnreadableRecordError(said("{field}: too large", field=field))
        return minor

    def time(self, *texts: str) -> int | None:
        """Ms UTC of the first of these that is a time."""
        for text in texts:
            try:
                return parse_iso(text, self._zone)
            except UnreadableTimeError:
                continue
        return None


def pieces(details: Iterable[DetailWire]) -> dict[str, Decimal]:
    """How much of each product, by its code."""
    found: dict[str, Decimal] = {}
    for detail in details:
        key = _sku(detail)
        found[key] = found.get(key, Decimal(0)) + detail.quantity
    return found


def items_of(details: Iterable[DetailWire], cells: Cells) -> tuple[Item, ...]:
    """The lines, equal ones of several invoices as one.

    A fraction (goods by weight) is one piece that costs the whole line; its name says how much it is.

    Raises:
        UnreadableRecordError: a quantity or an amount makes no line.
    """
    found: dict[tuple[str, str, int], Item] = {}
    for detail in details:
        item = _item(detail, cells)
        key = (item.sku, item.name, item.price)
        same = found.get(key)
        if same is not None:
            item = Item(item.sku, item.name, same.quantity + item.quantity, item.price, same.total + item.total)
        if item.quantity:
            found[key] = item
    return tuple(found.values())


def refunds_of(
    returns: Sequence[ReturnWire], items: Sequence[Item], cells: Cells, otherwise: int
) -> tuple[Refund, ...]:
    """What came back, line by line, and what was paid for it.

    Args:
        returns: of the order's invoices.
        items: the order's lines.
        cells: reads amounts and times.
        otherwise: when it is known where a return says nothing, ms UTC.
    """
    left = [item.quantity for item in items]
    refunds = []
    for one in returns:
        at = returned_at(one, cells) or otherwise
        for detail in one.return_details:
            item = _item(detail, cells)
            amount = max(0, item.total)
            place = _place(item, items, left)
            if place is None:
                refunds.append(Refund(None, 0, amount, at))
                continue
            quantity = min(max(item.quantity, 0), left[place])
            left[place] -= quantity
            refunds.append(Refund(place, quantity, amount, at))
    return tuple(refunds)


def is_everything(refunds: Sequence[Refund], items: Sequence[Item]) -> bool:
    """Whether nothing stayed with the buyer."""
    back = sum(refund.quantity for refund in refunds)
    return back > 0 and back >= sum(item.quantity for item in items)


def returned_at(one: ReturnWire, cells: Cells) -> int | None:
    """When the goods came back, ms UTC."""
    return cells.time(one.return_date, one.created_date, one.modified_date)


def _item(detail: DetailWire, cells: Cells) -> Item:
    quantity = detail.quantity
    if not quantity.is_finite() or abs(quantity) > _MOST_PIECES:
        raise UnreadableRecordError(said("quantity: no number of pieces"))
    price = _net_price(detail)
    total = cells.money(price * quantity if detail.sub_total is None else detail.sub_total, "subTotal")
    if quantity != quantity.to_integral_value():
        return Item(_sku(detail), f"{detail.product_name} × {quantity.normalize():f}", 1, total, total)
    return Item(_sku(detail), detail.product_name, int(quantity), cells.money(price, "price"), total)


def _net_price(detail: DetailWire) -> Decimal:
    """One unit's price after its discount, which is an amount or, where that is missing, a percentage."""
    price = detail.price or Decimal(0)
    discount = detail.discount
    if discount is None and detail.discount_ratio is not None:
        discount = price * detail.discount_ratio / 100
    return price - (discount or Decimal(0))


def _place(item: Item, items: Sequence[Item], left: Sequence[int]) -> int | None:
    """The line that a returned piece belongs to: one of its price before others of its product."""
    places = [place for place, one in enumerate(items) if one.sku == item.sku and left[place] > 0]
    return min(places, key=lambda place: items[place].price != item.price, default=None)


def _sku(detail: DetailWire) -> str:
    return detail.product_code or detail.product_id
