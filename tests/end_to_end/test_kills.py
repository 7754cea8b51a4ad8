"""The program is killed, told to end, loses its terminal, or fails: nothing shown as recorded is lost."""

from __future__ import annotations

import random
import re
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from packstation.store.check import check
from packstation.store.database import rows_of, transaction
from packstation.store.ledger import verify
from packstation.store.tables.base import database as engine
from packstation.tui.theme import Tone
from tests.end_to_end.pseudo_terminal import NeverShownError
from tests.end_to_end.real_desk import RealDesk, argv, desk_of, scans, states_of, surroundings
from tests.end_to_end.shop import World, order

ROUNDS = [1, pytest.param(8, marks=pytest.mark.long)]
PARCELS = 12
LEFT_THE_SCREEN = (b"\x1b[?1049l", b"\x1b[?25h")
"""The alternate screen is left, the cursor is shown."""


@pytest.mark.parametrize("rounds", ROUNDS)
def test_whatever_was_shown_as_recorded_survives_kill_9(rounds: int, world: World, tmp_path: Path) -> None:
    rng = random.Random(20261122)
    shown_packed: set[str] = set()
    for round_number in range(rounds):
        numbers = [f"K{round_number}-{number:02d}" for number in range(PARCELS)]
        world.bring(*(order(number) for number in numbers))
        with desk_of(world, tmp_path, guard=0, executed=True) as desk:
            assert rows_of("SELECT count(*) FROM parcel WHERE state = 'on_desk'") == [(0,)]
            seen = _packed_until_killed(desk, numbers, rng.uniform(0.02, 1.2))
        shown_packed |= seen.packed
        for number in shown_packed:
            assert states_of(number) == ["packed"]
        for number in seen.green:
            assert (number, "pack") in scans()
        assert check() == []
        assert verify()[1] == []
    on_desk = [row[0] for row in rows_of("SELECT id FROM parcel WHERE state = 'on_desk'")]
    with desk_of(world, tmp_path) as desk:
        assert rows_of("SELECT count(*) FROM parcel WHERE state = 'on_desk'") == [(0,)]
        if on_desk:
            desk.sees("Unfinished: K")
    for command in (("db", "check"), ("ledger", "verify")):
        ended = subprocess.run(
            argv(world.url, *command), env=surroundings(tmp_path, 0), capture_output=True, text=True, check=False
        )
        assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout


class _Seen:
    """What the screen said of the parcels."""

    def __init__(self) -> None:
        self.green: set[str] = set()
        self.packed: set[str] = set()

    def look(self, desk: RealDesk, number: str) -> None:
        if desk.shows("PACK", Tone.PACK, number):
            self.green.add(number)
        if desk.shows("PACKED", Tone.DONE, number):
            self.packed.add(number)


def _packed_until_killed(desk: RealDesk, numbers: list[str], seconds: float) -> _Seen:
    seen = _Seen()
    number = numbers[0]
    killer = threading.Timer(seconds, desk.terminal.process.kill)
    killer.start()
    try:
        for number in numbers:
            desk.scan(number)
            desk.answers("PACK", Tone.PACK, number)
            seen.green.add(number)
            desk.scan(number)
            desk.answers("PACKED", Tone.DONE, number)
            seen.packed.add(number)
    except (NeverShownError, OSError):
        assert desk.terminal.wait_for_end() == -signal.SIGKILL
        seen.look(desk, number)
    finally:
        killer.cancel()
    desk.terminal.kill()
    return seen


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=lambda number: number.name)
def test_a_signal_ends_the_program_in_order_and_puts_the_terminal_back(
    world: World, tmp_path: Path, number: signal.Signals
) -> None:
    world.bring(order("A-1"))
    with desk_of(world, tmp_path) as desk:
        desk.scan("A-1")
        desk.answers("PACK", Tone.PACK, "A-1")
        desk.terminal.process.send_signal(number)
        assert desk.terminal.wait_for_end() == 0
        _terminal_is_back(desk)
    assert ("A-1", "pack") in scans()


def test_a_terminal_that_goes_away_ends_the_program(world: World, tmp_path: Path) -> None:
    world.bring(order("A-1"))
    with desk_of(world, tmp_path, guard=0) as desk:
        desk.packs("A-1")
        desk.terminal.hang_up()
        desk.terminal.wait_for_end()
    assert states_of("A-1") == ["packed"]


def test_a_failure_of_the_program_is_one_line_and_exit_code_1(world: World, tmp_path: Path) -> None:
    world.bring(order("A-1"))
    with desk_of(world, tmp_path, executed=True) as desk:
        with transaction():
            engine.execute_sql("UPDATE shop SET zone = 'No/Where'")
        desk.scan("A-1")
        assert desk.terminal.wait_for_end() == 1
        _terminal_is_back(desk)
        after = desk.terminal.received().rpartition(b"\x1b[?1049l")[2].decode()
    said = [line for line in re.sub(r"\x1b\[[0-9;?<>=]*[a-zA-Z]", "", after).splitlines() if line.strip()]
    assert "".join(said).startswith("packstation: stopped by ")
    assert "Traceback" not in "".join(said)
    crash = next(tmp_path.glob("state/**/crash-*.log"))
    assert "Traceback" in crash.read_text("utf-8")


def _terminal_is_back(desk: RealDesk) -> None:
    received = desk.terminal.received()
    for sequence in LEFT_THE_SCREEN:
        assert sequence in received
    assert received.rfind(b"\x1b[?1049l") > received.rfind(b"\x1b[?1049h")
    assert received.rfind(b"\x1b[?25h") > received.rfind(b"\x1b[?25l")
