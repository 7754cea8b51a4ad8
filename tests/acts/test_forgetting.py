from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from packstation.acts.approving import ask_approval
from packstation.acts.contacting import keep_recording, open_contact
from packstation.acts.forgetting import forget_everything_old
from packstation.acts.overriding import override
from packstation.acts.reporting_buyers import all_cases, close_case, open_case
from packstation.acts.ticking import tick
from packstation.acts.workplace import open_command
from packstation.domain.cases import CaseRules
from packstation.domain.holds import ContactMethod
from packstation.domain.orders import Outcome, Status, TimedOutcome
from packstation.domain.retention import DataKind, Retention
from packstation.domain.times import DAY
from packstation.store.check import check as checked_store
from packstation.store.customers import find_customers
from packstation.store.database import rows_of
from packstation.store.ledger import verify
from tests.acts.worlds import PIN, World, dump, entries, kinds, risky
from tests.factories import HOME, NOW, a_buyer, an_order, order_id

SHORT = Retention(scans=10 * DAY, addresses=20 * DAY, texts=30 * DAY)


def delivered(number: str, days_ago: int, **more: Any) -> Any:
    """An order that arrived so many days ago."""
    at = NOW - days_ago * DAY
    return an_order(
        number,
        placed_at=at - DAY,
        status=Status.COMPLETED,
        outcome=Outcome.DELIVERED,
        known_at=at,
        **{"buyer_note": "Giao cổng sau", **more},
    )


def purge(world: World, retention: Retention = SHORT) -> dict[DataKind, int]:
    return forget_everything_old(open_command("db purge", retention), world.packer)


def streets() -> list[tuple[str, str]]:
    return rows_of("SELECT number, street FROM orders ORDER BY number")


def test_an_ended_orders_address_and_notes_go_but_the_province_stays(world: World) -> None:
    world.arrive(delivered("A-1", 21), delivered("A-2", 19), an_order("A-3", placed_at=NOW - 90 * DAY))
    assert purge(world)[DataKind.ADDRESSES] == 1
    columns = "recipient, phone, street, ward, district, province, buyer_note"
    assert rows_of(f"SELECT {columns} FROM orders WHERE number = 'A-1'") == [("", "", "", "", "", HOME.province, "")]
    assert streets() == [("A-1", ""), ("A-2", HOME.street), ("A-3", HOME.street)]
    assert purge(world)[DataKind.ADDRESSES] == 0


def test_handed_in_again_unchanged_it_stays_forgotten(world: World) -> None:
    world.arrive(delivered("A-1", 21))
    purge(world)
    world.arrive(delivered("A-1", 21))
    assert streets() == [("A-1", "")]


def test_an_end_that_the_channel_took_back_keeps_its_address(world: World) -> None:
    order = delivered("A-1", 21)
    back = TimedOutcome(Outcome.OPEN, None, NOW - 15 * DAY)
    world.arrive(replace(order, outcomes=(*order.outcomes, back)))
    assert purge(world)[DataKind.ADDRESSES] == 0


def test_old_scans_go(world: World) -> None:
    world.desk.scan("T-0001")
    world.clock.pass_(10 * DAY)
    world.desk.scan("T-0002")
    assert purge(world)[DataKind.SCANS] == 1
    assert rows_of("SELECT code FROM scan") == [("T-0002",)]


def test_what_people_wrote_goes_and_the_chains_stay_whole(world: World) -> None:
    boss = world.supervisor()
    world.arrive(risky("A-1"))
    override(world.desk.place, boss, PIN, world.hold_of("A-1").id, release=True, reason="Cô Hai hàng xóm")
    before = rows_of("SELECT count(*) FROM ledger_text")[0][0]
    world.clock.pass_(30 * DAY)
    assert purge(world)[DataKind.TEXTS] == 0
    world.clock.pass_(1)
    forgotten = purge(world)
    assert (forgotten[DataKind.TEXTS], forgotten[DataKind.REASONS]) == (3, 1), (
        "the reason, and the evidence on which the hold was opened and overridden"
    )
    assert "Cô Hai" not in repr(dump())
    assert rows_of("SELECT count(*) FROM ledger_text") == [(before - 3,)], "the policy's text is nobody's"
    assert verify()[1] == []


def test_what_is_kept_for_good_stays(world: World) -> None:
    world.arrive(delivered("A-1", 9_000))
    world.desk.scan("T-0001")
    before = dump()
    assert purge(world, Retention()) == {}
    assert (
        dump(("writer", "ledger")).items()
        == {name: rows for name, rows in before.items() if name not in ("writer", "ledger")}.items()
    )


def test_what_was_forgotten_is_recorded(world: World) -> None:
    world.arrive(delivered("A-1", 21))
    purge(world)
    told = {"kind": "addresses", "count": 1, "before": world.clock.now - 20 * DAY}
    assert ("data_forgotten", world.packer, told) in entries("kind", "person_id", "facts")


def test_ticks_look_through_everything_a_piece_at_a_time_and_anew_a_day_later(world: World) -> None:
    place = open_command("daemon", SHORT)
    world.arrive(*(delivered(f"A-{number:04}", 40, buyer="an.nguyen") for number in range(1_100)))

    def ticks(count: int) -> int:
        for _ in range(count):
            tick(place)
        return sum(street == "" for _number, street in streets())

    assert [ticks(1), ticks(1), ticks(1)] == [500, 1_000, 1_100]
    ticks(2)
    world.arrive(delivered("B-1", 40))
    assert ticks(3) == 1_100
    world.clock.pass_(DAY)
    assert ticks(4) == 1_101


def test_a_tick_that_forgets_nothing_records_nothing(world: World) -> None:
    place = open_command("daemon", SHORT)
    world.arrive(delivered("A-1", 5))
    before = len(kinds())
    for _ in range(5):
        tick(place)
    assert len(kinds()) == before


def test_old_mails_and_closed_cases_go_with_their_files(world: World, tmp_path: Path) -> None:
    world.arrive(an_order("A-1"), an_order("B-1", buyer="binh"))
    by_hand, by_mail = CaseRules(folder=tmp_path), CaseRules(recipients={"shopee": "report@shopee.example"})
    saved = open_case(world.daemon, by_hand, None, order_id("A-1"), "vi")
    posted = open_case(world.daemon, by_mail, None, order_id("B-1"), "vi")
    close_case(world.daemon, None, saved.id)
    keeps = Retention(mails=20 * DAY, cases=30 * DAY)
    world.clock.pass_(30 * DAY)
    assert purge(world, keeps) == {DataKind.MAILS: 1, DataKind.CASES: 0}
    assert "report@shopee.example" not in repr(rows_of("SELECT * FROM mail"))
    assert len(list(tmp_path.iterdir())) == 2
    world.clock.pass_(1)
    assert purge(world, keeps) == {DataKind.MAILS: 0, DataKind.CASES: 1}
    assert list(tmp_path.iterdir()) == []
    assert [(card.id, card.letter is None) for card in all_cases()] == [(posted.id, False), (saved.id, True)]


def test_the_profile_of_who_did_not_order_for_long_goes_and_comes_back_with_an_order(world: World) -> None:
    named = a_buyer("an.nguyen", phone="0912345678", email="an@example.com")
    guest = a_buyer(None, name="Bình", phone="0987654321")
    world.arrive(delivered("A-1", 40, buyer=named), delivered("B-1", 40, buyer=guest))
    world.arrive(delivered("C-1", 40, buyer="chi"), an_order("C-2", buyer="chi"))
    keeps = Retention(profiles=30 * DAY)
    place = open_command("daemon", keeps)
    tick(place)
    assert rows_of("SELECT name, phone, email FROM buyer ORDER BY id")[:2] == [("", "", "")] * 2
    everything = repr(
        [rows_of(f"SELECT * FROM {table}") for table in ("buyer", "buyer_alias", "search_key", "search_word")]
    )
    assert {trace for trace in ("912345678", "an@example.com", "987654321", "binh") if trace in everything} == set()
    assert [found.id for found in find_customers("chi")] != []
    assert purge(world, keeps) == {DataKind.PROFILES: 0}
    [before] = find_customers("an.nguyen")
    world.arrive(an_order("A-2", buyer=named))
    [again] = find_customers("0912345678")
    assert again.id == before.id, "the channel's own id is the same buyer"
    assert checked_store() == []


def test_what_desks_asked_of_the_board_goes_like_other_words(world: World) -> None:
    ask_approval(world.desk.place, world.packer, world.held().id, "Cô Hai hàng xóm")
    world.clock.pass_(30 * DAY + 1)
    assert purge(world)[DataKind.REQUESTS] == 1
    assert "Cô Hai" not in repr(dump())
    assert purge(world)[DataKind.REQUESTS] == 0


def test_where_a_call_can_be_heard_is_forgotten_and_that_there_was_one_is_not(world: World) -> None:
    card = world.held()
    shown = open_contact(world.desk.place, world.packer, card.id, ContactMethod.CALL)
    assert shown.open_attempt is not None
    keep_recording(shown.open_attempt, "https://pbx.local/1.mp3")
    rules = Retention(recordings=10 * DAY)
    world.clock.pass_(9 * DAY)
    assert purge(world, rules)[DataKind.RECORDINGS] == 0
    world.clock.pass_(2 * DAY)
    assert purge(world, rules)[DataKind.RECORDINGS] == 1
    assert rows_of("SELECT method, recording FROM attempt") == [("call", "")]
