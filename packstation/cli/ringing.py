"""`packstation ring`: what a phone system runs when somebody rings."""

from __future__ import annotations

from typing import Annotated

import typer

from packstation.cli.errors import WRONG_USE, CommandError
from packstation.cli.opening import open_for_command
from packstation.domain.plain_text import plain
from packstation.locale import _


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(ring)


def ring(
    context: typer.Context,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="Who rings, as +84912345678 or 0912345678.")],
    station: Annotated[
        str | None, typer.Option("--station", metavar="NAME", help="Whose call desk is told; without it this one's.")
    ] = None,
) -> None:
    """Tell a station's call desk that a number rings: it opens that buyer's holds. For the hook of a phone system."""
    from packstation.acts.calling import NoSuchNumberError, NoSuchStationError, tell_ring

    open_for_command(context.obj, patient=False)
    name = station or context.obj.station.name
    try:
        key = tell_ring(number, name)
    except NoSuchNumberError as error:
        line = _("{number}: is no telephone number; give it as +84912345678 or 0912345678")
        raise CommandError(line.format(number=plain(number, 40)), WRONG_USE) from error
    except NoSuchStationError as error:
        line = _("--station {name}: there is no such station; there are: {names}")
        names = ", ".join(plain(each, 40) for each in error.names) or "–"
        raise CommandError(line.format(name=plain(name, 40), names=names), WRONG_USE) from error
    typer.echo(_("{station} is told that {number} rings").format(station=plain(name, 40), number=key))
