"""How a span of changes is walked: orders, invoices, returns, then customers, each from the oldest change on.

Listings page by offset (`currentItem`), and what changes meanwhile leaves the span, so that the rest moves up. So each page begins
at the last row's second, and an offset is needed only within one second. That `orderBy=modifiedDate` is honoured, and for which
records without a modification `lastModifiedFrom` counts the time they were made, is not documented: where a page does not come
sorted, the walk goes on by offsets. `lastModifiedFrom` and `toDate` are wall clocks without an offset, like all times here; as
nothing says whether they are inclusive, spans begin a second earlier and end a second later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from packstation.domain.times import SECOND, from_ms
from packstation.locale import said
from sync.channels.errors import Advice, ChannelError
from sync.channels.protocol import Span

PAGE_SIZE = 100


class Listing(StrEnum):
    """What is listed, in the order in which it is walked."""

    ORDERS = "orders"
    INVOICES = "invoices"
    RETURNS = "returns"
    CUSTOMERS = "customers"


_AFTER = {
    Listing.ORDERS: Listing.INVOICES,
    Listing.INVOICES: Listing.RETURNS,
    Listing.RETURNS: Listing.CUSTOMERS,
}
_ENDLESS = (Listing.RETURNS, Listing.CUSTOMERS)
"""Those that know no `toDate`."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: `after` and `before` in seconds UTC."""

    listing: Listing
    after: int
    before: int
    offset: int = 0

    @classmethod
    def begin(cls, span: Span) -> Place:
        """The first page of a span."""
        return cls(Listing.ORDERS, max(0, span.since // SECOND - 1), -(-span.until // SECOND) + 1)

    @classmethod
    def of_cursor(cls, span: Span, cursor: str | None) -> Place:
        """The page that a cursor of this span names.

        Raises:
            ChannelError: it is none of ours.
        """
        first = cls.begin(span)
        if cursor is None:
            return first
        name, *numbers = cursor.split(":")
        if (
            name not in list(Listing)
            or len(numbers) != 2
            or not all(one.isascii() and one.isdigit() for one in numbers)
        ):
            raise ChannelError(said("the cursor is none of this channel's"), Advice.GIVE_UP, code="cursor")
        return replace(first, listing=Listing(name), after=int(numbers[0]), offset=int(numbers[1]))

    @property
    def cursor(self) -> str:
        """What is kept of it between pages."""
        return f"{self.listing}:{self.after}:{self.offset}"

    def parameters(self, zone: str) -> list[tuple[str, str]]:
        """The parameters of the listing; one that knows no `toDate` ends by itself."""
        return [
            ("lastModifiedFrom", local(self.after * SECOND, zone)),
            *([] if self.listing in _ENDLESS else [("toDate", local(self.before * SECOND, zone))]),
            ("orderBy", "modifiedDate"),
            ("orderDirection", "Asc"),
            ("pageSize", str(PAGE_SIZE)),
            ("currentItem", str(self.offset)),
        ]

    def next(self, span: Span, changed_at: Sequence[int | None], total: int | None) -> Place | None:
        """The next page; None: this was the last of the last listing.

        Args:
            span: what is walked.
            changed_at: when the page's rows were changed, ms UTC, in their order.
            total: how many rows KiotViet counts from `after` on; None where it does not say.
        """
        times = [at for at in changed_at if at is not None]
        is_sorted = len(times) == len(changed_at) and all(one <= two for one, two in pairwise(times))
        is_past = self.listing in _ENDLESS and is_sorted and bool(times) and times[-1] // SECOND > self.before
        more = len(changed_at) >= PAGE_SIZE if total is None else self.offset + PAGE_SIZE < total
        if is_past or not changed_at or not more:
            following = _AFTER.get(self.listing)
            return None if following is None else replace(Place.begin(span), listing=following)
        if is_sorted and times[-1] // SECOND - 1 > self.after:
            return replace(self, after=times[-1] // SECOND - 1, offset=0)
        return replace(self, offset=self.offset + PAGE_SIZE)


def local(ms: int, zone: str) -> str:
    """The time as the API takes it."""
    return from_ms(ms, zone).strftime("%Y-%m-%dT%H:%M:%S")
