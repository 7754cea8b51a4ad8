"""An answer of the desk as the screen needs it."""

from __future__ import annotations

from dataclasses import dataclass

from packstation.domain.cards import Judgement
from packstation.domain.plain_text import PlainText


@dataclass(frozen=True, slots=True)
class DeskAnswer:
    """A judged code with what happened around it.

    `slot` is where a held parcel waits, `freed_slots` where a released one is fetched from; `again` says that an unknown code
    was unknown a moment ago too; `asking` that the channels are asked for it, `trouble` why they could not tell; `remarks` are
    further lines, the most important first.
    """

    judgement: Judgement
    slot: str | None = None
    freed_slots: tuple[str, ...] = ()
    phone_hidden: bool = False
    again: bool = False
    remarks: tuple[PlainText, ...] = ()
    asking: bool = False
    trouble: str = ""
