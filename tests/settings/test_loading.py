from __future__ import annotations

from pathlib import Path

import pytest

from packstation.domain.codes import CodeFormat
from packstation.domain.times import DAY
from packstation.settings import (
    Settings,
    load_settings,
)
from tests.settings.files import write


def test_the_command_line_beats_the_environment_which_beats_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, '[station]\nname = "file"\nlanguage = "en"\n[desk]\nundo_seconds = 7')
    assert load_settings(folder).station.name == "file"
    monkeypatch.setenv("PACKSTATION_STATION__NAME", "environment")
    monkeypatch.setenv("PACKSTATION_DATABASE", "sqlite:///environment.db")
    from_environment = load_settings(folder)
    assert (from_environment.station.name, from_environment.station.language) == ("environment", "en")
    assert (from_environment.database, from_environment.desk.undo_ms) == ("sqlite:///environment.db", 7_000)
    given = load_settings(folder, database="sqlite:///given.db", station="given", language="vi")
    assert (given.database, given.station.name, given.station.language) == ("sqlite:///given.db", "given", "vi")


def test_lists_and_switches_can_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACKSTATION_PRIVACY__MASKED_ROLES", '["packer"]')
    monkeypatch.setenv("PACKSTATION_STATION__KIOSK", "false")
    monkeypatch.setenv("PACKSTATION_OVERRIDE__REASONS__EN", '["one", "two", "three", "four", "five"]')
    settings = load_settings()
    assert (settings.privacy.masked_roles, settings.station.kiosk) == (("packer",), False)
    assert settings.override.reasons.en[0] == "one"


def test_other_programs_variables_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACKSTATION_KEY", "secret")
    monkeypatch.setenv("STATION__NAME", "not ours")
    assert load_settings().station.name == Settings().station.name


def test_the_scanners_settings_are_the_form_of_its_codes(folder: Path) -> None:
    write(folder, '[scanner]\nprefix = "~"\nstrip_aim = false')
    code_format = load_settings(folder).scanner.code_format
    assert (code_format.prefix, code_format.suffix, code_format.strip_aim) == ("~", "", False)
    assert load_settings().scanner.code_format == CodeFormat()


def test_shelf_slots_are_named_by_row_and_column(folder: Path) -> None:
    write(folder, "[shelf]\nrows = 2\ncolumns = 3")
    assert load_settings(folder).shelf.slot_names == ("A1", "A2", "A3", "B1", "B2", "B3")


def test_shelf_slots_can_have_names_of_their_own(folder: Path) -> None:
    write(folder, '[shelf]\nslots = ["Kệ-2", "Kệ-1"]')
    assert load_settings(folder).shelf.slot_names == ("Kệ-2", "Kệ-1")


def test_a_carrier_is_what_its_section_says_and_every_other_one_has_the_standard_terms(folder: Path) -> None:
    write(folder, '[carriers.ghn]\nnames = ["Giao Hàng Nhanh"]\npayout_days = 3\n')
    carriers = load_settings(folder).carrier_terms
    assert carriers.name("GIAO HANG NHANH - Hàng nặng") == "ghn"
    assert carriers.terms("GHN").payout_ms == 3 * DAY
    assert carriers.terms("Nhà xe Phương Trang").payout_ms == 7 * DAY
