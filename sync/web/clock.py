"""The channel's clock as its `Date` header tells it: signatures bear the time that the channel believes it is."""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

_IGNORED_MS = 1_500
"""A header has whole seconds and travels a while: smaller differences mean nothing."""
_AGREE_MS = 5_000
"""Answers whose clocks differ by no more than this say the same."""


class ServerClock:
    """Our clock, moved by how far the server's is off."""

    def __init__(self) -> None:
        self.offset_ms = 0
        self._said_last: int | None = None

    def now(self) -> int:
        """The server's time as far as it is known, ms UTC."""
        return time.time_ns() // 1_000_000 + self.offset_ms

    def learn(self, headers: Mapping[str, str]) -> None:
        """Take the offset from an answer's headers: the first at once, another one when two answers in a row say so.

        A single odd date moves nothing, nor does an answer without a readable one, or one that lay in a cache (RFC 9111, `Age`).
        """
        if headers.get("age", "0").strip() != "0":
            return
        try:
            said = int(parsedate_to_datetime(headers["date"]).timestamp() * 1000)
        except (KeyError, TypeError, ValueError, OverflowError):
            return
        offset = said + 500 - time.time_ns() // 1_000_000
        before, self._said_last = self._said_last, offset
        if before is None or abs(offset - before) <= _AGREE_MS:
            self.offset_ms = 0 if abs(offset) < _IGNORED_MS else offset
