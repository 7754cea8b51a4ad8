"""All shops that sync: how old their data is, what waits, what troubles them and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from packstation.acts.desk_views import SyncOverview
from packstation.locale import _
from packstation.tui.screens.dialog import Dialog, closing_key, dialog_key
from packstation.tui.views.sync import overview_rows
from packstation.tui.widgets.key_bar import KeyShown
from packstation.tui.widgets.text import Label, lines

_SIDES = 8
"""Cells that the box's edge, its padding and the scroll bar take."""


class Shops(Dialog):
    """One page."""

    def __init__(self, overview: SyncOverview) -> None:
        super().__init__()
        self._overview = overview

    def title_text(self) -> str:
        """The title."""
        return _("Shops: how old their data is")

    def compose_content(self) -> ComposeResult:
        """The page, which scrolls."""
        with VerticalScroll(id="page"):
            yield Label(id="shops")

    def keys(self) -> Sequence[KeyShown]:
        """The keys."""
        return (dialog_key("↑↓", _("scroll"), "nothing"), closing_key())

    def on_mount(self) -> None:
        """Let the arrow keys scroll."""
        self.query_one("#page").focus()

    def on_resize(self) -> None:
        """Write the page for the width there is."""
        width = min(self.app.size.width * 96 // 100, 120) - _SIDES
        self.query_one("#shops", Label).show(lines(*overview_rows(self._overview, width)))

    def action_nothing(self) -> None:
        """A key that only explains itself."""
