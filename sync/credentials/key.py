"""The key that seals credentials: from the environment, else the keyring, else a file that only its owner can read.

It is never in the database, in a config file, in a log or in an error. Only sealing makes a key; opening without one is an
error, as a new one would open nothing.
"""

from __future__ import annotations

import base64
import binascii
import errno
import hashlib
import hmac
import os
import secrets
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import platformdirs

from packstation.locale import said
from sync.credentials.errors import KeyMissingError, KeyUnusableError
from sync.credentials.system_keyring import keyring_get, keyring_put

KEY_VARIABLE = "PACKSTATION_KEY"
KEY_FILE = "credentials.key"
MARK_LENGTH = 8

_LENGTH = 32
_LONGEST_TEXT = 200


class KeyPlace(StrEnum):
    """Where a key was found."""

    ENVIRONMENT = "environment"
    KEYRING = "keyring"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Key:
    """32 bytes that nobody prints, and where they came from."""

    value: bytes = field(repr=False)
    place: KeyPlace

    @property
    def mark(self) -> bytes:
        """What tells this key from others without telling anything about it."""
        return hmac.new(self.value, b"packstation: which key", hashlib.sha256).digest()[:MARK_LENGTH]


def key_file() -> Path:
    """Where the key is kept when there is no keyring: in the user's data folder, beside the default database."""
    return platformdirs.user_data_path("packstation", appauthor=False) / KEY_FILE


def find_keys() -> tuple[Key, ...]:
    """The keys that are there, the one to seal with first: the environment's alone, else the keyring's and the file's.

    The file has one beside the keyring's when it was made while the keyring was locked.

    Raises:
        KeyMissingError: there is none.
        KeyUnusableError: one is malformed, or others can read its file.
    """
    keys = _existing_keys()
    if not keys:
        line = said(
            "there is no key for the credentials: unlock the keyring, set {variable}, or run `packstation sync login SHOP`"
            " as the user of this program",
            variable=KEY_VARIABLE,
        )
        raise KeyMissingError(line)
    return keys


def find_or_make_keys() -> tuple[Key, ...]:
    """The keys that are there, else a new one, in the keyring if the system has one, else in the file.

    Raises:
        KeyUnusableError: one is malformed, others can read its file, or the file cannot be made.
    """
    keys = _existing_keys()
    if keys:
        return keys
    text = base64.urlsafe_b64encode(secrets.token_bytes(_LENGTH)).decode("ascii")
    if keyring_put(text):
        return (_parsed(text, KeyPlace.KEYRING, "keyring"),)
    return (_made_file(key_file(), text),)


def _existing_keys() -> tuple[Key, ...]:
    if text := os.environ.get(KEY_VARIABLE):
        return (_parsed(text, KeyPlace.ENVIRONMENT, KEY_VARIABLE),)
    kept = keyring_get()
    in_keyring = _parsed(kept, KeyPlace.KEYRING, "keyring") if kept else None
    return tuple(key for key in (in_keyring, _read_file(key_file())) if key is not None)


def _parsed(text: str, place: KeyPlace, where: str) -> Key:
    try:
        value = base64.b64decode(text.strip(), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        value = b""
    if len(value) != _LENGTH:
        line = said("{where}: is no key; allowed: {count} bytes in URL-safe base64", where=where, count=_LENGTH)
        raise KeyUnusableError(line)
    return Key(value, place)


def _read_file(file: Path) -> Key | None:
    try:
        # Nothing but a plain file of this user's is read, whatever its name points to; not waiting, should it be a pipe.
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise KeyUnusableError(said("{file}: cannot be read: {reason}", file=file, reason=error.strerror)) from error
    try:
        _refuse_unless_private(file, os.fstat(handle))
        text = os.read(handle, _LONGEST_TEXT)
    finally:
        os.close(handle)
    return _parsed(text.decode("ascii", "replace"), KeyPlace.FILE, str(file))


def _refuse_unless_private(file: Path, state: os.stat_result) -> None:
    if not stat.S_ISREG(state.st_mode):
        raise KeyUnusableError(said("{file}: is no file", file=file))
    if os.name != "posix":
        return
    if state.st_uid not in (os.geteuid(), 0):
        raise KeyUnusableError(said("{file}: belongs to another user; it must be yours alone", file=file))
    if stat.S_IMODE(state.st_mode) & 0o077:
        line = said(
            "{file}: others can read this key; run `chmod 600` on it, and log in to the shops again if one of them did",
            file=file,
        )
        raise KeyUnusableError(line)


def _made_file(file: Path, text: str) -> Key:
    """Write a key to a new file, which is whole and its owner's only from the first moment; another's that was quicker wins."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f"{file.name}.", dir=file.parent)
        try:
            with os.fdopen(handle, "w", encoding="ascii") as part:
                part.write(text + "\n")
                part.flush()
                os.fsync(part.fileno())
            with suppress(FileExistsError):
                os.link(name, file)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        line = said("{folder} cannot be written: {reason}", folder=file.parent, reason=error.strerror)
        raise KeyUnusableError(line) from error
    key = _read_file(file)
    if key is None:
        raise KeyUnusableError(said("{file}: cannot be read: {reason}", file=file, reason=os.strerror(errno.ENOENT)))
    return key
