"""`packstation print`: command cards, badges, slips of the hold shelf."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from packstation.cli.errors import FAILED, NOT_FOUND, WRONG_USE, CommandError
from packstation.cli.first_start import open_ready
from packstation.locale import _

app = typer.Typer(help="Command cards, badges, slips.", no_args_is_help=True)

_To = Annotated[Path, typer.Option("--to", metavar="FILE", help="FILE.svg, FILE.png or FILE.pdf.")]


@app.callback()
def print_group() -> None:
    """Command cards, badges, slips of the hold shelf."""


@app.command()
def commands(context: typer.Context, to: _To) -> None:
    """The card of command codes that packers scan instead of pressing keys."""
    from packstation.printing.command_card import card, command_entries
    from packstation.store.schema import installation_token

    _check_kind(to)
    open_ready(context)
    entries = command_entries(installation_token())
    _write(to, card(to, entries))
    typer.echo(_("{count} command codes are in {file}").format(count=len(entries), file=to))


@app.command()
def badges(
    context: typer.Context,
    to: _To,
    name: Annotated[
        list[str] | None, typer.Option("--name", metavar="NAME", help="Only this person; may be repeated.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="The supervisor whose PIN is given.")] = None,
) -> None:
    """New badges for everybody, or for those named; earlier ones of theirs stop working."""
    from packstation.acts.people import new_badge
    from packstation.acts.workplace import open_command
    from packstation.cli.authority import ask_supervisor
    from packstation.store.people import everybody

    _check_kind(to)
    open_ready(context)
    people = [person for person in everybody() if person.active and (not name or person.name in name)]
    missing = sorted(set(name or ()) - {person.name for person in people})
    if missing or not people:
        raise CommandError(_("nobody here is called {name!r}").format(name=missing[0] if missing else ""), NOT_FOUND)
    place = open_command("print badges")
    supervisor = ask_supervisor(place, by)
    write_badges(to, [(person.name, new_badge(place, person.id, supervisor)) for person in people])
    typer.echo(_("{count} badges are in {file}").format(count=len(people), file=to))


@app.command()
def slip(
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="Tracking, package or order number.")],
    to: _To,
    shop: Annotated[str | None, typer.Option("--shop", metavar="NAME", help="Only this shop's orders.")] = None,
) -> None:
    """The slip of a parcel on the hold shelf: slot, barcode, decide-by. Exits 4 when it does not lie there."""
    from packstation.acts.shelf import slips_of
    from packstation.domain.codes import normalise
    from packstation.domain.plain_text import plain
    from packstation.printing.barcodes import UnprintableCodeError
    from packstation.printing.page import CodeTooLongError
    from packstation.printing.slips import slips

    _check_kind(to)
    open_ready(context)
    found = slips_of(normalise(code, context.obj.scanner.code_format), shop)
    if not found:
        raise CommandError(_("{code}: nothing of it lies on the hold shelf").format(code=plain(code, 60)), NOT_FOUND)
    try:
        _write(to, slips(to, found))
    except (UnprintableCodeError, CodeTooLongError) as error:
        raise CommandError(_("{code}: cannot be a barcode").format(code=plain(str(error), 60)), FAILED) from error
    slots = ", ".join(each.slot for each in found)
    typer.echo(_("the slip for slot {slots} is in {file}").format(slots=slots, file=to))


def write_badges(to: Path, secrets: Sequence[tuple[str, str]]) -> None:
    """Write badges for (name, secret) pairs.

    Raises:
        CommandError: the file cannot be written.
    """
    from packstation.domain.codes import badge_code
    from packstation.printing.badges import badges as drawn_badges

    _check_kind(to)
    _write(to, drawn_badges(to, [(badge_code(secret), name) for name, secret in secrets]))


def _check_kind(to: Path) -> None:
    """Refuse another kind of file before anything is changed for it."""
    if to.suffix.lower() not in (".svg", ".png", ".pdf"):
        raise CommandError(_("{file}: must end in .svg, .png or .pdf").format(file=to), WRONG_USE)


def _write(to: Path, content: bytes) -> None:
    try:
        to.write_bytes(content)
    except OSError as error:
        raise CommandError(f"{to}: {error.strerror}", FAILED) from error
