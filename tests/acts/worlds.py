"""A small shop to act in: a clock that tests move, desks that remember what they show as the screen does, people, orders."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from packstation.acts import checking, contacting, finishing, people, scanning
from packstation.acts.intake import Stored, store_orders
from packstation.acts.policies import publish_policy
from packstation.acts.ticking import Ticked, tick
from packstation.acts.workplace import Workplace, open_command, open_station
from packstation.domain.cards import HoldCard, Judgement
from packstation.domain.desk_flow import DeskRules, OnDesk, ScanStep
from packstation.domain.holds import AttemptResult, ContactMethod
from packstation.domain.orders import IncomingOrder, IncomingParcel, Outcome, Shop, Status
from packstation.domain.packing import ParcelState
from packstation.domain.people import Role
from packstation.domain.times import DAY, SECOND
from packstation.store.database import rows_of
from packstation.store.holds import latest_hold
from packstation.store.parcels import parcel_ids, standing
from packstation.store.tables.every import EVERY_TABLE
from tests.factories import NOW, a_shop, an_item, an_order, order_id

PIN = "2468"
RULES = DeskRules(slots=("A1", "A2", "A3"))
POLICY = """
[holds.at_decide_by]
tiktok = "ship"

[[rule]]
id = "big"
when = "cod and total > 1000000"
vi = "Đơn to {total}"
en = "Big order {total}"

[[rule]]
id = "failures"
when = "cod and failed_deliveries_90d >= 1"
vi = "Bom {failed_deliveries_90d}"
en = "{failed_deliveries_90d} failed deliveries"
"""


class Clock:
    """The database's clock, ms UTC."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now

    def pass_(self, ms: int) -> None:
        self.now += ms


@dataclass
class OnScreen:
    """The parcel that a screen shows in green since `painted_at`."""

    parcel_id: int
    number: str
    painted_at: int


class Desk:
    """A station and what its screen shows; a scan comes two seconds after what was painted last unless a test says otherwise."""

    def __init__(self, clock: Clock, name: str, person_id: int | None, rules: DeskRules = RULES) -> None:
        self._clock = clock
        self.place = open_station(name, rules)
        self.person_id = person_id
        self.parcel: OnScreen | None = None
        self.stopped_code: str | None = None

    def state(self) -> scanning.DeskState:
        shown = self.parcel
        on_desk = OnDesk(shown.parcel_id, shown.number, self._clock.now - shown.painted_at) if shown else None
        return scanning.DeskState(on_desk, self.stopped_code)

    def scan(self, code: str, *, after: int = 2 * SECOND, shop: str | None = None) -> scanning.ScanAnswer:
        self._clock.pass_(after)
        answer = scanning.scan(self.place, self.person_id, code, self.state(), shop)
        if answer.judgement is None:
            return answer
        if answer.step is not ScanStep.SAY_UNKNOWN:
            self.parcel = None
        if answer.parcel_id is not None and answer.judgement.order:
            self.parcel = OnScreen(answer.parcel_id, answer.judgement.order.number, self._clock.now)
        return answer

    def hold(self, why: str = "") -> tuple[Judgement, str | None]:
        """Put the parcel on this desk on hold by hand."""
        assert self.parcel is not None
        assert self.person_id is not None
        parcel_id, self.parcel = self.parcel.parcel_id, None
        return finishing.hold_by_hand(self.place, self.person_id, parcel_id, "HOLD", why)

    def leave(self) -> None:
        """Take the parcel off this desk."""
        assert self.parcel is not None
        parcel_id, self.parcel = self.parcel.parcel_id, None
        finishing.leave(self.place, self.person_id, parcel_id)

    def pack(self, code: str) -> finishing.Finish:
        """Scan a parcel twice, which must pack it."""
        self.scan(code)
        answer = self.scan(code)
        assert answer.finished is not None
        assert answer.finished.packed
        return answer.finished


class World:
    """One shop, its policy, a packer at a desk."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.daemon: Workplace = open_command("daemon")
        publish_policy(self.daemon, POLICY, None)
        self.packer = self.hire("An", Role.PACKER)
        self.desk = self.desk_of("Bàn 1", self.packer)

    def hire(self, name: str, role: Role = Role.CALLER, pin: str | None = None) -> int:
        return people.add_person(self.daemon, name, role, pin).id

    def supervisor(self, name: str = "Bình") -> int:
        return self.hire(name, Role.SUPERVISOR, PIN)

    def desk_of(self, name: str, person_id: int | None, rules: DeskRules = RULES) -> Desk:
        return Desk(self.clock, name, person_id, rules)

    def arrive(self, *orders: IncomingOrder, shop: Shop | None = None) -> Stored:
        return store_orders(self.daemon, shop or a_shop(), orders)

    def held(self, number: str = "A-1", **more: Any) -> HoldCard:
        """An order that the policy holds."""
        self.arrive(risky(number, **more))
        return self.hold_of(number)

    def hold_of(self, number: str = "A-1") -> HoldCard:
        card = latest_hold(order_id(number))
        assert card is not None
        return card

    def publish(self, text: str, person_id: int | None = None) -> None:
        from packstation.acts.judging import judge_all_packable

        publish_policy(self.daemon, text, person_id)
        judge_all_packable(self.daemon)

    def contact(
        self, hold_id: int, result: AttemptResult, by: int | None = None, after: int = 30 * SECOND, **more: Any
    ) -> contacting.Ended:
        person = self.packer if by is None else by
        contacting.open_contact(self.desk.place, person, hold_id, ContactMethod.CALL)
        self.clock.pass_(after)
        return contacting.end_contact(self.desk.place, person, hold_id, result, **more)

    def tick(self) -> Ticked:
        return tick(self.daemon)


def risky(number: str = "A-1", **more: Any) -> IncomingOrder:
    """An order over the amount from which the policy calls."""
    return an_order(number, **{"items": [an_item(price=2_000_000)], **more})


def failed_before(number: str = "OLD-1", **more: Any) -> IncomingOrder:
    """An earlier order of the same buyer that was refused at the door."""
    standard = {"placed_at": NOW - 9 * DAY, "status": Status.RETURNED, "outcome": Outcome.DELIVERY_FAILED}
    return an_order(number, **{**standard, "known_at": NOW - 5 * DAY, **more})


def tracked(*numbers: str) -> tuple[IncomingParcel, ...]:
    """Parcels with these tracking numbers and packages of their own."""
    return tuple(IncomingParcel(f"P-{number}", number, "SPX") for number in numbers)


def verdict_of(answer: scanning.ScanAnswer) -> tuple[str, list[str]]:
    """The kind of verdict that was answered, and its rules."""
    assert answer.judgement is not None
    return said(answer.judgement)


def said(judgement: Judgement) -> tuple[str, list[str]]:
    """The kind of verdict, and its rules."""
    verdict = judgement.verdict
    return str(verdict.kind), [str(reason.rule) for reason in verdict.reasons]


def checked(code: str = "A-1", **more: Any) -> tuple[str, list[str]]:
    """What `check` says."""
    return said(checking.check(code, **more))


def parcel_states(number: str = "A-1") -> list[ParcelState]:
    """Where an order's parcels stand."""
    return [standing(parcel_id).state for parcel_id in parcel_ids(order_id(number))]


def hold_moves(hold_id: int) -> list[tuple[str, str]]:
    """The states that a hold came into, oldest first."""
    return [
        (row[0], row[1])
        for row in rows_of("SELECT state, reason FROM hold_event WHERE hold_id = ? ORDER BY id", (hold_id,))
    ]


def standing_of_hold(card: HoldCard) -> tuple[str, str]:
    """A hold's state and reason."""
    return str(card.hold.state), str(card.hold.reason)


def entries(*columns: str) -> list[tuple[Any, ...]]:
    """Columns of all ledger entries but recorded heads, oldest first; of `facts` what they say, without what it was decided on."""
    rows = rows_of(
        f"SELECT {', '.join(columns)} FROM ledger WHERE kind NOT IN ('chain_opened', 'head_recorded') "
        "ORDER BY at, writer_id, sequence"
    )
    return [
        tuple(_facts(value) if name == "facts" else value for name, value in zip(columns, row, strict=True))
        for row in rows
    ]


_GROUNDS = ("text", "evidence", "data_age_ms")


def _facts(text: str) -> dict[str, object]:
    return {name: value for name, value in json.loads(text).items() if name not in _GROUNDS}


def kinds() -> list[str]:
    """The kinds of all ledger entries, oldest first."""
    return [row[0] for row in entries("kind")]


def dump(leave_out: Sequence[str] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    names = [table._meta.table_name for table in EVERY_TABLE]
    return {name: sorted(rows_of(f"SELECT * FROM {name}"), key=repr) for name in names if name not in leave_out}
