"""Lists of simulated orders: windows of at most 15 days, pages, cursors that are good for their own bounds, and what is found by a code."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

from packstation.domain.times import DAY, HOUR, MINUTE
from sync.sandbox.channels.shopee.facets import order_changed_at, return_number, return_of
from sync.sandbox.channels.shopee.gate import RefusedError
from sync.sandbox.faults import Fault
from sync.sandbox.market.facts import Facts
from sync.sandbox.stand import Stand

_LONGEST_WINDOW = 15 * 86_400
_SLACK = 10 * DAY
"""What moves no order's update time happens at most this long after the last thing that does."""
_SLICE = 6 * HOUR
_REMEMBERED = 16


@dataclass(frozen=True, slots=True)
class Window:
    """Whole seconds, both ends included."""

    since: int
    until: int

    @property
    def since_ms(self) -> int:
        """The first millisecond."""
        return self.since * 1000

    @property
    def end_ms(self) -> int:
        """The first millisecond after it."""
        return self.until * 1000 + 1000

    def holds(self, at: int) -> bool:
        """Whether a moment, ms UTC, lies in it."""
        return self.since_ms <= at < self.end_ms


def window(query: Mapping[str, str], since: str, until: str, error: str, message: str) -> Window:
    """The window that two parameters name.

    Raises:
        RefusedError: with the given error, when it is longer than 15 days or goes backwards.
    """
    try:
        asked = Window(int(query[since]), int(query[until]))
    except (KeyError, ValueError):
        raise RefusedError("error_param", f"Wrong parameters, detail: {since}.") from None
    if not 0 <= asked.until - asked.since <= _LONGEST_WINDOW:
        raise RefusedError(error, message)
    return asked


def page_size(query: Mapping[str, str], most: int = 100) -> int:
    """How many rows are asked for.

    Raises:
        RefusedError: none, or more than allowed.
    """
    size = query.get("page_size", "")
    if not size.isdigit() or not 1 <= int(size) <= most:
        raise RefusedError("error_param", f"Wrong parameters, detail: page_size should be in [1,{most}].")
    return int(size)


def ids(text: str, name: str, most: int = 50) -> list[str]:
    """The ids of a list joined by commas.

    Raises:
        RefusedError: none, or more than allowed.
    """
    found = [one for one in text.split(",") if one]
    if not 1 <= len(found) <= most:
        raise RefusedError("error_param", f"Wrong parameters, detail: {name} limit [1,{most}].")
    return found


class Changes:
    """What changed in a window. What takes long to find is remembered for a minute, so that pages of one window are steady."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self._remembered: dict[Window, tuple[int, list[Facts]]] = {}

    def orders(self, asked: Window, after: tuple[int, int]) -> Iterator[Facts]:
        """The orders whose update time lies in the window, in a steady order, from behind a place on."""
        for facts in self._seen(max(asked.since_ms, after[0]), asked.end_ms):
            if (facts.updated_at, facts.serial) > after and asked.holds(order_changed_at(facts)):
                yield facts
        for facts in self.notable(asked):
            is_later = facts.updated_at >= asked.end_ms and (facts.updated_at, facts.serial) > after
            if is_later and asked.holds(order_changed_at(facts)):
                yield facts

    def notable(self, asked: Window) -> list[Facts]:
        """The orders with a booking, a return or a change that moved no update time which may have changed in the window."""
        now = self._stand.clock()
        known = self._remembered.get(asked)
        if known is not None and now - known[0] < MINUTE:
            return known[1]
        found = [
            facts
            for facts in self._seen(asked.since_ms, asked.end_ms + _SLACK)
            if facts.booking or return_of(facts) or order_changed_at(facts) != facts.updated_at
        ]
        if len(self._remembered) >= _REMEMBERED:
            self._remembered.clear()
        self._remembered[asked] = now, found
        return found

    def _seen(self, start: int, end: int) -> Iterator[Facts]:
        now = self._stand.clock()
        end = min(end, now + 1)
        while start < end:
            stop = min(start + _SLICE, end)
            for facts in self._stand.market.changed(start, stop, now):
                if not facts.deleted:
                    yield facts
            start = stop


def page_of(
    stand: Stand, rows: Iterator[Facts], size: int, bounds: Window, cursor: str, extra: Sequence[Facts] = ()
) -> tuple[list[Facts], bool, str]:
    """One page, whether there are more, and the cursor behind it; the faults of listings strike here."""
    if stand.faults.strikes(Fault.NO_ORDERS):
        return [], False, ""
    found = [facts for facts, _place in zip(rows, range(size + 1), strict=False)]
    more, page = len(found) > size, found[:size]
    next_cursor = _cursor(bounds, (page[-1].updated_at, page[-1].serial)) if more else ""
    if cursor and extra and stand.faults.strikes(Fault.SHIFTED):
        page = [*extra, *page[: size - len(extra)]]
    if len(page) > 1 and stand.faults.strikes(Fault.LOST_ROW):
        del page[len(page) // 2]
    return page, more, next_cursor


def place_of(cursor: str, bounds: Window) -> tuple[int, int]:
    """Where a cursor stands; before everything for an empty one.

    Raises:
        RefusedError: it is another window's.
    """
    if not cursor:
        return bounds.since_ms, -1
    try:
        at, serial, check = base64.urlsafe_b64decode(cursor).decode().split("/")
        place = int(at), int(serial)
    except (ValueError, UnicodeError):
        place, check = (0, 0), ""
    if check != _check(bounds, place):
        raise RefusedError("error_param", "Wrong parameters, detail: cursor is invalid.")
    return place


def _cursor(bounds: Window, place: tuple[int, int]) -> str:
    return base64.urlsafe_b64encode(f"{place[0]}/{place[1]}/{_check(bounds, place)}".encode()).decode()


def _check(bounds: Window, place: tuple[int, int]) -> str:
    return f"{crc32(repr((bounds, place)).encode()):08x}"


class Codes:
    """Finds orders by the numbers of their packages, returns and bookings."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self._numbers: dict[str, str] = {}
        self._known_until = 0

    def order_of(self, code: str) -> Facts | None:
        """The order that has a package, return or booking of this number."""
        now = self._stand.clock()
        if code not in self._numbers:
            market = self._stand.market
            fresh = market.changed(self._known_until, now + 1, now) if self._known_until else market.every(now)
            for facts in fresh:
                for number in (*(package.number for package in facts.packages), return_number(facts), facts.booking):
                    if number:
                        self._numbers[number] = facts.number
            self._known_until = now
        number = self._numbers.get(code)
        return None if number is None else self._stand.market.facts(number, now)
