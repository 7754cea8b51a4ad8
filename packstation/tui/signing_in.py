"""Who works at the station: by badge, by name and PIN, and the first supervisor of all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from packstation.acts import people, proving
from packstation.acts.people import BadNameError, BadPinError, NobodyError, SupervisedError
from packstation.acts.proving import PinLockedError, WrongPinError
from packstation.domain.people import Person
from packstation.domain.plain_text import plain
from packstation.locale import _, words
from packstation.store.people import everybody
from packstation.tui.screens.dialog import Dialog
from packstation.tui.screens.first_start import FirstStart
from packstation.tui.screens.sign_in import SignIn
from packstation.tui.sounds import Sound
from packstation.tui.station import Station


class SigningIn:
    """The people of the station."""

    def __init__(
        self,
        station: Station,
        open_dialog: Callable[[Dialog], None],
        signed_in: Callable[[], None],
        changed: Callable[[], Awaitable[None]],
        hints: Sequence[str],
    ) -> None:
        self._station = station
        self._open_dialog = open_dialog
        self._signed_in = signed_in
        self._changed = changed
        self._hints = tuple(hints)

    async def ask(self) -> None:
        """Ask who is working here; at the very first start, who the first supervisor is."""
        known = await self._station.act(everybody)
        if any(person.supervises for person in known):
            self._open_dialog(SignIn(known, required=self._station.person is None, hints=self._hints))
        else:
            self._open_dialog(FirstStart())

    async def by_badge(self, secret: str, dialog: Dialog | None, *, typed: bool = False) -> None:
        """A badge was scanned: who has it works here from now on. One that is typed proves less than a PIN."""
        try:
            person = await self._station.act(partial(people.person_of_badge, secret))
        except NobodyError:
            self._refuse(_("Nobody's badge, or one that was replaced"), dialog)
            return
        if typed and person.has_pin:
            self._refuse(_("A badge is scanned. Who has none at hand: F10, name and PIN"), dialog)
            return
        await self._sign_in(person, "badge", dialog)

    async def by_name(self, person: Person, pin: str | None, dialog: Dialog) -> None:
        """Somebody chose their name; who has a PIN has to know it."""
        station = self._station
        if person.has_pin:
            try:
                await station.act(partial(proving.prove, station.place, person.id, pin or ""))
            except WrongPinError:
                self._refuse(_("Wrong PIN"), dialog)
                return
            except PinLockedError:
                self._refuse(_("Too many wrong PINs: wait a while"), dialog)
                return
        await self._sign_in(person, "name", dialog)

    async def first(self, name: str, pin: str, dialog: Dialog) -> None:
        """The first supervisor said who they are."""
        station = self._station
        try:
            person = await station.act(partial(people.add_first_supervisor, station.place, name, pin))
        except SupervisedError:
            dialog.dismiss()
            await self.ask()
            return
        except BadNameError:
            self._refuse(_("This name cannot be used"), dialog)
            return
        except BadPinError:
            self._refuse(_("A PIN has 4 to 32 digits"), dialog)
            return
        await self._sign_in(person, "name", dialog)

    async def sign_out(self) -> None:
        """Whoever works here has gone: somebody has to sign in before anything goes on."""
        station = self._station
        person, station.person = station.person, None
        if person is not None:
            await station.act(partial(people.sign_out, station.place, person.id))
            station.show_header()
        await self.ask()

    async def _sign_in(self, person: Person, how: str, dialog: Dialog | None) -> None:
        station = self._station
        await station.act(partial(people.sign_in, station.place, person, how))
        first = station.person is None
        station.person = person
        if dialog is not None and dialog.is_attached:
            dialog.dismiss()
        station.show_header()
        station.later(station.refresh_header)
        if first:
            self._signed_in()
        await self._changed()
        text = _("Signed in: {name}, {role}").format(name=plain(person.name, 40), role=words.role_word(person.role))
        station.say(f"{text}  ·  {_('Ctrl+B: the board')}" if person.supervises else text)

    def _refuse(self, text: str, dialog: Dialog | None) -> None:
        if dialog is not None and dialog.is_attached:
            dialog.complain(text)
            self._station.bell.play(Sound.UNKNOWN)
        else:
            self._station.say(text, Sound.UNKNOWN)
