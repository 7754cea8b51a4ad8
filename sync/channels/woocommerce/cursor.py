"""Where a walk through changed orders stands.

Pages by number shift whenever an order of the span is modified meanwhile, because it moves to the end. So the walk goes by time:
each call asks anew for the orders modified since the second that the last page ended in, and nothing can slip through. Only where
one second has more orders than a page, that second alone is read by page numbers, in the order of ids; when its total falls, which
is all that can happen to a second of the past, orders have left it, and it is read anew. The total falls with every repetition,
so that the walk ends.

The trash is a listing of its own: `status=any` leaves it out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from packstation.domain.times import iso_utc
from packstation.locale import said
from sync.channels.errors import Advice, ChannelError
from sync.channels.protocol import Span

PER_PAGE = 100
_LISTS = ("any", "trash")
_SECOND = 1000


@dataclass(frozen=True, slots=True)
class Cursor:
    """The next call of a walk. Seconds are UTC.

    Attributes:
        listing: `any` or `trash`.
        second: orders modified in it and later are wanted; in a crowded second those of it alone.
        page: 0 while the walk goes by time, else the number of the crowded second's page.
        total: at most how many orders the crowded second has.
    """

    listing: str
    second: int
    page: int = 0
    total: int = 0

    def __str__(self) -> str:
        return f"{self.listing}/{self.second}/{self.page}/{self.total}"

    def query(self, span: Span) -> tuple[tuple[str, str], ...]:
        """The call's parameters. Both bounds are exclusive and of whole seconds, widened outward."""
        last = self.second + 1 if self.page else -(-span.until // _SECOND)
        return (
            ("status", self.listing),
            ("modified_after", _stamp(self.second - 1)),
            ("modified_before", _stamp(last)),
            ("dates_are_gmt", "true"),
            ("orderby", "id" if self.page else "modified"),
            ("order", "asc"),
            ("per_page", str(PER_PAGE)),
            ("page", str(self.page or 1)),
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """What an answer tells about the walk: how many rows it has, the seconds in which they were modified, and its two headers."""

    rows: int
    seconds: tuple[int, ...]
    total: int
    pages: int


def beginnings(span: Span) -> tuple[Cursor, ...]:
    """The first call of each listing, the walk's own first."""
    return tuple(Cursor(name, span.since // _SECOND) for name in _LISTS)


def cursor_of(text: str) -> Cursor:
    """The cursor that was written as text.

    Raises:
        ChannelError: it is none of ours.
    """
    listing, *numbers = text.split("/")
    if listing not in _LISTS or len(numbers) != 3 or not all(part.isascii() and part.isdigit() for part in numbers):
        raise ChannelError(said("the cursor is none of this channel's"), Advice.GIVE_UP, code="cursor")
    second, page, total = map(int, numbers)
    return Cursor(listing, second, page, total)


def following(cursor: Cursor, seen: Seen, span: Span) -> Cursor | None:
    """The next call after an answer; None when the walk is done.

    Raises:
        ChannelError: the shop does not list its orders in the order of their modification.
    """
    if cursor.page:
        return _in_second(cursor, seen, span)
    if seen.pages <= 1:
        return _next_listing(cursor, span)
    if list(seen.seconds) != sorted(seen.seconds) or not seen.seconds or seen.seconds[-1] < cursor.second:
        raise ChannelError(
            said("orders do not come in the order of their modification: WooCommerce 5.8 or later is needed"),
            Advice.GIVE_UP,
            code="unsorted",
        )
    last = seen.seconds[-1]
    if last > cursor.second:
        return replace(cursor, second=last)
    return replace(cursor, page=1, total=seen.total)


def _in_second(cursor: Cursor, seen: Seen, span: Span) -> Cursor | None:
    if cursor.page > 1 and (not seen.rows or seen.total < cursor.total):
        # A page past the end tells nothing of the total, but orders must have left.
        return replace(cursor, page=1, total=seen.total if seen.rows else cursor.total - 1)
    if cursor.page < seen.pages:
        return replace(cursor, page=cursor.page + 1, total=min(cursor.total, seen.total))
    if (cursor.second + 1) * _SECOND >= span.until:
        return _next_listing(cursor, span)
    return Cursor(cursor.listing, cursor.second + 1)


def _next_listing(cursor: Cursor, span: Span) -> Cursor | None:
    place = _LISTS.index(cursor.listing) + 1
    return beginnings(span)[place] if place < len(_LISTS) else None


def _stamp(second: int) -> str:
    """The second without an offset, which `dates_are_gmt` makes UTC; milliseconds would make it the site's own time."""
    return iso_utc(second * _SECOND).removesuffix("Z")
