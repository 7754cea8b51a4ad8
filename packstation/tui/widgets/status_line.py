"""The line above the keys: what is being typed, else what was last said; on the right what is left unfinished."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from packstation.domain.plain_text import PlainText, plain
from packstation.locale import _
from packstation.tui.widgets.cells import Alignment, fitted, width_of

_LINE = "#111823"
_QUIET = Style.parse(f"#8f9bab on {_LINE}")
_SAID = Style.parse(f"bold #f5b83d on {_LINE}")
_TYPED = Style.parse("bold #0d1117 on #f3f6fa")
_UNFINISHED = Style.parse(f"bold #ffb77a on {_LINE}")
_NOTHING = plain("")


class StatusLine(Widget):
    """One line."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._typed = self._said = self._unfinished = _NOTHING

    @property
    def text(self) -> str:
        """Everything it has to show."""
        return " ".join((self._typed, self._said, self._unfinished))

    def show_typed(self, text: str) -> None:
        """Show the code that is being typed by hand; empty for none."""
        self._change(plain(text), self._said, self._unfinished)

    def show_said(self, text: str) -> None:
        """Show what the desk says; empty for nothing."""
        self._change(self._typed, plain(text), self._unfinished)

    def show_unfinished(self, text: str) -> None:
        """Show what was left unfinished; empty for nothing."""
        self._change(self._typed, self._said, plain(text))

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
            left = [Segment(fitted(plain(f" {self._said}"), room), _SAID)]
        else:
            left = [Segment(fitted(plain(" " + _("Scan, or type a number and press Enter")), room), _QUIET)]
        unfinished = fitted(self._unfinished, right, Alignment.RIGHT)
        return Strip([*left, Segment(" ", _QUIET), Segment(f"{unfinished} ", _UNFINISHED)]).adjust_cell_length(
            width, _QUIET
        )

    def _change(self, typed: PlainText, said: PlainText, unfinished: PlainText) -> None:
        if (typed, said, unfinished) != (self._typed, self._said, self._unfinished):
            self._typed, self._said, self._unfinished = typed, said, unfinished
            self.refresh()
