"""The program itself in a real terminal, on a small shop's SQLite file that the test fills while it runs."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from packstation.domain.plain_text import plain
from packstation.settings import default_config_folder
from packstation.store.database import rows_of
from packstation.tui.theme import PAINTS, Tone
from packstation.tui.widgets.banner import BannerText, drawn
from packstation.tui.widgets.big_letters import ROWS
from tests.end_to_end.pseudo_terminal import NeverShownError, PseudoTerminal
from tests.end_to_end.shop import World

PROGRAM = str(Path(sys.executable).with_name("packstation"))
STATION = "desk-1"
KEYS = {
    "f1": b"\x1bOP",
    "f2": b"\x1bOQ",
    "f3": b"\x1bOR",
    "f4": b"\x1bOS",
    "f5": b"\x1b[15~",
    "f6": b"\x1b[17~",
    "f7": b"\x1b[18~",
    "f8": b"\x1b[19~",
    "f9": b"\x1b[20~",
    "f10": b"\x1b[21~",
    "ctrl+b": b"\x02",
    "ctrl+l": b"\x0c",
    "escape": b"\x1b",
    "enter": b"\r",
    "down": b"\x1b[B",
    "end": b"\x1b[F",
}
"""What a terminal sends for a key."""
BY_HAND = 0.07
"""Seconds between two keys that no scanner needs: a quick typist."""
BEHIND_A_SCAN = 0.2
"""Seconds after a scan before an Enter is not taken for its end."""
BEHIND_ESCAPE = 0.15
"""Seconds after Escape before a terminal's next key is not read as a part of the same sequence."""


def argv(url: str, *command: str, language: str = "en") -> list[str]:
    """The command line of the program."""
    return [PROGRAM, "--config", str(default_config_folder()), "--database", url, "--lang", language, *command]


def surroundings(folder: Path, guard: float) -> dict[str, str]:
    """An environment in which nothing of this computer's user is read or written."""
    return {
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_STATE_HOME": str(folder / "state"),
        "COLUMNS": "",
        "LINES": "",
        "PACKSTATION_DESK__REPEAT_GUARD_SECONDS": str(guard),
    }


_SURELY_A_REPEAT = 5.0
"""Seconds without an answer to a second scan."""


@dataclass
class RealDesk:
    """A scanner, a keyboard and eyes at the running program. `guard` is the station's repeat guard in seconds."""

    terminal: PseudoTerminal
    guard: float

    def scan(self, *codes: str) -> None:
        """Scan codes back to back, each with its Enter, in one write."""
        self.terminal.send("".join(f"{code}\r" for code in codes).encode())

    def press(self, *keys: str) -> None:
        """Press keys as a person does."""
        for key in keys:
            time.sleep(BEHIND_A_SCAN if key == "enter" else BY_HAND)
            self.terminal.send(KEYS.get(key, key.encode()))
            self.terminal.wait_until_read()
            if key == "escape":
                time.sleep(BEHIND_ESCAPE)
        time.sleep(BY_HAND)

    def type(self, text: str) -> None:
        """Type text by hand, without Enter."""
        self.press(*text)

    def sees(self, *texts: str) -> None:
        """Wait until the screen shows all of these at once."""
        self.terminal.wait_for(_Shows(texts, None, None))

    def answers(self, word: str, tone: Tone, *texts: str) -> None:
        """Wait until the banner shows a word in big letters on its colour, and the screen all of the texts."""
        self.terminal.wait_for(_Shows(texts, word, tone))

    def shows(self, word: str, tone: Tone, *texts: str) -> bool:
        """Whether it shows right now what `answers` would wait for."""
        return _Shows(texts, word, tone)(self.terminal)

    def sees_no(self, text: str) -> None:
        """Wait until the screen does not show a text any more."""
        self.terminal.wait_for(lambda terminal: text not in terminal.text())

    def packs(self, code: str, number: str | None = None) -> None:
        """Scan a parcel that gets PACK, look at it, and scan it again; once more where a busy machine painted late, and it was a repeat."""
        self.scan(code)
        self.answers("PACK", Tone.PACK, number or code)
        self.looks(number or code)
        self.scan(code)
        with suppress(NeverShownError):
            self.terminal.wait_for(_Shows((number or code,), "PACKED", Tone.DONE), timeout=_SURELY_A_REPEAT)
            return
        self.scan(code)
        self.answers("PACKED", Tone.DONE, number or code)

    def looks(self, number: str) -> None:
        """Look at an order's PACK for as long as the station wants it, which counts from when the verdict was painted."""
        order = re.compile(rf"(ORDER|ĐƠN) {re.escape(number)} ")
        self.terminal.wait_for(lambda terminal: order.search(terminal.text()) is not None)
        time.sleep(self.guard)

    def wait(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds that is not on the screen."""
        self.terminal.wait_for(lambda _terminal: holds())


class _Shows:
    """Whether a terminal shows a big word on its colour, and texts."""

    def __init__(self, texts: tuple[str, ...], word: str | None, tone: Tone | None) -> None:
        self._texts, self._word, self._tone = texts, word, tone

    def __repr__(self) -> str:
        return f"{self._word or ''} {self._tone or ''} {self._texts}"

    def __call__(self, terminal: PseudoTerminal) -> bool:
        lines = terminal.text().split("\n")
        if not all(any(text in line for line in lines) for text in self._texts):
            return False
        if self._word is None or self._tone is None:
            return True
        row = _row_of_big(self._word, lines, terminal.columns)
        return row is not None and f"#{terminal.cell(row, 0).bg}" == PAINTS[self._tone].background


def _row_of_big(word: str, lines: list[str], columns: int) -> int | None:
    says = BannerText(Tone.IDLE, (plain(word),))
    for height in (ROWS, 2 * ROWS):
        big = [strip.text for strip in drawn(says, columns, height)]
        for row in range(len(lines) - height + 1):
            if lines[row : row + height] == big:
                return row
    return None


@contextmanager
def program(
    url: str,
    folder: Path,
    *,
    guard: float = 0.1,
    columns: int = 80,
    rows: int = 24,
    language: str = "en",
    more: Mapping[str, str] | None = None,
    executed: bool = False,
) -> Iterator[RealDesk]:
    """The running program, without anybody signed in.

    Args:
        url: of its database.
        folder: for whatever it writes.
        guard: the station's repeat guard in seconds.
        columns: of its terminal.
        rows: of its terminal.
        language: of the desk.
        more: environment variables.
        executed: the installed command itself, from its first instruction; else the same in a process that has it loaded already.
    """
    command = argv(url, "run", "--station", STATION, language=language)
    env = {**surroundings(folder, guard), **(more or {})}
    forked = "" if executed else "packstation.cli:main"
    with PseudoTerminal(command, env=env, columns=columns, rows=rows, cwd=folder, forked=forked) as terminal:
        yield RealDesk(terminal, guard)


@contextmanager
def desk_of(world: World, folder: Path, *, badge: str | None = None, **how: object) -> Iterator[RealDesk]:
    """The running program, the packer signed in by badge (or whose `badge` is given)."""
    before = ledger_kinds().count("signed_in")
    with program(world.url, folder, **how) as desk:  # type: ignore[arg-type]
        desk.sees("Who is working here?" if how.get("language", "en") == "en" else "Ai làm ở bàn này?")
        desk.scan(badge or world.packer_badge)
        desk.wait(lambda: ledger_kinds().count("signed_in") > before)
        desk.sees_no("│")
        yield desk


def scans() -> list[tuple[str, str]]:
    """All scans in the database as (code, answer), oldest first."""
    return [(code, verdict) for code, verdict in rows_of("SELECT code, verdict FROM scan ORDER BY id")]


def codes() -> list[str]:
    """The codes of all scans in the database, oldest first."""
    return [code for code, _verdict in scans()]


def states_of(number: str) -> list[str]:
    """The packing states of an order's parcels."""
    sql = (
        "SELECT p.state FROM parcel p JOIN parcel_order po ON po.parcel_id = p.id JOIN orders o ON o.id = po.order_id "
        "WHERE o.number = ? ORDER BY p.id"
    )
    return [row[0] for row in rows_of(sql, (number,))]


def hold_of(number: str) -> tuple[str, str]:
    """State and reason of an order's latest hold."""
    sql = (
        "SELECT h.state, h.reason FROM hold h JOIN orders o ON o.id = h.order_id WHERE o.number = ? ORDER BY h.id DESC"
    )
    state, reason = rows_of(sql, (number,))[0]
    return state, reason


def ledger_kinds() -> list[str]:
    """What the ledger records, oldest first."""
    return [row[0] for row in rows_of("SELECT kind FROM ledger ORDER BY at, sequence")]
