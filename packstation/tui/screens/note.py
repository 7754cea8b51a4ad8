"""A note to the order on screen: one line, written by hand."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Input

from packstation.domain.cards import OrderCard
from packstation.domain.plain_text import plain
from packstation.locale import _
from packstation.tui.screens.dialog import Dialog, closing_key, dialog_key
from packstation.tui.theme import MUTED
from packstation.tui.widgets.key_bar import KeyShown
from packstation.tui.widgets.text import Label, styled

_LONGEST = 300


class Note(Dialog):
    """Enter sends it; a scanned parcel or Escape closes it unsent."""

    class Written(Message):
        """A note is to be sent."""

        def __init__(self, dialog: Note, text: str) -> None:
            super().__init__()
            self.dialog = dialog
            self.text = text

    def __init__(self, order: OrderCard) -> None:
        super().__init__()
        self.order = order

    def title_text(self) -> str:
        """The title."""
        return _("Note to order {number}").format(number=plain(self.order.number, 60))

    def compose_content(self) -> ComposeResult:
        """Where it goes, and the field."""
        where = _("Sent to {channel}, for whoever looks at the orders of {shop} there.")
        text = where.format(channel=plain(self.order.channel, 20), shop=plain(self.order.shop, 40))
        yield Label(styled((plain(text), MUTED)))
        yield Input(placeholder=_("note"), id="note", max_length=_LONGEST)

    def keys(self) -> Sequence[KeyShown]:
        """The keys."""
        return (dialog_key("Enter", _("send"), "send"), closing_key())

    def on_mount(self) -> None:
        """Keys are text from here on."""
        self.query_one("#note").focus()

    @on(Input.Submitted, "#note")
    def action_send(self) -> None:
        """Send what is written."""
        self.post_message(self.Written(self, self.query_one("#note", Input).value))
