"""The command line: the composition root, one module a command group; it wires everything together."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from packstation.cli import (
    blocking,
    care,
    cases,
    cod,
    config,
    costs,
    customers,
    db,
    debts,
    demo,
    due,
    importing,
    ledger,
    linking,
    orders,
    people,
    policy,
    printing,
    report,
    returns,
    ringing,
    sandbox,
    state,
    station,
    sync,
)
from packstation.cli.errors import FAILED, WRONG_USE, CommandError
from packstation.locale import LANGUAGES, _, use_language

if TYPE_CHECKING:
    from packstation.settings import Settings

app = typer.Typer(
    name="packstation",
    help="The packing desk: scan a parcel, see its buyer's history, call before a risky order is packed.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def packstation(
    context: typer.Context,
    config_folder: Annotated[
        Path | None, typer.Option("--config", metavar="DIR", help="Folder of the config files.")
    ] = None,
    database: Annotated[
        str | None, typer.Option("--database", metavar="URL", help="sqlite:///file or postgresql://…")
    ] = None,
    language: Annotated[str | None, typer.Option("--lang", help="vi or en.")] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """The packing desk in a terminal."""
    known = language if language in LANGUAGES else None
    if context.invoked_subcommand == "config":
        use_language(known or "en")
    else:
        context.obj = _settings(config_folder, database, known)
        use_language(context.obj.station.language)
    if language != known:
        raise CommandError(_("--lang {language!r}: must be vi or en").format(language=language), WRONG_USE)


def _settings(config_folder: Path | None, database: str | None, language: str | None) -> Settings:
    from packstation.settings import load_settings
    from packstation.settings_errors import SettingsError

    try:
        return load_settings(config_folder, database=database, language=language)
    except SettingsError as error:
        raise CommandError(str(error), WRONG_USE) from error


app.add_typer(care.app, name="care")
app.add_typer(cases.app, name="case")
app.add_typer(config.app, name="config")
app.add_typer(cod.app, name="cod")
app.add_typer(costs.app, name="costs")
app.add_typer(db.app, name="db")
app.add_typer(people.app, name="people")
app.add_typer(policy.app, name="policy")
app.add_typer(printing.app, name="print")
app.add_typer(ledger.app, name="ledger")
app.add_typer(linking.app, name="link")
app.add_typer(report.app, name="report")
app.add_typer(sync.app, name="sync")
station.register(app)
demo.register(app)
importing.register(app)
orders.register(app)
customers.register(app)
due.register(app)
blocking.register(app)
ringing.register(app)
state.register(app)
returns.register(app)
debts.register(app)
sandbox.register(app)


def main() -> None:
    """Run the command line; every error is one line on standard error and an exit code."""
    arguments = sys.argv[1:]
    debug = "--debug" in arguments
    try:
        sys.exit(app(args=arguments, standalone_mode=False) or 0)
    except CommandError as error:
        code, text = error.exit_code, str(error)
    except typer.TyperException as error:
        code, text = WRONG_USE, " ".join(error.format_message().split())
    except (typer.Abort, KeyboardInterrupt):
        code, text = FAILED, _("interrupted")
    except BrokenPipeError:
        code, text = FAILED, _("nobody reads the output any more")
    except Exception as error:
        code, text = FAILED, _of_unexpected(error)
        if debug:
            raise
    sys.stderr.write(f"packstation: {text}\n")
    sys.exit(code)


def _of_unexpected(error: Exception) -> str:
    from packstation.store.database import DatabaseAwayError
    from packstation.store.engines import DatabaseUrlError

    if isinstance(error, DatabaseAwayError | DatabaseUrlError):
        return _("the database does not answer: {reason}").format(reason=error)
    first = (str(error) or type(error).__name__).splitlines()[0]
    line = _("internal error, please report it (--debug shows where): {kind}: {text}")
    return line.format(kind=type(error).__name__, text=first)
