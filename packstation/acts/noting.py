"""A note to an order, for whoever looks at it at the channel."""

from __future__ import annotations

from packstation.acts.announcing import SwitchedOffError, announce
from packstation.acts.workplace import Workplace
from packstation.domain.ledger import EntryKind
from packstation.domain.outbox import Announcement, DecisionKind
from packstation.domain.plain_text import plain
from packstation.store.database import database_now, lock_orders, transaction


class EmptyNoteError(ValueError):
    """A note that says nothing."""


def note_to_order(place: Workplace, person_id: int, order_id: int, text: str) -> None:
    """Have a note added to the order at its channel.

    Raises:
        EmptyNoteError: nothing is left of the text but blanks.
        SwitchedOffError: the shop's channel gets no notes.
    """
    note = str(plain(text)).strip()
    if not note:
        raise EmptyNoteError
    with transaction():
        lock_orders([order_id])
        now = database_now()
        if not announce(order_id, Announcement(DecisionKind.NOTE, order_id, note), now):
            raise SwitchedOffError
        place.ledger.write(
            EntryKind.NOTE_WRITTEN, now, order_id=order_id, person_id=person_id, station_id=place.station_id, text=note
        )
