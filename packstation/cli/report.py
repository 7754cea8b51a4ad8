"""`packstation report`: what happened."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from packstation.cli.opening import open_for_command
from packstation.locale import _

if TYPE_CHECKING:
    from packstation.reports.day import DayReport

app = typer.Typer(help="What happened.", no_args_is_help=True)


@app.callback()
def report() -> None:
    """What happened."""


@app.command()
def day(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    csv_file: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write a CSV file.")] = None,
    xlsx_file: Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="Write an Excel workbook.")] = None,
) -> None:
    """What was decided today, and the heads of the ledger: print it and put it away, `ledger verify` takes it later."""
    from packstation.reports.day import day_report

    open_for_command(context.obj)
    now = datetime.now().astimezone()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    start, end = (int(moment.timestamp() * 1_000) for moment in (midnight, midnight + timedelta(days=1)))
    told = day_report(start, end, context.obj.carrier_terms)
    _write_tables(now, told, csv_file, xlsx_file)
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
            "returns_overdue": told.returns_overdue,
            "care": {str(kind): count for kind, count in told.care.items()},
            "ledger_heads": [str(anchor) for anchor in told.anchors],
        }
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
    elif csv_file is None and xlsx_file is None:
        for line in _lines(now, told):
            typer.echo(line)


def _lines(now: datetime, told: DayReport) -> Iterator[str]:
    from packstation.locale.care_words import given_text

    yield _("{day}, as of {time}").format(day=f"{now:%d/%m/%Y}", time=f"{now:%H:%M}")
    line = _("{packed} parcels packed; {held} holds opened; {contacts} contacts with buyers")
    yield line.format(packed=told.packed, held=told.held, contacts=told.contacts)
    line = _(
        "holds: {confirmed} confirmed, {overridden} overridden, {rejected} rejected, {refused} refused by the buyer"
    )
    yield line.format(
        confirmed=told.confirmed, overridden=told.overridden, rejected=told.rejected, refused=told.refused
    )
    if told.cases_to_check:
        yield _("{count} cases of reported buyers are to be looked at").format(count=told.cases_to_check)
    if told.returns_overdue:
        yield _("{count} parcels on their way back are overdue: `packstation returns --overdue`").format(
            count=told.returns_overdue
        )
    if told.care:
        yield _("put into parcels: {what}").format(what=given_text(list(told.care.items())))
    yield _("Heads of the ledger (chain:entry:SHA-256), for `packstation ledger verify --anchors`:")
    yield from map(str, told.anchors)


def _write_tables(now: datetime, told: DayReport, csv_file: Path | None, xlsx_file: Path | None) -> None:
    from packstation.cli.writing_tables import write_tables
    from packstation.locale.care_words import insert_kind_word

    columns = (_("figure"), f"{now:%d/%m/%Y %H:%M}")
    rows: list[tuple[str, int | str]] = [
        (_("parcels packed"), told.packed),
        (_("holds opened"), told.held),
        (_("contacts with buyers"), told.contacts),
        (_("holds confirmed by the buyer"), told.confirmed),
        (_("holds overridden"), told.overridden),
        (_("holds rejected"), told.rejected),
        (_("holds refused by the buyer"), told.refused),
        (_("cases of reported buyers to look at"), told.cases_to_check),
        (_("parcels on their way back to claim"), told.returns_overdue),
        *((insert_kind_word(kind), count) for kind, count in told.care.items()),
        *((_("head of the ledger"), str(anchor)) for anchor in told.anchors),
    ]
    write_tables(columns, rows, csv_file, xlsx_file)
