"""The line above the keys: what is typed, else what was last said, else what troubles the sync; on the right what is unfinished."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from packstation.domain.plain_text import PlainText, plain
from packstation.locale import _
from packstation.tui.widgets.cells import Alignment, fitted, width_of
from packstation.tui.widgets.panel import wrapped

_LINE = "#111823"
_QUIET = Style.parse(f"#8f9bab on {_LINE}")
_SAID = Style.parse(f"bold #f5b83d on {_LINE}")
_TYPED = Style.parse("bold #0d1117 on #f3f6fa")
_TROUBLE = Style.parse(f"bold #ff7b72 on {_LINE}")
_UNFINISHED = Style.parse(f"bold #ffb77a on {_LINE}")
_NOTHING = plain("")


class StatusLine(Widget):
    """One line."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._typed = self._said = self._trouble = self._unfinished = _NOTHING

    @property
    def text(self) -> str:
        """Everything it has to show."""
        return " ".join((self._typed, self._said, self._trouble, self._unfinished))

    def show_typed(self, text: str) -> None:
        """Show the code that is being typed by hand; empty for none."""
        self._typed = self._changed(self._typed, text)

    def show_said(self, text: str) -> None:
        """Show what the desk says; empty for nothing."""
        self._said = self._changed(self._said, text)

    def show_trouble(self, text: str) -> None:
        """Show what troubles the sync, while there is nothing else to say; empty for nothing."""
        self._trouble = self._changed(self._trouble, text)

    def show_unfinished(self, text: str) -> None:
        """Show what was left unfinished; empty for nothing."""
        self._unfinished = self._changed(self._unfinished, text)

    def render_line(self, y: int) -> Strip:
        """The line."""
        width = self.size.width
        right = min(width_of(self._unfinished), width // 2)
        room = max(0, width - right - 2)
        if self._typed:
            label = plain(" " + _("Code:") + " ")
            field = plain(f" {self._typed}▏")
            left = [
                Segment(label, _SAID),
                Segment(field, _TYPED),
                Segment(
                    fitted(plain("  " + _("Enter looks it up")), max(0, room - width_of(label) - width_of(field))),
                    _QUIET,
                ),
            ]
        elif self._said:
            left = [_line(self._said, room, _SAID)]
        elif self._trouble:
            key = plain("  F11 ")
            left = [
                _line(self._trouble, room - width_of(key), _TROUBLE),
                Segment(fitted(key, min(room, width_of(key))), _QUIET),
            ]
        else:
            left = [_line(plain(_("Scan, or type a number and press Enter")), room, _QUIET)]
        unfinished = fitted(self._unfinished, right, Alignment.RIGHT)
        return Strip([*left, Segment(" ", _QUIET), Segment(f"{unfinished} ", _UNFINISHED)]).adjust_cell_length(
            width, _QUIET
        )

    def _changed(self, before: PlainText, text: str) -> PlainText:
        now = plain(text)
        if now != before:
            self.refresh()
        return now


def _line(text: PlainText, room: int, style: Style) -> Segment:
    """The text in so many cells; what does not fit is cut between two words."""
    (shown,) = wrapped(text, max(1, room - 1), 1) or (_NOTHING,)
    return Segment(fitted(plain(f" {shown}"), room), style)
