"""The messages that the input layer sends to the app."""

from __future__ import annotations

from enum import StrEnum

from textual.message import Message


class ScanOrigin(StrEnum):
    """How a code came in."""

    SCANNER = "scanner"
    PASTE = "paste"
    HAND = "hand"


class Scanned(Message):
    """A code came in. `sequence` counts from 1 without a gap; an answer carries it, and an older one is not painted.

    The code is as it came, printable characters only and never blank; `packstation.domain.codes` says what it means.
    """

    def __init__(self, code: str, sequence: int, origin: ScanOrigin) -> None:
        super().__init__()
        self.code = code
        self.sequence = sequence
        self.origin = origin


class TypedLineChanged(Message):
    """What has been typed by hand of a code so far, to be shown; empty when it was sent or given up."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
