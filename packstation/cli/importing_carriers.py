"""What `packstation import` does with files of carriers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from packstation.cli.first_start import open_ready
from packstation.locale import _

if TYPE_CHECKING:
    from sync.files.result import ReadStatement, ReadWaybills


def take_in_carriers(
    context: typer.Context, file: Path, read: ReadStatement | ReadWaybills, shop: str | None, *, dry_run: bool
) -> None:
    """Store a statement or a status file, and tell what came of it.

    Args:
        context: with the settings.
        file: its name is told.
        read: what is in it.
        shop: whose order numbers it has, instead of what the mapping says.
        dry_run: store nothing.
    """
    from sync.files.result import ReadStatement

    lines = len(read.lines) if isinstance(read, ReadStatement) else len(read.events)
    if not dry_run:
        open_ready(context)
        if isinstance(read, ReadStatement):
            _statement(context, read, shop)
        else:
            _waybills(context, read, shop)
    verb = _("checked") if dry_run else _("stored")
    line = _("{file}: {format}, carrier {carrier}: {lines} lines {verb}")
    typer.echo(line.format(file=file, format=read.format, carrier=read.carrier, lines=lines, verb=verb))


def _statement(context: typer.Context, read: ReadStatement, shop: str | None) -> None:
    from collections import Counter

    from packstation.acts.cod import take_in_statement
    from packstation.acts.workplace import open_command
    from packstation.locale.carrier_words import cod_word

    terms = context.obj.carrier_terms
    taken = take_in_statement(open_command("import"), read.carrier, read.currency, shop or read.shop, read.lines, terms)
    typer.echo(_("{new} new, {unchanged} as they were").format(new=taken.new, unchanged=taken.known))
    kinds = Counter(one.kind for one in taken.results)
    for kind in sorted(kinds):
        typer.echo(f"  {cod_word(kind)}: {kinds[kind]}")


def _waybills(context: typer.Context, read: ReadWaybills, shop: str | None) -> None:
    from packstation.acts.waybills import take_in_waybills
    from packstation.acts.workplace import open_command
    from packstation.domain.plain_text import plain

    place, terms = open_command("import"), context.obj.carrier_terms
    taken = take_in_waybills(place, read.carrier, shop or read.shop, read.events, terms)
    line = _("{new} new, {unchanged} as they were; {orders} orders ended otherwise, {rescues} rescue calls opened")
    typer.echo(line.format(new=taken.new, unchanged=taken.known, orders=taken.orders, rescues=taken.rescues))
    if taken.elsewhere:
        typer.echo(_("{count} lines are about parcels that are not known here").format(count=taken.elsewhere))
    for word, count in taken.unknown.items():
        typer.echo(_("the mapping does not know {word!r}: {count} lines").format(word=str(plain(word)), count=count))
