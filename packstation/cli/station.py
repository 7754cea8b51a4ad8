"""`packstation run`: the station."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from packstation.cli.errors import WRONG_USE, CommandError
from packstation.cli.first_start import open_ready
from packstation.locale import _


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(run)


def need_terminal() -> None:
    """Refuse to draw screens where nobody can see them.

    Raises:
        CommandError: standard input or output is no terminal.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CommandError(_("the station needs a terminal: run it in one"), WRONG_USE)


def run(
    context: typer.Context,
    station: Annotated[
        str | None, typer.Option("--station", metavar="NAME", help="What other stations call this one.")
    ] = None,
) -> None:
    """The packing station, on this terminal."""
    from packstation.tui.app import run_station

    need_terminal()

    settings = context.obj
    if station is not None:
        settings = settings.model_copy(update={"station": settings.station.model_copy(update={"name": station})})
    open_ready(context, patient=False)
    raise typer.Exit(run_station(settings))
