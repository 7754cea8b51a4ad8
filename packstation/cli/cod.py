"""`packstation cod`: what carriers paid out against what they collected."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from packstation.cli.errors import NOT_FOUND, CommandError
from packstation.cli.opening import open_for_command
from packstation.locale import _

if TYPE_CHECKING:
    from packstation.domain.cod import CodKind, CodResult, CodTotal
    from packstation.reports.tables import Value

app = typer.Typer(help="What carriers paid out against what they collected.", invoke_without_command=True)

_COLUMNS = "kind carrier statement shop number tracking due paid difference fee currency paid_at delivered_at".split()
_TOTALS = "carrier currency lines paid fees counted short over twice unknown not_delivered missing".split()


@app.callback()
def cod(
    context: typer.Context,
    missing: Annotated[bool, typer.Option("--missing", help="Delivered orders that no statement pays.")] = False,
    short: Annotated[bool, typer.Option("--short", help="Too little paid.")] = False,
    over: Annotated[bool, typer.Option("--over", help="Too much paid.")] = False,
    twice: Annotated[bool, typer.Option("--twice", help="Paid before.")] = False,
    unknown: Annotated[bool, typer.Option("--unknown", help="Paid for a parcel that is not known here.")] = False,
    not_delivered: Annotated[
        bool, typer.Option("--not-delivered", help="Paid for an order that did not arrive, as far as is known here.")
    ] = False,
    carrier: Annotated[str | None, typer.Option("--carrier", metavar="NAME", help="Only this carrier's.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    csv_file: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write a CSV file.")] = None,
    xlsx_file: Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="Write a workbook.")] = None,
) -> None:
    """The differences between carriers' COD statements and delivered orders, with totals by carrier and currency."""
    if context.invoked_subcommand is not None:
        return
    from packstation.acts.cod import compared
    from packstation.cli.writing_tables import write_tables
    from packstation.domain.cod import CodKind, totals

    open_for_command(context.obj)
    carriers = context.obj.carrier_terms
    results = [one for one in compared(carriers) if carrier is None or carriers.terms(carrier).is_called(one.carrier)]
    asked = {
        kind
        for kind, is_asked in (
            (CodKind.MISSING, missing),
            (CodKind.SHORT, short),
            (CodKind.OVER, over),
            (CodKind.TWICE, twice),
            (CodKind.UNKNOWN, unknown),
            (CodKind.NOT_DELIVERED, not_delivered),
        )
        if is_asked
    }
    listed = [one for one in results if one.kind is not CodKind.OK and (not asked or one.kind in asked)]
    sums = totals(results)
    write_tables(_COLUMNS, [_cells(one) for one in listed], csv_file, xlsx_file)
    if as_json:
        document = {
            "differences": [_document(one) for one in listed],
            "totals": [dict(zip(_TOTALS, _total_cells(one), strict=True)) for one in sums],
        }
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
    elif csv_file is None and xlsx_file is None:
        _print(listed, sums)


@app.command()
def settle(
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="Tracking, order or statement number.")],
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="What became of it.")],
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="The supervisor whose PIN it is.")] = None,
) -> None:
    """Settle the differences of a parcel, order or statement: they are listed no more. Asks for a supervisor's PIN."""
    from packstation.acts.cod import NoDifferenceError, settle_differences
    from packstation.acts.overriding import ReasonMissingError
    from packstation.acts.workplace import open_command
    from packstation.cli.authority import ask_supervisor

    open_for_command(context.obj)
    place = open_command("cod settle")
    supervisor = ask_supervisor(place, by)
    try:
        count = settle_differences(place, context.obj.carrier_terms, code, why, supervisor)
    except ReasonMissingError as error:
        raise CommandError(_("--why needs a reason")) from error
    except NoDifferenceError as error:
        raise CommandError(_("no open difference has the number {code!r}").format(code=code), NOT_FOUND) from error
    typer.echo(_("{count} differences settled").format(count=count))


def _document(one: CodResult) -> dict[str, Any]:
    return dict(zip(_COLUMNS, _cells(one), strict=True))


def _cells(one: CodResult) -> list[Value]:
    from packstation.domain.times import iso_utc

    line, due = one.line, one.due
    delivered_at = due.delivered_at if due else None
    return [
        str(one.kind),
        one.carrier,
        line.statement if line else None,
        due.shop if due else None,
        due.number if due else line.number if line else None,
        line.tracking if line else due.tracking if due else None,
        due.amount if due else None,
        line.amount if line else None,
        one.difference,
        line.fee if line else None,
        one.currency,
        iso_utc(line.paid_at) if line else None,
        iso_utc(delivered_at) if delivered_at is not None else None,
    ]


def _total_cells(one: CodTotal) -> list[Value]:
    from packstation.domain.cod import CodKind

    kinds = [one.differences.get(CodKind(name), 0) for name in _TOTALS[6:]]
    return [one.carrier, one.currency, one.lines, one.paid, one.fees, one.counted, *kinds]


def _print(listed: Sequence[CodResult], sums: Sequence[CodTotal]) -> None:
    from packstation.domain.plain_text import plain
    from packstation.locale.carrier_words import cod_word
    from packstation.locale.words import money

    for one in listed:
        line, due = one.line, one.due
        code = (line.tracking or line.number) if line else due.tracking if due else ""
        number = due.number if due else "-"
        statement = line.statement if line else "-"
        amount = money(one.difference, one.currency)
        typer.echo(
            f"{cod_word(one.kind):<18} {amount:>16}  {plain(one.carrier)}  {plain(statement)}  {plain(code)}  {plain(number)}"
        )
    if not listed:
        typer.echo(_("no differences"))
    for total in sums:
        paid, fees = money(total.paid, total.currency), money(total.fees, total.currency)
        line_text = _("{carrier}: {lines} lines, {paid} paid out, {fees} fees").format(
            carrier=plain(total.carrier) or "-", lines=total.lines, paid=paid, fees=fees
        )
        typer.echo("; ".join([line_text, *_differences(total)]))


def _differences(total: CodTotal) -> list[str]:
    from packstation.locale.carrier_words import cod_word
    from packstation.locale.words import money

    kinds: list[CodKind] = list(total.differences)
    return [f"{cod_word(kind)} {money(total.differences[kind], total.currency)}" for kind in kinds]
