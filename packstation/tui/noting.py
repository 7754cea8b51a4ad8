"""A note from the desk to the order on screen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from packstation.acts import noting
from packstation.acts.announcing import SwitchedOffError
from packstation.acts.noting import EmptyNoteError
from packstation.domain.plain_text import plain
from packstation.locale import _
from packstation.tui.screens.note import Note
from packstation.tui.sounds import Sound
from packstation.tui.station import Station


class Noting:
    """The note's dialog and what comes of it."""

    def __init__(self, station: Station, open_dialog: Callable[[Note], None]) -> None:
        self._station = station
        self._open_dialog = open_dialog

    async def ask(self) -> None:
        """Open the dialog for the order on screen."""
        station = self._station
        order = station.answer.judgement.order if station.answer else None
        if order is None:
            station.say(_("No order on screen to write a note to: scan the parcel"), Sound.UNKNOWN)
            return
        self._open_dialog(Note(order))

    async def send(self, message: Note.Written) -> None:
        """Have the note sent."""
        station, dialog = self._station, message.dialog
        if station.person is None:
            return
        order = dialog.order
        try:
            await station.act(partial(noting.note_to_order, station.place, station.person.id, order.id, message.text))
        except EmptyNoteError:
            _complain(dialog, _("Nothing is written yet"))
        except SwitchedOffError:
            off = _('{shop} sends no notes: the owner can switch "note" on, under outbox in channels.toml')
            _complain(dialog, off.format(shop=plain(order.shop, 40)))
        else:
            if dialog.is_attached:
                dialog.dismiss()
            station.say(_("The note to {number} goes to the channel").format(number=plain(order.number, 60)))


def _complain(dialog: Note, text: str) -> None:
    if dialog.is_attached:
        dialog.complain(text)
