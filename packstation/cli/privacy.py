"""`packstation db export`, `db erase` and `db purge`: what is kept about people, and how it goes."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from packstation.cli.errors import CommandError
from packstation.cli.opening import open_for_command
from packstation.locale import _

_Query = Annotated[str, typer.Argument(metavar="CUSTOMER", help="Phone, its last digits, email, name, or code.")]
_By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="The supervisor whose PIN is given.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(export)
    app.command()(erase)
    app.command()(purge)


def export(context: typer.Context, query: _Query, by: _By = None) -> None:
    """Print everything that is kept about a customer as one JSON document. It is recorded who did."""
    from packstation.acts.erasing import export_customer
    from packstation.acts.workplace import open_command
    from packstation.cli.authority import ask_supervisor
    from packstation.cli.customers import customer_meant

    open_for_command(context.obj)
    place = open_command("db export")
    supervisor = ask_supervisor(place, by)
    document = export_customer(place, customer_meant(query), supervisor)
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


def erase(
    context: typer.Context,
    query: _Query,
    even_open: Annotated[
        bool, typer.Option("--even-open", help="Though orders are still to pack or on hold: nobody can be called then.")
    ] = False,
    by: _By = None,
) -> None:
    """Erase what identifies a customer, for good; counts and the ledger's chains stay whole."""
    from packstation.acts.erasing import ErasedAlreadyError, OpenOrdersError, erase_customer
    from packstation.acts.workplace import open_command
    from packstation.cli.authority import ask_supervisor
    from packstation.cli.customers import customer_meant
    from packstation.domain.plain_text import plain

    open_for_command(context.obj)
    place = open_command("db erase")
    supervisor = ask_supervisor(place, by)
    customer_id = customer_meant(query)
    try:
        erased = erase_customer(place, customer_id, supervisor, even_open=even_open)
    except OpenOrdersError as error:
        line = _("still to pack or on hold: {numbers}; finish or cancel them first, or say --even-open")
        raise CommandError(line.format(numbers=plain(", ".join(error.numbers[:5])))) from error
    except ErasedAlreadyError as error:
        raise CommandError(_("customer #{id} is erased already").format(id=customer_id)) from error
    line = _("customer #{id} is erased: {orders} orders name nobody any more, {texts} texts are gone")
    typer.echo(line.format(id=customer_id, orders=erased.orders, texts=erased.texts))


def purge(context: typer.Context, by: _By = None) -> None:
    """Forget now what is older than `[retention]` in packstation.toml says; stations and daemons do so little by little."""
    from packstation.acts.forgetting import forget_everything_old
    from packstation.acts.workplace import open_command
    from packstation.cli.authority import ask_supervisor
    from packstation.domain.retention import WORDS_ABOUT_ORDERS, DataKind

    open_for_command(context.obj)
    place = open_command("db purge", context.obj.retention.rules)
    forgotten = forget_everything_old(place, ask_supervisor(place, by))
    texts = sum(forgotten.get(kind, 0) for kind in WORDS_ABOUT_ORDERS)
    line = _("forgotten: {scans} scans, the addresses of {orders} orders, {texts} texts, {recordings} recordings")
    typer.echo(
        line.format(
            scans=forgotten.get(DataKind.SCANS, 0),
            orders=forgotten.get(DataKind.ADDRESSES, 0),
            texts=texts,
            recordings=forgotten.get(DataKind.RECORDINGS, 0),
        )
    )
    line = _("and {mails} mails, {cases} cases' letters, {profiles} customers' profiles")
    typer.echo(
        line.format(
            mails=forgotten.get(DataKind.MAILS, 0),
            cases=forgotten.get(DataKind.CASES, 0),
            profiles=forgotten.get(DataKind.PROFILES, 0),
        )
    )
