from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from packstation.settings import (
    config_file,
    config_folder,
    default_config_folder,
)
from tests.settings.files import mistake, write

CHECKOUT = Path(__file__).parent.parent.parent


def test_the_folder_is_the_given_one_then_the_environments_then_the_users_then_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named, users, given = (tmp_path / name for name in ("named", "users", "given"))
    assert config_folder() == default_config_folder()
    for folder in (users, named, given):
        folder.mkdir()
    assert config_folder() == users
    monkeypatch.setenv("PACKSTATION_CONFIG", str(named))
    assert config_folder() == named
    assert config_folder(given) == given


def test_a_file_that_the_folder_lacks_is_the_shipped_one(folder: Path) -> None:
    assert config_file("risk.toml", folder) == default_config_folder() / "risk.toml"
    own = write(folder, "")
    assert config_file("packstation.toml", folder) == own


def test_a_named_folder_that_is_not_there_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert mistake(tmp_path / "nowhere").startswith("--config = ")
    monkeypatch.setenv("PACKSTATION_CONFIG", str(tmp_path / "nowhere"))
    assert mistake().startswith("PACKSTATION_CONFIG = ")


def test_a_checkout_has_the_defaults_beside_the_package() -> None:
    assert default_config_folder() == CHECKOUT / "config"


ASK_WHERE = "from packstation import settings; print(settings.default_config_folder()); settings.load_settings()"


def where_defaults_are(site: Path) -> Path:
    environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONSAFEPATH": "1"}
    done = subprocess.run(
        [sys.executable, "-c", ASK_WHERE], cwd=site, env=environment, capture_output=True, text=True, check=True
    )
    return Path(done.stdout.strip())


def test_an_installed_package_has_the_defaults_inside(tmp_path: Path) -> None:
    package = tmp_path / "packstation"
    shutil.copytree(CHECKOUT / "packstation", package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(CHECKOUT / "config", package / "config")
    assert where_defaults_are(tmp_path) == package / "config"


@pytest.mark.long
def test_a_wheel_brings_the_defaults_along(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(tmp_path), str(CHECKOUT)]
    subprocess.run(pip, check=True, capture_output=True)
    folder = where_defaults_are(tmp_path)
    assert folder == tmp_path / "packstation" / "config"
    shipped = {file.relative_to(CHECKOUT / "config") for file in (CHECKOUT / "config").rglob("*") if file.is_file()}
    assert {file.relative_to(folder) for file in folder.rglob("*") if file.is_file()} == shipped
