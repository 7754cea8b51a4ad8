"""What it costs to link a buyer who comes in beside ten thousand others, and beside a million."""

from __future__ import annotations

import time
from pathlib import Path

from packstation.store.database import close_database
from tests.bench.importing import empty_database
from tests.bench.measuring import ratio_line, say
from tests.store.linked_world import World, make_world, store

SIZES = (10_000, 1_000_000)
_NEWCOMERS = 2_000
_AT_ONCE = 20


def run(folder: Path, sizes: tuple[int, int] = SIZES) -> None:
    """Measure both; filling the larger one takes some minutes."""
    few, many = (_cost(folder / f"{size}.db", size) for size in sizes)
    say(ratio_line(f"linking a buyer beside {sizes[1]:,} against {sizes[0]:,}", many, few, "<= 2", "ms"))


def _cost(file: Path, size: int) -> float:
    """Milliseconds to store and link one more buyer, some at a time as a daemon does."""
    everybody = make_world(size + _NEWCOMERS)
    empty_database(file)
    store(World(everybody.humans, everybody.profiles[:size]))
    began = time.perf_counter()
    store(World(everybody.humans, everybody.profiles[size : size + _NEWCOMERS]), _AT_ONCE)
    taken = time.perf_counter() - began
    close_database()
    return taken * 1000 / _NEWCOMERS
