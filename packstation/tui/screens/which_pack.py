"""Which packed parcel is to be opened again: scanned or typed."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Input

from packstation.domain.plain_text import plain
from packstation.locale import _
from packstation.tui.screens.dialog import Dialog, closing_key, dialog_key
from packstation.tui.theme import MUTED
from packstation.tui.widgets.key_bar import KeyShown
from packstation.tui.widgets.text import Label, styled


class WhichPack(Dialog):
    """Takes one code; a scan is meant for it, not for the desk."""

    gives_way = False
    wants_parcel = True

    class Given(Message):
        """A code was scanned or typed."""

        def __init__(self, dialog: WhichPack, code: str) -> None:
            super().__init__()
            self.dialog = dialog
            self.code = code

    def title_text(self) -> str:
        """The title."""
        return _("Open which pack again?")

    def compose_content(self) -> ComposeResult:
        """What to do, and the field."""
        yield Label(styled((plain(_("Scan the packed parcel, or type its number.")), MUTED)))
        yield Input(placeholder=_("tracking, package or order number"), id="code", max_length=100)

    def keys(self) -> Sequence[KeyShown]:
        """The keys."""
        return (dialog_key("Enter", _("go on"), "nothing"), closing_key())

    def on_mount(self) -> None:
        """Let the number be typed."""
        self.query_one("#code", Input).focus()

    def take_parcel(self, code: str) -> None:
        """A parcel was scanned."""
        self.post_message(self.Given(self, code))

    def action_leave(self) -> None:
        """Close it; nothing is opened."""
        self.dismiss()

    def action_nothing(self) -> None:
        """A key that only explains itself."""

    @on(Input.Submitted, "#code")
    def _typed(self, message: Input.Submitted) -> None:
        if message.value.strip():
            self.take_parcel(message.value.strip())
