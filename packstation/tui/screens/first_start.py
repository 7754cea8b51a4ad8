"""The first start: nobody is known yet, so the first supervisor is."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Input

from packstation.domain.plain_text import plain
from packstation.locale import _
from packstation.tui.screens.dialog import Dialog, dialog_key
from packstation.tui.screens.sign_in import LONGEST_PIN
from packstation.tui.theme import MUTED
from packstation.tui.widgets.key_bar import KeyShown
from packstation.tui.widgets.text import Label, styled

_FIELDS = ("name", "pin", "again")


class FirstStart(Dialog):
    """Name and PIN of the first supervisor."""

    gives_way = False

    class Given(Message):
        """The first supervisor said who they are."""

        def __init__(self, name: str, pin: str) -> None:
            super().__init__()
            self.name = name
            self.pin = pin

    def title_text(self) -> str:
        """The title."""
        return _("Welcome to packstation")

    def compose_content(self) -> ComposeResult:
        """Three fields."""
        explained = _(
            "The first person is a supervisor: who may override holds. Others are added later, each with a badge."
        )
        yield Label(styled((plain(explained), MUTED)))
        yield Input(placeholder=_("your name"), id="name", max_length=40)
        yield Input(
            placeholder=_("PIN, 4 to 32 digits"), password=True, restrict=r"[0-9]*", max_length=LONGEST_PIN, id="pin"
        )
        yield Input(
            placeholder=_("the PIN again"), password=True, restrict=r"[0-9]*", max_length=LONGEST_PIN, id="again"
        )

    def keys(self) -> Sequence[KeyShown]:
        """The keys."""
        return (dialog_key("Enter", _("next field, then start"), "next"),)

    def on_mount(self) -> None:
        """Begin with the name."""
        self.query_one("#name").focus()

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        place = _FIELDS.index(message.input.id or _FIELDS[0])
        if place + 1 < len(_FIELDS):
            self.query_one(f"#{_FIELDS[place + 1]}").focus()
            return
        self.action_next()

    def action_next(self) -> None:
        """Send what was typed, if it can be right."""
        name, pin, again = (self.query_one(f"#{field}", Input).value for field in _FIELDS)
        if not name.strip():
            self.complain(_("A name is needed"))
        elif len(pin) < 4:
            self.complain(_("A PIN has 4 to 32 digits"))
        elif pin != again:
            self.complain(_("The two PINs differ"))
        else:
            self.post_message(self.Given(name, pin))
