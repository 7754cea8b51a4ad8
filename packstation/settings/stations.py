"""The station, its scanner and its bell: `[station]`, `[scanner]`, `[sounds]`."""

from __future__ import annotations

import platform
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from packstation.domain.codes import CodeFormat
from packstation.settings.section import PrintableText, Section

Language = Literal["vi", "en"]


def _bell_pattern(text: str) -> str:
    if not re.fullmatch(r"[*.]{1,40}", text):
        raise ValueError("* for a ring and . for a pause")
    return text


BellPattern = Annotated[str, AfterValidator(_bell_pattern)]


class StationSettings(Section):
    """This station. `kiosk` keeps quit, palette and suspend from whoever stands at it; 0 minutes never lock it."""

    name: PrintableText = Field(default_factory=lambda: platform.node() or "station", min_length=1, max_length=40)
    language: Language = "vi"
    kiosk: bool = True
    lock_after_minutes: int = Field(default=15, ge=0, le=1440)


class ScannerSettings(Section):
    """What the scanner adds to a code, and how its keys are told from a person's. Times in ms."""

    prefix: str = Field(default="", max_length=10)
    suffix: str = Field(default="", max_length=10)
    strip_inner_spaces: bool = True
    strip_aim: bool = True
    strip_separators: bool = True
    key_gap_ms: int = Field(default=35, ge=5, le=200)
    silence_ms: int = Field(default=100, ge=20, le=1000)
    shortest_code: int = Field(default=4, ge=1, le=20)

    @property
    def code_format(self) -> CodeFormat:
        """What is taken off a scanned code."""
        return CodeFormat(self.prefix, self.suffix, self.strip_inner_spaces, self.strip_aim, self.strip_separators)


class SoundSettings(Section):
    """Bell patterns: `*` rings, `.` is a pause."""

    on: bool = True
    pause_ms: int = Field(default=120, ge=20, le=1000)
    pack: BellPattern = "*"
    call: BellPattern = "*.*"
    stop: BellPattern = "*.*.*.*"
    already_packed: BellPattern = "*....*"
    unknown: BellPattern = "*..*..*"
    alarm: BellPattern = "*.*.*....*.*.*"
