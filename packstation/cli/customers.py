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
    reveal: Annotated[
        bool, typer.Option("--reveal", help="Show phone, email and address in clear: asks for a PIN, and is recorded.")
    ] = False,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="The supervisor whose PIN is given.")] = None,
) -> None:
    """A customer with all orders. Exits 4 when nobody, or nobody in particular, is found."""
    from packstation.acts.customers import customer_at
    from packstation.cli.customer_documents import figures_document, sellers_document
    from packstation.cli.documents import order_document
    from packstation.cli.verdict_lines import contact_lines, customer_line
    from packstation.domain.plain_text import plain
    from packstation.domain.times import UnreadableTimeError
    from packstation.locale.words import moment, money, outcome_word

    open_for_command(context.obj)
    customer_id = customer_meant(query)
    try:
        figures, orders = customer_at(customer_id, at)
    except UnreadableTimeError as error:
        raise CommandError(_("{time!r} is no moment").format(time=str(error)), WRONG_USE) from error
    if reveal:
        _recorded(customer_id, by)
    if as_json:
        document = {
            "customer": {**figures_document(figures, in_clear=reveal), "sellers": sellers_document(orders)},
            "orders": [order_document(order) for order in orders],
        }
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    typer.echo(customer_line(figures.card))
    for line in contact_lines(figures.profile, in_clear=reveal):
        typer.echo(f"  {line}")
    for order in orders:
        amount = money(order.first_total, order.currency)
        typer.echo(
            f"  {moment(order.placed_at, order.zone)}  {plain(order.number):<20} {amount:>16}  {outcome_word(order.outcome)}"
        )


def _recorded(customer_id: int, by: str | None) -> None:
    """Ask for a supervisor's PIN, and record that they look at what is masked."""
    from packstation.acts.customer_editing import show_masked
    from packstation.acts.workplace import open_command
    from packstation.cli.authority import ask_supervisor
    from packstation.store.people import person_by_id

    place = open_command("customer")
    supervisor = ask_supervisor(place, by)
    person = None if supervisor is None else person_by_id(supervisor)
    if person is None:
        raise CommandError(_("--reveal needs a supervisor: `packstation people add NAME --role supervisor`"))
    show_masked(place, person, customer_id)


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
