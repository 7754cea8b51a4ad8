from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from packstation.acts import scanning
from packstation.store.database import DatabaseAwayError
from packstation.tui.app import StationApp
from packstation.tui.widgets.banner import BannerText
from tests.tui.worlds import Clock, Hands, World, at_desk, fresh, risky, settings_for


class Faults:
    """Stands in for an act, and fails as often as it is told."""

    def __init__(self, act: Callable[..., Any], error: Exception, times: int) -> None:
        self._act = act
        self._error = error
        self.left = times

    def __call__(self, *arguments: object) -> object:
        if self.left:
            self.left -= 1
            raise self._error
        return self._act(*arguments)


async def scanned_into(app: StationApp, *codes: str) -> None:
    """Run an app and scan codes into it."""
    async with app.run_test() as pilot:
        await Hands(app, pilot, Clock()).scan(*codes)


async def test_while_the_database_is_away_nothing_is_green_and_no_scan_is_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.bring(fresh("ORD5001"), fresh("ORD5002"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD5001")
        assert hands.tone == "pack"
        tones: list[str] = []
        show = hands.app.desk.banner.cover

        def watched(says: BannerText | None) -> None:
            show(says)
            tones.append(hands.tone)

        monkeypatch.setattr(hands.app.desk.banner, "cover", watched)
        faults = Faults(scanning.scan, DatabaseAwayError("gone"), 2)
        monkeypatch.setattr(scanning, "scan", faults)
        await hands.scan("ORD5002")
        assert tones[0] == "away"
        assert faults.left == 0
        assert hands.tone == "pack"
        assert "ORD5002" in hands.banner


async def test_a_crash_leaves_a_file_without_values_and_a_failure_code(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret = "0912345678"

    def broken(*_arguments: object) -> None:
        phone = secret
        raise ZeroDivisionError(len(phone))

    monkeypatch.setattr(scanning, "scan", broken)
    app = StationApp(settings_for(world.url), crash_logs=tmp_path / "logs")
    with pytest.raises(ZeroDivisionError):
        await scanned_into(app, world.packer_badge, "ORD5001")
    assert app.return_code == 1
    (file,) = (tmp_path / "logs").iterdir()
    written = file.read_text(encoding="utf-8")
    assert "ZeroDivisionError" in written
    assert secret not in written


@pytest.mark.parametrize("kiosk", [True, False])
async def test_only_without_kiosk_the_program_can_be_quit(world: World, kiosk: bool) -> None:
    settings = settings_for(world.url, station={"kiosk": kiosk})
    async with at_desk(settings, world.packer_badge) as hands:
        await hands.press("ctrl+q")
        running = hands.app.is_running and not hands.app._exit
        assert running is kiosk


async def test_scans_back_to_back_are_all_answered_in_order(world: World) -> None:
    numbers = [f"ORD60{place:02d}" for place in range(12)]
    world.bring(*(fresh(number, cod=False) for number in numbers))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan(*numbers)
        assert hands.tone == "pack"
        assert numbers[-1] in hands.banner
        assert sorted(hands.app.station.unfinished) == numbers[:-1]


@pytest.mark.parametrize("key", ["f1", "f3", "f10", "f5"])
async def test_a_parcel_scanned_into_any_dialog_is_answered(world: World, key: str) -> None:
    world.bring(*risky("ORD2001"), fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.supervisor_badge) as hands:
        await hands.scan("ORD2001")
        await hands.press(key)
        assert hands.dialog != ""
        await hands.scan("ORD1001")
        assert hands.dialog == ""
        assert hands.tone == "pack"


async def test_a_code_typed_by_hand_is_shown_and_looked_up(world: World) -> None:
    world.bring(fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.type("ORD100")
        assert "ORD100" in hands.status
        await hands.type("1")
        await hands.press("enter")
        assert hands.tone == "pack"


async def test_keys_of_the_last_line_can_be_clicked(world: World) -> None:
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.pilot.click("#keys", offset=(2, 0))
        await hands.settle()
        assert hands.dialog == "Help"


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50), (20, 5), (1, 1)])
@pytest.mark.parametrize("language", ["en", "vi"])
async def test_every_size_shows_a_verdict(world: World, size: tuple[int, int], language: str) -> None:
    world.bring(*risky("ORD2001"))
    async with at_desk(settings_for(world.url, language=language), world.packer_badge, size=size) as hands:
        await hands.scan("ORD2001")
        assert hands.tone == "call"
        await hands.press("f2", "f2")
