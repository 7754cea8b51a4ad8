from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from packstation.cli.config import app
from packstation.settings import default_config_folder, load_settings


def shipped_files() -> set[Path]:
    folder = default_config_folder()
    return {file.relative_to(folder) for file in folder.rglob("*") if file.is_file()}


def test_init_writes_all_shipped_files_which_load_as_they_are(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "config"
    result = CliRunner().invoke(app, ["init", str(target)])
    assert result.exit_code == 0
    assert result.output.count("\n") == 1
    assert {file.relative_to(target) for file in target.rglob("*") if file.is_file()} == shipped_files()
    assert load_settings(target) == load_settings(default_config_folder())


def test_init_overwrites_nothing_and_then_writes_nothing(tmp_path: Path) -> None:
    mine = tmp_path / "risk.toml"
    mine.write_text("mine")
    result = CliRunner().invoke(app, ["init", str(tmp_path)])
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert str(mine) in result.stderr
    assert list(tmp_path.iterdir()) == [mine]
    assert mine.read_text() == "mine"


def test_init_without_a_folder_writes_where_the_settings_are_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACKSTATION_CONFIG", str(tmp_path / "named"))
    assert CliRunner().invoke(app, ["init"]).exit_code == 0
    assert (tmp_path / "named" / "packstation.toml").is_file()
    monkeypatch.delenv("PACKSTATION_CONFIG")
    monkeypatch.setattr("packstation.cli.config.user_config_folder", lambda: tmp_path / "users")
    assert CliRunner().invoke(app, ["init"]).exit_code == 0
    assert (tmp_path / "users" / "packstation.toml").is_file()


def test_init_into_a_place_that_is_no_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(app, ["init", str(tmp_path / "file" / "below")])
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
