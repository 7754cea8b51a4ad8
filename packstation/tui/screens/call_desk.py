"""The call desk: the queue, and in its place whom one contacts, everything on one screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.screen import Screen

from packstation.acts.callee_views import CalleeView
from packstation.acts.calling import CallQueue
from packstation.domain.call_queue import Callee, QueueFilter, Waiting
from packstation.domain.plain_text import PlainText, plain
from packstation.locale import _
from packstation.tui.views.alarms import alarm_rows
from packstation.tui.views.call_queue import queue_columns, queue_row, queue_title
from packstation.tui.views.callee import callee_panel
from packstation.tui.views.contact import Contact, contact_panel
from packstation.tui.widgets.contact_pane import ContactPane
from packstation.tui.widgets.key_bar import KeyBar, KeyShown
from packstation.tui.widgets.line_table import LineTable
from packstation.tui.widgets.panel import Panel
from packstation.tui.widgets.status_line import StatusLine
from packstation.tui.widgets.text import Shown

MOST_ALARMS = 3
"""How many alarms are seen at a time."""
RESCUES_KEY = "v"
_QUEUE_KEYS = ("c", "s", "d", "t", "r", "o", RESCUES_KEY)
_PANE_KEYS = frozenset({"o", "t", "pageup", "pagedown"})


class Queue(LineTable):
    """The queue; its letters are keys of its own."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, f"screen.pressed('{key}')", show=False) for key in _QUEUE_KEYS
    ]


class CallDesk(Screen[None]):
    """Shows what it is given."""

    class Ready(Message):
        """All parts are there to be shown something."""

    class Pressed(Message):
        """A key of the queue was pressed, or clicked."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class Taken(Message):
        """Somebody of the queue was chosen."""

        def __init__(self, callee: Callee) -> None:
            super().__init__()
            self.callee = callee

    AUTO_FOCUS = None
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self.status = StatusLine(id="call-status")
        self._title = Panel(id="call-title")
        self._alarms = Panel(id="call-alarms")
        self._table = Queue(queue_columns(), id="queue")
        self._contact = ContactPane(id="call-contact", more=_PANE_KEYS)
        self._callee = Panel(id="callee")
        self._key_bar = KeyBar(queue_keys(), id="call-keys")
        self._shown: tuple[Waiting, ...] = ()
        self._view: CalleeView | None = None
        self._from_row = 0
        self._alarm_texts: tuple[PlainText, ...] = ()
        self._pull_texts: tuple[PlainText, ...] = ()

    def compose(self) -> ComposeResult:
        """All parts; which of the middle ones are seen is a class of the screen."""
        yield self._title
        yield self._alarms
        yield self._table
        with Container(id="called"):
            yield self._contact
            yield self._callee
        yield self.status
        yield self._key_bar

    def on_mount(self) -> None:
        """Let the keys choose."""
        self._table.focus()
        self.post_message(self.Ready())

    @property
    def is_called(self) -> bool:
        """Whether somebody is on screen to be contacted."""
        return self.has_class("-called")

    def show_queue(self, queue: CallQueue, seen: QueueFilter, person: str, person_id: int | None) -> None:
        """Show the queue as it is now; the cursor stays on whom it was on as long as they are shown."""
        cursor = self._table.cursor or 0
        chosen = self._shown[cursor].callee if self._shown else None
        self._shown = tuple(each for each in queue.waiting if seen.shows(each, queue.now))
        places = [place for place, each in enumerate(self._shown) if each.callee == chosen]
        self._table.show_rows(
            [queue_row(each, queue, person_id) for each in self._shown],
            places[0] if places else min(cursor, max(0, len(self._shown) - 1)),
        )
        _show_rows(self._title, queue_title(queue, self._shown, seen, person, self.size.width - 2))

    def show_alarms(self, texts: Sequence[PlainText]) -> None:
        """Show the alarms that nobody has acknowledged yet, below what is to be pulled."""
        self._alarm_texts = tuple(texts)
        self._show_alarms()

    def show_pulls(self, texts: Sequence[PlainText]) -> None:
        """Show what is to be pulled, acknowledged or not."""
        self._pull_texts = tuple(texts)
        self._show_alarms()

    def _show_alarms(self) -> None:
        pulls = self._pull_texts
        rows = alarm_rows([*pulls, *(text for text in self._alarm_texts if text not in pulls)], MOST_ALARMS)
        _show_rows(self._alarms, rows)

    def show_callee(self, view: CalleeView, now: int) -> None:
        """Put somebody in the queue's place; their contact is shown next."""
        self._view, self._from_row = view, 0
        self.set_class(True, "-called")
        self._show_callee(now)

    def show_contact(self, contact: Contact, now: int, qr: Sequence[str]) -> None:
        """Show the contact, and give it the keyboard."""
        self._contact.show(contact_panel(contact, now, qr))
        self._contact.asking = contact.asks is not None
        self._contact.focus()
        self._key_bar.show(called_keys(opened=contact.opened))

    def close_callee(self) -> None:
        """Put the queue back."""
        self.set_class(False, "-called")
        self._view = None
        self._key_bar.show(queue_keys())
        self._table.focus()

    def scroll(self, down: bool, now: int) -> None:
        """Show more of whom one contacts."""
        page = max(1, self._callee.content_size.height - 1)
        self._from_row = max(0, self._from_row + (page if down else -page))
        self._show_callee(now)

    def under_cursor(self) -> Waiting | None:
        """Whom the cursor stands on."""
        cursor = self._table.cursor
        return self._shown[cursor] if cursor is not None else None

    def action_pressed(self, key: str) -> None:
        """A key of the queue."""
        self.post_message(self.Pressed(key))

    @on(LineTable.RowChosen)
    def _row_chosen(self, message: LineTable.RowChosen) -> None:
        message.stop()
        if type(message) is LineTable.RowChosen and message.index < len(self._shown):
            self.post_message(self.Taken(self._shown[message.index].callee))

    def _show_callee(self, now: int) -> None:
        if self._view is not None:
            self._callee.show(callee_panel(self._view, now, self._from_row))


def _show_rows(panel: Panel, rows: Sequence[Shown]) -> None:
    """Show so many rows, in as much room."""
    panel.styles.height = len(rows)
    panel.display = bool(rows)
    panel.show(lambda _width, _height: rows)


def queue_keys() -> tuple[KeyShown, ...]:
    """The keys of the queue, for the last line."""
    return (
        _key("F9", _("Next"), _("Take the next"), "app.next", 9),
        _key("Enter", _("Take"), _("Take this one"), "screen.pressed('enter')", 8),
        _key("C", _("Chan."), _("Channel"), "screen.pressed('c')", 4),
        _key("S", _("Shelf"), _("Shelf"), "screen.pressed('s')", 4),
        _key("D", _("Due"), _("Only due"), "screen.pressed('d')", 4),
        _key("T", _("Tier"), _("Tier"), "screen.pressed('t')", 3),
        _key("R", _("Ring"), _("Rings back"), "screen.pressed('r')", 6),
        _key("O", _("Desk"), _("Open at the desk"), "screen.pressed('o')", 5),
        _key("Esc", _("Close"), _("Close"), "app.back", 7),
    )


def called_keys(*, opened: bool) -> tuple[KeyShown, ...]:
    """The keys beside those of the contact itself, for the last line; `opened` once it runs."""
    first = (
        _key("I", _("Courier"), _("For the courier"), "screen.pressed('i')", 5)
        if opened
        else _key("F2", _("Start"), _("Start"), "app.contact", 9)
    )
    return (
        first,
        _key("F9", _("Next"), _("Take the next"), "app.next", 8),
        _key("T", _("Copy"), _("Copy the text"), "screen.pressed('t')", 4),
        _key("PgDn", _("More"), _("More history"), "screen.pressed('pagedown')", 6),
        _key("O", _("Desk"), _("Open at the desk"), "screen.pressed('o')", 3),
        _key("F1", _("Help"), _("Help"), "app.help", 2),
        _key("Esc", _("Back"), _("Put back"), "app.back", 7),
    )


def _key(cap: str, short: str, long: str, action: str, worth: int) -> KeyShown:
    return KeyShown(plain(cap), plain(short), plain(long), action, worth)
