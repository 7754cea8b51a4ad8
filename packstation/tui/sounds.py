"""What the desk says aloud: the terminal's bell in patterns that are told apart without looking."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import StrEnum

from packstation.domain.verdict import StopRule, Verdict, VerdictKind
from packstation.settings import SoundSettings


class Sound(StrEnum):
    """The sounds; each is the key of its pattern in the settings."""

    PACK = "pack"
    CALL = "call"
    STOP = "stop"
    ALREADY_PACKED = "already_packed"
    UNKNOWN = "unknown"
    ALARM = "alarm"


def sound_of(verdict: Verdict) -> Sound:
    """The sound of a verdict; a parcel that is merely packed already has its own soft one."""
    if verdict.kind is VerdictKind.STOP and any(reason.rule == StopRule.PACKED for reason in verdict.reasons):
        return Sound.ALREADY_PACKED
    return Sound(str(verdict.kind))


class Bell:
    """Rings patterns; a new one cuts off the one before, but never an alarm."""

    def __init__(self, settings: SoundSettings, ring: Callable[[], None]) -> None:
        self._settings = settings
        self._ring = ring
        self._rings: list[asyncio.TimerHandle] = []
        self._alarm_until = 0.0

    def play(self, sound: Sound) -> None:
        """Ring the pattern of a sound."""
        if not self._settings.on:
            return
        loop = asyncio.get_running_loop()
        now = loop.time()
        if sound is not Sound.ALARM and now < self._alarm_until:
            return
        for handle in self._rings:
            handle.cancel()
        self._rings.clear()
        pattern, delay = getattr(self._settings, sound), 0.0
        for mark in pattern:
            if mark == ".":
                delay += self._settings.pause_ms / 1_000
            elif delay:
                self._rings.append(loop.call_later(delay, self._ring))
            else:
                self._ring()
        if sound is Sound.ALARM:
            self._alarm_until = now + delay
