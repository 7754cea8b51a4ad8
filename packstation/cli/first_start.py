"""The first start: a database without tables gets them, and the shipped policy, and the rules beside it, become version 1."""

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
    """Open the database for work: an empty one is given its tables and the shipped rules first.

    Returns:
        The migrations that were applied.

    Raises:
        CommandError: the database cannot be used, or a file of rules has a mistake.
    """
    return open_prepared(context.obj, folder_of(context), patient=patient)


def open_prepared(settings: Settings, folder: Path, *, patient: bool) -> list[str]:
    """Open a database as `open_ready` does, for settings and a folder given; the migrations that were applied."""
    from packstation.acts.policies import publish_policy
    from packstation.acts.rule_sets import check_rules, publish_rules
    from packstation.acts.workplace import open_command
    from packstation.domain.policy_reading import PolicyError
    from packstation.domain.rule_kinds import RuleKind
    from packstation.store.policies import newest_version
    from packstation.store.rule_versions import newest_rules

    applied = open_for_command(settings, patient=patient, migrate=True)
    missing = [kind for kind in RuleKind if newest_rules(kind) is None]
    without_policy = newest_version() == 0
    if not missing and not without_policy:
        return applied
    try:
        # All of them are read before any is published: a mistake in one leaves the database without rules, to be begun anew.
        rules = {kind: _read(f"{kind}.toml", folder) for kind in missing}
        for kind, (file, text) in rules.items():
            check_rules(kind, text, str(file))
        place = open_command("first start")
        if without_policy:
            file, text = _read("risk.toml", folder)
            publish_policy(place, text, None, str(file))
        for kind, (file, text) in rules.items():
            publish_rules(place, kind, text, None, str(file))
    except PolicyError as error:
        raise CommandError(str(error), WRONG_USE) from error
    return applied


def _read(name: str, folder: Path) -> tuple[Path, str]:
    file = config_file(name, folder)
    return file, file.read_text(encoding="utf-8")
