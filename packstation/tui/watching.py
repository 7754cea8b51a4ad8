"""What happens elsewhere while a station stands: alarms, answers of the daemon, and an order that turns on the desk."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial

from packstation.acts import alarming, asking, desk_views, shelf, ticking
from packstation.acts.board import Waiting
from packstation.acts.desk_views import DataStanding
from packstation.acts.scanning import ScanAnswer
from packstation.acts.workplace import Workplace
from packstation.domain.alarms import PullAlarm
from packstation.domain.plain_text import plain
from packstation.domain.supervision import ApprovalRequest
from packstation.locale import _
from packstation.store.refreshes import RefreshOutcome, RefreshState
from packstation.store.watching import change_mark
from packstation.tui.packing import Packing
from packstation.tui.sounds import Sound
from packstation.tui.station import AskedCode, Station
from packstation.tui.supervising import Supervising
from packstation.tui.views import banner_text

AnswerCode = Callable[[str, float, str | None], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a look found. `news` None: nothing was written since the last one."""

    mark: str
    outcome: RefreshOutcome | None
    news: _News | None


@dataclass(frozen=True, slots=True)
class _News:
    """`turned` is the parcel on the desk, if it may not be packed any more, and whether its buyer's phone is hidden."""

    turned: tuple[ScanAnswer, bool] | None
    alarms: tuple[PullAlarm, ...]
    data: DataStanding
    to_fetch: int
    waiting: Waiting
    answers: list[ApprovalRequest]


class Watching:
    """Looks at the database when nobody waits for anything, and brings what is new onto the screen.

    Args:
        station: the station.
        packing: the parcel on its desk.
        supervising: the board.
        answer_code: answers a code as a scan does.
        tell: told when something may be new that others than this show.
    """

    def __init__(
        self,
        station: Station,
        packing: Packing,
        supervising: Supervising,
        answer_code: AnswerCode,
        tell: Callable[[], None],
    ) -> None:
        self._station = station
        self._packing = packing
        self._supervising = supervising
        self._answer_code = answer_code
        self._tell = tell
        self._mark = ""
        self._is_due = False

    def be_due(self) -> None:
        """Look as soon as nobody waits for anything."""
        if self._station.is_open and not self._is_due:
            self._is_due = True
            self._station.later(self.look)

    def be_due_for_everything(self) -> None:
        """Look at everything anew, whether something was written or not: time passes too."""
        self._mark = ""
        self.be_due()

    async def look(self) -> None:
        """Look once."""
        self._is_due = False
        station = self._station
        asked = station.asked
        if asked and asked.shown != station.shown:
            asked = station.asked = None
        seen = await station.act(partial(self._seen, asked))
        self._mark = seen.mark
        if seen.news:
            if seen.news.turned:
                self._packing.turn(*seen.news.turned)
            station.show_pulls(seen.news.alarms)
            station.show_data(seen.news.data)
            station.to_fetch = seen.news.to_fetch
            self._supervising.show(seen.news.waiting, seen.news.answers)
            self._tell()
        station.show_header()
        if asked and seen.outcome:
            await self._answered(asked, seen.outcome)

    async def tick(self) -> None:
        """Time has passed: do what is due by the database's clock, and tell of decisions that nobody took in time."""
        station = self._station
        late = await station.act(partial(_ticked, station.place))
        if station.person and station.person.supervises:
            # A supervisor is told of every escalation anyway, this kind and others.
            return
        for number in late:
            station.alarm(_("Decide-by has passed: {number}, the supervisor decides").format(number=plain(number, 60)))

    def _seen(self, asked: AskedCode | None) -> _Seen:
        mark = change_mark()
        outcome = asking.outcome(asked.code, asked.requests, asked.shop) if asked else None
        if mark == self._mark:
            return _Seen(mark, outcome, None)
        turned = self._packing.looked_again()
        waiting, answers = self._supervising.seen()
        pulls, data = tuple(alarming.open_alarms()), desk_views.data_standing()
        return _Seen(mark, outcome, _News(turned, pulls, data, shelf.to_fetch(), waiting, answers))

    async def _answered(self, asked: AskedCode, outcome: RefreshOutcome) -> None:
        station = self._station
        if outcome.state is RefreshState.WAITING or asked.shown != station.shown:
            return
        if station.queue.has_jobs or station.person is None:
            # What waits comes first; if the code is still on screen then, the next look answers it.
            return
        station.asked = None
        if outcome.state is not RefreshState.FOUND:
            self._give_up(outcome)
        elif station.parcel is not None:
            # Answering it would take the parcel in hand off the desk, which nobody has asked for.
            self._found_meanwhile(asked.code)
        else:
            await self._answer_code(asked.code, station.clock(), asked.shop)

    def _give_up(self, outcome: RefreshOutcome) -> None:
        """The unknown code on screen was not found, or nobody answered."""
        station = self._station
        if station.answer is None:
            return
        trouble = outcome.trouble
        if outcome.state is RefreshState.UNANSWERED and not trouble:
            trouble = _("No answer from the sync daemon: is it running?")
        station.answer = replace(station.answer, asking=False, again=True, trouble=trouble)
        station.shown += 1
        station.desk.show_answer(station.answer)
        station.desk.show_order(station.answer)
        station.bell.play(Sound.UNKNOWN)

    def _found_meanwhile(self, code: str) -> None:
        """The unknown code on screen is known now, but another parcel is in hand."""
        station = self._station
        station.answer = None
        station.shown += 1
        station.desk.show_said(
            banner_text.said(_("FOUND"), _("{number}: scan it again").format(number=plain(code, 60)))
        )
        station.bell.play(Sound.UNKNOWN)


def _ticked(place: Workplace) -> list[str]:
    ticked = ticking.tick(place)
    asking.forget_old()
    return [desk_views.past_order(order_id).number for order_id in ticked.alarms]
