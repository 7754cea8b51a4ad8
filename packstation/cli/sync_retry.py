"""`packstation sync retry`: decisions that a channel would not take are sent again."""

from __future__ import annotations

from typing import Annotated

import typer

from packstation.cli.errors import NOT_FOUND, CommandError
from packstation.cli.first_start import open_ready
from packstation.locale import _


def register(app: typer.Typer) -> None:
    """Add the command to the group `sync`."""
    app.command()(retry)


def retry(
    context: typer.Context,
    order: Annotated[str | None, typer.Argument(metavar="[ORDER]", help="Only those of this order.")] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="The supervisor whose PIN is given.")] = None,
) -> None:
    """Send what failed again at once: all of it, or what is about one order."""
    from packstation.acts.announcing import send_again
    from packstation.acts.mailing import send_mails_again
    from packstation.acts.workplace import open_command
    from packstation.cli.authority import ask_supervisor
    from packstation.store.finding import find_code

    open_ready(context)
    order_ids = None
    if order is not None:
        order_ids = sorted({order_id for found in find_code((order,)) for order_id in found.order_ids})
    if order_ids == []:
        raise CommandError(_("there is no order {number!r}").format(number=order), NOT_FOUND)
    ask_supervisor(open_command("sync retry"), by)
    typer.echo(_("{count} decisions wait to be sent again").format(count=send_again(order_ids)))
    if count := send_mails_again(order_ids):
        typer.echo(_("{count} mails wait to be sent again").format(count=count))
