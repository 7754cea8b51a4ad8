"""The terminal driver: Textual's, made proof against what a barcode can put into the stream of keys.

Textual 8.2.8 dies of one byte that is not UTF-8, goes deaf at a bracketed paste without an end, takes what follows an
unfinished escape sequence as its rest, and believes any report about size and cursor that the stream contains.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual import events
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.message import Message

if TYPE_CHECKING:
    from textual.driver import Driver

PASTE_SILENCE = 0.15
"""Seconds without a byte that end a paste whose end marker never came."""
_POLL = 0.05
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
        """The messages that a silence of `PASTE_SILENCE` completes: half a character, half a paste."""
        rest = self._decoder.decode(b"", final=True)
        self._decoder.reset()
        yield from self._parse(rest)
        if self._pasting:
            yield from self._finish_sequence()
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
        """The messages of the parser; it is replaced if a sequence that it takes for a key is none (`ESC[9999999;1u`)."""
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
