from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.end_to_end.pseudo_terminal import PseudoTerminal

CODE = "SPXVN062621518857ABC"
GOOD = "GOODSCAN000000000001"
BEHIND = "BEHINDEVERYTHING"
"""Scanned to know that all that was typed before has had its effect."""
BY_HAND = 0.07
"""Seconds between two keys that no scanner needs: a quick typist."""
UNHURRIED = ("--gap", "0.3")
"""For tests that type a scanner's keys one by one: on a busy machine they come late."""


class Recording:
    """The running app and what it wrote down."""

    def __init__(self, terminal: PseudoTerminal, log: Path) -> None:
        self.terminal = terminal
        self._log = log

    def all(self, *kinds: str) -> list[object]:
        entries = [json.loads(line) for line in self._log.read_text("utf-8").splitlines()]
        return [value for kind, value in entries if kind in kinds]

    def scans(self) -> list[str]:
        """The codes so far; their numbers run without a gap."""
        return [code for code in self._scans() if not code.startswith(BEHIND)]

    def wait_for_scans(self, count: int) -> list[str]:
        """The codes, once there are so many and all that was typed before has had its effect."""
        self.reach(count)
        self.settle()
        return self.scans()

    def reach(self, count: int) -> None:
        """Wait until there are so many."""
        self.terminal.wait_for(lambda _: len(self.scans()) >= count)

    def wait_for_scan(self, code: str) -> None:
        self.terminal.wait_for(lambda _: self.scans()[-1:] == [code])

    def settle(self) -> None:
        """Wait until all that was typed has had its effect: what is typed behind it has."""
        behind = f"{BEHIND}{len(self._scans()):04d}"
        self.terminal.send(f"{behind}\r".encode())
        self.terminal.wait_for(lambda _: self._scans()[-1:] == [behind])

    def type(self, keys: bytes) -> None:
        """Type as hands do, a key at a time."""
        for key in keys:
            self.terminal.send(bytes([key]))
            self.pause(BY_HAND)

    def pause(self, seconds: float) -> None:
        """Let time pass after what was typed last was read."""
        self.terminal.wait_until_read()
        time.sleep(seconds)

    def _scans(self) -> list[str]:
        entries = [json.loads(line) for line in self._log.read_text("utf-8").splitlines()]
        scans = [value for kind, value in entries if kind == "scan"]
        assert [number for number, _, _ in scans] == list(range(1, len(scans) + 1))
        return [code for _, code, _ in scans]


@contextmanager
def recording(tmp_path: Path, *options: str) -> Iterator[Recording]:
    log = tmp_path / "log"
    log.touch()
    argv = ["scanning_app", str(log), *options]
    with PseudoTerminal(argv, columns=80, rows=30, forked="tests.end_to_end.scanning_app:main") as terminal:
        terminal.wait_for("READY")
        yield Recording(terminal, log)


@pytest.mark.parametrize("focus", ["input", "area", "button", "table", "modal", "nothing"])
def test_a_scan_arrives_whole_and_touches_nothing_whatever_has_focus(tmp_path: Path, focus: str) -> None:
    with recording(tmp_path, "--focus", focus, *UNHURRIED) as app:
        app.terminal.send(CODE.encode() + b"\r")
        app.wait_for_scans(1)
        for character in GOOD:
            app.terminal.send(character.encode())
            time.sleep(0.00025)
        app.terminal.send(b"\r")
        assert app.wait_for_scans(2) == [CODE, GOOD]
        assert app.all("input", "area", "submitted", "pressed", "line") == []


@pytest.mark.parametrize("count", [60, pytest.param(500, marks=pytest.mark.long)])
@pytest.mark.parametrize("stall", ["0", "0.3"])
def test_hundreds_of_codes_in_one_go_arrive_in_order_once(tmp_path: Path, stall: str, count: int) -> None:
    codes = [f"ORDER{number:015d}" for number in range(count)]
    with recording(tmp_path, "--focus", "input", "--stall", stall) as app:
        app.terminal.send("".join(f"{code}\r" for code in codes).encode())
        assert app.wait_for_scans(count) == codes
        assert app.all("input", "submitted", "pressed") == []


def test_scans_without_an_end_arrive_while_the_loop_is_stalled(tmp_path: Path) -> None:
    codes = [f"ORDER{number:015d}" for number in range(8)]
    with recording(tmp_path, "--focus", "button", "--stall", "0.3") as app:
        for code in codes:
            app.terminal.send(code.encode())
            app.pause(0.25)
        assert app.wait_for_scans(len(codes)) == codes


ENDS = ["\r", "\n", "\t", "\r\n", "\n\r", "\r\t", ""]


def test_every_end_of_a_code_is_taken_and_nothing_else_happens(tmp_path: Path) -> None:
    with recording(tmp_path, "--focus", "button") as app:
        expected: list[str] = []
        for end in ENDS:
            for code in (CODE, GOOD, CODE):
                expected.append(code)
                app.terminal.send((code + end).encode())
                app.reach(len(expected))
            assert app.wait_for_scans(len(expected)) == expected, repr(end)
            assert app.all("pressed") == [], repr(end)


def test_a_scan_whose_keys_are_delayed_is_one_scan(tmp_path: Path) -> None:
    with recording(tmp_path, "--focus", "button", *UNHURRIED) as app:
        for part in (CODE[:3], CODE[3:4], CODE[4:11], CODE[11:], "\r"):
            app.terminal.send(part.encode())
            app.pause(0.02)
        assert app.wait_for_scans(1) == [CODE]
        assert app.all("pressed", "line") == []


HOSTILE = {
    "ctrl+q": b"ABC\x11DEF",
    "ctrl+q first": b"\x11ABCDEF",
    "ctrl+c and ctrl+p": b"ABC\x03\x10DEF",
    "nul and bell": b"A\x00B\x07CDEF",
    "group separators": b"01\x1d02\x1eABC",
    "mouse press": b"ABC\x1b[<0;5;2MDEF",
    "mouse click": b"ABC\x1b[<0;5;2M\x1b[<0;5;2mDEF",
    "mouse far outside": b"ABC\x1b[<0;99999999999;5MDEF",
    "unfinished paste": b"ABC\x1b[200~DEF",
    "unfinished paste at the end": b"ABCDEF\x1b[200~",
    "unfinished mouse": b"ABC\x1b[<0;5",
    "old mouse": b"ABCDEF\x1b[M",
    "escape at the end": b"ABCDEF\x1b",
    "operating system command": b"ABC\x1b]0;title\x07DEF",
    "cursor and size reports": b"ABC\x1b[9;9R\x1b[48;1;1;1;1t\x1b[?2048;1$yDEF",
    "a key beyond Unicode": b"ABC\x1b[99999999;1uDEF",
    "function keys": b"ABC\x1b[11~\x1b[21~\x1bOPDEF",
    "focus lost": b"ABC\x1b[ODEF",
    "an invalid byte": b"ABC\xffDEF",
    "latin-1": b"ABC\xe9DEF",
    "half a character at the end": b"ABCDEF\xe1\xba",
    "c1 control": b"ABC\xc2\x9bDEF",
    "ten thousand characters": b"A" * 10_000,
    "markup": b"[@click=app.quit]x[/]",
}


A_FEW = [
    "ctrl+q",
    "nul and bell",
    "mouse click",
    "unfinished paste at the end",
    "unfinished mouse",
    "operating system command",
    "a key beyond Unicode",
    "half a character at the end",
]


@pytest.mark.parametrize("names", [A_FEW, pytest.param(list(HOSTILE), marks=pytest.mark.long)], ids=["few", "all"])
@pytest.mark.parametrize("end", [b"\r", b""], ids=["enter", "silence"])
def test_no_hostile_code_quits_or_clicks_or_deafens(tmp_path: Path, end: bytes, names: list[str]) -> None:
    with recording(tmp_path, "--focus", "button") as app:
        for number, name in enumerate(names):
            good = f"GOODSCAN{number:012d}"
            app.terminal.send(HOSTILE[name] + end)
            # What was read is still to be taken apart, and the reader's clock stands still meanwhile.
            app.pause(0.3 + len(HOSTILE[name]) / 5_000)
            app.terminal.send(good.encode() + b"\r")
            app.wait_for_scan(good)
            assert app.all("pressed") == [], name
        assert "READY" in app.terminal.text()


def test_control_keys_are_dropped_out_of_a_code(tmp_path: Path) -> None:
    with recording(tmp_path) as app:
        app.terminal.send(b"\x11ABC\x00DE\x1b[<0;5;5MF\r")
        assert app.wait_for_scans(1) == ["ABCDEF"]


def test_the_code_behind_a_hostile_one_is_exact_even_without_a_pause(tmp_path: Path) -> None:
    with recording(tmp_path, "--focus", "button") as app:
        for number, hostile in enumerate(
            (b"ABC\x1b[<0;5", b"ABCDEF\x1b[M", b"ABCDEF\x1b", b"ABC\xe1\xba", b"ABC\x1b[200~DEF")
        ):
            good = f"GOODSCAN{number:012d}"
            app.terminal.send(hostile + b"\r" + good.encode() + b"\r")
            app.wait_for_scan(good)
        assert app.all("pressed") == []


def test_typing_reaches_the_focused_field_and_enter_submits_it(tmp_path: Path) -> None:
    with recording(tmp_path, "--focus", "input") as app:
        app.type(b"buyer 42\r")
        app.terminal.wait_for(lambda _: app.all("submitted") == ["buyer 42"])
        assert app.scans() == []


def test_tab_and_enter_by_hand_work_on_buttons(tmp_path: Path) -> None:
    with recording(tmp_path, "--focus", "nothing") as app:
        app.type(b"\t\r")
        app.terminal.wait_for(lambda _: app.all("pressed") == ["button"])


def test_a_real_click_works(tmp_path: Path) -> None:
    with recording(tmp_path) as app:
        app.terminal.send(b"\x1b[<0;5;2M")
        app.pause(BY_HAND)
        app.terminal.send(b"\x1b[<0;5;2m")
        app.terminal.wait_for(lambda _: app.all("pressed") == ["button"])


def test_a_release_without_its_press_clicks_nothing(tmp_path: Path) -> None:
    with recording(tmp_path) as app:
        app.terminal.send(b"\x1b[<0;5;2M\x1b[<0;5;2m")
        app.terminal.wait_for(lambda _: app.all("pressed") == ["button"])
        app.terminal.send(b"ABC\x1b[<0;5;2MDEF\r")
        app.wait_for_scans(1)
        app.terminal.send(b"\x1b[<0;5;2m")
        app.pause(BY_HAND)
        app.settle()
        assert app.all("pressed") == ["button"]


def test_a_damaged_code_is_typed_by_hand_without_any_field(tmp_path: Path) -> None:
    with recording(tmp_path, "--focus", "button") as app:
        app.type(b"HD1\x7f07")
        app.terminal.wait_for(lambda _: app.all("line")[-1:] == ["HD07"])
        app.terminal.send(b"\r")
        assert app.wait_for_scans(1) == ["HD07"]
        assert app.all("line")[-1] == ""
        assert app.all("pressed") == []


def test_single_key_shortcuts_work(tmp_path: Path) -> None:
    with recording(tmp_path) as app:
        app.terminal.send(b"s")
        app.terminal.wait_for(lambda _: app.all("pressed") == ["shortcut"])


def test_a_paste_is_a_scan_a_line(tmp_path: Path) -> None:
    with recording(tmp_path, "--focus", "input") as app:
        app.terminal.send(b"\x1b[200~" + f"{CODE}\r\n\n{GOOD}".encode() + b"\x1b[201~")
        assert app.wait_for_scans(2) == [CODE, GOOD]
        assert app.all("input") == []


def test_terminals_with_the_kitty_protocol_work_alike(tmp_path: Path) -> None:
    def kitty(text: str) -> bytes:
        keys = []
        for character in text:
            if character.isupper():
                keys.append("\x1b[57441;2u")
                keys.append(f"\x1b[{ord(character.lower())};2;{ord(character)}u")
            else:
                keys.append(f"\x1b[{ord(character)};1;{ord(character)}u")
        return "".join(keys).encode()

    with recording(tmp_path, "--focus", "button") as app:
        app.terminal.send((kitty(CODE) + b"\x1b[13u") * 3)
        assert app.wait_for_scans(3) == [CODE] * 3
        app.terminal.send(kitty("ABC") + b"\x1b[113;5u" + kitty("DEF") + b"\x1b[13u")
        assert app.wait_for_scans(4)[3] == "ABCDEF"
        assert app.all("pressed", "line") == []


def test_a_terminal_that_goes_away_ends_the_program(tmp_path: Path) -> None:
    with recording(tmp_path) as app:
        app.terminal.hang_up()
        assert app.terminal.wait_for_end() != 0


def test_textual_s_own_field_merges_scans_that_follow_each_other(tmp_path: Path) -> None:
    """Why scans must not go through a field, and why a test that waits after each key cannot see it."""
    codes = [f"ORDER{number:015d}" for number in range(50)]
    with recording(tmp_path, "--stock") as app:
        app.terminal.send("".join(f"{code}\r" for code in codes).encode())
        app.terminal.wait_for(lambda _: len(app.all("submitted")) == len(codes))
        assert app.all("submitted") != codes
