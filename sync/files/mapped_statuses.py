"""Statuses and outcomes of a mapped row: from columns of times, from columns of words, or from both."""

from __future__ import annotations

from collections.abc import Iterator

from packstation.domain.orders import Status, TimedOutcome, TimedStatus
from sync.files.cells import ClockReader
from sync.files.mapping import Mapping, TimedOutcomeKeys, WordColumnKeys, WordKeys
from sync.files.status_words import STATUS_OF_OUTCOME, folded
from sync.files.table import Header


class MappedStatuses:
    """Reads what a mapping says about statuses and outcomes. Its columns must be in the header."""

    def __init__(self, mapping: Mapping, header: Header, clock: ClockReader) -> None:
        self._clock = clock
        self._timed = [(keys, keys.at, _place(header, keys.at)) for keys in mapping.outcomes]
        self._placed = _place(header, mapping.columns.placed)
        self._words = [
            _WordColumn(keys, header, clock) for keys in (mapping.status, mapping.outcome) if keys is not None
        ]
        self.places = [place for _keys, _name, place in self._timed]
        self.places += [place for column in self._words for place in column.places]

    def outcomes(self, cells: list[str], placed: int) -> tuple[TimedOutcome, ...]:
        """The row's outcomes by the time they became known, one without a time last; equal times as mapped.

        The column of the placed time counts as `placed`, the earliest of an order's lines.

        Raises:
            BadCellError: a time is unreadable.
        """
        found = [TimedOutcome(keys.outcome, keys.cause, at) for keys, at in self._came_true(cells, placed)]
        for column in self._words:
            word = column.meaning(cells)
            if word is not None and word.outcome is not None:
                found.append(TimedOutcome(word.outcome, word.cause, column.known_at(cells)))
        return tuple(sorted(found, key=lambda one: _when(one.known_at)))

    def statuses(self, cells: list[str], placed: int) -> tuple[TimedStatus, ...]:
        """The row's statuses in the same order; a row that says nothing is held back, known since it was placed.

        Words of an outcome column tell the status only where the mapping has no status column.

        Raises:
            BadCellError: a time is unreadable.
        """
        found = [TimedStatus(keys.status_then(), "", at) for keys, at in self._came_true(cells, placed)]
        for column in self._words[:1]:
            status = column.status(cells)
            if status is not None:
                found.append(TimedStatus(status, column.word(cells), column.known_at(cells)))
        if not found:
            return (TimedStatus(Status.CHANNEL_HOLD, "", placed),)
        return tuple(sorted(found, key=lambda one: _when(one.known_at)))

    def _came_true(self, cells: list[str], placed: int) -> Iterator[tuple[TimedOutcomeKeys, int]]:
        for keys, name, place in self._timed:
            at = placed if place == self._placed else self._clock.read_if_any(cells[place], name)
            if at is not None:
                yield keys, at


class _WordColumn:
    def __init__(self, keys: WordColumnKeys, header: Header, clock: ClockReader) -> None:
        self._keys = keys
        self._clock = clock
        self._place = _place(header, keys.column)
        self._at = None if keys.at is None else _place(header, keys.at)
        self._words = {folded(word): meaning for word, meaning in keys.words.items()}
        self.places = [self._place] if self._at is None else [self._place, self._at]

    def word(self, cells: list[str]) -> str:
        return cells[self._place].strip()

    def meaning(self, cells: list[str]) -> WordKeys | None:
        return self._words.get(folded(self.word(cells)))

    def status(self, cells: list[str]) -> Status | None:
        if not self.word(cells):
            return self._keys.empty
        word = self.meaning(cells)
        if word is None:
            return self._keys.unknown
        return word.status or (STATUS_OF_OUTCOME[word.outcome] if word.outcome is not None else None)

    def known_at(self, cells: list[str]) -> int | None:
        if self._at is None or self._keys.at is None:
            return None
        return self._clock.read_if_any(cells[self._at], self._keys.at)


def _when(known_at: int | None) -> tuple[bool, int]:
    return known_at is None, known_at or 0


def _place(header: Header, name: str) -> int:
    place = header.place(name)
    if place is None:
        raise KeyError(name)
    return place
