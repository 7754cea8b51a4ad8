"""`packstation status` and `doctor`: how things are, and what is wrong with them."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Annotated

import typer

from packstation.cli.errors import FOUND_SOMETHING
from packstation.cli.first_start import folder_of
from packstation.cli.opening import open_for_command
from packstation.locale import _


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(status)
    app.command()(doctor)


def status(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False
) -> None:
    """Stations, daemons, shops, the age of their data, and what waits."""
    from packstation.acts.rescuing import rescues_now
    from packstation.acts.returning import returns_now
    from packstation.cli.carrier_standing import carrier_document, carrier_lines
    from packstation.cli.status import read_standing, standing_document, standing_lines
    from packstation.settings_errors import SettingsError
    from sync.shops_config import load_shops

    open_for_command(context.obj)
    config = None
    with suppress(SettingsError):  # `doctor` and the daemon tell what is wrong with it
        config = load_shops(folder_of(context))
    standing = read_standing(config)
    returns, rescues = returns_now(context.obj.carrier_terms), rescues_now()
    if as_json:
        document = {**standing_document(standing), **carrier_document(returns, rescues)}
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    for line in (*standing_lines(standing), *carrier_lines(returns, rescues)):
        typer.echo(line)


def doctor(context: typer.Context) -> None:
    """What is wrong with this installation and how to mend it. Exits 5 when something is."""
    from packstation.cli.diagnosis import diagnose

    findings = diagnose(context.obj, folder_of(context))
    for finding in findings:
        mark = _("ok") if finding.good else _("BAD")
        typer.echo(f"{mark:<4} {finding.text}")
    if not all(finding.good for finding in findings):
        raise typer.Exit(FOUND_SOMETHING)
