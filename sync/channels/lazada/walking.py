"""How a span of changes is walked: oldest first, every page from the last order's second on, so that nothing shifts away.

`/orders/get` pages by offset, at most 5,000, and orders that change meanwhile leave the span, so that the rest moves up. Asking again
from the last second seen loses none of them; an offset is needed only among orders that changed within that second.
Whether `update_after` includes its own second is not documented: spans begin a second earlier and end a second later.
"""

from __future__ import annotations

from dataclasses import dataclass

from packstation.domain.times import SECOND, from_ms
from packstation.locale import said
from sync.channels.errors import Advice, ChannelError
from sync.channels.protocol import Span

PAGE_SIZE = 100
LARGEST_OFFSET = 5_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where the next page begins: `after` and `before` in seconds UTC, as `update_after` and `update_before` get them."""

    after: int
    before: int
    offset: int = 0

    @classmethod
    def begin(cls, span: Span) -> Place:
        """The first page of a span."""
        return cls(max(0, span.since // SECOND - 1), -(-span.until // SECOND) + 1)

    @classmethod
    def of_cursor(cls, span: Span, cursor: str | None) -> Place:
        """The page that a cursor of this span names.

        Raises:
            ChannelError: it is none of ours.
        """
        first = cls.begin(span)
        if cursor is None:
            return first
        after, _colon, offset = cursor.partition(":")
        if not (_is_number(after) and _is_number(offset)):
            raise ChannelError(said("the cursor is none of this channel's"), Advice.GIVE_UP, code="cursor")
        return cls(int(after), first.before, int(offset))

    @property
    def cursor(self) -> str:
        """What is kept of it between pages."""
        return f"{self.after}:{self.offset}"

    def parameters(self, zone: str) -> dict[str, str]:
        """The parameters of `/orders/get`, with times in the shop's zone."""
        return {
            "update_after": _iso(self.after, zone),
            "update_before": _iso(self.before, zone),
            "sort_by": "updated_at",
            "sort_direction": "ASC",
            "offset": str(self.offset),
            "limit": str(PAGE_SIZE),
        }

    def next(self, last_changed_at: int | None, rows: int, total: int | None) -> Place | None:
        """The next page; None: this was the last. Its `after` is this one's own when too many changed in one second.

        Args:
            last_changed_at: when the page's last order changed, ms UTC; None where it does not say.
            rows: how many orders the page had.
            total: how many Lazada counts from `after` on; None where it does not say.
        """
        more = rows >= PAGE_SIZE if total is None else self.offset + PAGE_SIZE < total
        if not more:
            return None
        second = None if last_changed_at is None else last_changed_at // SECOND
        if second is not None and second - 1 > self.after:
            return Place(min(second, self.before) - 1, self.before)
        return Place(self.after, self.before, self.offset + PAGE_SIZE)

    @property
    def is_out_of_reach(self) -> bool:
        """Whether Lazada refuses this offset."""
        return self.offset > LARGEST_OFFSET

    def after_this_second(self) -> Place:
        """From the second after the one whose orders are too many to be listed."""
        return Place(self.after + 1, self.before)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 12


def _iso(second: int, zone: str) -> str:
    return from_ms(second * SECOND, zone).isoformat(timespec="seconds")
