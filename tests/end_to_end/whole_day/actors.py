"""Who works on the day's orders, each a process of its own: stations, callers, supervisors, and the daemon."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Semaphore
from unittest import mock

from packstation.acts.approving import RequestedAlreadyError, RequestOverError, ask_approval, grant, refuse
from packstation.acts.calling import NobodyWaitingError, put_back, take_next
from packstation.acts.contacting import ContactedByOtherError, NoOpenHoldError, end_contact, open_contact
from packstation.acts.finishing import NothingToUndoError, clear_desk, finish, hold_by_hand, leave, undo
from packstation.acts.overriding import override, override_customer, override_many, reopen, withdraw
from packstation.acts.reopening import NoPackedParcelError, reopen_parcel
from packstation.acts.scanning import DeskState, scan
from packstation.acts.ticking import tick
from packstation.acts.workplace import Workplace, open_command, open_station
from packstation.domain.call_sharing import CallRules
from packstation.domain.desk_flow import DeskRules
from packstation.domain.hold_events import NotAllowedError
from packstation.domain.holds import AttemptResult, ContactMethod, HoldState, RefusalWhy
from packstation.domain.verdict import VerdictKind
from packstation.store.approvals import standing_requests
from packstation.store.database import close_database, database_now, open_database, rows_of
from packstation.store.holds import open_holds
from sync.daemon import Daemon
from sync.rhythm import Rhythm
from sync.shops_config import ShopConfig, SyncConfig
from tests.end_to_end.whole_day.story import SHOPS, DayChannel, Story, now, stories
from tests.sync.running import VAULT

PIN = "2468"
_RULES = DeskRules(slots=tuple(f"{row}{n}" for row in "ABCDEFGH" for n in range(1, 100)), repeat_guard_ms=0)
_RHYTHM = Rhythm(poll=0.2, reconcile=2.0, rereads=0.2, outbox=0.2, lease=3.0, seller_must_act=1.0, longest_rest=1.0)


_RESULTS = {
    AttemptResult.CONFIRMED: 40,
    AttemptResult.NO_ANSWER: 20,
    AttemptResult.BUSY: 8,
    AttemptResult.UNREACHABLE: 5,
    AttemptResult.MESSAGE_SENT: 8,
    AttemptResult.REFUSED: 6,
    AttemptResult.DUPLICATE_ORDER: 3,
    AttemptResult.WRONG_NUMBER: 3,
    AttemptResult.NOT_MY_ORDER: 2,
    AttemptResult.WANTS_CHANGES: 3,
    AttemptResult.WILL_PREPAY: 2,
}
"""How contacts end, and how often."""


@dataclass(frozen=True)
class Day:
    """The day that everybody shares: its database, its orders, and its time, ms UTC."""

    url: str
    seed: int
    orders: int
    length: int
    begins_at: int = 0

    @property
    def ends_at(self) -> int:
        """When people go home, ms UTC."""
        return self.begins_at + self.length

    @property
    def stories(self) -> tuple[Story, ...]:
        """What happens to its orders."""
        return stories(self.seed, self.orders, self.begins_at, self.length)


@dataclass(frozen=True)
class Actor:
    """Somebody at work. `place` tells people of the same work apart; `run` counts how often this one was begun."""

    work: str
    name: str
    person_id: int
    place: int
    run: int = 0


@dataclass(frozen=True)
class Dawn:
    """How a day begins: when all are ready, and then at `begins_at`, ms UTC; 0 while somebody is missing."""

    ready: Semaphore
    begins_at: Synchronized[int]


def at_work(day: Day, actor: Actor, dawn: Dawn) -> None:
    """Work until the day ends, or until somebody kills this process."""
    open_database(day.url, patient=True)
    luck = random.Random(f"{day.seed}/{actor.name}/{actor.run}")
    works = {"station": _pack, "caller": _call, "supervisor": _decide, "daemon": _sync}
    dawn.ready.release()
    while not dawn.begins_at.value:
        time.sleep(0.02)
    try:
        works[actor.work](replace(day, begins_at=dawn.begins_at.value), actor, luck)
    finally:
        close_database()


def _turns(day: Day, place: Workplace, turn: Callable[[], bool]) -> None:
    """Take one turn after the other; who finds nothing to do waits a little. Time passes for everybody, whoever looks at the clock."""
    ticked_at = 0.0
    while now() < day.ends_at:
        if time.monotonic() - ticked_at > 0.5:
            tick(place)
            ticked_at = time.monotonic()
        if not turn():
            time.sleep(0.05)


def _pack(day: Day, actor: Actor, luck: random.Random) -> None:
    place = open_station(actor.name, _RULES)
    clear_desk(place, actor.person_id)
    mine = [story for number, story in enumerate(day.stories) if number % 3 == actor.place]
    everybody = day.stories
    left = list(mine)

    def turn() -> bool:
        arrived = [story for story in left if story.arrives_at < now()]
        if not arrived:
            return False
        # Now and then somebody grabs a parcel from the next table.
        story = luck.choice(everybody) if luck.random() < 0.1 else luck.choice(arrived)
        code = story.code if luck.random() < 0.8 else story.number
        answer = scan(place, actor.person_id, code, DeskState())
        if answer.judgement is None or answer.judgement.verdict.kind is VerdictKind.UNKNOWN:
            return False
        if answer.judgement.verdict.kind is VerdictKind.STOP and story in left:
            left.remove(story)
        if answer.parcel_id is None:
            held = answer.judgement.hold
            if held and held.hold.is_open and luck.random() < 0.15:
                with suppress(NotAllowedError, RequestedAlreadyError):
                    ask_approval(place, actor.person_id, held.id, "Khách đứng chờ ở cửa")
            return True
        what = luck.random()
        if what < 0.88:
            finish(place, actor.person_id, answer.parcel_id, code)
        elif what < 0.94:
            leave(place, actor.person_id, answer.parcel_id)
        else:
            hold_by_hand(place, actor.person_id, answer.parcel_id, code)
        if luck.random() < 0.05:
            with suppress(NothingToUndoError):
                undo(place, actor.person_id)
        if luck.random() < 0.3:
            _take_back(place, actor.person_id)
        return True

    _turns(day, place, turn)


def _take_back(place: Workplace, person_id: int) -> None:
    """Take back what this person held by hand."""
    for hold_id, _order, hold in open_holds():
        if hold.opened_by != person_id:
            continue
        try:
            withdraw(place, person_id, hold_id)
        except NotAllowedError:
            continue
        return


def _call(day: Day, actor: Actor, luck: random.Random) -> None:
    place = open_station(actor.name, replace(_RULES, slots=()))
    who, rules = actor.person_id, CallRules()

    def turn() -> bool:
        try:
            if luck.random() < 0.05 and (closed := _refused()):
                hold_id, others, incoming = luck.choice(closed), [], True
            else:
                waiting = take_next(place, who, rules)
                hold_id, *others = (held.hold_id for held in waiting.holds)
                incoming = False
            if luck.random() < 0.05:
                put_back(who)
                return True
            open_contact(place, who, hold_id, luck.choice((ContactMethod.CALL, ContactMethod.CHAT)), incoming=incoming)
            time.sleep(luck.uniform(0.02, day.length / 250_000))
            result = luck.choices(list(_RESULTS), list(_RESULTS.values()))[0]
            why = RefusalWhy.PRICE if result is AttemptResult.REFUSED else None
            end_contact(place, who, hold_id, result, why, also=[held for held in others if luck.random() < 0.8])
        except NobodyWaitingError:
            return False
        except (NoOpenHoldError, NotAllowedError, ContactedByOtherError):
            return True
        return True

    _turns(day, place, turn)


def _decide(day: Day, actor: Actor, luck: random.Random) -> None:
    place = open_station(actor.name, replace(_RULES, slots=()))
    who = actor.person_id

    def turn() -> bool:
        # Supervisors have other things to do, too.
        time.sleep(luck.uniform(0.0, day.length / 100_000))
        escalated = [hold_id for hold_id, _order, hold in open_holds() if hold.state is HoldState.ESCALATED]
        try:
            if asked := standing_requests(database_now()):
                answer = grant if luck.random() < 0.7 else refuse
                answer(place, who, PIN, luck.choice(asked).id, reason="Bàn hỏi")
            elif luck.random() < 0.1 and (closed := _refused()):
                reopen(place, who, PIN, luck.choice(closed), reason="Khách gọi lại")
            elif luck.random() < 0.05 and (packed := _packed()):
                reopen_parcel(place, who, PIN, luck.choice(packed), reason="Gói nhầm")
            elif len(escalated) > 2 and luck.random() < 0.2:
                override_many(place, who, PIN, escalated[:3], count=3, reason="Cuối ngày")
            elif escalated and luck.random() < 0.1:
                override_customer(place, who, PIN, luck.choice(escalated), days=3, reason="Khách quen")
            elif escalated:
                override(place, who, PIN, luck.choice(escalated), release=luck.random() < 0.7, reason="Đã xem")
            else:
                return False
        except (NotAllowedError, RequestOverError, NoPackedParcelError):
            return True
        return True

    _turns(day, place, turn)


def _packed() -> list[int]:
    return [row[0] for row in rows_of("SELECT id FROM parcel WHERE state = 'packed' ORDER BY packed_at DESC LIMIT 20")]


def _refused() -> list[int]:
    sql = "SELECT id FROM hold WHERE state = 'closed' AND reason IN ('refused', 'duplicate_order', 'rejected')"
    return [row[0] for row in rows_of(sql)]


def _sync(day: Day, actor: Actor, luck: random.Random) -> None:
    """The daemon as it is, but for the marketplace that it talks to."""
    told = day.stories
    close_database()
    channels = {shop.name: DayChannel(told, shop.name) for shop in SHOPS}
    shops = tuple(
        ShopConfig(name=shop.name, channel=shop.channel, currency=shop.currency, zone=shop.zone, history_days=1)
        for shop in SHOPS
    )

    def a_daemon() -> Daemon:
        return Daemon(lambda: SyncConfig(shops), lambda: open_command("sync"), VAULT, _RHYTHM)

    async def until_the_day_ends() -> None:
        daemon = a_daemon()
        running = asyncio.create_task(daemon.run())
        await asyncio.sleep(max(0.0, (day.ends_at - now()) / 1_000))
        daemon.stop()
        await running

    with mock.patch("sync.shop_daemon.open_channel", lambda shop, _connection: channels[shop.name]):
        asyncio.run(until_the_day_ends())
        asyncio.run(a_daemon().run_once())
