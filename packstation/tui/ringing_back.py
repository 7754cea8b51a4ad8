"""Who rings back at the call desk: found by the end of their number."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from functools import partial

from packstation.acts import callee_views, calling
from packstation.acts.callee_views import CalleeView
from packstation.domain.call_queue import Callee, QueuedHold
from packstation.locale import _
from packstation.tui.call_list import CallList
from packstation.tui.sounds import Sound
from packstation.tui.station import Station

_ENDING = re.compile(r"\+?[0-9]{4,15}", re.ASCII)


def ending_of(code: str) -> str | None:
    """What is typed of a number of somebody who rings back, without what only parts digits; None for anything else."""
    digits = re.sub(r"[\s.()-]", "", code)
    return digits if _ENDING.fullmatch(digits) else None


class RingingBack:
    """Finds who rings.

    Args:
        station: the station.
        calls: the call desk's list.
        let_go: gives back whom this caller has.
        show: shows who rings, as a contact that they began.
    """

    def __init__(
        self,
        station: Station,
        calls: CallList,
        let_go: Callable[[], Awaitable[None]],
        show: Callable[[Callee, CalleeView], Awaitable[None]],
    ) -> None:
        self._station = station
        self._calls = calls
        self._let_go = let_go
        self._show = show
        self._asks_number = False

    def ask(self) -> None:
        """Ask for the end of the number that rings: the next code typed is that."""
        self._asks_number = True
        self._station.say(_("Type the last digits of the number that rings (4 or more), then Enter"))

    def stop_asking(self) -> bool:
        """Ask no more; whether it was asked."""
        asked, self._asks_number = self._asks_number, False
        return asked

    async def find(self, ending: str) -> bool:
        """Find whose number ends so; one is shown at once, several are listed. False when there is nobody."""
        station = self._station
        found: dict[Callee, QueuedHold] = {}
        for held in await station.act(partial(calling.rings_back, ending)):
            found.setdefault(held.callee, held)
        if not found:
            station.say(_("No hold of anybody whose number ends in {digits}").format(digits=ending[-4:]), Sound.UNKNOWN)
            return False
        if len(found) == 1:
            await self.take(next(iter(found.values())))
            return True
        await self._let_go()
        self._calls.see_ringing(ending, found)
        await self._calls.renew()
        station.say(_("Several numbers end so: choose who rings"))
        return True

    async def take(self, held: QueuedHold) -> None:
        """Somebody rings: logged as a contact that they began."""
        await self._let_go()
        self._calls.see_all()
        self._calls.ringing = {}
        view = await self._station.act(partial(callee_views.view_of_order, held.callee, held.order_id))
        await self._show(held.callee, view)
