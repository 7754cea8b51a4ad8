"""Processes that work on one database at the same time: stations, and a daemon that changes orders and opens holds."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from queue import Queue
from typing import Any

from packstation.acts.approving import RequestedAlreadyError, RequestOverError, ask_approval, grant, refuse
from packstation.acts.caring import offer
from packstation.acts.finishing import NothingToUndoError, finish, hold_by_hand, leave, undo
from packstation.acts.intake import store_orders
from packstation.acts.judging import judge_all_packable
from packstation.acts.overriding import withdraw
from packstation.acts.policies import publish_policy
from packstation.acts.scanning import DeskState, scan
from packstation.acts.ticking import Ticked, tick
from packstation.acts.workplace import open_station
from packstation.domain.desk_flow import DeskRules
from packstation.domain.hold_events import NotAllowedError
from packstation.domain.orders import IncomingOrder, Status
from packstation.domain.verdict import VerdictKind
from packstation.store.approvals import standing_requests
from packstation.store.database import close_database, database_now, open_database
from packstation.store.holds import open_holds
from packstation.store.parcels import parcel_ids
from tests.acts.worlds import PIN, POLICY, risky, tracked
from tests.factories import a_shop, an_order, order_id

RULES = DeskRules(slots=tuple(f"A{n}" for n in range(99)), repeat_guard_ms=0)


@dataclass(frozen=True)
class Job:
    """What a process does: as whom, how often, by which luck."""

    url: str
    station: str
    person_id: int
    turns: int
    seed: int


def numbers(count: int) -> list[str]:
    """The numbers of the orders that everybody works on."""
    return [f"A-{n}" for n in range(count)]


def order_of(number: str, **more: Any) -> IncomingOrder:
    """An order with a parcel that it shares with its neighbour: two orders a parcel."""
    make = risky if more.pop("flagged", False) else an_order
    parcel = int(number.removeprefix("A-")) // 2
    return make(number, **{"buyer": f"buyer-{parcel}", "parcels": tracked(f"T-{parcel:04d}"), **more})


def tell(done: Queue[tuple[str, object]], start: Barrier, job: Job, work: str) -> None:
    """Do one kind of work in a process of its own and tell how it went: what it counted, or the error that ended it."""
    open_database(job.url, patient=True)
    try:
        start.wait(60)
        done.put((job.station, _WORKS[work](job)))
    except Exception as error:  # noqa: BLE001 - whatever it is, the test must see it
        done.put((job.station, error))
    finally:
        close_database()


def pack_with_care(job: Job) -> list[str]:
    """Pack every other order, with what goes in; the voucher's code of each, empty without one."""
    place = open_station(job.station, RULES)
    codes = []
    for turn in range(job.turns):
        number = f"A-{2 * turn + job.seed}"
        answer = scan(place, job.person_id, number, DeskState())
        assert answer.parcel_id is not None
        assert answer.judgement is not None
        assert answer.judgement.order is not None
        inserts = offer(answer.judgement.order.id).inserts
        assert finish(place, job.person_id, answer.parcel_id, number, inserts=inserts).packed
        codes.append(next((one.voucher.code for one in inserts if one.voucher), ""))
    return codes


def pack(job: Job) -> int:
    """Scan, finish, leave, hold and undo whatever comes; how many parcels were packed."""
    luck = random.Random(job.seed)
    place = open_station(job.station, RULES)
    packed = 0
    for _ in range(job.turns):
        code = luck.choice([f"T-{luck.randrange(4):04d}", f"A-{luck.randrange(8)}"])
        answer = scan(place, job.person_id, code, DeskState())
        if answer.parcel_id is not None:
            what = luck.random()
            if what < 0.6:
                packed += finish(place, job.person_id, answer.parcel_id, code).packed
            elif what < 0.8:
                leave(place, job.person_id, answer.parcel_id)
            else:
                hold_by_hand(place, job.person_id, answer.parcel_id, code)
        if luck.random() < 0.5:
            try:
                undo(place, job.person_id)
            except NothingToUndoError:
                continue
    return packed


def change(job: Job) -> int:
    """Change orders, open holds, take them back, publish and tick; how often."""
    luck = random.Random(job.seed)
    place = open_station(job.station, RULES)
    for _ in range(job.turns):
        number = luck.choice(numbers(8))
        what = luck.random()
        if what < 0.45:
            status = luck.choice([Status.TO_PACK, Status.TO_PACK, Status.CANCEL_REQUESTED])
            news = order_of(number, status=status, flagged=luck.random() < 0.3, seller_note=str(luck.random()))
            store_orders(place, a_shop(), [news])
        elif what < 0.65:
            hold_by_hand(place, job.person_id, parcel_ids(order_id(number))[0], number)
        elif what < 0.9:
            for hold_id, _order, _hold in open_holds():
                try:
                    withdraw(place, job.person_id, hold_id)
                except NotAllowedError:
                    continue
        elif what < 0.95:
            publish_policy(place, POLICY, None)
            judge_all_packable(place)
        else:
            tick(place)
    return job.turns


def let_time_pass(job: Job) -> Ticked:
    """Tick, and tick again; all that was done."""
    place = open_station(job.station, RULES)
    done = [tick(place) for _ in range(job.turns)]
    return Ticked(
        sum(each.leases_expired for each in done),
        sum(each.contacts_abandoned for each in done),
        sum(each.holds_moved for each in done),
        tuple(order for each in done for order in each.alarms),
    )


def pack_and_print(url: str, station: str, person_id: int, codes: list[str], told: Any) -> None:
    """Scan and finish one parcel after the other, each answer told once it is there, until somebody kills this process."""
    open_database(url, patient=True)
    place = open_station(station, RULES)
    for code in codes:
        answer = scan(place, person_id, code, DeskState())
        assert answer.judgement is not None
        told.send((code, str(answer.judgement.verdict.kind)))
        if answer.judgement.verdict.kind is VerdictKind.PACK and answer.parcel_id is not None:
            finished = finish(place, person_id, answer.parcel_id, code)
            told.send((code, "packed" if finished.packed else "unfinished"))


def ask_and_pack(job: Job) -> int:
    """Scan flagged orders and ask the board about each until it lets them go; how many were packed."""
    place = open_station(job.station, RULES)
    packed = 0
    for turn in range(job.turns):
        code = numbers(8)[turn % 8]
        answer = scan(place, job.person_id, code, DeskState())
        if answer.parcel_id is not None:
            packed += finish(place, job.person_id, answer.parcel_id, code).packed
        elif answer.judgement and answer.judgement.hold and answer.judgement.hold.hold.is_open:
            try:
                ask_approval(place, job.person_id, answer.judgement.hold.id, "khách đang ở đây")
            except (RequestedAlreadyError, NotAllowedError):
                continue
    return packed


def answer_at_board(job: Job) -> int:
    """Grant or refuse whatever desks ask; how many answers counted."""
    luck = random.Random(job.seed)
    place = open_station(job.station, RULES)
    answered = 0
    for _ in range(job.turns):
        for request in standing_requests(database_now()):
            answer = luck.choice([grant, grant, refuse])
            try:
                answer(place, job.person_id, PIN, request.id, reason="khách quen")
            except (RequestOverError, NotAllowedError):
                continue
            answered += 1
    return answered


_WORKS: Mapping[str, Callable[[Job], object]] = {
    "pack": pack,
    "care": pack_with_care,
    "change": change,
    "tick": let_time_pass,
    "ask": ask_and_pack,
    "answer": answer_at_board,
}
