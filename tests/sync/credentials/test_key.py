from __future__ import annotations

import base64
import os
import stat
import threading
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null

from sync.credentials import key as keys
from sync.credentials import system_keyring
from sync.credentials.errors import KeyMissingError, KeyUnusableError
from sync.credentials.key import Key, KeyPlace, find_keys, find_or_make_keys, key_file

TEXT = base64.urlsafe_b64encode(b"\xfb" * 32).decode()


def written(folder: Path, text: str = TEXT, mode: int = 0o600) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / "credentials.key"
    file.write_text(text)
    file.chmod(mode)
    return file


def test_opening_without_any_key_says_what_to_do_and_makes_none(bare_system: Path) -> None:
    with pytest.raises(KeyMissingError, match="set PACKSTATION_KEY"):
        find_keys()
    assert not bare_system.exists()


def test_the_first_sealing_makes_a_file_of_its_owner_only(bare_system: Path) -> None:
    [made] = find_or_make_keys()
    assert made.place is KeyPlace.FILE
    assert [file.name for file in bare_system.iterdir()] == ["credentials.key"]
    assert stat.S_IMODE(key_file().stat().st_mode) == 0o600
    assert find_or_make_keys() == find_keys() == (made,)


def test_the_file_that_was_made_by_somebody_quicker_wins(bare_system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = os.link

    def slow(source: str, target: Path) -> None:
        written(bare_system)
        link(source, target)

    monkeypatch.setattr("os.link", slow)
    assert find_or_make_keys() == (Key(b"\xfb" * 32, KeyPlace.FILE),)
    assert len(list(bare_system.iterdir())) == 1


def test_the_environments_key_is_the_only_one(bare_system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(bare_system, "unreadable rubbish", 0o644)
    monkeypatch.setenv("PACKSTATION_KEY", TEXT)
    assert find_keys() == (Key(b"\xfb" * 32, KeyPlace.ENVIRONMENT),)


def test_the_keyrings_key_comes_before_the_files(bare_system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(bare_system)
    monkeypatch.setattr(keys, "keyring_get", lambda: base64.urlsafe_b64encode(b"r" * 32).decode())
    assert [(key.value[:1], key.place) for key in find_keys()] == [(b"r", KeyPlace.KEYRING), (b"\xfb", KeyPlace.FILE)]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666, 0o620])
def test_a_file_that_others_can_read_is_refused(bare_system: Path, mode: int) -> None:
    file = written(bare_system, mode=mode)
    for find in (find_keys, find_or_make_keys):
        with pytest.raises(KeyUnusableError) as caught:
            find()
        assert str(caught.value).startswith(f"{file}: others can read this key; run `chmod 600`")
        assert TEXT not in str(caught.value)


def test_a_file_of_another_user_is_refused(bare_system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(bare_system)
    owner = key_file().stat().st_uid
    monkeypatch.setattr("os.geteuid", lambda: owner + 1)
    if owner:
        with pytest.raises(KeyUnusableError, match="belongs to another user"):
            find_keys()
    else:
        assert find_keys()


def test_what_is_no_plain_file_is_refused_at_once(bare_system: Path) -> None:
    bare_system.mkdir()
    key_file().mkdir()
    with pytest.raises(KeyUnusableError, match=r"is no file|cannot be read"):
        find_keys()
    key_file().rmdir()
    os.mkfifo(key_file(), 0o600)
    with pytest.raises(KeyUnusableError, match="is no file"):
        find_keys()
    key_file().unlink()
    key_file().symlink_to(written(bare_system.parent / "elsewhere"))
    with pytest.raises(KeyUnusableError, match="cannot be read"):
        find_keys()


@pytest.mark.parametrize("text", ["", "short", TEXT[:-4], TEXT + "AAAA", TEXT.replace("-", "!"), "é" * 44])
def test_what_is_no_key_is_refused_without_being_shown(
    bare_system: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    written(bare_system, text)
    with pytest.raises(KeyUnusableError) as caught:
        find_keys()
    assert "32 bytes in URL-safe base64" in str(caught.value)
    if text:
        monkeypatch.setenv("PACKSTATION_KEY", text)
        with pytest.raises(KeyUnusableError, match=r"^PACKSTATION_KEY: is no key") as caught:
            find_keys()
        assert text not in str(caught.value)


def test_a_folder_that_cannot_be_made_is_one_line(bare_system: Path) -> None:
    bare_system.write_text("in the way")
    with pytest.raises(KeyUnusableError, match=r"cannot be written|cannot be read"):
        find_or_make_keys()


def test_a_key_is_never_shown() -> None:
    key = Key(b"secret-secret-secret-secret-1234", KeyPlace.FILE)
    assert "secret" not in repr(key)
    assert b"secret" not in key.mark
    assert key.mark != Key(b"x" * 32, KeyPlace.FILE).mark


class Drawer(KeyringBackend):
    """A keyring in memory."""

    priority = 5

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


class Broken(Drawer):
    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError("s3cret and no bus")


class Hanging(Drawer):
    def __init__(self, end: threading.Event) -> None:
        super().__init__()
        self.end = end

    def get_password(self, service: str, username: str) -> str | None:
        self.end.wait(30)
        return None


@pytest.fixture
def own_keyring(monkeypatch: pytest.MonkeyPatch) -> Drawer:
    drawer = Drawer()
    monkeypatch.setattr(keyring, "get_keyring", lambda: drawer)
    return drawer


def test_a_keyring_keeps_the_key(own_keyring: Drawer) -> None:
    assert system_keyring.keyring_get() is None
    assert system_keyring.keyring_put("text")
    assert system_keyring.keyring_get() == "text"
    assert own_keyring.kept == {("packstation", "credentials"): "text"}


def test_a_keyring_that_keeps_nothing_fails_or_hangs_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    end = threading.Event()
    keeping_nothing: list[KeyringBackend] = [kind() for kind in (fail.Keyring, null.Keyring)]
    monkeypatch.setattr(system_keyring, "_PATIENCE", 0.05)
    for backend in (*keeping_nothing, Broken(), Hanging(end)):
        monkeypatch.setattr(keyring, "get_keyring", lambda backend=backend: backend)
        assert system_keyring.keyring_get() is None
        assert not system_keyring.keyring_put("text")
    end.set()


def test_a_desktops_keyring_is_not_asked_while_it_would_show_a_dialog(
    own_keyring: Drawer, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_keyring.kept["packstation", "credentials"] = "text"
    monkeypatch.setattr(Drawer, "__module__", "keyring.backends.SecretService")
    monkeypatch.setattr(system_keyring, "_is_open", lambda: False)
    assert system_keyring.keyring_get() is None
    monkeypatch.setattr(system_keyring, "_is_open", lambda: True)
    assert system_keyring.keyring_get() == "text"
