"""Start to the first usable screen, against the bare app of the same panels."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tests.bench.measuring import percentile, ratio_line, say
from tests.bench.raw_terminal import RawTerminal
from tests.bench.worlds import make_world

_STARTS = 9


def run(folder: Path) -> None:
    """Start both by turns."""
    database = folder / "start.db"
    make_world(database, 10_000)
    program = [sys.executable, "-m", "packstation", "--database", f"sqlite:///{database}", "run", "--station", "bench"]
    ours, floor = [], []
    for _start in range(_STARTS):
        floor.append(_start_of([sys.executable, "-m", "tests.bench.bare_app"], b"READY"))
        ours.append(_start_of(program, b"Lan"))
    for percent in (50, 99):
        line = ratio_line(
            f"start to first usable screen, p{percent}",
            percentile(ours, percent),
            percentile(floor, percent),
            "<= 2.00x",
        )
        say(line)


def _start_of(program: list[str], ready: bytes) -> float:
    began = time.perf_counter()
    terminal = RawTerminal(program, {})
    try:
        return terminal.wait_for(ready) - began
    finally:
        terminal.close()
