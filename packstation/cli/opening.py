"""Opening the database for a command, with what can go wrong told in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packstation.cli.errors import FAILED, WRONG_USE, CommandError
from packstation.locale import _

if TYPE_CHECKING:
    from packstation.settings import Settings


def open_for_command(settings: Settings, *, patient: bool = True, migrate: bool = False) -> None:
    """Open the database of the settings for this process and make sure that its schema is this program's.

    Args:
        settings: the loaded settings.
        patient: no statement timeout, for work that may take long.
        migrate: give an empty database its tables first.

    Raises:
        CommandError: the database cannot be reached or used; the text says what to do.
    """
    from packstation.store.database import DatabaseAwayError, DatabaseUrlError, is_sqlite, open_database, sqlite_path
    from packstation.store.schema import (
        NoSchemaError,
        SchemaNewerError,
        applied_migrations,
        check_schema,
    )
    from packstation.store.schema import migrate as apply_migrations

    try:
        open_database(settings.database, patient=patient)
        if is_sqlite() and not migrate and not sqlite_path(settings.database).exists():
            line = _("there is no database {file} yet; `packstation db init` or `packstation import` makes it")
            raise CommandError(line.format(file=sqlite_path(settings.database)), FAILED)
        if is_sqlite() and migrate:
            sqlite_path(settings.database).absolute().parent.mkdir(parents=True, exist_ok=True)
        if migrate and not applied_migrations():
            apply_migrations()
        check_schema()
    except DatabaseUrlError as error:
        raise CommandError(str(error), WRONG_USE) from error
    except DatabaseAwayError as error:
        raise CommandError(_("the database does not answer: {error}").format(error=error), FAILED) from error
    except NoSchemaError as error:
        raise CommandError(
            _("the database needs migrating (`packstation db migrate`): {name} is missing").format(name=error)
        ) from error
    except SchemaNewerError as error:
        line = _("the database was migrated by a newer packstation ({name}); install that version")
        raise CommandError(line.format(name=error)) from error
    except OSError as error:
        raise CommandError(f"{settings.database}: {error.strerror}", FAILED) from error
