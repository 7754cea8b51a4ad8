"""`packstation sync`: the daemon, and what belongs to it."""

from __future__ import annotations

from typing import Annotated

import typer

from packstation.cli import sync_login, sync_retry, sync_run

_ONCE = "Bring every shop up to date and end. The second look through the history is left to the daemon that runs."

app = typer.Typer(help="Keep up with the channels; without a further word: run the daemon.")


@app.callback(invoke_without_command=True)
def sync(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help=_ONCE)] = False,
) -> None:
    """Keep up with the channels; without a further word: run the daemon."""
    if context.invoked_subcommand is None:
        sync_run.run(context, once=once)


sync_login.register(app)
sync_retry.register(app)
