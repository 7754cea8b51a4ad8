"""The call desk at work: opened and closed, and whom this caller has."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from textual.app import App

from packstation.acts import callee_views, calling
from packstation.acts.callee_views import CalleeView
from packstation.acts.calling import NobodyWaitingError
from packstation.acts.contacting import ContactedByOtherError
from packstation.domain.call_queue import Callee
from packstation.domain.call_sharing import CallRules
from packstation.domain.people import Role
from packstation.domain.plain_text import plain
from packstation.locale import _, words
from packstation.tui.call_list import CallList
from packstation.tui.call_stage import CallStage
from packstation.tui.contact_stage import Subject
from packstation.tui.contacting import Contacting, Ways
from packstation.tui.ringing_back import RingingBack, ending_of
from packstation.tui.screens.call_desk import CallDesk
from packstation.tui.screens.choosing import CodeChosen
from packstation.tui.sounds import Sound
from packstation.tui.station import Station, now_ms


class Calling:
    """The call desk of a station, opened and closed by F3.

    Args:
        app: the station's.
        station: the station.
        ways: out of a contact.
    """

    def __init__(self, app: App[Any], station: Station, ways: Ways) -> None:
        self._app = app
        self._station = station
        self._stage = CallStage(station, self._told)
        self.contacting = Contacting(station, self._stage, ways)
        self._list = CallList(station, self._stage)
        self._put_back: set[Callee] = set()
        self._callee: Callee | None = None
        self._caller: int | None = None
        self._ringing_back = RingingBack(station, self._list, self._let_go, partial(self._show, incoming=True))

    @property
    def is_open(self) -> bool:
        """Whether the call desk lies over the desk."""
        return self._stage.screen is not None

    @property
    def _rules(self) -> CallRules:
        return self._station.settings.contact.call_rules

    # Open and close

    async def open(self) -> None:
        """F3: open it, or go back to the desk."""
        if self.is_open:
            await self.close()
            return
        screen = CallDesk()
        self._stage.screen = screen
        self._list.see_all()
        await self._app.push_screen(screen)
        self._station.front = screen.status
        await self._be_there()
        await self._list.renew()

    async def close(self) -> None:
        """Back to the desk; whom this caller has is given back."""
        screen = self._stage.screen
        if screen is None:
            return
        await self._let_go()
        self._stage.screen = None
        self._station.front = None
        if self._app.screen is screen:
            await self._app.pop_screen()

    async def back(self) -> None:
        """Escape: out of a question, a contact, what is left out of the queue, the alarms, the call desk; one at a time."""
        if self._ringing_back.stop_asking():
            self._station.say("")
        elif self._stage.is_shown:
            asked = self.contacting.asks
            self.contacting.close()
            if not asked:
                await self._let_go()
                await self._list.renew()
        elif self._list.leaves_out:
            self._list.see_all()
            self._list.show()
        elif not self._station.acknowledge_alarms():
            await self.close()

    async def person_changed(self) -> None:
        """Another person signed in: whom the one before had is given back; who only calls begins here."""
        if self.is_open:
            await self._let_go()
            self._put_back.clear()
            await self._be_there()
            await self._list.renew()
        elif (person := self._station.person) and person.role is Role.CALLER and self._app.screen is self._station.desk:
            await self.open()

    # The queue

    def news_came(self) -> None:
        """Something was written elsewhere."""
        self._station.later(self._look_at_news)

    async def _look_at_news(self) -> None:
        number = await self._station.act(partial(calling.answer_ring, self._station.place))
        if number and self.contacting.runs:
            told = _("A buyer rings, number ending in {digits}: log this contact, then R")
            self._station.say(told.format(digits=number[-4:]), Sound.CALL)
        elif number and not self.is_open:
            self._station.say(_("A buyer rings: F3 opens the call desk, there type the end of the number"), Sound.CALL)
        elif number:
            await self._ringing_back.find(number)
        if self.is_open:
            await self._list.renew()

    async def tick(self) -> None:
        """Time has passed: who calls is still there, and others may be due."""
        await self._be_there()
        if self.is_open:
            await self._list.renew()

    async def _be_there(self) -> None:
        person = self._station.person
        if person is not None and (self.is_open or person.role is Role.CALLER):
            await self._station.act(partial(calling.be_there, person.id))

    # Whom this caller has

    async def next(self) -> None:
        """F9 and NEXT: give back whom this caller has, and take the next."""
        station = self._station
        if station.person is None or self._refuse_while_contacting():
            return
        if self._callee is not None:
            self._put_back.add(self._callee)
        self.contacting.forget()
        act = partial(calling.take_next, station.place, station.person.id, self._rules, frozenset(self._put_back))
        try:
            waiting = await station.act(act)
        except NobodyWaitingError as error:
            self._callee = None
            self._stage.close()
            await self._list.renew()
            if error.next_at is None:
                station.say(_("It is nobody's turn"), Sound.UNKNOWN)
            else:
                at = words.moment(error.next_at, self._list.zone, now=now_ms())
                station.say(_("It is nobody's turn; the next one is at {at}").format(at=at), Sound.UNKNOWN)
            return
        if waiting.callee in self._put_back:
            self._put_back.clear()
        await self._show(waiting.callee, await station.act(partial(callee_views.view_of, waiting)))

    async def take(self, callee: Callee) -> bool:
        """Take somebody whom this caller chose; False when that is not possible."""
        station = self._station
        if station.person is None:
            return False
        try:
            act = partial(calling.take, station.place, station.person.id, self._rules, callee)
            waiting = await station.act(act)
        except ContactedByOtherError as error:
            station.say(_("{name} is contacting this customer").format(name=plain(error.name, 40)), Sound.UNKNOWN)
            return False
        self.contacting.forget()
        if waiting is None:
            self._callee = None
            self._stage.close()
            station.say(_("Nothing of theirs is on hold any more"), Sound.UNKNOWN)
            await self._list.renew()
            return False
        await self._show(callee, await station.act(partial(callee_views.view_of, waiting)))
        return True

    async def _show(self, callee: Callee, view: CalleeView, *, incoming: bool = False) -> None:
        screen, station = self._stage.screen, self._station
        if screen is None:
            return
        self._callee, self._caller = callee, station.person_id
        first = view.holds[0].held
        self._stage.called = Subject(first.hold, first.order, first.customer_id)
        screen.show_callee(view, now_ms())
        station.say("")
        if incoming:
            await self.contacting.start(None, incoming=True)
        else:
            await self.contacting.ask()
        await self._list.renew()

    async def _let_go(self) -> None:
        self.contacting.forget()
        self._stage.close()
        callee, self._callee = self._callee, None
        caller, self._caller = self._caller, None
        if callee is not None:
            self._put_back.add(callee)
        if caller is not None:
            await self._station.act(partial(calling.put_back, caller))

    def _told(self, said: str, more: Sequence[str]) -> None:
        self._callee = None
        self._put_back.clear()
        self._station.say(" · ".join((said, *more)))
        self._station.later(self._list.renew)

    # Keys and codes

    async def contact(self) -> None:
        """F2: start the contact of whom this caller has."""
        await self.contacting.ask()

    async def press(self, key: str) -> None:
        """A key of the queue, or of the contact."""
        screen = self._stage.screen
        if screen is None or not self._list.is_read:
            return
        if key == "o":
            self._open_at_desk()
        elif screen.is_called:
            await self._press_called(screen, key)
        elif key == "enter":
            if waiting := screen.under_cursor():
                await self.chosen(waiting.callee)
        elif key == "r":
            self._ringing_back.ask()
        else:
            await self._list.turn(key)

    async def chosen(self, callee: Callee) -> None:
        """Somebody of the list was chosen: taken, or, where the list is of those who may ring, they do."""
        if callee in self._list.ringing:
            await self._ringing_back.take(self._list.ringing[callee])
        else:
            await self.take(callee)

    async def _press_called(self, screen: CallDesk, key: str) -> None:
        if key in ("pageup", "pagedown"):
            screen.scroll(key == "pagedown", now_ms())
        elif key == "t":
            if text := self.contacting.text:
                self._app.copy_to_clipboard(text)
                self._station.say(_("The text is copied"))
        else:
            await self.contacting.press(key)

    def _open_at_desk(self) -> None:
        screen, called = self._stage.screen, self._stage.called
        waiting = screen.under_cursor() if screen else None
        if called is not None and self._stage.is_shown:
            self._app.post_message(CodeChosen(called.order.number, called.order.shop))
        elif waiting is not None:
            self._app.post_message(CodeChosen(waiting.first.number, waiting.first.shop))

    async def answer_code(self, code: str) -> bool:
        """A code that came in while the call desk is open; False for one that the desk has to answer."""
        station = self._station
        if station.person is None:
            return False
        ending = ending_of(code)
        if self._ringing_back.stop_asking():
            if ending:
                await self._ringing_back.find(ending)
            else:
                station.say(_("That is no end of a number: 4 digits or more"), Sound.UNKNOWN)
            return True
        callee = await station.act(partial(calling.held_by_code, station.place, station.person.id, code))
        if callee is not None:
            if callee == self._callee or not self._refuse_while_contacting():
                await self.take(callee)
            return True
        if ending and not await station.act(partial(calling.is_known, code)):
            return self._refuse_while_contacting() or await self._ringing_back.find(ending)
        return False

    def _refuse_while_contacting(self) -> bool:
        """Whether a contact runs, which wants its result before another customer is on screen; says so."""
        if self.contacting.runs:
            self._station.say(_("Log first how this contact ended"), Sound.UNKNOWN)
        return self.contacting.runs
