"""What a buyer who confirms asks of the courier: one line, written by hand."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Input

from packstation.acts.contacting import LONGEST_INSTRUCTION
from packstation.domain.cards import OrderCard
from packstation.domain.plain_text import plain
from packstation.locale import _
from packstation.tui.screens.dialog import Dialog, closing_key, dialog_key
from packstation.tui.theme import MUTED
from packstation.tui.widgets.key_bar import KeyShown
from packstation.tui.widgets.text import Label, styled


class Instruction(Dialog):
    """Enter keeps it, to be logged with the confirmation; a scanned parcel or Escape leaves what there was."""

    class Written(Message):
        """It is written; an empty one takes back what there was."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, order: OrderCard, written: str) -> None:
        super().__init__()
        self._order = order
        self._written = written

    def title_text(self) -> str:
        """The title."""
        return _("For the courier of {number}").format(number=plain(self._order.number, 60))

    def compose_content(self) -> ComposeResult:
        """Where it goes, and the field."""
        yield Label(styled((plain(_("Printed on the slip when the buyer confirms, as “after 5 pm”.")), MUTED)))
        yield Input(self._written, placeholder=_("for the courier"), id="instruction", max_length=LONGEST_INSTRUCTION)

    def keys(self) -> Sequence[KeyShown]:
        """The keys."""
        return (dialog_key("Enter", _("keep"), "keep"), closing_key())

    def on_mount(self) -> None:
        """Keys are text from here on."""
        self.query_one("#instruction").focus()

    @on(Input.Submitted, "#instruction")
    def action_keep(self) -> None:
        """Keep what is written."""
        self.post_message(self.Written(self.query_one("#instruction", Input).value))
        self.dismiss()
