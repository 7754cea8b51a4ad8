"""Who works here: a badge, or a name and, for those who have one, a PIN."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from packstation.domain.buyers import fold
from packstation.domain.people import Person
from packstation.domain.plain_text import plain
from packstation.locale import _, words
from packstation.tui.screens.dialog import Dialog, closing_key, dialog_key
from packstation.tui.theme import MUTED
from packstation.tui.widgets.key_bar import KeyShown
from packstation.tui.widgets.line_table import Cell, Column, LineTable, Row
from packstation.tui.widgets.text import Label, styled

LONGEST_PIN = 32


class SignIn(Dialog):
    """Choose a name by typing or arrows, or scan a badge. Without anybody signed in it cannot be left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("enter", "choose", show=False),
    ]

    class NameChosen(Message):
        """Somebody wants to sign in by name; `pin` is None for who has none."""

        def __init__(self, person: Person, pin: str | None) -> None:
            super().__init__()
            self.person = person
            self.pin = pin

    def __init__(self, people: Sequence[Person], *, required: bool, hints: Sequence[str] = ()) -> None:
        super().__init__()
        self.gives_way = not required
        self._people = [person for person in people if person.active]
        self._shown = list(self._people)
        self._chosen: Person | None = None
        self._hints = tuple(hints)

    def title_text(self) -> str:
        """The title."""
        return _("Who is working here?")

    def compose_content(self) -> ComposeResult:
        """A field for the name, the list, and a field for the PIN."""
        yield Label(styled((plain(_("Scan your badge, or choose your name.")), MUTED)))
        yield Input(placeholder=_("name"), id="name", select_on_focus=False, max_length=40)
        yield LineTable((Column(plain(_("name"))), Column(plain(_("role")), 14), Column(plain(""), 8)), id="people")
        yield Input(placeholder=_("PIN"), password=True, restrict=r"[0-9]*", max_length=LONGEST_PIN, id="pin")
        for hint in self._hints:
            yield Label(styled((plain(hint), MUTED)))

    def keys(self) -> Sequence[KeyShown]:
        """The keys."""
        own = (dialog_key("↑↓", _("choose"), "move(1)"), dialog_key("Enter", _("sign in"), "choose"))
        return (*own, closing_key()) if self.gives_way else own

    def on_mount(self) -> None:
        """Show everybody."""
        self.query_one("#pin").display = False
        self.query_one("#people", LineTable).can_focus = False
        self._show_people("")
        self.query_one("#name").focus()

    @on(Input.Changed, "#name")
    def _name_typed(self, message: Input.Changed) -> None:
        self._show_people(message.value)

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_choose()

    @on(LineTable.RowChosen)
    def _row_chosen(self, message: LineTable.RowChosen) -> None:
        # A cursor that moved is a row chosen too, by its class; here only the choice counts.
        if type(message) is LineTable.RowChosen:
            self._choose(self._shown[message.index])

    def action_move(self, rows: int) -> None:
        """Move over the names."""
        if self._chosen is None:
            self.query_one("#people", LineTable).action_move(rows)

    def action_choose(self) -> None:
        """Take the name under the cursor, or the PIN as typed."""
        if self._chosen is not None:
            if pin := self.query_one("#pin", Input).value:
                self._send(self._chosen, pin)
            return
        cursor = self.query_one("#people", LineTable).cursor
        if cursor is not None:
            self._choose(self._shown[cursor])

    def action_leave(self) -> None:
        """Back to the names; closed if somebody is signed in."""
        if self._chosen is not None:
            self._chosen = None
            self.query_one("#pin").display = False
            self.query_one("#name").focus()
            self.complain("")
        elif self.gives_way:
            self.dismiss()

    def complain(self, text: str) -> None:
        """Say what is wrong, and let the PIN be typed again."""
        super().complain(text)
        self.query_one("#pin", Input).clear()

    def _choose(self, person: Person) -> None:
        if not person.has_pin:
            self._send(person, None)
            return
        self._chosen = person
        self.complain("")
        field = self.query_one("#pin", Input)
        field.placeholder = _("PIN of {name}").format(name=plain(person.name, 40))
        field.display = True
        field.focus()

    def _send(self, person: Person, pin: str | None) -> None:
        self.post_message(self.NameChosen(person, pin))

    def _show_people(self, typed: str) -> None:
        wanted = fold(typed)
        self._shown = [person for person in self._people if wanted in fold(person.name)]
        self.query_one("#people", LineTable).show_rows([_row(person) for person in self._shown])


def _row(person: Person) -> Row:
    how = _("PIN") if person.has_pin else ""
    return (plain(person.name, 40), plain(words.role_word(person.role)), Cell(plain(how), MUTED))
