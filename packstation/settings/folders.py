"""Where config files are looked for, and where the user's data lies unless the settings say otherwise."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from packstation.settings_errors import SettingsError, shown

CONFIG_VARIABLE = "PACKSTATION_CONFIG"


def default_config_folder() -> Path:
    """The folder of the shipped defaults: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "config"
    return inside if inside.is_dir() else package.parent / "config"


def user_config_folder() -> Path:
    """The folder where this user's config files are looked for."""
    return platformdirs.user_config_path("packstation", appauthor=False)


def default_cases_folder() -> Path:
    """Where letters to channels are saved: in the user's data folder."""
    return platformdirs.user_data_path("packstation", appauthor=False) / "cases"


def default_database() -> str:
    """The URL of the SQLite file in the user's data folder."""
    file = platformdirs.user_data_path("packstation", appauthor=False) / "packstation.db"
    return f"sqlite:///{file.as_posix()}"


def config_folder(given: Path | None = None) -> Path:
    """The folder of the config files: the given one, `PACKSTATION_CONFIG`, the user's if it exists, else the defaults.

    Raises:
        SettingsError: the given one, or that of `PACKSTATION_CONFIG`, is no folder.
    """
    named = given or (Path(text) if (text := os.environ.get(CONFIG_VARIABLE)) else None)
    if named is not None:
        if not named.is_dir():
            origin = "--config" if given else CONFIG_VARIABLE
            raise SettingsError(
                f"{origin} = {shown(str(named))}: no such folder; `packstation config init DIR` makes one"
            )
        return named
    users = user_config_folder()
    return users if users.is_dir() else default_config_folder()


def config_file(name: str, folder: Path) -> Path:
    """The config file of this name in `folder`, else the shipped default."""
    own = folder / name
    return own if own.is_file() else default_config_folder() / name
