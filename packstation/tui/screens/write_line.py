"""One line about a customer, written by hand: a note, a tag, a field."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Input

from packstation.domain.candidates import ProfileLink
from packstation.domain.plain_text import plain
from packstation.locale import _
from packstation.tui.screens.dialog import Dialog, closing_key, dialog_key
from packstation.tui.screens.sign_in import LONGEST_PIN
from packstation.tui.theme import MUTED
from packstation.tui.views.customer_tables import Written
from packstation.tui.widgets.key_bar import KeyShown
from packstation.tui.widgets.text import Label, styled


class WriteLine(Dialog):
    """Enter keeps it; Escape or a scanned parcel closes it unwritten.

    `asks_again`: the channel's word would be written over, and the next Enter means it. `link`: what is written is why a profile is
    linked, split off or put back, which a supervisor's PIN proves.
    """

    class Done(Message):
        """A line is to be kept; `pin` is empty where none is asked for."""

        def __init__(self, dialog: WriteLine, text: str, pin: str) -> None:
            super().__init__()
            self.dialog = dialog
            self.text = text
            self.pin = pin

    def __init__(
        self,
        title: str,
        hint: str,
        customer_id: int,
        about: Written | None,
        text: str = "",
        *,
        is_tag: bool = False,
        link: ProfileLink | None = None,
        longest: int = 200,
    ) -> None:
        super().__init__()
        self._title = title
        self._hint = hint
        self._text = text
        self._longest = longest
        self.customer_id = customer_id
        self.about = about
        self.is_tag = is_tag
        self.link = link
        self.asks_again: str | None = None

    def title_text(self) -> str:
        """The title."""
        return self._title

    def compose_content(self) -> ComposeResult:
        """What to write, and the field."""
        yield Label(styled((plain(self._hint), MUTED)))
        yield Input(self._text, id="line", max_length=self._longest, select_on_focus=False)
        if self.link is not None:
            yield Input(placeholder=_("PIN"), password=True, restrict=r"[0-9]*", max_length=LONGEST_PIN, id="pin")

    def keys(self) -> Sequence[KeyShown]:
        """The keys."""
        return (dialog_key("Enter", _("keep"), "keep"), closing_key())

    def on_mount(self) -> None:
        """Keys are text from here on."""
        self.query_one("#line").focus()

    @on(Input.Submitted, "#line")
    def action_keep(self) -> None:
        """Keep what is written."""
        if self.link is not None:
            self.query_one("#pin").focus()
        else:
            self.post_message(self.Done(self, self.query_one("#line", Input).value, ""))

    @on(Input.Submitted, "#pin")
    def _proved(self, message: Input.Submitted) -> None:
        self.post_message(self.Done(self, self.query_one("#line", Input).value, message.value))

    def ask_again(self, text: str, complaint: str) -> None:
        """Say what would be written over: Enter with the same text means it."""
        self.asks_again = text
        self.complain(complaint)
