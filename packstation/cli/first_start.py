"""The first start: a database without tables gets them, and the shipped policy becomes version 1."""

from __future__ import annotations

from pathlib import Path

import typer

from packstation.cli.errors import WRONG_USE, CommandError
from packstation.cli.opening import open_for_command
from packstation.settings import Settings, config_file, config_folder


def folder_of(context: typer.Context) -> Path:
    """The folder of the config files that this command was told to use."""
    return config_folder(context.find_root().params.get("config_folder"))


def open_ready(context: typer.Context, *, patient: bool = True) -> list[str]:
    """Open the database for work: an empty one is given its tables and the shipped policy first.

    Returns:
        The migrations that were applied.

    Raises:
        CommandError: the database cannot be used, or risk.toml has a mistake.
    """
    return open_prepared(context.obj, folder_of(context), patient=patient)


def open_prepared(settings: Settings, folder: Path, *, patient: bool) -> list[str]:
    """Open a database as `open_ready` does, for settings and a folder given; the migrations that were applied."""
    from packstation.acts.policies import publish_policy
    from packstation.acts.workplace import open_command
    from packstation.domain.policy_reading import PolicyError
    from packstation.store.policies import newest_version

    applied = open_for_command(settings, patient=patient, migrate=True)
    if newest_version() == 0:
        file = config_file("risk.toml", folder)
        try:
            publish_policy(open_command("first start"), file.read_text(encoding="utf-8"), None, str(file))
        except PolicyError as error:
            raise CommandError(str(error), WRONG_USE) from error
    return applied
