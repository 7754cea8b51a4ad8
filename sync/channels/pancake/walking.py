"""How a span of changes is walked: oldest first, every page from the last order's second on, so that nothing shifts away.

Listings have pages by number, within [`startDateTime`, `endDateTime`] of `updated_at` in whole seconds. What changes meanwhile leaves
the span, and the rest moves up; so each page begins at the last order's second, and further pages are needed only within one second.
Whether the bounds are inclusive is not documented: spans begin a second earlier and end a second later. Where a page does not come
sorted, the walk goes on by page numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from packstation.domain.times import SECOND
from packstation.locale import said
from sync.channels.errors import Advice, ChannelError
from sync.channels.protocol import Span

PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: `after` and `before` in seconds UTC, `page` counts from 1."""

    after: int
    before: int
    page: int = 1

    @classmethod
    def of_cursor(cls, span: Span, cursor: str | None) -> Place:
        """The page that a cursor of this span names; the first for None.

        Raises:
            ChannelError: it is none of ours.
        """
        first = cls(max(0, span.since // SECOND - 1), -(-span.until // SECOND) + 1)
        if cursor is None:
            return first
        after, _colon, page = cursor.partition(":")
        if not all(one.isascii() and one.isdigit() for one in (after, page)):
            raise ChannelError(said("the cursor is none of this channel's"), Advice.GIVE_UP, code="cursor")
        return replace(first, after=int(after), page=int(page))

    @property
    def cursor(self) -> str:
        """What is kept of it between pages."""
        return f"{self.after}:{self.page}"

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The parameters of the listing."""
        return [
            ("updateStatus", "updated_at"),
            ("startDateTime", str(self.after)),
            ("endDateTime", str(self.before)),
            ("option_sort", "last_updated_order_asc"),
            ("include_removed", "1"),
            ("page_size", str(PAGE_SIZE)),
            ("page_number", str(self.page)),
        ]

    def next(self, changed_at: Sequence[int | None], total_pages: int | None) -> Place | None:
        """The next page; None: this was the last.

        Args:
            changed_at: when the page's orders were changed, ms UTC, in their order.
            total_pages: how many pages Pancake counts; None where it does not say.
        """
        more = len(changed_at) >= PAGE_SIZE if total_pages is None else self.page < total_pages
        if not more or not changed_at:
            return None
        times = [at for at in changed_at if at is not None]
        is_sorted = len(times) == len(changed_at) and all(one <= two for one, two in pairwise(times))
        if is_sorted and times[-1] // SECOND - 1 > self.after:
            return replace(self, after=times[-1] // SECOND - 1, page=1)
        return replace(self, page=self.page + 1)
