"""What all dialogs share: a box over the desk that Escape closes, and that gives way to a scanned parcel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from packstation.domain.plain_text import PlainText, plain
from packstation.locale import _
from packstation.tui.theme import BAD, TITLE
from packstation.tui.views.alarms import alarm_rows
from packstation.tui.widgets.key_bar import KeyBar, KeyShown
from packstation.tui.widgets.panel import Panel
from packstation.tui.widgets.text import Label, styled


class Dialog(ModalScreen[None]):
    """A box with a title, its content, a line for complaints and its keys; alarms are told in the screen's first line, above it.

    `gives_way`: a scanned parcel closes it undecided. `wants_badge`, `wants_parcel`: a scanned badge or parcel is meant for it.
    """

    AUTO_FOCUS = None
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    gives_way = True
    wants_badge = False
    wants_parcel = False

    def __init__(self) -> None:
        super().__init__()
        self._alarm_line = Panel(id="dialog-alarms")
        self.show_alarms(())

    def compose(self) -> ComposeResult:
        """The box; its content is what `compose_content` yields."""
        yield self._alarm_line
        with Vertical(id="box"):
            yield Label(styled((plain(self.title_text()), TITLE)), id="title")
            yield from self.compose_content()
            yield Label(id="complaint")
            yield KeyBar(self.keys(), id="dialog-keys")

    def title_text(self) -> str:
        """The title."""
        raise NotImplementedError

    def compose_content(self) -> ComposeResult:
        """The widgets of this dialog."""
        raise NotImplementedError

    def keys(self) -> Sequence[KeyShown]:
        """The keys of this dialog, for its last line."""
        return (closing_key(),)

    def show_alarms(self, texts: Sequence[PlainText]) -> None:
        """Tell the alarms that nobody has acknowledged yet, the most important first: one and how many more there are."""
        rows = alarm_rows(texts, 1)
        self._alarm_line.display = bool(rows)
        self._alarm_line.show(lambda _width, _height: rows)

    def complain(self, text: str) -> None:
        """Say what is wrong; empty for nothing."""
        self.query_one("#complaint", Label).show(styled((plain(text), BAD)))

    def take_badge(self, secret: str) -> None:
        """A badge was scanned for this dialog."""

    def take_parcel(self, code: str) -> None:
        """A parcel was scanned for this dialog."""

    def action_leave(self) -> None:
        """Close the dialog undecided, if it may be."""
        if self.gives_way:
            self.dismiss()

    async def on_key_bar_chosen(self, message: KeyBar.Chosen) -> None:
        """A key of the last line was clicked."""
        message.stop()
        await self.run_action(message.action)


def closing_key() -> KeyShown:
    """Escape."""
    return dialog_key("Esc", _("close"), "leave")


def dialog_key(cap: str, word: str, action: str) -> KeyShown:
    """A key of a dialog."""
    return KeyShown(plain(cap), plain(word), plain(word), action)
