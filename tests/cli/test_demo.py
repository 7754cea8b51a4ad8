"""`packstation demo` as somebody tries it: in a real terminal, with its simulated channels and its daemon."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.pseudo_terminal import PseudoTerminal
from tests.end_to_end.real_desk import PROGRAM, RealDesk, surroundings

QUIT = b"\x11"
_WITH_AGES = re.compile(r"(shopee|lazada|tiktok|woocommerce) \d+ ?s")
_HELD = re.compile(r"Open holds: (\d+)")


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """The folder in which the demo makes its own."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


@pytest.fixture
def demo(tmp_path: Path, temporary: Path) -> Iterator[RealDesk]:
    """The demo on a screen that has room for the ages of all channels."""
    env = {**surroundings(tmp_path, 0.3), "TMPDIR": str(temporary)}
    with PseudoTerminal([PROGRAM, "--lang", "en", "demo"], env=env, columns=160, rows=40, cwd=tmp_path) as terminal:
        yield RealDesk(terminal, 0.3)


@pytest.mark.long
def test_the_demo_shows_fresh_data_and_a_new_hold_and_leaves_nothing_behind(demo: RealDesk, temporary: Path) -> None:
    terminal = demo.terminal
    terminal.wait_for("Who is working here?", timeout=60)
    demo.press(*"Lan", "enter")
    demo.sees("Codes to try")
    demo.press("escape")
    terminal.wait_for(lambda seen: len(_WITH_AGES.findall(seen.row(0))) >= 4, timeout=60)
    demo.press("f3")
    demo.sees("Open holds:")
    first = _held(terminal)
    terminal.wait_for(lambda seen: _held(seen) >= first + 2, timeout=120)
    beside = _processes_in(temporary) - {terminal.process.pid}
    assert len(beside) >= 2, "the simulated shops and the daemon"
    demo.press("escape")
    terminal.send(QUIT)
    assert terminal.wait_for_end() == 0
    assert not _processes_in(temporary)
    assert list(temporary.iterdir()) == []


def _held(terminal: PseudoTerminal) -> int:
    """How many open holds the list on screen counts."""
    found = _HELD.search(terminal.text())
    return int(found[1]) if found else -1


def _processes_in(temporary: Path) -> set[int]:
    """The living processes that were told to keep their files in this folder."""
    told = f"TMPDIR={temporary}".encode()
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes().split(b"\0")
            is_dead = (folder / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except OSError:
            continue
        if told in environment and not is_dead and int(folder.name) != os.getpid():
            found.add(int(folder.name))
    return found
