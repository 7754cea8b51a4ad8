"""Credit notes worked off against the orders they give back: which pieces, for how much, known from when.

Source: docs/definitions.md, "Credit notes in order files".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field

from packstation.domain.orders import Item, Refund
from sync.files.result import UnmatchedCredit


@dataclass(frozen=True, slots=True)
class Sale:
    """An order as far as credit notes care. `buyer` None is a guest. Sales are given in file order."""

    buyer: str | None
    placed_at: int
    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class CreditLine:
    """One line of a note: pieces given back (positive), and what any number of them is worth in minor units."""

    line: int
    sku: str
    quantity: int
    worth: Callable[[int], int]


@dataclass(frozen=True, slots=True)
class CreditNote:
    """One note, its lines in file order. Notes are given in file order."""

    number: str
    buyer: str | None
    known_at: int
    lines: Sequence[CreditLine]


@dataclass(slots=True)
class Settlement:
    """What the notes came to: refunds and the moment of full return by the sale's place, and what matched nothing."""

    refunds: dict[int, list[Refund]] = field(default_factory=lambda: defaultdict(list))
    returned_at: dict[int, int] = field(default_factory=dict)
    unmatched: list[UnmatchedCredit] = field(default_factory=list)


def settle(sales: Sequence[Sale], notes: Sequence[CreditNote]) -> Settlement:
    """Work off the notes by time, then place in the file, line by line.

    A line goes to the buyer's latest sale placed at or before the note (same time: later in the file) that has enough
    pieces of the SKU left; where none has enough, over those with any left, latest first. Guests' lines match nothing.
    """
    book = _Book(sales, {(note.buyer, line.sku) for note in notes if note.buyer for line in note.lines})
    for note in sorted(notes, key=lambda note: note.known_at):
        for line in note.lines:
            book.give_back(note, line)
    return book.settlement


class _Book:
    """What is left of the sales that a note may give back: those of its buyers, by buyer and SKU."""

    def __init__(self, sales: Sequence[Sale], noted: Set[tuple[str, str]]) -> None:
        self.settlement = Settlement()
        self._sales = sales
        buyers = {buyer for buyer, _sku in noted}
        self._left = {
            place: [item.quantity for item in sale.items] for place, sale in enumerate(sales) if sale.buyer in buyers
        }
        self._sold: dict[tuple[str, str], dict[int, list[int]]] = {key: {} for key in noted}
        for place in sorted(self._left, key=lambda place: (sales[place].placed_at, place), reverse=True):
            buyer = sales[place].buyer or ""
            for index, item in enumerate(sales[place].items):
                sold = self._sold.get((buyer, item.sku))
                if sold is not None:
                    sold.setdefault(place, []).append(index)

    def give_back(self, note: CreditNote, line: CreditLine) -> None:
        wanted = line.quantity
        sold = self._sold.get((note.buyer, line.sku), {}) if note.buyer else {}
        open_sales = [
            (place, left)
            for place, indexes in sold.items()
            if self._sales[place].placed_at <= note.known_at and (left := self._pieces_left(place, indexes)) > 0
        ]
        enough = [place for place, left in open_sales if left >= wanted]
        for place, left in [(enough[0], wanted)] if enough else open_sales:
            taken = min(left, wanted)
            if taken:
                self._take(place, sold[place], taken, line.worth(taken), note.known_at)
                wanted -= taken
        if wanted:
            self.settlement.unmatched.append(
                UnmatchedCredit(line.line, note.number, note.buyer, line.sku, wanted, line.worth(wanted), note.known_at)
            )

    def _pieces_left(self, place: int, indexes: Sequence[int]) -> int:
        left = self._left[place]
        return sum(left[index] for index in indexes)

    def _take(self, place: int, indexes: Sequence[int], quantity: int, amount: int, known_at: int) -> None:
        """Spread one match over the sale's lines of the SKU; the amount was rounded once, the last line gets the rest."""
        left = self._left[place]
        rest_quantity, rest_amount = quantity, amount
        for index in indexes:
            taken = min(left[index], rest_quantity)
            if not taken:
                continue
            worth = rest_amount if taken == rest_quantity else amount * taken // quantity
            self.settlement.refunds[place].append(Refund(index, taken, worth, known_at))
            left[index] -= taken
            rest_quantity -= taken
            rest_amount -= worth
        if not any(left):
            self.settlement.returned_at.setdefault(place, known_at)
