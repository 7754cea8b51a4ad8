"""`packstation sync`: the daemon in the foreground, as a service manager or a person starts it."""

from __future__ import annotations

import gc
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from packstation.cli.errors import FAILED, WRONG_USE, CommandError
from packstation.cli.first_start import folder_of, open_ready
from packstation.locale import _, in_this_language

_TURN_OF_A_THREAD = 0.0002
"""Seconds. The thread of the database gives its turn away at every statement; while pages are read it would else get it back late,
with a transaction open for which a desk waits."""

_COLLECT_AFTER = (50_000, 20, 50)
"""How rarely the collector looks for cycles: it stops both threads, in the middle of a transaction too. What was loaded by then is
left alone for good."""

if TYPE_CHECKING:
    from packstation.settings import MailSettings
    from sync.daemon import SingleRun
    from sync.mail import MailAccount
    from sync.shops_config import SyncConfig


def run(context: typer.Context, *, once: bool) -> None:
    """Sync every shop of channels.toml until told to stop, or once until all are up to date.

    Raises:
        CommandError: a mistake in the configuration, no key, or, once, a shop that could not be brought up to date.
    """
    import asyncio

    from packstation.acts.workplace import open_command
    from packstation.store.database import close_database
    from sync.credentials.errors import CredentialError
    from sync.credentials.key import find_keys
    from sync.credentials.vault import Vault
    from sync.daemon import Daemon
    from sync.logs import begin_log
    from sync.shops_config import load_shops

    folder = folder_of(context)
    if not _shops(folder).shops:
        line = _("{file}: no shops yet; `packstation config init` makes a commented copy to edit")
        raise CommandError(line.format(file=folder / "channels.toml"), WRONG_USE)
    account = _mail_account(context.obj.mail)
    open_ready(context)
    try:
        vault = Vault(find_keys())
    except CredentialError as error:
        raise CommandError(in_this_language(str(error)), FAILED) from None
    # From here on one thread of the daemon talks to the database, on a connection of its own.
    close_database()
    begin_log()

    sys.setswitchinterval(_TURN_OF_A_THREAD)
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)

    async def sync() -> SingleRun | None:
        open_place = partial(open_command, "sync", context.obj.retention.rules)
        daemon = Daemon(partial(load_shops, folder), open_place, vault, mail=account)
        if once:
            return await daemon.run_once()
        await daemon.run()
        return None

    ended = asyncio.run(sync())
    if ended is not None and ended.behind:
        raise CommandError(_line_of(ended), FAILED)


def _line_of(ended: SingleRun) -> str:
    if ended.was_told_to_end:
        line = _("told to end before these shops were up to date: {shops}; the next run goes on there")
    else:
        line = _("not up to date: {shops}; `packstation status` or the log above says why")
    return line.format(shops=", ".join(ended.behind))


def _mail_account(settings: MailSettings) -> MailAccount | None:
    from sync.mail import PASSWORD_VARIABLE, MailAccount

    if not settings.host:
        return None
    password = os.environ.get(PASSWORD_VARIABLE, "")
    if settings.user and not password:
        line = _("[mail] names a user, but its password is not in the environment: set {variable}")
        raise CommandError(line.format(variable=PASSWORD_VARIABLE), WRONG_USE)
    if not password.isascii():
        line = _("{variable}: mail servers take only letters without accents, digits and signs")
        raise CommandError(line.format(variable=PASSWORD_VARIABLE), WRONG_USE)
    return MailAccount(settings, password)


def _shops(folder: Path) -> SyncConfig:
    from packstation.settings_errors import SettingsError
    from sync.shops_config import load_shops

    try:
        return load_shops(folder)
    except SettingsError as error:
        raise CommandError(str(error), WRONG_USE) from error
