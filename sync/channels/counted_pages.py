"""Walking a listing that knows pages and a count only: page by page, and back again when orders left the span meanwhile.

An order that changes while pages are read leaves the span, and what is behind it moves up by one, past the reader. The count tells
how many left: that many rows are read again.
"""

from __future__ import annotations

from dataclasses import dataclass

from packstation.locale import said
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError


@dataclass(frozen=True, slots=True)
class Place:
    """The next page, from 1; how many orders the page before it counted; how many rows a page has."""

    size: int
    page: int = 1
    total: int = 0

    @classmethod
    def of_cursor(cls, cursor: str | None, size: int) -> Place:
        """The page that a cursor names.

        Raises:
            ChannelError: it is none of ours.
        """
        if cursor is None:
            return cls(size)
        page, _colon, total = cursor.partition(":")
        if not (_is_number(page) and _is_number(total)) or int(page) < 1:
            raise ChannelError(said("the cursor is none of this channel's"), Advice.GIVE_UP, code="cursor")
        return cls(size, int(page), int(total))

    @property
    def cursor(self) -> str:
        """What is kept of it between pages."""
        return f"{self.page}:{self.total}"

    def earlier(self, total: int) -> list[Place]:
        """The pages before this one that rows moved to, now that the span holds `total` orders.

        Raises:
            UnreadableAnswerError: none are left of a span that had some; that is not believed.
        """
        if self.total and not total:
            raise UnreadableAnswerError(said("the channel suddenly counts no orders"))
        gone = max(0, self.total - total)
        first = max(1, self.page - -(-gone // self.size))
        return [Place(self.size, page, total) for page in range(first, self.page)]

    def rows_due(self, total: int) -> int:
        """How many rows this page has when the span holds `total` orders."""
        return max(0, min(self.size, total - self.size * (self.page - 1)))

    def next(self, total: int) -> Place | None:
        """The page behind it; None: this was the last."""
        return Place(self.size, self.page + 1, total) if total > self.size * self.page else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 12
