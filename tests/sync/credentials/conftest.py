from __future__ import annotations

import socket
from pathlib import Path

import pytest

from packstation.store.database import transaction
from packstation.store.shops import shop_id_of
from sync.credentials.credential import Credential
from sync.credentials.key import Key, KeyPlace
from sync.credentials.vault import Vault
from tests.factories import a_shop

OLD = Credential({"partner_key": "s3cret-partner"}, "s3cret-a1", "s3cret-r1", 1_000, 2_000, {"shop_id": "7"})
NEW = Credential({"partner_key": "s3cret-partner"}, "s3cret-a2", "s3cret-r2", 3_000, 4_000, {"shop_id": "7"})


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def a_key(letter: str = "k") -> Key:
    return Key(letter.encode() * 32, KeyPlace.ENVIRONMENT)


@pytest.fixture
def vault() -> Vault:
    return Vault([a_key()])


@pytest.fixture
def shop_id(database: str) -> int:
    with transaction():
        return shop_id_of(a_shop())


@pytest.fixture
def bare_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No key anywhere and no keyring; the folder where a key's file would be."""
    monkeypatch.delenv("PACKSTATION_KEY", raising=False)
    monkeypatch.setattr("sync.credentials.key.keyring_get", lambda: None)
    monkeypatch.setattr("sync.credentials.key.keyring_put", lambda _text: False)
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_a, **_k: tmp_path / "data")
    return tmp_path / "data"
