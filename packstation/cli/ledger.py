"""`packstation ledger`: the record that nobody can bend unnoticed."""

from __future__ import annotations

import typer

from packstation.cli.errors import FOUND_SOMETHING
from packstation.cli.opening import open_for_command
from packstation.locale import _

app = typer.Typer(help="The append-only record of what was decided.", no_args_is_help=True)


@app.callback()
def ledger() -> None:
    """The append-only record of what was decided."""


@app.command()
def verify(context: typer.Context) -> None:
    """Find edits, gaps and cut tails. Exits 5 when there are any."""
    from packstation.locale.words import break_word
    from packstation.store.ledger import verify as verify_chains

    open_for_command(context.obj)
    count, broken = verify_chains()
    for one in broken:
        line = _("chain {writer}, entry {sequence}: {what}")
        typer.echo(line.format(writer=one.writer_id, sequence=one.sequence, what=break_word(one.what)))
    if broken:
        raise typer.Exit(FOUND_SOMETHING)
    typer.echo(_("{count} entries, every chain is whole").format(count=count))
