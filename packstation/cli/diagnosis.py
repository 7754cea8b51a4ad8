"""What `packstation doctor` looks at: config, database, policy, people, terminal."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from packstation.cli.errors import CommandError
from packstation.locale import _, in_this_language
from packstation.settings import Settings, config_file

_LEAST_FREE_BYTES = 200 * 1024 * 1024
_LEAST_COLUMNS, _LEAST_LINES = 80, 24


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; when it is not good, the text says how to mend it."""

    good: bool
    text: str


def diagnose(settings: Settings, folder: Path) -> list[Finding]:
    """Look at everything once; what cannot be looked at because of an earlier finding is left out."""
    return [*_config(folder), *_database(settings, folder), *_terminal()]


def _config(folder: Path) -> Iterator[Finding]:
    from packstation.acts.rule_sets import check_rules
    from packstation.domain.policy import parse_policy
    from packstation.domain.policy_reading import PolicyError
    from packstation.domain.rule_kinds import RuleKind

    yield Finding(True, _("config files: {folder}").format(folder=folder))
    checks: dict[str, Callable[[str, str], object]] = {"risk": lambda text, file: parse_policy(text, 0, file)}
    checks |= {str(kind): partial(check_rules, kind) for kind in RuleKind}
    for name, check in checks.items():
        file = config_file(f"{name}.toml", folder)
        try:
            check(file.read_text(encoding="utf-8"), str(file))
            yield Finding(True, _("{file}: nothing wrong").format(file=file))
        except (PolicyError, OSError, UnicodeDecodeError) as error:
            yield Finding(False, str(error))
    yield from _shops(folder)


def _shops(folder: Path) -> Iterator[Finding]:
    from packstation.settings_errors import SettingsError
    from sync.shops_config import CHANNELS_FILE, load_shops

    try:
        count = len(load_shops(folder).shops)
    except SettingsError as error:
        yield Finding(False, str(error))
        return
    line = _("{file}: {count} shops, nothing wrong")
    yield Finding(True, line.format(file=config_file(CHANNELS_FILE, folder), count=count))


def _logins(folder: Path) -> Iterator[Finding]:
    """Whether the credentials of the shops in `channels.toml` can be had; none of them is shown."""
    from packstation.settings_errors import SettingsError
    from packstation.store.credentials import all_credentials
    from sync.credentials.errors import CredentialError
    from sync.credentials.key import find_keys
    from sync.credentials.tokens import stored_credential
    from sync.credentials.vault import Vault
    from sync.shops_config import load_shops

    try:
        shops = load_shops(folder).shops
    except SettingsError:
        return
    ids = {name: shop_id for shop_id, name, _sealed in all_credentials()}
    for shop in shops:
        if shop.name not in ids:
            line = _("{shop}: nobody logged in: run `packstation sync login SHOP`")
            yield Finding(False, line.format(shop=shop.name))
            continue
        try:
            stored_credential(Vault(find_keys()), ids[shop.name])
            yield Finding(True, _("{shop}: logged in").format(shop=shop.name))
        except CredentialError as error:
            trouble = in_this_language(str(error))
            yield Finding(False, _("{shop}: {trouble}").format(shop=shop.name, trouble=trouble))


def _database(settings: Settings, folder: Path) -> Iterator[Finding]:
    from packstation.cli.opening import open_for_command
    from packstation.store.database import is_sqlite
    from packstation.store.engines import sqlite_path
    from packstation.store.ledger import verify
    from packstation.store.people import everybody
    from packstation.store.policies import newest_version

    try:
        open_for_command(settings)
    except CommandError as error:
        yield Finding(False, str(error))
        return
    yield Finding(True, _("the database answers"))
    if is_sqlite():
        free = shutil.disk_usage(sqlite_path(settings.database).absolute().parent).free
        enough = free >= _LEAST_FREE_BYTES
        line = (
            _("{free} MB free on the database's disk")
            if enough
            else _("only {free} MB free on the database's disk: make room")
        )
        yield Finding(enough, line.format(free=free // 1024 // 1024))
    published = newest_version() > 0
    yield Finding(
        published, _("a policy is published") if published else _("no policy: run `packstation policy publish`")
    )
    supervised = any(person.supervises for person in everybody())
    missing = _("no supervisor yet: run `packstation people add NAME --role supervisor`, or start the station")
    yield Finding(supervised, _("there is a supervisor") if supervised else missing)
    count, broken = verify()
    whole = _("the ledger is whole ({count} entries)").format(count=count)
    yield Finding(not broken, _("the ledger is broken: run `packstation ledger verify`") if broken else whole)
    yield from _logins(folder)


def _terminal() -> Iterator[Finding]:
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    utf8 = encoding == "utf8"
    yield Finding(
        utf8,
        _("the terminal speaks UTF-8") if utf8 else _("the terminal does not speak UTF-8: set LANG to a UTF-8 locale"),
    )
    if not sys.stdout.isatty():
        return
    size = os.get_terminal_size()
    large = size.columns >= _LEAST_COLUMNS and size.lines >= _LEAST_LINES
    text = _("the terminal is {columns}x{lines}").format(columns=size.columns, lines=size.lines)
    yield Finding(large, text if large else _("{text}: make it at least 80x24").format(text=text))
