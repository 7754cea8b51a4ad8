"""What goes into the parcel beside the goods, as the packer reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from packstation.domain.care import Insert
from packstation.domain.plain_text import plain
from packstation.locale import _
from packstation.locale.care_words import insert_text
from packstation.tui.theme import GOOD, MUTED
from packstation.tui.widgets.panel import wrapped
from packstation.tui.widgets.text import Shown, styled


@dataclass(frozen=True, slots=True)
class CareShown:
    """What is to be put in, and the rules of what the packer leaves out."""

    inserts: tuple[Insert, ...]
    left_out: frozenset[str] = frozenset()


def care_rows(care: CareShown, zone: str, width: int, most: int) -> Sequence[Shown]:
    """Lines that say what to put in, in at most so many; what is left out comes last, unlit."""
    put_in = [insert_text(insert, zone) for insert in care.inserts if insert.rule not in care.left_out]
    left = [insert_text(insert, zone) for insert in care.inserts if insert.rule in care.left_out]
    rows: list[Shown] = []
    if put_in:
        text = plain(_("Put in: {inserts}").format(inserts=" · ".join(put_in)), 600)
        rows += [styled((line, GOOD)) for line in wrapped(text, width, max(1, most - bool(left)))]
    if left:
        text = plain(_("left out: {inserts}").format(inserts=" · ".join(left)), 600)
        rows += [styled((line, MUTED)) for line in wrapped(text, width, 1)]
    return rows[:most]
