"""A station that nobody has touched for a while asks who is there."""

from __future__ import annotations

from packstation.domain.times import MINUTE, SECOND
from packstation.tui.calling import Calling
from packstation.tui.contacting import Contacting
from packstation.tui.overlays import Overlays
from packstation.tui.packing import Packing
from packstation.tui.signing_in import SigningIn
from packstation.tui.station import Station


class IdleLock:
    """Signs out whoever left, and takes what a stranger should not read off the screen."""

    def __init__(
        self,
        station: Station,
        overlays: Overlays,
        packing: Packing,
        contacting: Contacting,
        calling: Calling,
        signing_in: SigningIn,
    ) -> None:
        self._station = station
        self._overlays = overlays
        self._packing = packing
        self._contacting = contacting
        self._calling = calling
        self._signing_in = signing_in
        self._touched = station.clock()

    def touched(self) -> None:
        """Somebody is there."""
        self._touched = self._station.clock()

    def be_due(self) -> None:
        """Lock, if it is time."""
        if self._is_time:
            self._station.queue.put(self._lock)

    @property
    def _is_time(self) -> bool:
        after = self._station.settings.station.lock_after_minutes * MINUTE / SECOND
        return after > 0 and self._station.person is not None and self._station.clock() - self._touched >= after

    async def _lock(self) -> None:
        if not self._is_time:
            return
        self._overlays.close_all()
        await self._calling.close()
        while self._contacting.close():
            pass
        await self._packing.leave()
        await self._signing_in.sign_out()
