"""What refunds and removals leave of an order: the pieces still to be delivered, and what came back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from packstation.domain.money import divide_half_even
from packstation.domain.orders import Item, Refund
from sync.channels.shopify_like.sale import GivenBack, Sale, SaleLine, Way


@dataclass(frozen=True, slots=True)
class Left:
    """An order's items, its refunds on them, and what that makes of it.

    Attributes:
        items: what is still to be delivered, or was; all that was ordered when nothing is left.
        refunds: money and pieces given back, on those items.
        nothing_left: whether every piece was taken out before anything left.
        all_back: whether every delivered piece came back.
        back_at: when the last piece came back, ms UTC.
    """

    items: tuple[Item, ...]
    refunds: tuple[Refund, ...]
    nothing_left: bool
    all_back: bool
    back_at: int | None


def left_of(sale: Sale) -> Left:
    """Tell pieces that never left from pieces that came back: a refund before the first parcel left is about the former.

    A parcel that never reached the buyer came back as a whole by itself; its refunds are about money alone.
    """
    cut: Counter[str] = Counter({line.key: line.removed for line in sale.lines})
    back: Counter[str] = Counter()
    back_at: int | None = None
    for given in sale.given_back:
        if _came_back(sale, given):
            back.update(given.pieces)
            back_at = max(back_at or 0, given.at or sale.updated_at or 0) if given.pieces else back_at
        else:
            cut.update(given.pieces)
    active = {line.key: max(0, line.quantity - cut[line.key]) for line in sale.lines}
    stayed = not sale.was_sent and not sale.at_counter
    nothing_left = stayed and bool(sale.lines) and not any(active.values())
    whole = nothing_left or sale.cancelled
    kept = [line for line in sale.lines if line.quantity > 0 and (whole or active[line.key] > 0)]
    items = tuple(_item(line, line.quantity if whole else active[line.key]) for line in kept)
    places = {line.key: place for place, line in enumerate(kept)}
    refunds = tuple(one for given in sale.given_back for one in _refunds(sale, given, places))
    returned = sale.was_delivered and all(back[line.key] >= active[line.key] for line in kept)
    all_back = returned and any(back.values())
    return Left(items, refunds, nothing_left, all_back, back_at)


def _came_back(sale: Sale, given: GivenBack) -> bool:
    if not sale.was_sent and not sale.at_counter:
        return False
    left_at = sale.archived_at if sale.at_counter else sale.sent_at
    return left_at is None or given.at is None or given.at >= left_at


def _item(line: SaleLine, pieces: int) -> Item:
    total = line.total if pieces == line.quantity else divide_half_even(line.total * pieces, line.quantity)
    return Item(line.sku, line.name, pieces, line.price, total)


def _refunds(sale: Sale, given: GivenBack, places: Mapping[str, int]) -> list[Refund]:
    """One refund by line. The money is shared among the lines by what their pieces cost; the last one takes the rounding."""
    at = given.at if given.at is not None else sale.updated_at or sale.placed_at
    counts = _came_back(sale, given) and not _failed(sale)
    lines = [key for key, pieces in given.pieces.items() if pieces > 0]
    worth = sum(given.worth.get(key, 0) for key in lines)
    found: list[Refund] = []
    rest = given.amount
    for place, key in enumerate(lines):
        last = place == len(lines) - 1
        if last and worth:
            share = min(rest, given.worth.get(key, 0)) if given.amount > worth else rest
        else:
            share = divide_half_even(min(given.amount, worth) * given.worth.get(key, 0), worth) if worth else 0
        rest -= share
        line = places.get(key)
        quantity = given.pieces[key] if counts and line is not None else 0
        if quantity or share:
            found.append(Refund(line, quantity, share, at))
    if rest:
        found.append(Refund(None, 0, rest, at))
    return found


def _failed(sale: Sale) -> bool:
    """Whether no parcel reached the buyer and some came back."""
    return not sale.was_delivered and any(one.way in (Way.COMING_BACK, Way.CAME_BACK) for one in sale.shipments)
