"""Telling a scanner's burst from typing by the times between keys. Pure: it is fed strokes and asked what they were.

A scanner types a code within milliseconds and mostly ends it with Enter, LF or Tab; hands do not. Strokes are held
until it is clear which of the two they are, so a stroke typed by hand is late by at most about `BurstTiming.gap`.
All times are seconds on one monotonic clock, taken where the stroke was read and not where it is looked at: a program
that was busy in between sees the same bursts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Generic, TypeVar


class StrokeKind(Enum):
    """What a stroke can be part of."""

    CHARACTER = auto()
    """A printable character: what codes are made of."""
    END = auto()
    """Enter, LF or Tab: ends a code."""
    ERASE = auto()
    """Backspace. Some input methods rewrite a letter by erasing it first, so in a burst it erases."""
    PLAIN = auto()
    """Arrows and other keys that are harmless if a barcode should contain them."""
    CHORD = auto()
    """Ctrl and Alt combinations, function keys, control characters. No code contains one on purpose."""
    POINTER = auto()
    """A mouse button, or a movement with one; a barcode can contain the terminal's notation of it."""


EventT = TypeVar("EventT")


@dataclass(frozen=True, slots=True)
class Stroke(Generic[EventT]):
    """One key or button. `name` tells keys apart; `event` is handed back untouched if it was typed by hand."""

    time: float
    kind: StrokeKind
    name: str
    character: str
    event: EventT


@dataclass(frozen=True, slots=True)
class BurstTiming:
    """The thresholds, in seconds and characters.

    Attributes:
        gap: the longest time between two characters of a code, and so the delay of a stroke typed by hand. A pty on
            a busy machine delays single keys by up to 30 ms; hands hardly ever are faster than 40 ms.
        silence: ends a code that nothing else ends. Longer than `gap`, because by then it is known to be a scan.
        trailing: an end this soon after a code belongs to it (LF after CR, an Enter that was delayed).
        shortest: characters of a code that nothing but silence ends.
        shortest_ended: characters of a code with an end right behind it.
        repeat: a key held down comes again within this time.
    """

    gap: float = 0.035
    silence: float = 0.1
    trailing: float = 0.15
    shortest: int = 6
    shortest_ended: int = 3
    repeat: float = 0.1


@dataclass(frozen=True, slots=True)
class Code:
    """A burst, as text."""

    text: str


@dataclass(frozen=True, slots=True)
class ByHand(Generic[EventT]):
    """Strokes that were no burst, in order."""

    events: tuple[EventT, ...]


_REPEATS = 4
_FASTEST_REPEAT = 0.015


class Bursts(Generic[EventT]):
    """The strokes not yet decided about."""

    def __init__(self, timing: BurstTiming) -> None:
        self._timing = timing
        self._held: list[Stroke[EventT]] = []
        self._characters = 0
        self._code_ended: float | None = None
        self._typed: tuple[str, float] | None = None

    @property
    def holding(self) -> bool:
        """Whether any stroke waits to be decided about."""
        return bool(self._held)

    @property
    def deadline(self) -> float | None:
        """When the held strokes are decided about if no other comes, None while none is held."""
        if not self._held:
            return None
        if self._characters >= self._timing.shortest:
            return self._held[-1].time + self._timing.silence
        # Without a character nothing held can be a code yet: a key held down must not wait for its own repeats.
        return self._held[-1 if self._characters else 0].time + self._timing.gap

    def feed(self, stroke: Stroke[EventT]) -> list[Code | ByHand[EventT]]:
        """Take the next stroke; what it decided, in order."""
        decided = self.quiet_at(stroke.time)
        if not self._held:
            if self._trails_a_code(stroke):
                self._code_ended = stroke.time
                return decided
            if self._repeats_the_typed(stroke):
                self._typed = (stroke.name, stroke.time)
                return [*decided, ByHand((stroke.event,))]
        self._held.append(stroke)
        if stroke.kind is StrokeKind.CHARACTER:
            self._characters += 1
            if self._is_held_down():
                decided += self._by_hand()
        elif stroke.kind is StrokeKind.END and len(self._held) > 1:
            decided += self._decide(self._timing.shortest_ended)
        return decided

    def quiet_at(self, now: float) -> list[Code | ByHand[EventT]]:
        """What the silence until `now` decided."""
        deadline = self.deadline
        return self.settle() if deadline is not None and now >= deadline else []

    def settle(self) -> list[Code | ByHand[EventT]]:
        """Decide about everything held, as if a long silence followed."""
        return self._decide(self._timing.shortest)

    def _decide(self, shortest: int) -> list[Code | ByHand[EventT]]:
        if not self._held:
            return []
        if self._characters < shortest:
            return self._by_hand()
        text = _text_of(self._held)
        self._code_ended = self._held[-1].time
        self._typed = None
        self._clear()
        return [Code(text)] if text.strip() else []

    def _by_hand(self) -> list[Code | ByHand[EventT]]:
        kept = [stroke.event for stroke in self._held if not self._is_out_of_a_barcode(stroke)]
        self._typed = (self._held[-1].name, self._held[-1].time)
        self._code_ended = None
        self._clear()
        return [ByHand(tuple(kept))] if kept else []

    def _is_out_of_a_barcode(self, stroke: Stroke[EventT]) -> bool:
        """Whether a chord or a click came within a gap of another key, as no hand does it."""
        if stroke.kind is StrokeKind.POINTER:
            return any(other.kind is not StrokeKind.POINTER for other in self._held)
        return stroke.kind is StrokeKind.CHORD and any(other.name != stroke.name for other in self._held)

    def _clear(self) -> None:
        self._held = []
        self._characters = 0

    def _trails_a_code(self, stroke: Stroke[EventT]) -> bool:
        return (
            stroke.kind is StrokeKind.END
            and self._code_ended is not None
            and stroke.time - self._code_ended <= self._timing.trailing
        )

    def _repeats_the_typed(self, stroke: Stroke[EventT]) -> bool:
        if self._typed is None or stroke.kind in (StrokeKind.POINTER, StrokeKind.END):
            return False
        name, time = self._typed
        return name == stroke.name and stroke.time - time <= self._timing.repeat

    def _is_held_down(self) -> bool:
        """Whether the strokes held are one key repeating, as slowly as keyboards repeat it."""
        if len(self._held) != _REPEATS or len({stroke.name for stroke in self._held}) != 1:
            return False
        return (self._held[-1].time - self._held[0].time) / (_REPEATS - 1) > _FASTEST_REPEAT


def _text_of(strokes: Sequence[Stroke[EventT]]) -> str:
    """The characters typed, without those erased again; chords, clicks and ends are dropped."""
    text: list[str] = []
    for stroke in strokes:
        if stroke.kind is StrokeKind.CHARACTER:
            text.append(stroke.character)
        elif stroke.kind is StrokeKind.ERASE and text:
            text.pop()
    return "".join(text)
