"""The last line of every screen: its keys, each of which can be clicked too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from packstation.domain.plain_text import PlainText
from packstation.tui.widgets.cells import width_of

_BAR = Style.parse("#c5d2e3 on #1b2330")
_KEY = Style.parse("bold #79b8ff on #1b2330")


@dataclass(frozen=True, slots=True)
class KeyShown:
    """A key as it is shown: its cap, what it does in a short and a long word, and the action it starts.

    `worth`: when room is short, the key that is worth least is left out first, of equals the last.
    """

    cap: PlainText
    short: PlainText
    long: PlainText
    action: str
    worth: int = 0


class KeyBar(Widget):
    """Keys in one line, with long words where there is room."""

    class Chosen(Message):
        """Somebody clicked a key."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def __init__(self, keys: Sequence[KeyShown] = (), *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._keys = tuple(keys)

    def show(self, keys: Sequence[KeyShown]) -> None:
        """Show other keys."""
        if tuple(keys) != self._keys:
            self._keys = tuple(keys)
            self.refresh()

    @property
    def text(self) -> str:
        """The keys with their long words."""
        return "  ".join(f"{key.cap} {key.long}" for key in self._keys)

    def render_line(self, y: int) -> Strip:
        """The line."""
        segments: list[Segment] = []
        for key, _start, _end, word, gap in self._places():
            segments += [Segment(key.cap, _KEY), Segment(f"{' ' if gap > 1 else ''}{word}{' ' * gap}", _BAR)]
        return Strip([Segment(" ", _BAR), *segments]).adjust_cell_length(self.size.width, _BAR)

    def on_click(self, event: events.Click) -> None:
        """Start what was clicked."""
        event.stop()
        for key, start, end, _word, _gap in self._places():
            if start <= event.x < end:
                self.post_message(self.Chosen(key.action))
                return

    def _places(self) -> list[tuple[KeyShown, int, int, PlainText, int]]:
        """Each key with where it begins and ends, its word, and the gap behind it."""
        keys = list(self._keys)
        words, gap = [key.long for key in keys], 2
        if _wide(keys, words, gap) > self.size.width:
            words = [key.short for key in keys]
        if _wide(keys, words, gap) > self.size.width:
            gap = 1
        while len(keys) > 1 and _wide(keys, words, gap) > self.size.width:
            keys.remove(min(reversed(keys), key=lambda key: key.worth))
            words = [key.short for key in keys]
        places, at = [], 1
        for key, word in zip(keys, words, strict=True):
            end = at + width_of(key.cap) + (1 if gap > 1 else 0) + width_of(word)
            places.append((key, at, end, word, gap))
            at = end + gap
        return places


def _wide(keys: Sequence[KeyShown], words: Sequence[PlainText], gap: int) -> int:
    between = 1 if gap > 1 else 0
    caps = sum(width_of(key.cap) + between for key in keys)
    return 1 + caps + sum(width_of(word) for word in words) + gap * (len(words) - 1)
