"""One station at work: who is here, what is on the desk, and the way to the database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from packstation.acts.desk_views import MOST_COUNTED, DataStanding, StationHeader, station_header
from packstation.acts.workplace import Workplace
from packstation.domain.alarms import PullAlarm
from packstation.domain.care import Insert
from packstation.domain.desk_flow import DeskRules, OnDesk
from packstation.domain.next_truck import NextTruck
from packstation.domain.people import Person
from packstation.domain.plain_text import PlainText, plain
from packstation.locale import _, words
from packstation.settings import Settings
from packstation.store.database import DatabaseAwayError
from packstation.tui.alarms import Alarms
from packstation.tui.database_thread import DatabaseThread
from packstation.tui.screens.desk import MOST_ALARMS, Desk
from packstation.tui.sounds import Bell, Sound
from packstation.tui.theme import BAD, GOOD, WARNING
from packstation.tui.views import banner_text
from packstation.tui.views.answers import DeskAnswer
from packstation.tui.views.last_scans import LastScan
from packstation.tui.views.sync import channel_parts, trouble_line
from packstation.tui.widgets.header_bar import HeaderPart
from packstation.tui.widgets.status_line import StatusLine
from packstation.tui.work_queue import Job, WorkQueue

ResultT = TypeVar("ResultT")
Clock = Callable[[], float]

_RETRY_SECONDS = 0.5
_PER_HOUR, _PACKED_TODAY, _TRUCK, _READY, _PERSON, _FETCH = 0, 1, 3, 4, 4, 5
"""What these are worth in the header."""


@dataclass(slots=True)
class DeskParcel:
    """The parcel that this desk has.

    `shop` is what was chosen for an ambiguous code. `painted_at`: when its PACK was on screen, on the station's clock; None:
    not yet. `care` is what this screen says to put in, but for what the packer marked as `left_out`, by its rules.
    """

    parcel_id: int
    number: str
    code: str
    shop: str | None = None
    painted_at: float | None = None
    care: tuple[Insert, ...] = ()
    left_out: frozenset[str] = frozenset()

    @property
    def inserts(self) -> tuple[Insert, ...]:
        """What is put in."""
        return tuple(insert for insert in self.care if insert.rule not in self.left_out)


@dataclass(frozen=True, slots=True)
class AskedCode:
    """An unknown code that the channels are asked for, and the number under which the screen shows it."""

    code: str
    shop: str | None
    requests: tuple[int, ...]
    shown: int


def rules_of(settings: Settings) -> DeskRules:
    """How this station packs, by its settings."""
    desk = settings.desk
    return DeskRules(
        slots=settings.shelf.slot_names,
        undo_ms=desk.undo_ms,
        lease_ms=desk.lease_ms,
        repeat_guard_ms=desk.repeat_guard_ms,
        finish_by_next_parcel=desk.finish_by == "next_parcel",
        require_acknowledge_stop=desk.require_acknowledge_stop,
    )


class Station:
    """What the parts of the desk share.

    `shown` counts what was painted, so that nothing older is painted over it. `front` is the status line of what lies over the whole
    desk; None while the desk itself is seen.
    """

    def __init__(
        self, settings: Settings, desk: Desk, database: DatabaseThread, queue: WorkQueue, bell: Bell, clock: Clock
    ) -> None:
        self.settings = settings
        self.desk = desk
        self.queue = queue
        self.bell = bell
        self.clock = clock
        self.token = ""
        self.person: Person | None = None
        self.parcel: DeskParcel | None = None
        self.answer: DeskAnswer | None = None
        self.asked: AskedCode | None = None
        self.stopped_code: str | None = None
        self.shown = 0
        self.figures: StationHeader | None = None
        self.front: StatusLine | None = None
        self.is_away = False
        self._database = database
        self._place: Workplace | None = None
        self._unfinished: dict[str, None] = {}
        self.alarms = Alarms(desk.show_alarms, lambda: bell.play(Sound.ALARM))
        self.to_fetch = 0
        self._figures_at = 0.0
        self._empty_told: set[str] = set()

    @property
    def place(self) -> Workplace:
        """Where acts happen.

        Raises:
            RuntimeError: the station is not opened yet.
        """
        if self._place is None:
            raise RuntimeError("the station is not open")
        return self._place

    @property
    def is_open(self) -> bool:
        """Whether the database has answered for the first time."""
        return self._place is not None

    def open_at(self, place: Workplace, token: str) -> None:
        """The station is known to the database."""
        self._place = place
        self.token = token

    @property
    def person_id(self) -> int | None:
        """Who is signed in."""
        return self.person.id if self.person else None

    async def act(self, act: Callable[[], ResultT]) -> ResultT:
        """Have the database thread do an act; while the database is away, say so, show no green, and try again."""
        while True:
            try:
                result = await self._database.do(act)
            except DatabaseAwayError:
                if not self.is_away:
                    self.is_away = True
                    self.desk.banner.cover(banner_text.away())
                    if self.front:
                        self.front.show_said(_("The database does not answer; it goes on by itself"))
                    self.bell.play(Sound.STOP)
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            if self.is_away:
                self.is_away = False
                self.desk.banner.cover(None)
                if self.front:
                    self.front.show_said("")
            return result

    def on_desk_at(self, moment: float) -> OnDesk | None:
        """The parcel on this desk as it was for a scan that came in at this moment of the station's clock."""
        if self.parcel is None:
            return None
        painted = self.parcel.painted_at
        painted_ms = None if painted is None or moment < painted else round((moment - painted) * 1_000)
        return OnDesk(self.parcel.parcel_id, self.parcel.number, painted_ms)

    @property
    def status(self) -> StatusLine:
        """The status line that is seen."""
        return self.front or self.desk.status

    def say(self, text: str, sound: Sound | None = None) -> None:
        """Say something beside the verdict."""
        self.status.show_said(text)
        if sound:
            self.bell.play(sound)

    def vouchers_missing(self, lists: Sequence[str]) -> None:
        """Lists of vouchers have none left; said once for each, as nothing at the desk mends it."""
        if new := [name for name in lists if name not in self._empty_told]:
            self._empty_told.update(new)
            self.say(_("No voucher left in list {list}: tell the supervisor").format(list=", ".join(new)))

    def later(self, job: Job) -> None:
        """Fill the screen when nobody waits for anything."""
        self.queue.put_later(job)

    def alarm(self, text: str) -> None:
        """Raise an alarm; it stays until it is acknowledged."""
        self.alarms.say(text)

    def show_pulls(self, alarms: Sequence[PullAlarm]) -> None:
        """Show the parcels that are to be pulled, but those acknowledged here; one that is new rings once."""
        self.alarms.show_pulls(alarms, now_ms())

    def no_longer_to_pull(self, parcel_ids: Sequence[int]) -> None:
        """Parcels were scanned in here."""
        self.alarms.no_longer_to_pull(parcel_ids, now_ms())
        self.show_header()

    def acknowledge_alarms(self) -> bool:
        """Put away the alarms that are seen on this screen; False when there was none.

        A parcel that is to be pulled still is: the header goes on counting it, the hold shelf tells it, and so do other screens.
        """
        return self.alarms.acknowledge(MOST_ALARMS)

    @property
    def to_pull(self) -> tuple[PlainText, ...]:
        """Every parcel that is to be pulled until it is scanned in, acknowledged here or not, the latest first."""
        return self.alarms.to_pull

    def left_unfinished(self, number: str) -> None:
        """A parcel left the desk without being packed."""
        self._unfinished[number] = None
        self._show_unfinished()

    def no_longer_unfinished(self, number: str) -> None:
        """A parcel is on the desk again, or was packed."""
        if number in self._unfinished:
            del self._unfinished[number]
            self._show_unfinished()

    @property
    def unfinished(self) -> tuple[str, ...]:
        """The numbers of parcels that were left on the desk."""
        return tuple(self._unfinished)

    def remember(self, number: str) -> None:
        """Keep what the banner now says for the list of the last scans."""
        says = self.desk.banner.says
        self.desk.remember(LastScan(datetime.now().astimezone().strftime("%H:%M"), says.tone, says.words[0], number))

    def _show_unfinished(self) -> None:
        numbers = [plain(number, 24) for number in reversed(self._unfinished)]
        text = _("Unfinished: {numbers}").format(numbers=", ".join(numbers)) if numbers else ""
        self.desk.status.show_unfinished(text)

    async def refresh_header(self) -> None:
        """Read the figures of the header again."""
        midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        self.figures = await self.act(partial(station_header, self.place, int(midnight.timestamp() * 1_000)))
        self._figures_at = self.clock()
        self.show_header()
        if self.answer is None and self.shown == 0 and self.person:
            self.desk.banner.show(banner_text.idle(self.figures.packed_today, self.figures.per_hour))

    def show_data(self, data: DataStanding) -> None:
        """The channels' data is this old now."""
        if self.figures:
            self.figures = replace(self.figures, data=data)
            self._figures_at = self.clock()

    def show_header(self) -> None:
        """Paint the header with what is known."""
        left = [HeaderPart(plain(self.settings.station.name, 40))]
        if self.person:
            name = plain(self.person.name, 40)
            who = plain(f"{name} ({words.role_word(self.person.role)})")
            left.append(HeaderPart(who, worth=_PERSON, short=name))
        right: list[HeaderPart] = []
        if self.to_pull:
            right.append(HeaderPart(plain(_("PULL {count}").format(count=len(self.to_pull))), BAD))
        if self.to_fetch:
            right.append(HeaderPart(plain(_("FETCH {count} ^L").format(count=self.to_fetch)), GOOD, worth=_FETCH))
        if self.alarms.waiting:
            waiting = plain(_("BOARD {count} ^B").format(count=self.alarms.waiting))
            right.append(HeaderPart(waiting, WARNING, worth=_FETCH))
        if self.figures:
            since = round((self.clock() - self._figures_at) * 1_000)
            right += [
                HeaderPart(plain(_("{count}/h").format(count=self.figures.per_hour)), worth=_PER_HOUR),
                HeaderPart(
                    plain(_("packed today {count}").format(count=self.figures.packed_today)), worth=_PACKED_TODAY
                ),
                HeaderPart(plain(_ready(self.figures.data.ready)), worth=_READY),
                *_truck(self.figures.truck),
                *channel_parts(self.figures.ages, since),
            ]
            self.desk.status.show_trouble(trouble_line(self.figures.data.worst))
        right.append(HeaderPart(plain(datetime.now().astimezone().strftime("%H:%M"))))
        self.desk.header.show(tuple(left), tuple(right))


def _truck(truck: NextTruck | None) -> list[HeaderPart]:
    """What is still to pack for the next truck."""
    if truck is None:
        return []
    time = words.moment(truck.leaves_at, truck.zone, now=now_ms())
    return [HeaderPart(plain(_("{count} for {time}").format(count=truck.count, time=time)), WARNING, worth=_TRUCK)]


def _ready(count: int) -> str:
    if count >= MOST_COUNTED:
        return _("ready {count}+").format(count=MOST_COUNTED)
    return _("ready {count}").format(count=count)


def now_ms() -> int:
    """This computer's clock, ms UTC: for showing times, never for deciding."""
    return time.time_ns() // 1_000_000
