from __future__ import annotations

import asyncio

from packstation.domain.verdict import Reason, StopRule, Verdict, VerdictKind
from packstation.settings import SoundSettings
from packstation.tui.sounds import Bell, Sound, sound_of


def verdict(kind: VerdictKind, *rules: str) -> Verdict:
    return Verdict(kind, tuple(Reason(rule) for rule in rules), 1, 0)


def test_a_parcel_packed_already_has_a_sound_of_its_own() -> None:
    assert sound_of(verdict(VerdictKind.STOP, StopRule.PACKED)) is Sound.ALREADY_PACKED
    assert sound_of(verdict(VerdictKind.STOP, StopRule.STATUS)) is Sound.STOP
    assert sound_of(verdict(VerdictKind.PACK)) is Sound.PACK


async def test_a_pattern_rings_as_often_as_it_has_stars() -> None:
    rings: list[int] = []
    bell = Bell(SoundSettings(pause_ms=20, stop="*.*..*"), lambda: rings.append(1))
    bell.play(Sound.STOP)
    assert len(rings) == 1
    await asyncio.sleep(0.2)
    assert len(rings) == 3


async def test_a_new_sound_cuts_the_old_one_off_but_not_an_alarm() -> None:
    rings: list[int] = []
    bell = Bell(SoundSettings(pause_ms=50, alarm="*.*.*", pack="*"), lambda: rings.append(1))
    bell.play(Sound.STOP)
    bell.play(Sound.ALARM)
    bell.play(Sound.PACK)
    await asyncio.sleep(0.3)
    assert len(rings) == 1 + 3


async def test_silence_where_sounds_are_off() -> None:
    rings: list[int] = []
    Bell(SoundSettings(on=False), lambda: rings.append(1)).play(Sound.ALARM)
    assert rings == []
