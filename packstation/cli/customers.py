"""`packstation customer`: one person and what became of their orders."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from packstation.cli.errors import NOT_FOUND, WRONG_USE, CommandError
from packstation.cli.opening import open_for_command
from packstation.locale import _


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(customer)


def customer(
    context: typer.Context,
    query: Annotated[str, typer.Argument(metavar="QUERY", help="Phone, its last digits, email, name, or code.")],
    at: Annotated[str | None, typer.Option("--at", metavar="TIME", help="As known at this ISO 8601 moment.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """A customer with all orders. Exits 4 when nobody, or nobody in particular, is found."""
    from packstation.acts.customers import customer_at
    from packstation.cli.customer_documents import figures_document
    from packstation.cli.documents import order_document
    from packstation.cli.verdict_lines import customer_line
    from packstation.domain.plain_text import plain
    from packstation.domain.times import UnreadableTimeError
    from packstation.locale.words import moment, money, outcome_word

    open_for_command(context.obj)
    try:
        figures, orders = customer_at(customer_meant(query), at)
    except UnreadableTimeError as error:
        raise CommandError(_("{time!r} is no moment").format(time=str(error)), WRONG_USE) from error
    if as_json:
        document = {"customer": figures_document(figures), "orders": [order_document(order) for order in orders]}
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    typer.echo(customer_line(figures.card))
    for order in orders:
        amount = money(order.first_total, order.currency)
        typer.echo(
            f"  {moment(order.placed_at, order.zone)}  {plain(order.number):<20} {amount:>16}  {outcome_word(order.outcome)}"
        )


def customer_meant(query: str) -> int:
    """The id of the one customer that fits a query.

    Raises:
        CommandError: nobody does, or several do.
    """
    from packstation.domain.plain_text import plain
    from packstation.store.customers import find_customers

    found = find_customers(query)
    if not found:
        raise CommandError(_("no customer fits {query!r}").format(query=query), NOT_FOUND)
    if len(found) > 1:
        names = "; ".join(f"#{one.id} {plain(one.name)}" for one in found[:5])
        line = _("{count} customers fit {query!r}, say it more exactly or by code: {names}")
        raise CommandError(line.format(count=len(found), query=query, names=names), NOT_FOUND)
    return found[0].id
