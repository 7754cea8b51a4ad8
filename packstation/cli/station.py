"""`packstation run`: the station."""

from __future__ import annotations

from typing import Annotated

import typer

from packstation.cli.first_start import open_ready


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(run)


def run(
    context: typer.Context,
    station: Annotated[
        str | None, typer.Option("--station", metavar="NAME", help="What other stations call this one.")
    ] = None,
) -> None:
    """The packing station, on this terminal."""
    from packstation.tui.app import run_station

    settings = context.obj
    if station is not None:
        settings = settings.model_copy(update={"station": settings.station.model_copy(update={"name": station})})
    open_ready(context, patient=False)
    raise typer.Exit(run_station(settings))
