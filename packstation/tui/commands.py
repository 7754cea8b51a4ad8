"""What printed command codes do: the same as the keys, and more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from packstation.acts.finishing import Problem
from packstation.domain.codes import Command, CommandName
from packstation.locale import _
from packstation.tui.calling import Calling
from packstation.tui.contacting import Contacting
from packstation.tui.holding import Holding
from packstation.tui.overriding import Overriding
from packstation.tui.packing import Packing
from packstation.tui.signing_in import SigningIn
from packstation.tui.slip_printing import SlipPrinting
from packstation.tui.sounds import Sound
from packstation.tui.station import Station

_NOT_WITHOUT_PERSON = frozenset(CommandName) - {CommandName.PERSON, CommandName.HELP, CommandName.ACK}


class Commands:
    """Does what a command code asks for."""

    def __init__(
        self,
        station: Station,
        packing: Packing,
        holding: Holding,
        contacting: Contacting,
        calling: Calling,
        overriding: Overriding,
        signing_in: SigningIn,
        slips: SlipPrinting,
        show_help: Callable[[], None],
    ) -> None:
        self._station = station
        self._packing = packing
        self._holding = holding
        self._contacting = contacting
        self._calling = calling
        self._overriding = overriding
        self._signing_in = signing_in
        self._slips = slips
        self._show_help = show_help

    async def do(self, command: Command, came_in: float) -> None:
        """Do it; `came_in` is when the code was scanned, on the station's clock."""
        station = self._station
        if station.person is None and command.name in _NOT_WITHOUT_PERSON:
            station.say(_("Sign in first: scan your badge"), Sound.UNKNOWN)
            return
        calling = self._calling
        contacting = calling.contacting if calling.is_open else self._contacting
        if command.name is CommandName.CONTACT:
            await contacting.start(command.method)
        elif command.name is CommandName.RESULT and command.result:
            await contacting.log(command.result, command.why)
        elif calling.is_open and command.name is CommandName.NEXT:
            await calling.next()
        elif command.name is CommandName.HELP:
            self._show_help()
        elif command.name is CommandName.ACK:
            self._packing.acknowledge()
        elif calling.is_open and command.name is not CommandName.PERSON:
            station.say(_("Only at the desk: F3 goes back there"), Sound.UNKNOWN)
        elif act := self._acts(came_in).get(command.name):
            await act()
        else:
            station.say(_("{command} is not available at this station").format(command=command.name), Sound.UNKNOWN)

    def _acts(self, came_in: float) -> Mapping[CommandName, Callable[[], Awaitable[None]]]:
        packing, holding = self._packing, self._holding
        return {
            CommandName.PACKED: partial(packing.pack, came_in),
            CommandName.HOLD: holding.hold,
            CommandName.UNDO: packing.undo,
            CommandName.NEXT: packing.leave,
            CommandName.SHORT: partial(holding.report, Problem.SHORT),
            CommandName.DAMAGED: partial(holding.report, Problem.DAMAGED),
            CommandName.REPRINT: self._slips.reprint,
            CommandName.PERSON: self._signing_in.ask,
            CommandName.SUPERVISOR: self._overriding.ask,
        }
