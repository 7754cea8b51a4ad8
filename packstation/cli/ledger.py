"""`packstation ledger`: the record that nobody can bend unnoticed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from packstation.cli.errors import FOUND_SOMETHING, WRONG_USE, CommandError
from packstation.cli.opening import open_for_command
from packstation.locale import _

app = typer.Typer(help="The append-only record of what was decided.", no_args_is_help=True)


@app.callback()
def ledger() -> None:
    """The append-only record of what was decided."""


@app.command()
def verify(
    context: typer.Context,
    anchors: Annotated[
        list[Path] | None,
        typer.Option("--anchors", metavar="FILE", help="A day report, or any text with heads noted earlier."),
    ] = None,
) -> None:
    """Find edits, gaps and cut tails. Exits 5 when there are any."""
    from packstation.domain.ledger import anchors_in
    from packstation.locale.words import break_word
    from packstation.store.database import snapshot
    from packstation.store.ledger import verify as verify_chains

    noted = []
    for file in anchors or ():
        found = anchors_in(_text_of(file))
        if not found:
            raise CommandError(_("{file}: no head of the ledger stands in it").format(file=file), WRONG_USE)
        noted += found
    open_for_command(context.obj)
    with snapshot():
        count, broken = verify_chains(noted)
    for one in broken:
        line = _("chain {writer}, entry {sequence}: {what}")
        typer.echo(line.format(writer=one.writer_id, sequence=one.sequence, what=break_word(one.what)))
    if broken:
        raise typer.Exit(FOUND_SOMETHING)
    typer.echo(_("{count} entries, every chain is whole").format(count=count))


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}", WRONG_USE) from error


@app.command()
def export(context: typer.Context) -> None:
    """Write every entry as a line of JSON, which anybody can verify with SHA-256 alone: docs/ledger.md says how."""
    from packstation.domain.ledger import hashed_text
    from packstation.store.database import snapshot
    from packstation.store.ledger import chains

    open_for_command(context.obj)
    with snapshot():
        for chain in chains():
            for entry in chain:
                line = {"previous": entry.previous_hash, "entry": hashed_text(entry), "sha256": entry.hash}
                typer.echo(json.dumps(line))
