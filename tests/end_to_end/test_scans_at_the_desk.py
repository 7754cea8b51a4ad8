"""Scans into the running program: whole, once and in order, whatever has the keyboard and however busy it is."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from packstation.domain.orders import Outcome, Status
from packstation.domain.times import DAY
from packstation.store.database import database_now, rows_of
from packstation.tui.theme import Tone
from tests.end_to_end.real_desk import RealDesk, codes, desk_of, program, scans
from tests.end_to_end.shop import PIN, World, order, risky
from tests.factories import an_order

STALL_SECONDS = 0.3
COUNTS = [60, pytest.param(500, marks=pytest.mark.long)]


def parcel(number: int) -> str:
    """A code of 20 characters."""
    return f"SPXVN{number:015d}"


def test_a_scan_reaches_the_desk_whole_and_once_whatever_has_the_keyboard(world: World, tmp_path: Path) -> None:
    past = an_order(
        "OLD-1",
        buyer="lan",
        placed_at=database_now() - 9 * DAY,
        status=Status.DELIVERED,
        outcome=Outcome.DELIVERED,
    )
    world.bring(past, *risky("RISKY-1"), order("OTHER-1", buyer="lan"))
    world.bring(*(order(parcel(number)) for number in range(8)))
    with desk_of(world, tmp_path) as desk:
        expected = _from_dialogs(desk) + _from_the_desk(desk, world)
    assert codes() == expected
    sent = [code for code in expected if code.startswith("SPX")]
    assert [(code, answer) for code, answer in scans() if code in sent] == [(code, "pack") for code in sent]
    assert rows_of("SELECT state, reason FROM hold") == [("waiting", "rule")]
    assert rows_of("SELECT result FROM attempt") == [(None,)]


def _from_dialogs(desk: RealDesk) -> list[str]:
    desk.press("f10")
    desk.sees("Who is working here?")
    desk.type("m")
    _scanned(desk, parcel(0))
    desk.press("f10")
    desk.sees("Who is working here?")
    desk.type("ma")
    desk.press("enter")
    desk.sees("PIN of Mai")
    desk.type(PIN[:2])
    _scanned(desk, parcel(1))
    desk.press("f1")
    desk.sees("Keys, and printed commands")
    _scanned(desk, parcel(2))
    desk.press("f3")
    desk.sees("Open holds: 1")
    _scanned(desk, parcel(3))
    return [parcel(number) for number in range(4)]


def _from_the_desk(desk: RealDesk, world: World) -> list[str]:
    desk.scan("OTHER-1")
    desk.answers("PACK", Tone.PACK, "OTHER-1", "OLD-1")
    desk.press("f6")
    desk.sees("1 Overview")
    _scanned(desk, parcel(4))
    desk.scan("OTHER-1")
    # What is unfinished and what was bought before is on the screen already: only the order itself is not.
    desk.looks("OTHER-1")
    desk.answers("PACK", Tone.PACK, "OTHER-1", "OLD-1")
    desk.press("f6")
    desk.sees("1 Overview")
    desk.press("2")
    desk.sees("what became of it: all", "OLD-1")
    desk.press("end", "enter")
    desk.sees("Order OLD-1")
    _scanned(desk, parcel(5))
    desk.scan("RISKY-1")
    desk.answers("CALL", Tone.CALL, "RISKY-1")
    desk.press("f2", "f2")
    desk.sees("0912 345 678")
    _scanned(desk, parcel(6))
    desk.scan("RISKY-1")
    desk.answers("CALL", Tone.CALL, "RISKY-1")
    desk.press("f5")
    desk.scan(world.supervisor_badge)
    desk.sees("Who: Mai")
    desk.press("r", "5")
    desk.sees("reason in your own words")
    desk.type("known")
    desk.sees("known")
    _scanned(desk, parcel(7))
    return [
        "OTHER-1",
        parcel(4),
        "OTHER-1",
        parcel(5),
        "RISKY-1",
        parcel(6),
        "RISKY-1",
        parcel(7),
    ]


def _scanned(desk: RealDesk, code: str) -> None:
    desk.scan(code)
    desk.answers("PACK", Tone.PACK, code)


def test_before_anybody_signed_in_a_scan_is_refused_aloud_and_reaches_no_field(world: World, tmp_path: Path) -> None:
    world.bring(order(parcel(1)))
    with program(world.url, tmp_path) as desk:
        desk.sees("Who is working here?", "Lan", "Mai")
        desk.scan(parcel(1))
        desk.sees("Sign in first: scan your badge", "Lan", "Mai")
        assert parcel(1) not in desk.terminal.text()
        desk.scan(world.packer_badge)
        desk.sees("Lan (packer)")
        _scanned(desk, parcel(1))


@pytest.mark.parametrize("count", COUNTS)
def test_hundreds_of_codes_in_one_go_are_answered_in_order_once(world: World, tmp_path: Path, count: int) -> None:
    sent = _codes(world, count)
    with desk_of(world, tmp_path) as desk:
        desk.scan(*sent)
        desk.terminal.wait_for(lambda _: len(codes()) >= len(sent), timeout=120)
        desk.answers("PACK", Tone.PACK, sent[-1])
        assert codes() == sent


@pytest.mark.parametrize("count", COUNTS)
def test_hundreds_of_codes_are_answered_while_the_program_is_stalled_again_and_again(
    world: World, tmp_path: Path, count: int
) -> None:
    sent = _codes(world, count)
    with desk_of(world, tmp_path) as desk:
        with _stalling(desk):
            desk.scan(*sent)
            desk.terminal.wait_for(lambda _: len(codes()) >= len(sent), timeout=240)
        desk.answers("PACK", Tone.PACK, sent[-1])
        assert codes() == sent


def _codes(world: World, count: int) -> list[str]:
    """Codes of which every tenth is a parcel's, the last one too."""
    known = [parcel(number) for number in range(count // 10)]
    world.bring(*map(order, known))
    unknown = [f"NOSUCH{number:014d}" for number in range(count - len(known))]
    return [known[place // 10] if place % 10 == 9 else unknown[place - place // 10] for place in range(count)]


@contextmanager
def _stalling(desk: RealDesk) -> Iterator[None]:
    """Stop the program for 300 ms at a time, as often as it runs 100 ms."""
    over = threading.Event()

    def stall() -> None:
        while not over.is_set():
            desk.terminal.process.send_signal(signal.SIGSTOP)
            time.sleep(STALL_SECONDS)
            desk.terminal.process.send_signal(signal.SIGCONT)
            over.wait(STALL_SECONDS / 3)

    thread = threading.Thread(target=stall)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
