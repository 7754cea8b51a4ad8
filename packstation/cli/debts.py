"""`packstation debts`: unpaid invoices by customer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from packstation.cli.opening import open_for_command
from packstation.locale import _

if TYPE_CHECKING:
    from packstation.reports.tables import Value
    from packstation.store.debts import CustomerDebt, UnpaidInvoice

_COLUMNS = "customer name debt shop number placed_at days worth owed currency".split()


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(debts)


def debts(
    context: typer.Context,
    customer: Annotated[
        str | None, typer.Option("--customer", metavar="QUERY", help="Only this one: phone, email, name or code.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    csv_file: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write a CSV file.")] = None,
    xlsx_file: Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="Write a workbook.")] = None,
) -> None:
    """What customers owe, as POS shops say, with the unpaid invoices, the oldest first. COD money at carriers is none of it."""
    from packstation.cli.customers import customer_meant
    from packstation.cli.writing_tables import write_tables
    from packstation.store.balances import balance_of
    from packstation.store.database import answering, database_now
    from packstation.store.debts import customers_in_debt, debt_of

    open_for_command(context.obj)
    with answering():
        now = database_now()
        if customer is None:
            found = customers_in_debt()
        else:
            customer_id = customer_meant(customer)
            found = [debt_of(customer_id, balance_of(customer_id).debt or 0)]
    write_tables(_COLUMNS, [row for one in found for row in _rows(one, now)], csv_file, xlsx_file)
    if as_json:
        typer.echo(json.dumps({"debts": [_document(one, now) for one in found]}, ensure_ascii=False, indent=2))
    elif csv_file is None and xlsx_file is None:
        for one in found:
            _print(one, now)
        if not found:
            typer.echo(_("nobody owes anything"))


def _days(invoice: UnpaidInvoice, now: int) -> int:
    from packstation.domain.times import DAY

    return max(0, now - invoice.placed_at) // DAY


def _document(one: CustomerDebt, now: int) -> dict[str, Any]:
    from packstation.domain.times import iso_utc

    return {
        "customer": one.customer_id,
        "name": one.name,
        "debt": one.debt,
        "unpaid_days": _days(one.invoices[0], now) if one.invoices else None,
        "invoices": [
            {
                "shop": invoice.shop,
                "number": invoice.number,
                "placed_at": iso_utc(invoice.placed_at),
                "worth": invoice.worth,
                "owed": invoice.owed,
                "currency": invoice.currency,
            }
            for invoice in one.invoices
        ],
    }


def _rows(one: CustomerDebt, now: int) -> list[list[Value]]:
    from packstation.domain.times import iso_utc

    head: list[Value] = [one.customer_id, one.name, one.debt]
    if not one.invoices:
        return [[*head, *[None] * 7]]
    return [
        [
            *head,
            each.shop,
            each.number,
            iso_utc(each.placed_at),
            _days(each, now),
            each.worth,
            each.owed,
            each.currency,
        ]
        for each in one.invoices
    ]


def _print(one: CustomerDebt, now: int) -> None:
    from packstation.domain.plain_text import plain
    from packstation.locale.words import moment, money
    from packstation.store.customers import shop_of_customer

    currency = one.invoices[0].currency if one.invoices else shop_of_customer(one.customer_id)[1]
    line = _("#{id} {name}: owes {debt}")
    typer.echo(line.format(id=one.customer_id, name=plain(one.name) or "-", debt=money(one.debt, currency)))
    for each in one.invoices:
        placed = moment(each.placed_at, each.zone)
        line = _("  {placed}  {number}  {owed} of {worth}, {days} days")
        typer.echo(
            line.format(
                placed=placed,
                number=plain(each.number),
                owed=money(each.owed, each.currency),
                worth=money(each.worth, each.currency),
                days=_days(each, now),
            )
        )
