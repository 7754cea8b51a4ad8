"""Processes forked off one that has loaded the program: most of what a start spends is loading."""

from __future__ import annotations

from multiprocessing import get_context
from multiprocessing.context import ForkServerContext

_LOADED = (
    "packstation.cli",
    "packstation.tui.app",
    "phonenumbers",
    "rule_engine",
    "tests.acts.busy_desks",
    "tests.end_to_end.forked_program",
    "tests.end_to_end.scanning_app",
    "tests.end_to_end.whole_day.actors",
)


def forking() -> ForkServerContext:
    """Where such processes come from; there is one origin for all tests of this process."""
    context = get_context("forkserver")
    context.set_forkserver_preload(list(_LOADED))
    return context
