"""Scan to painted verdict through a real pty, against the bare app that only echoes the code."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.measuring import percentile, ratio_line, say
from tests.bench.raw_terminal import RawTerminal
from tests.bench.worlds import big_buyers_number, make_world, packable_number

SIZES = (10_000, 100_000, 1_000_000)
_SCANS = 120
_WARMING = 10
_REST = 0.12
_ENV = {
    "PACKSTATION_DESK__REPEAT_GUARD_SECONDS": "0",
    "PACKSTATION_STATION__LANGUAGE": "en",
    "PACKSTATION_SOUNDS__ON": "false",
}


def run(folder: Path) -> None:
    """Measure the floor and each size, the floor before and after, since machines are shared."""
    files = {}
    for size in SIZES:
        files[size] = folder / f"{size}.db"
        began = time.perf_counter()
        make_world(files[size], size)
        say(f"made a database of {size} orders in {time.perf_counter() - began:.0f} s")
    floor = _echoes()
    ours = {size: _verdicts(files[size], packable_number) for size in SIZES}
    big = _verdicts(files[SIZES[-1]], big_buyers_number)
    floor += _echoes()
    for percent in (50, 99):
        base = percentile(floor, percent)
        for size in SIZES:
            line = ratio_line(
                f"scan to verdict, {size} orders, p{percent}", percentile(ours[size], percent), base, "<= 1.50x", "ms"
            )
            say(line)
        say(
            ratio_line(
                f"scan to verdict, buyer with 20,000 orders, p{percent}",
                percentile(big, percent),
                base,
                "<= 1.50x",
                "ms",
            )
        )
        largest, smallest = percentile(ours[SIZES[-1]], percent), percentile(ours[SIZES[0]], percent)
        say(ratio_line(f"{SIZES[-1]} orders against {SIZES[0]}, p{percent}", largest, smallest, "<= 1.20x", "ms"))


def _echoes() -> list[float]:
    terminal = RawTerminal([sys.executable, "-m", "tests.bench.bare_app"], {})
    try:
        terminal.wait_for(b"READY")
        terminal.rest(1.0)
        return _timed(terminal, packable_number, lambda _code: None)
    finally:
        terminal.close()


def _verdicts(database: Path, number: Callable[[int], str]) -> list[float]:
    program = [sys.executable, "-m", "packstation", "--database", f"sqlite:///{database}", "run", "--station", "bench"]
    terminal = RawTerminal(program, _ENV)

    def finish(code: str) -> None:
        terminal.send(f"{code}\r".encode())
        terminal.wait_for(b"recorded")
        terminal.rest(_REST)

    try:
        terminal.wait_for(b"Lan")
        terminal.rest(1.5)
        terminal.send(b"\r")
        terminal.rest(1.5)
        return _timed(terminal, number, finish)
    finally:
        terminal.close()


def _timed(terminal: RawTerminal, number: Callable[[int], str], afterwards: Callable[[str], None]) -> list[float]:
    """Milliseconds from the write of a code to the first output that holds it."""
    taken = []
    for place in range(_WARMING + _SCANS):
        code = number(place)
        began = time.perf_counter()
        terminal.send(f"{code}\r".encode())
        taken.append((terminal.wait_for(code.encode()) - began) * 1_000)
        terminal.rest(_REST)
        afterwards(code)
    return taken[_WARMING:]
