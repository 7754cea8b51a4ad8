"""From a code to who answers it: what it says decides, never what has the focus."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from packstation.domain.codes import Badge, Command, OrderCode, normalise, parse
from packstation.locale import _
from packstation.tui.calling import Calling
from packstation.tui.commands import Commands
from packstation.tui.overlays import Overlays
from packstation.tui.packing import Packing
from packstation.tui.screens.choosing import ChooseShop
from packstation.tui.screens.sign_in import SignIn
from packstation.tui.signing_in import SigningIn
from packstation.tui.station import Station


class Answering:
    """Takes codes in; each waits its turn. `person_came` is told when a badge may have changed who works here."""

    def __init__(
        self,
        station: Station,
        overlays: Overlays,
        packing: Packing,
        calling: Calling,
        signing_in: SigningIn,
        commands: Commands,
        person_came: Callable[[], None],
    ) -> None:
        self._station = station
        self._overlays = overlays
        self._packing = packing
        self._calling = calling
        self._signing_in = signing_in
        self._commands = commands
        self._person_came = person_came

    def take(self, code: str, *, typed: bool = False) -> None:
        """A code: closes dialogs that give way if it is a parcel's, then waits its turn. `typed`: by hand."""
        came_in = self._station.clock()
        if self._station.is_open and isinstance(self._meaning(code), OrderCode):
            if (dialog := self._overlays.top) is not None and dialog.wants_parcel:
                dialog.take_parcel(code)
                return
            self._overlays.give_way()
        self._station.queue.put(partial(self._answer, code, came_in, typed))

    def take_choice(self, code: str, shop: str | None) -> None:
        """A code was chosen on screen, of one shop where several have it."""
        self._overlays.give_way()
        self._station.queue.put(partial(self._answer_choice, code, self._station.clock(), shop))

    async def _answer_choice(self, code: str, came_in: float, shop: str | None) -> None:
        await self._calling.close()
        await self.answer_order(code, came_in, shop)

    def _meaning(self, code: str) -> Command | Badge | OrderCode:
        return parse(normalise(code, self._station.settings.scanner.code_format), self._station.token)

    async def _answer(self, code: str, came_in: float, typed: bool) -> None:
        match self._meaning(code):
            case Badge(secret):
                dialog = self._overlays.top
                if dialog is not None and dialog.wants_badge:
                    dialog.take_badge(secret)
                else:
                    await self._signing_in.by_badge(secret, dialog if isinstance(dialog, SignIn) else None, typed=typed)
                    self._person_came()
            case Command() as command:
                self._overlays.give_way()
                self._ask_to_sign_in()
                await self._commands.do(command, came_in)
            case OrderCode(text):
                if self._calling.is_open:
                    if await self._calling.answer_code(text):
                        return
                    # What is on no hold is answered where everything is.
                    await self._calling.close()
                await self.answer_order(text, came_in)

    async def answer_order(self, code: str, came_in: float, shop: str | None = None) -> None:
        """Answer a number that came in at a moment of the station's clock; one of several shops is asked back."""
        if not code:
            return
        self._ask_to_sign_in()
        station = self._station
        shown = station.shown
        await self._packing.scan(code, came_in, shop)
        answer = station.answer
        if answer and station.shown != shown and answer.judgement.candidates and not station.queue.has_jobs:
            self._overlays.open(ChooseShop(code, answer.judgement.candidates))

    def _ask_to_sign_in(self) -> None:
        dialog = self._overlays.top
        if self._station.person is None and dialog is not None:
            dialog.complain(_("Sign in first: scan your badge"))
