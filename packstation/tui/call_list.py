"""The call desk's list: the queue as it was last read, and what of it is seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from packstation.acts import calling
from packstation.acts.calling import CallQueue
from packstation.domain.call_queue import Callee, QueuedHold, QueueFilter, with_tiers
from packstation.domain.call_sharing import CallRules
from packstation.tui.call_stage import CallStage
from packstation.tui.station import Station


class CallList:
    """The queue on the call desk's screen.

    `ringing` are those of whom one may be ringing while the list is of them.
    """

    def __init__(self, station: Station, stage: CallStage) -> None:
        self._station = station
        self._stage = stage
        self._queue: CallQueue | None = None
        self._seen = QueueFilter()
        self.ringing: Mapping[Callee, QueuedHold] = {}

    @property
    def is_read(self) -> bool:
        """Whether the queue was read for the first time."""
        return self._queue is not None

    @property
    def leaves_out(self) -> bool:
        """Whether something of the queue may not be seen."""
        return self._seen != QueueFilter()

    @property
    def zone(self) -> str:
        """The time zone of who is first in the queue."""
        waiting = self._queue.waiting if self._queue else ()
        return waiting[0].first.zone if waiting else "UTC"

    def see_all(self) -> None:
        """Leave nothing out from now on; nobody rings any more."""
        self._seen = QueueFilter()
        self.ringing = {}

    def see_ringing(self, ending: str, found: Mapping[Callee, QueuedHold]) -> None:
        """Leave out from now on whoever's number does not end so."""
        self.ringing = found
        self._seen = QueueFilter(ringing=ending.lstrip("+").removeprefix("0"))

    async def renew(self) -> None:
        """Read the queue anew."""
        self._queue = await self._station.act(partial(calling.queue_now, self._station.person_id, self._rules))
        if self._seen.tier:
            await self._look_up_tiers(self._queue)
        self.show()

    def show(self) -> None:
        """Paint what is seen of the queue."""
        screen, queue, person = self._stage.screen, self._queue, self._station.person
        if screen is not None and queue is not None:
            screen.show_queue(queue, self._seen, person.name if person else "", person.id if person else None)
            screen.show_alarms(self._station.desk.alarms)
            screen.show_pulls(self._station.to_pull)

    async def turn(self, key: str) -> None:
        """A key that changes what is seen: by channel, shelf or tier, or only who is due."""
        queue, seen = self._queue, self._seen
        if queue is None:
            return
        if key == "t":
            queue = await self._look_up_tiers(queue)
        turned = {
            "c": seen.next_channel,
            "s": seen.next_shelf,
            "t": seen.next_tier,
        }
        if key in turned:
            self._seen = turned[key](queue.waiting)
        elif key == "d":
            self._seen = seen.turned_due()
        self.show()

    async def _look_up_tiers(self, queue: CallQueue) -> CallQueue:
        tiers = await self._station.act(partial(calling.tiers_of, queue))
        self._queue = replace(queue, waiting=with_tiers(queue.waiting, tiers))
        return self._queue

    @property
    def _rules(self) -> CallRules:
        return self._station.settings.contact.call_rules
