"""The terminal driver: Textual's, made proof against what a barcode can put into the stream of keys.

Textual 8.2.8 dies of one byte that is not UTF-8, goes deaf at a bracketed paste without an end, takes what follows an
unfinished escape sequence as its rest, and believes any report about size and cursor that the stream contains.
"""

from __future__ import annotations

import codecs
import os
import re
import select
import sys
import time
from collections.abc import Iterable, Iterator

from textual import events
from textual._parser import ParseError
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.driver import Driver
from textual.message import Message
from textual.messages import InBandWindowResize

PASTE_SILENCE = 0.15
"""Seconds without a byte that end a paste whose end marker never came."""
_POLL = 0.1
_POLL_UNFINISHED = 0.05
_CHUNK = 4096
_CONTROLS = re.compile(r"(?=[\r\n\t])")
_PASTE_MARKS = re.compile(f"{re.escape(BRACKETED_PASTE_START)}|{re.escape(BRACKETED_PASTE_END)}")


def driver_class() -> type[Driver] | None:
    """The driver for this system's terminal; None, Textual's own choice, on Windows and where one is configured."""
    if sys.platform == "win32" or os.environ.get("TEXTUAL_DRIVER"):
        return None
    return StationDriver


class InputReader:
    """Bytes of the terminal to Textual messages, whatever the bytes are. Not thread-safe; fed by one thread.

    Wraps Textual's parser: replaces invalid UTF-8, ends an escape sequence at the next Enter, LF or Tab, which no
    sequence contains, ends an unfinished paste after a silence, and starts a new parser should it ever fail.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._parser = XTermParser()
        self._pasting = False
        self._seen = ""

    def feed(self, data: bytes) -> Iterator[Message]:
        """The messages that these bytes complete."""
        text = self._decoder.decode(data)
        for piece in _CONTROLS.split(text):
            if piece[:1] in ("\r", "\n", "\t"):
                yield from self._finish_sequence()
            yield from self._parse(piece)

    def tick(self) -> Iterator[Message]:
        """The messages that the passing of time completes: an Escape key on its own, an escape sequence given up."""
        yield from self._guarded(self._parser.tick())

    def silence(self) -> Iterator[Message]:
        """The messages that a silence of `PASTE_SILENCE` completes: half a character, half a sequence, half a paste."""
        rest = self._decoder.decode(b"", final=True)
        self._decoder.reset()
        yield from self._parse(rest)
        yield from self._finish_sequence()
        if self._pasting:
            yield from self._parse(BRACKETED_PASTE_END)

    @property
    def unfinished(self) -> bool:
        """Whether a silence could complete anything."""
        return self._pasting or self._in_sequence or bool(self._decoder.getstate()[0])

    @property
    def _in_sequence(self) -> bool:
        return self._parser._awaiting.timeout is not None

    def _finish_sequence(self) -> Iterator[Message]:
        if self._in_sequence:
            self._parser._timeout_time = 0.0
            yield from self._guarded(self._parser.tick())

    def _parse(self, text: str) -> Iterator[Message]:
        # The parser takes an empty text for the end of the stream.
        if text:
            self._note_paste_marks(text)
            yield from self._guarded(self._parser.feed(text))

    def _guarded(self, messages: Iterable[Message]) -> Iterator[Message]:
        """The messages of the parser; it is replaced if it fails, as over a key numbered `ESC[9999999;1u`."""
        try:
            yield from messages
        except (ArithmeticError, LookupError, RuntimeError, ValueError, ParseError):
            self._parser = XTermParser()
            self._pasting = False

    def _note_paste_marks(self, text: str) -> None:
        seen = self._seen + text
        for mark in _PASTE_MARKS.finditer(seen):
            self._pasting = mark.group() == BRACKETED_PASTE_START
        self._seen = seen[-(len(BRACKETED_PASTE_START) - 1) :]


if sys.platform != "win32":
    from textual.drivers.linux_driver import LinuxDriver

    class StationDriver(LinuxDriver):
        """Reads the terminal through `InputReader`, and believes the system alone about the terminal's size.

        What it reads is stamped by a clock that runs only while the reader waits for input. So two keys are as far
        apart as they were typed, however long a busy program took to look at the first.
        """

        _clock: tuple[float, float | None] = (0.0, None)
        _parsed: list[Message] | None = None

        @property
        def input_time(self) -> float:
            """Seconds on the reader's clock; it stands still from when something is read until it is handed in."""
            waited, since = self._clock
            return waited if since is None else waited + time.monotonic() - since

        def run_input_thread(self) -> None:
            """Read the terminal until the app ends; a terminal that is gone ends the app with a failure code."""
            reader = InputReader()
            silence = 0.0
            while not self.exit_event.is_set():
                poll = _POLL_UNFINISHED if reader.unfinished else _POLL
                if not self._readable_within(0) and not self._wait_until_readable(poll):
                    silence += poll
                    if reader.unfinished and silence >= PASTE_SILENCE:
                        self._process(reader.silence())
                    self._process(reader.tick())
                    continue
                silence = 0.0
                if not (data := self._read()):
                    return
                self._process(reader.feed(data))

        def _sigcont_application(self, *_: object) -> None:
            # A program that was stopped from outside never left the terminal: starting again would read it twice.
            if self._must_signal_resume:
                super()._sigcont_application()

        def process_message(self, message: Message) -> None:
            """Hand on what was read, but for reports about the terminal that any barcode could contain."""
            if not isinstance(message, (events.Resize, events.CursorPosition, InBandWindowResize)):
                super().process_message(message)

        def send_message(self, message: Message) -> None:
            """Keep a message until all of what was read at once is parsed, which spares a task a key."""
            if self._parsed is None:
                super().send_message(message)
            else:
                self._parsed.append(message)

        def _process(self, messages: Iterable[Message]) -> None:
            parsed = self._parsed = []
            for message in messages:
                message.time = self.input_time
                self.process_message(message)
            self._parsed = None
            if parsed:
                self._loop.call_soon_threadsafe(self._post, parsed)

        def _post(self, messages: list[Message]) -> None:
            for message in messages:
                self._app.post_message(message)

        def _wait_until_readable(self, seconds: float) -> bool:
            self._clock = self.input_time, time.monotonic()
            readable = self._readable_within(seconds)
            self._clock = self.input_time, None
            return readable

        def _readable_within(self, seconds: float) -> bool:
            return bool(select.select([self.fileno], [], [], seconds)[0])

        def _read(self) -> bytes:
            try:
                data = os.read(self.fileno, _CHUNK)
            except OSError:
                data = b""
            if not data and self.input_tty:
                self._app.call_later(self._app.exit, return_code=1)
            return data


def input_time(driver: Driver | None) -> float:
    """Now, on the clock that stamps this driver's keys."""
    if sys.platform != "win32" and isinstance(driver, StationDriver):
        return driver.input_time
    return Message().time
