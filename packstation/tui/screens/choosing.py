"""Dialogs that show a list to choose from: shops of an ambiguous code, the demo's codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message

from packstation.domain.cards import Candidate
from packstation.domain.plain_text import plain
from packstation.domain.verdict import VerdictKind
from packstation.locale import _, words
from packstation.tui.screens.demo_lines import DemoLine
from packstation.tui.screens.dialog import Dialog, closing_key, dialog_key
from packstation.tui.theme import BAD, GOOD, MUTED, STRONG, WARNING
from packstation.tui.widgets.key_bar import KeyShown
from packstation.tui.widgets.line_table import Cell, Column, LineTable, Row
from packstation.tui.widgets.text import Label, styled


class CodeChosen(Message):
    """A code was chosen from a list, to be answered as if it had been scanned; `shop` if it was said which."""

    def __init__(self, code: str, shop: str | None = None) -> None:
        super().__init__()
        self.code = code
        self.shop = shop


class ListDialog(Dialog):
    """A table in a box; Enter or a click chooses a row and closes the box."""

    explained = ""
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "choose", show=False)]

    def columns(self) -> tuple[Column, ...]:
        """The table's columns."""
        raise NotImplementedError

    def rows(self) -> Sequence[Row]:
        """The table's rows."""
        raise NotImplementedError

    def chosen(self, index: int) -> CodeChosen | None:
        """What choosing a row means; None for nothing."""
        raise NotImplementedError

    def explanation(self) -> Sequence[str]:
        """Lines above the table."""
        return ()

    def compose_content(self) -> ComposeResult:
        """The table."""
        for line in self.explanation():
            yield Label(styled((plain(line), MUTED)))
        yield LineTable(self.columns(), id="list")

    def keys(self) -> Sequence[KeyShown]:
        """The keys."""
        return (dialog_key("Enter", _("open at the desk"), "choose"), closing_key())

    def on_mount(self) -> None:
        """Fill the table; its cursor stands on the first row, and choosing it only looks a code up."""
        table = self.query_one("#list", LineTable)
        table.show_rows(self.rows())
        table.focus()

    def action_choose(self) -> None:
        """Choose the row under the cursor."""
        self.query_one("#list", LineTable).action_choose()

    @on(LineTable.RowChosen)
    def _row_chosen(self, message: LineTable.RowChosen) -> None:
        message.stop()
        if type(message) is LineTable.RowChosen and (chosen := self.chosen(message.index)):
            self.dismiss()
            self.app.post_message(chosen)


class ChooseShop(ListDialog):
    """A code that several shops have."""

    def __init__(self, code: str, candidates: Sequence[Candidate]) -> None:
        super().__init__()
        self._code = code
        self._candidates = tuple(candidates)

    def title_text(self) -> str:
        """The title."""
        return _("Which order is {code}?").format(code=plain(self._code, 40))

    def columns(self) -> tuple[Column, ...]:
        """The table's columns."""
        return (Column(plain(""), 3), Column(plain(_("shop"))), Column(plain(_("number"))))

    def rows(self) -> Sequence[Row]:
        """The candidates, each with its number key."""
        return [
            (Cell(plain(f" {place} "), STRONG), plain(each.shop, 60), plain(each.number, 60))
            for place, each in enumerate(self._candidates, 1)
        ]

    def chosen(self, index: int) -> CodeChosen | None:
        """The code in that shop."""
        return CodeChosen(self._code, self._candidates[index].shop)

    def keys(self) -> Sequence[KeyShown]:
        """The keys."""
        return (dialog_key("1-9", _("choose"), "choose"), closing_key())

    def on_key(self, event: events.Key) -> None:
        """A number key chooses."""
        if event.key.isdigit() and 1 <= int(event.key) <= len(self._candidates):
            event.stop()
            self.dismiss()
            self.app.post_message(self.chosen(int(event.key) - 1) or CodeChosen(self._code))


class DemoCard(ListDialog):
    """Codes to try, with the verdict that each should get."""

    def __init__(self, lines: Sequence[DemoLine]) -> None:
        super().__init__()
        self._codes = [line for line in lines if line.code]
        self._notes = [line.what for line in lines if not line.code]

    def title_text(self) -> str:
        """The title."""
        return _("Codes to try")

    def explanation(self) -> Sequence[str]:
        """How to use the card."""
        how = _(
            "Enter scans the code under the cursor. At the desk you can also type any of them, or scan it with a real scanner."
        )
        live = _(
            "New orders arrive by themselves from simulated shops: see F3 for those on hold, F11 for the shops and their data."
        )
        return (how, live, *self._notes)

    def columns(self) -> tuple[Column, ...]:
        """The table's columns."""
        return (Column(plain(_("code")), 24), Column(plain(_("verdict")), 14), Column(plain(_("what it shows"))))

    def rows(self) -> Sequence[Row]:
        """The codes."""
        return [(plain(line.code, 60), _expected(line.expected), plain(line.what, 200)) for line in self._codes]

    def chosen(self, index: int) -> CodeChosen | None:
        """The code."""
        return CodeChosen(self._codes[index].code)

    def keys(self) -> Sequence[KeyShown]:
        """The keys."""
        return (dialog_key("Enter", _("scan it"), "choose"), closing_key())


def _expected(text: str) -> Cell:
    styles = {
        VerdictKind.PACK: GOOD,
        VerdictKind.CALL: WARNING,
        VerdictKind.STOP: BAD,
        VerdictKind.UNKNOWN: "bold #b894ff",
    }
    try:
        kind = VerdictKind(text)
    except ValueError:
        return Cell(plain(text, 40))
    return Cell(plain(words.verdict_word(kind)), styles[kind])
