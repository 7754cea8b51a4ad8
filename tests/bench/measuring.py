"""How benchmarks measure and print."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which `percent` of the values lie, by nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(percent / 100 * (len(ordered) - 1)))]


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def ratio_line(what: str, ours: float, floor: float, aim: str, unit: str = "s") -> str:
    """One result: our figure, the floor's, their ratio, and what we aim at."""
    return f"{what:<58} {ours:9.3f} {unit:<2} / {floor:9.3f} {unit:<2} = {ours / floor:6.2f}x   aim {aim}"
