"""`packstation report`: what happened."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Annotated

import typer

from packstation.cli.opening import open_for_command
from packstation.locale import _

app = typer.Typer(help="What happened.", no_args_is_help=True)


@app.callback()
def report() -> None:
    """What happened."""


@app.command()
def day(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False
) -> None:
    """What was decided today, and the heads of the ledger: print it and put it away, `ledger verify` takes it later."""
    from packstation.reports.day import day_report

    open_for_command(context.obj)
    now = datetime.now().astimezone()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    start, end = (int(moment.timestamp() * 1_000) for moment in (midnight, midnight + timedelta(days=1)))
    told = day_report(start, end)
    anchors = [str(anchor) for anchor in told.anchors]
    if as_json:
        document = {
            "day": midnight.date().isoformat(),
            "packed": told.packed,
            "holds_opened": told.held,
            "contacts": told.contacts,
            "confirmed": told.confirmed,
            "overridden": told.overridden,
            "rejected": told.rejected,
            "refused": told.refused,
            "cases_to_check": told.cases_to_check,
            "ledger_heads": anchors,
        }
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    typer.echo(_("{day}, as of {time}").format(day=f"{now:%d/%m/%Y}", time=f"{now:%H:%M}"))
    line = _("{packed} parcels packed; {held} holds opened; {contacts} contacts with buyers")
    typer.echo(line.format(packed=told.packed, held=told.held, contacts=told.contacts))
    line = _(
        "holds: {confirmed} confirmed, {overridden} overridden, {rejected} rejected, {refused} refused by the buyer"
    )
    typer.echo(
        line.format(confirmed=told.confirmed, overridden=told.overridden, rejected=told.rejected, refused=told.refused)
    )
    if told.cases_to_check:
        typer.echo(_("{count} cases of reported buyers are to be looked at").format(count=told.cases_to_check))
    typer.echo(_("Heads of the ledger (chain:entry:SHA-256), for `packstation ledger verify --anchors`:"))
    for anchor in anchors:
        typer.echo(anchor)
