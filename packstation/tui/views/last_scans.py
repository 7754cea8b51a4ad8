"""What was scanned here last, shown while nothing is on the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from packstation.domain.plain_text import PlainText, plain
from packstation.locale import _
from packstation.tui.theme import MUTED, PAINTS, STRONG, Tone
from packstation.tui.widgets.cells import fitted
from packstation.tui.widgets.panel import Draw, heading
from packstation.tui.widgets.text import Shown, styled

MOST = 30


@dataclass(frozen=True, slots=True)
class LastScan:
    """One answer: the time as shown, the banner's tone and word, and the number."""

    time: str
    tone: Tone
    word: PlainText
    number: str


def last_scans(scans: Sequence[LastScan]) -> Draw:
    """The panel of the last answers, the latest first."""
    rows: list[Shown] = [_row(scan) for scan in scans]
    if not rows:
        rows = [styled((plain(_("Nothing was scanned yet")), MUTED))]
    return lambda _width, _height: [heading(_("LAST SCANS")), *rows]


def _row(scan: LastScan) -> Shown:
    paint = PAINTS[scan.tone]
    chip = plain(fitted(plain(f" {scan.word}"), 15))
    return styled(
        (plain(f"{scan.time} "), MUTED),
        (chip, f"bold {paint.letters} on {paint.background}"),
        (plain(f" {plain(scan.number, 40)}"), STRONG),
    )
