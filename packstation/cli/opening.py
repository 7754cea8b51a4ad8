"""Opening the database for a command; what can go wrong with that is told in one line."""

from __future__ import annotations

from packstation.cli.errors import FAILED, WRONG_USE, CommandError
from packstation.locale import _
from packstation.settings import Settings


def open_for_command(settings: Settings, *, patient: bool = True, migrate: bool = False) -> list[str]:
    """Open the database of the settings and make sure of its schema; the migrations that were applied.

    Args:
        settings: they name the database.
        patient: for commands, whose work may take longer than a desk would wait.
        migrate: apply missing migrations, and make the folder of an SQLite file, for its owner only, rather than refuse.

    Raises:
        CommandError: the database cannot be used as it is.
    """
    from packstation.store import schema
    from packstation.store.database import DatabaseAwayError, open_database
    from packstation.store.engines import DatabaseUrlError, sqlite_path

    applied: list[str] = []
    try:
        if settings.database.startswith("sqlite:"):
            file = sqlite_path(settings.database)
            if migrate:
                file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            elif not file.exists():
                message = _("{file}: there is no database yet; `packstation db init` makes one")
                raise CommandError(message.format(file=file))
        open_database(settings.database, patient=patient)
        if migrate:
            applied = schema.migrate()
        schema.check_schema()
    except DatabaseUrlError as error:
        raise CommandError(str(error), WRONG_USE) from error
    except DatabaseAwayError as error:
        raise CommandError(_("the database does not answer: {reason}").format(reason=error), FAILED) from error
    except OSError as error:
        message = _("{folder} cannot be written: {reason}")
        raise CommandError(message.format(folder=error.filename, reason=error.strerror), FAILED) from error
    except schema.SchemaNewerError as error:
        message = _("the database was made by a newer packstation ({migration}); update this one")
        raise CommandError(message.format(migration=error), FAILED) from error
    except schema.NoSchemaError as error:
        message = _("the database lacks {migration}; `packstation db migrate` brings it up to date")
        raise CommandError(message.format(migration=error), FAILED) from error
    return applied
