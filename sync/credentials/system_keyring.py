"""The system's keyring, asked so that it can neither prompt nor hang: a daemon has nobody in front of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE, ACCOUNT = "packstation", "credentials"

_PATIENCE = 5.0
"""Seconds that the system's keyring gets to answer."""
_LEAST_PRIORITY = 1
"""Below it are keyrings that keep nothing, or keep it in clear text."""


def keyring_get() -> str | None:
    """The key's text; None when it is not there, or there is no keyring that answers."""

    def ask() -> str | None:
        backend = _usable()
        return None if backend is None else backend.get_password(SERVICE, ACCOUNT)

    return _answered(ask)


def keyring_put(text: str) -> bool:
    """Keep the key's text; whether that worked."""

    def tell() -> str | None:
        backend = _usable()
        if backend is None:
            return None
        backend.set_password(SERVICE, ACCOUNT, text)
        return backend.get_password(SERVICE, ACCOUNT)

    return _answered(tell) == text


def _answered(ask: Callable[[], str | None]) -> str | None:
    """The answer, None where it fails or takes too long; then its thread is left behind and ends with the program."""
    answers: list[str | None] = []

    def run() -> None:
        try:
            answers.append(ask())
        except Exception:  # noqa: BLE001 - backends raise whatever their system does; without an answer there is the file
            answers.append(None)

    thread = threading.Thread(target=run, name="keyring", daemon=True)
    thread.start()
    thread.join(_PATIENCE)
    return answers[0] if answers else None


def _usable() -> KeyringBackend | None:
    """The keyring that keeps secrets and is open already; None where there is none."""
    import keyring

    backend = keyring.get_keyring()
    if backend.priority < _LEAST_PRIORITY or (_speaks_secret_service(backend) and not _is_open()):
        return None
    return backend


def _speaks_secret_service(backend: KeyringBackend) -> bool:
    """Whether the keyring, or one that it asks in turn, is a desktop's that would show a dialog while it is locked."""
    backends = getattr(backend, "backends", None) or [backend]
    return any(type(one).__module__ == "keyring.backends.SecretService" for one in backends)


def _is_open() -> bool:
    """Whether the desktop's collection exists and is unlocked: looking it up by its name shows no dialog."""
    import secretstorage

    connection = secretstorage.dbus_init()
    try:
        return not secretstorage.Collection(connection).is_locked()
    finally:
        connection.close()
