"""A caller rescues parcels whose delivery failed: the list, contacts, and how they ended."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from packstation.acts import rescuing
from packstation.acts.contacting import ContactedByOtherError
from packstation.acts.rescuing import NoRescueError
from packstation.domain.hold_events import NoOpenContactError
from packstation.domain.holds import ContactMethod
from packstation.domain.plain_text import plain
from packstation.domain.times import DAY, HOUR
from packstation.locale import _
from packstation.locale.carrier_words import rescue_word
from packstation.locale.words import result_word
from packstation.tui.screens.rescues import Rescues
from packstation.tui.sounds import Sound
from packstation.tui.station import Station, now_ms


class Rescuing:
    """The list of rescues and what is done with it."""

    def __init__(self, station: Station, open_dialog: Callable[[Rescues], None]) -> None:
        self._station = station
        self._open_dialog = open_dialog

    async def ask(self) -> None:
        """Open the list."""
        station = self._station
        if station.person is None:
            station.say(_("Sign in first: scan your badge"), Sound.UNKNOWN)
            return
        self._open_dialog(Rescues(await station.act(rescuing.rescues_now), now_ms()))

    async def contact(self, message: Rescues.Contacted) -> None:
        """Start a contact; from here on the phone is shown, which is recorded."""
        station, dialog = self._station, message.dialog
        if station.person is None:
            return
        method = ContactMethod.CALL
        act = partial(rescuing.open_rescue_contact, station.place, station.person.id, message.rescue_id, method)
        try:
            card = await station.act(act)
        except ContactedByOtherError as error:
            _complain(dialog, _("{name} is contacting this customer").format(name=plain(error.name, 40)))
        except NoRescueError:
            await self._renew(dialog, _("Nobody has to be called for it any more"))
        else:
            if dialog.is_attached:
                dialog.show_contact(card)

    async def end(self, message: Rescues.Ended) -> None:
        """Log how a contact ended."""
        station, dialog, now = self._station, message.dialog, now_ms()
        if station.person is None:
            return
        act = partial(
            rescuing.end_rescue_contact,
            station.place,
            station.person.id,
            message.rescue_id,
            message.result,
            next_try_at=None if message.hours is None else now + message.hours * HOUR,
            wanted_at=None if message.days is None else now + message.days * DAY,
            instruction=message.instruction,
        )
        try:
            rescue = await station.act(act)
        except NoOpenContactError:
            await self._renew(dialog, _("This contact is not open any more: start it again"))
        except NoRescueError:
            await self._renew(dialog, _("Nobody has to be called for it any more"))
        else:
            said = result_word(message.result) if rescue.is_open else rescue_word(rescue.state)
            await self._renew(dialog, said)

    async def _renew(self, dialog: Rescues, said: str) -> None:
        cards = await self._station.act(rescuing.rescues_now)
        if dialog.is_attached:
            dialog.renew(cards, said)


def _complain(dialog: Rescues, text: str) -> None:
    if dialog.is_attached:
        dialog.complain(text)
