from __future__ import annotations

import os
import sys
import time

import pytest
from textual import events
from textual.message import Message

from packstation.tui import terminal
from packstation.tui.terminal import InputReader


def shown(messages: list[Message]) -> str:
    """Keys as what they type, pastes in brackets, the rest by name."""
    parts = []
    for message in messages:
        if isinstance(message, events.Key):
            parts.append({"\r": "⏎"}.get(message.character or "", message.character or f"<{message.key}>"))
        elif isinstance(message, events.Paste):
            parts.append(f"[{message.text}]")
        else:
            parts.append(f"<{type(message).__name__}>")
    return "".join(parts)


def read(*chunks: bytes) -> str:
    reader = InputReader()
    messages = [message for chunk in chunks for message in reader.feed(chunk)]
    return shown([*messages, *reader.silence()])


@pytest.mark.parametrize(
    ("chunks", "keys"),
    [
        ([b"ABC\r"], "ABC⏎"),
        (["ĐÂY".encode()[:1], "ĐÂY".encode()[1:]], "ĐÂY"),
        ([b"A\xffB\r"], "A\ufffdB⏎"),
        ([b"A\xe1\xba"], "A\ufffd"),
        ([b"A\xe1\xba", b"\rB"], "A\ufffd⏎B"),
        ([b"\x1b[200~A\rB\x1b[201~C"], "[A\rB]C"),
        ([b"\x1b[20", b"0~A", b"B\x1b[20", b"1~C"], "[AB]C"),
        ([b"A\x1b[200~B\rC"], "A[B\rC]"),
        ([b"A\x1b[M\rXY"], "A[M⏎XY"),
        ([b"A\x1b[99999999;1uB\r", b"C\r"], "A⏎C⏎"),
    ],
)
def test_any_bytes_are_read_and_what_follows_is_exact(chunks: list[bytes], keys: str) -> None:
    assert read(*chunks) == keys


def test_after_a_silence_nothing_is_left_over_for_the_next_code() -> None:
    for rest in (b"\xe1\xba", b"\x1b[200~", b"\x1b[200~AB\x1b[2", b"\x1b[<0;5", b"\x1b"):
        reader = InputReader()
        list(reader.feed(rest))
        list(reader.silence())
        assert not reader.unfinished, rest
        assert shown(list(reader.feed(b"GOOD\r"))) == "GOOD⏎", rest


def test_the_reader_s_clock_runs_only_while_it_waits_for_input() -> None:
    driver = object.__new__(terminal.StationDriver)
    driver.fileno, other_end = os.pipe()
    try:
        busy_from = driver.input_time
        time.sleep(0.02)
        assert driver.input_time == busy_from
        assert not driver._wait_until_readable(0.02)
        waited = driver.input_time
        assert waited > busy_from
        os.write(other_end, b"x")
        assert driver._wait_until_readable(10)
        assert driver.input_time - waited < 10
    finally:
        os.close(driver.fileno)
        os.close(other_end)


def test_a_configured_driver_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTUAL_DRIVER", "textual.drivers.web_driver:WebDriver")
    assert terminal.driver_class() is None


def test_on_windows_textual_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert terminal.driver_class() is None
