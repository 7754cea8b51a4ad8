"""`packstation block` and `unblock`: a buyer whose orders do not go, until a moment or for good."""

from __future__ import annotations

from typing import Annotated

import typer

from packstation.cli.customers import customer_meant
from packstation.cli.errors import NOT_FOUND, WRONG_USE, CommandError
from packstation.cli.first_start import open_ready
from packstation.locale import _

_Query = Annotated[str, typer.Argument(metavar="QUERY", help="Phone, its last digits, email, name, or code.")]
_Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; the packer reads it.")]
_By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="The supervisor whose PIN is given.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(block)
    app.command()(unblock)


def block(
    context: typer.Context,
    query: _Query,
    reason: _Reason,
    days: Annotated[
        int | None, typer.Option("--days", metavar="N", help="For how many days; without it for good.")
    ] = None,
    by: _By = None,
) -> None:
    """Stop every order of a customer. Asks for a supervisor's PIN; exits 4 when nobody in particular is found."""
    from packstation.acts.blocking import block_customer
    from packstation.acts.overriding import ReasonMissingError
    from packstation.acts.workplace import open_command
    from packstation.cli.authority import ask_supervisor
    from packstation.domain.supervision import MOST_DAYS, DaysError

    open_ready(context)
    customer_id = customer_meant(query)
    place = open_command("block")
    supervisor = ask_supervisor(place, by)
    try:
        count = block_customer(place, customer_id, reason, days, supervisor)
    except ReasonMissingError as error:
        raise CommandError(_("--reason says nothing"), WRONG_USE) from error
    except DaysError as error:
        raise CommandError(_("--days must be from 1 to {most}").format(most=MOST_DAYS), WRONG_USE) from error
    typer.echo(_("blocked: customer #{id}, {count} buyer profiles").format(id=customer_id, count=count))


def unblock(context: typer.Context, query: _Query, reason: _Reason, by: _By = None) -> None:
    """Let a customer's orders go again; they are judged anew. Asks for a supervisor's PIN; exits 4 when nobody is blocked."""
    from packstation.acts.blocking import NotBlockedError, unblock_customer
    from packstation.acts.overriding import ReasonMissingError
    from packstation.acts.workplace import open_command
    from packstation.cli.authority import ask_supervisor

    open_ready(context)
    customer_id = customer_meant(query)
    place = open_command("unblock")
    supervisor = ask_supervisor(place, by)
    try:
        unblock_customer(place, customer_id, reason, supervisor)
    except ReasonMissingError as error:
        raise CommandError(_("--reason says nothing"), WRONG_USE) from error
    except NotBlockedError as error:
        raise CommandError(_("customer #{id} is not blocked").format(id=customer_id), NOT_FOUND) from error
    typer.echo(_("unblocked: customer #{id}").format(id=customer_id))
