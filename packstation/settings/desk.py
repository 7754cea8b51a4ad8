"""How parcels are finished and kept: `[desk]`, `[shelf]`."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from packstation.domain.times import SECOND
from packstation.settings.section import Argument, Section


def _slot_names(names: tuple[str, ...]) -> tuple[str, ...]:
    if not names:
        raise ValueError("at least one name, or no such key")
    if any(not re.fullmatch(r"[\w.-]{1,8}", name) for name in names):
        raise ValueError("names of 1 to 8 letters, digits, dots and hyphens")
    twice = next(
        (name for place, name in enumerate(names) if name.casefold() in map(str.casefold, names[:place])), None
    )
    if twice is not None:
        raise ValueError(f"each name once; {twice} stands there twice")
    return names


SlotNames = Annotated[tuple[str, ...], AfterValidator(_slot_names)]


class DeskSettings(Section):
    """How a parcel is finished, taken back and kept."""

    finish_by: Literal["second_scan", "next_parcel"] = "second_scan"
    require_acknowledge_stop: bool = False
    undo_seconds: float = Field(default=30, ge=0, le=600)
    lease_seconds: float = Field(default=300, ge=10, le=7200)
    repeat_guard_seconds: float = Field(default=1.5, ge=0, le=10)

    @property
    def undo_ms(self) -> int:
        """How long a finish can be taken back."""
        return round(self.undo_seconds * SECOND)

    @property
    def lease_ms(self) -> int:
        """How long a parcel stays on a desk that says nothing more about it."""
        return round(self.lease_seconds * SECOND)

    @property
    def repeat_guard_ms(self) -> int:
        """How long after its PACK was painted a second scan of a code is still a repeat."""
        return round(self.repeat_guard_seconds * SECOND)


class ShelfSettings(Section):
    """The hold shelf: rows are lettered from A, columns numbered from 1; or the slots' own names, in the order they are filled.

    `slip_command` gets the slip of a parcel that was put there as a PDF on its standard input; empty: none is printed.
    """

    rows: int = Field(default=4, ge=1, le=26)
    columns: int = Field(default=6, ge=1, le=99)
    slots: SlotNames = ()
    slip_command: tuple[Argument, ...] = ()

    @property
    def slot_names(self) -> tuple[str, ...]:
        """The names of the slots, such as A1; without names of their own row by row."""
        return self.slots or tuple(
            f"{chr(ord('A') + row)}{column}" for row in range(self.rows) for column in range(1, self.columns + 1)
        )
