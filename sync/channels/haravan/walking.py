"""How the pages of changed orders are walked.

Haravan numbers its pages, so that an order that changes meanwhile moves all behind it. Instead, each page begins anew a second
before the last time that was seen, and pages are counted only within one second of changes. Whether `updated_at_min` includes its
moment is not documented; a second of overlap makes it no matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from packstation.domain.times import SECOND, iso_utc
from packstation.locale import said
from sync.channels.errors import Advice, ChannelError
from sync.channels.protocol import Span

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: `page` of what changed since `since`, whole seconds in ms UTC."""

    since: int
    page: int = 1

    def __str__(self) -> str:
        return f"{self.since}:{self.page}"

    def query(self, span: Span) -> tuple[tuple[str, str], ...]:
        """The parameters of the page."""
        return (
            ("status", "any"),
            ("order", "updated_at asc"),
            ("updated_at_min", iso_utc(self.since)),
            ("updated_at_max", iso_utc(_second_after(span.until))),
            ("limit", str(PER_PAGE)),
            ("page", str(self.page)),
        )

    def following(self, times: Sequence[int]) -> Place | None:
        """Where the page after one with rows of these times begins; None when that was the last.

        A page that is more than half full may have lost rows, so that only an emptier one ends the walk.
        """
        if len(times) <= PER_PAGE // 2:
            return None
        since = max(times) // SECOND * SECOND - SECOND
        return Place(since) if since > self.since else Place(self.since, self.page + 1)


def beginning(span: Span) -> Place:
    """The span's first page."""
    return Place(span.since // SECOND * SECOND - SECOND)


def place_of(cursor: str) -> Place:
    """The place that a cursor means.

    Raises:
        ChannelError: it is none of ours.
    """
    since, _colon, page = cursor.partition(":")
    if not (since.isascii() and since.isdigit() and page.isascii() and page.isdigit()):
        raise ChannelError(said("the cursor is none of this channel's"), Advice.GIVE_UP, code="cursor")
    return Place(int(since), int(page))


def _second_after(at: int) -> int:
    return -(-at // SECOND) * SECOND
