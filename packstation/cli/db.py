"""`packstation db`: the database made, brought up to date, checked, backed up and restored, and what it keeps of a person."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from packstation.cli import privacy
from packstation.cli.errors import FAILED, FOUND_SOMETHING, WRONG_USE, CommandError
from packstation.cli.first_start import open_ready
from packstation.cli.opening import open_for_command
from packstation.locale import _

if TYPE_CHECKING:
    from packstation.store.check import Finding

app = typer.Typer(help="The database.", no_args_is_help=True)


@app.callback()
def db() -> None:
    """The database."""


privacy.register(app)


@app.command()
def init(context: typer.Context) -> None:
    """Make the database's tables and publish the shipped policy. One that has them is left as it is."""
    if open_ready(context):
        typer.echo(_("the database is ready"))
    else:
        typer.echo(_("the database was ready already; nothing was changed"))


@app.command()
def migrate(context: typer.Context) -> None:
    """Bring the tables up to this program's version. Safe to run from several places at once."""
    applied = open_for_command(context.obj, migrate=True)
    for name in applied:
        typer.echo(name)
    if not applied:
        typer.echo(_("the database is up to date"))


@app.command()
def check(context: typer.Context) -> None:
    """Compare all that is kept twice, follow all references, verify the ledger. Exits 5 when something is wrong."""
    from packstation.store.check import check as findings_of_check
    from packstation.store.database import DatabaseAwayError

    open_for_command(context.obj)
    try:
        findings = findings_of_check()
    except DatabaseAwayError as error:
        raise CommandError(_("the database does not answer: {reason}").format(reason=error)) from error
    for finding in findings:
        typer.echo(line_of(finding))
    if findings:
        raise typer.Exit(FOUND_SOMETHING)
    typer.echo(_("nothing is wrong"))


@app.command()
def backup(context: typer.Context, file: Annotated[Path, typer.Argument(metavar="FILE")]) -> None:
    """Write everything to a new SQLite file, from either engine, while others go on working."""
    from packstation.store.backup import BackupExistsError, back_up
    from packstation.store.database import DatabaseAwayError

    open_for_command(context.obj)
    try:
        back_up(file)
    except BackupExistsError as error:
        raise CommandError(_("{file} exists already; nothing was written").format(file=file)) from error
    except OSError as error:
        raise CommandError(
            _("{folder} cannot be written: {reason}").format(folder=file, reason=error.strerror)
        ) from error
    except DatabaseAwayError as error:
        raise CommandError(_("the database does not answer: {reason}").format(reason=error)) from error
    typer.echo(_("backup written to {file}").format(file=file))


@app.command()
def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Throw away what the database holds now.")] = False,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="The supervisor whose PIN is given.")] = None,
) -> None:
    """Read a backup into the database, whichever engine either is: all of it or nothing."""
    from packstation.acts.workplace import open_command
    from packstation.cli.authority import ask_supervisor
    from packstation.store.backup import DatabaseNotEmptyError, NotABackupError
    from packstation.store.backup import restore as read_back
    from packstation.store.database import DatabaseAwayError
    from packstation.store.people import everybody
    from packstation.store.schema import SchemaNewerError

    open_for_command(context.obj, migrate=True)
    if overwrite and everybody():
        ask_supervisor(open_command("db restore"), by)
    try:
        read_back(file, overwrite=overwrite)
    except NotABackupError as error:
        raise CommandError(_("no usable backup: {reason}").format(reason=error), WRONG_USE) from error
    except SchemaNewerError as error:
        message = _("{file} was made by a newer packstation ({migration}); update this one")
        raise CommandError(message.format(file=file, migration=error), FAILED) from error
    except DatabaseNotEmptyError as error:
        message = _("the database is not empty ({table}); --overwrite throws away what it holds")
        raise CommandError(message.format(table=error), FAILED) from error
    except DatabaseAwayError as error:
        raise CommandError(_("the database does not answer: {reason}").format(reason=error)) from error
    typer.echo(_("restored from {file}").format(file=file))


def line_of(finding: Finding) -> str:
    """What is wrong, in one line."""
    from packstation.store.check import FindingKind

    messages = {
        FindingKind.DAMAGED_FILE: _("the database file is damaged: {detail}"),
        FindingKind.DANGLING: _("{table} {key}: {detail} refers to something that is not there"),
        FindingKind.ORDER_WITHOUT_STATUS: _("{table} {key}: has no status"),
        FindingKind.ORDER_COLUMN: _("{table} {key}: {detail} is not what the order's own record gives"),
        FindingKind.REPLACED: _("{table} {key}: is wrongly marked as placed again, or wrongly not"),
        FindingKind.COPY: _("{table} {key}: is a copy of another order, but {detail} does not say so"),
        FindingKind.CUSTOMER: _("{table} {key}: belongs to another customer than its links give"),
        FindingKind.SUMMARY: _("{table} {key}: is not what the orders give"),
        FindingKind.SEARCH: _("{table} {key}: is not what the buyers give"),
        FindingKind.PARCEL_WITHOUT_ORDER: _("{table} {key}: belongs to no order"),
        FindingKind.PARCEL_OF_OTHER_SHOP: _("{table} {key}: carries an order of another shop"),
        FindingKind.PARCEL_STATE: _("{table} {key}: its state is not that of its last event"),
        FindingKind.SEVERAL_OPEN_HOLDS: _("{table} {key}: has several open holds"),
        FindingKind.HOLD_STATE: _("{table} {key}: its state is not that of its last event"),
        FindingKind.LEDGER: _("{table} {key}: {detail}"),
    }
    key = ", ".join(str(part) for part in finding.key)
    return messages[finding.kind].format(table=finding.table, key=key, detail=finding.detail)
