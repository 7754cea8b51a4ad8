"""`packstation config`: the config files, to edit."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from packstation.locale import _
from packstation.settings import CONFIG_VARIABLE, default_config_folder, user_config_folder

app = typer.Typer(help="The config files.", no_args_is_help=True)


@app.callback()
def config() -> None:
    """The config files."""


@app.command()
def init(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", envvar=CONFIG_VARIABLE, help="Where to; without it, where packstation looks."),
    ] = None,
) -> None:
    """Write the commented default config files, to edit. Never overwrites a file."""
    target = folder or user_config_folder()
    shipped = default_config_folder()
    files = sorted(file.relative_to(shipped) for file in shipped.rglob("*") if file.is_file())
    there = next((file for file in files if (target / file).exists()), None)
    if there is not None:
        message = _("{file} exists already; nothing was written")
        typer.echo(message.format(file=target / there), err=True)
        raise typer.Exit(1)
    try:
        for file in files:
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(shipped / file, target / file)
    except OSError as error:
        message = _("{folder} cannot be written: {reason}")
        typer.echo(message.format(folder=target, reason=error.strerror), err=True)
        raise typer.Exit(1) from error
    typer.echo(_("{count} files written to {folder}").format(count=len(files), folder=target))
