"""Alarms as lines: what every screen shows of those that nobody has acknowledged yet."""

from __future__ import annotations

from collections.abc import Sequence

from packstation.domain.plain_text import PlainText, plain
from packstation.tui.widgets.text import Shown, styled


def alarm_rows(texts: Sequence[PlainText], most: int) -> list[Shown]:
    """The first alarms, each in a line; the last line says how many more there are.

    Args:
        texts: the alarms, the most important first.
        most: how many lines there are for them, at least 1.
    """
    more = len(texts) - most
    seen = [plain(f" ⚠ {text}") for text in texts[:most]]
    if more > 0:
        seen[-1] = plain(f" ⚠ +{more}  {texts[most - 1]}")
    return [styled((text, "bold")) for text in seen]
