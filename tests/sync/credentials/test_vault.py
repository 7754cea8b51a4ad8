from __future__ import annotations

import base64
import io
import logging
import traceback
from dataclasses import replace

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from sync.credentials.credential import Credential, from_text, to_text
from sync.credentials.errors import DamagedCredentialError, WrongKeyError
from sync.credentials.vault import Vault
from tests.sync.credentials.conftest import NEW, OLD, a_key

SECRETS = ("s3cret-partner", "s3cret-a1", "s3cret-r1")


def test_what_is_sealed_opens_again_and_shows_nothing(vault: Vault) -> None:
    sealed = vault.seal(7, OLD)
    assert vault.open(7, sealed) == OLD
    raw = base64.urlsafe_b64decode(sealed)
    assert not any(secret.encode() in raw or secret in sealed for secret in SECRETS)
    assert vault.seal(7, OLD) != sealed


def test_a_credential_opens_for_its_own_shop_only(vault: Vault) -> None:
    with pytest.raises(DamagedCredentialError, match="run `packstation sync login SHOP` again"):
        vault.open(8, vault.seal(7, OLD))


def test_another_key_is_told_from_damage() -> None:
    sealed = Vault([a_key()]).seal(7, OLD)
    with pytest.raises(WrongKeyError, match="give PACKSTATION_KEY the key of the first login"):
        Vault([a_key("x")]).open(7, sealed)
    assert Vault([a_key("x"), a_key()]).open(7, sealed) == OLD


def test_every_altered_or_cut_text_is_refused_without_showing_it(vault: Vault) -> None:
    raw = base64.urlsafe_b64decode(vault.seal(7, OLD))
    broken = [raw[:length] for length in range(len(raw))]
    broken += [raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :] for at in range(len(raw))]
    for wrong in [base64.urlsafe_b64encode(one).decode() for one in broken] + ["é", "=", "not base64 !", "A" * 4001]:
        with pytest.raises((DamagedCredentialError, WrongKeyError)) as caught:
            vault.open(7, wrong)
        assert len(str(caught.value).splitlines()) == 1
        assert not wrong or wrong not in str(caught.value)


@pytest.mark.parametrize("text", ["", "5", "[]", "{", '{"secrets": {}, "other": 1}', "null"])
def test_what_was_sealed_but_is_no_credential_is_damage(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr("sync.credentials.vault.to_text", lambda _credential: text)
    sealed = vault.seal(7, OLD)
    with pytest.raises(DamagedCredentialError):
        vault.open(7, sealed)


@given(
    st.builds(
        Credential,
        st.dictionaries(st.text(), st.text()),
        st.text(),
        st.text(),
        st.none() | st.integers(0, 2**53),
        st.none() | st.integers(0, 2**53),
        st.dictionaries(st.text(), st.text()),
    )
)
def test_any_credential_survives_its_text(credential: Credential) -> None:
    assert from_text(to_text(credential)) == credential


def test_a_credential_shows_no_secret_in_repr_logs_or_tracebacks(vault: Vault) -> None:
    shown = io.StringIO()
    log = structlog.wrap_logger(structlog.PrintLogger(shown))
    log.info("credential", credential=OLD, shop=7)
    print(f"{OLD} {OLD!r} {[OLD]} {vault!r}", file=shown)
    logging.getLogger("x").handlers = [logging.StreamHandler(shown)]
    logging.getLogger("x").warning("%s %r", OLD, OLD)
    logging.getLogger("x").handlers = []
    with pytest.raises(DamagedCredentialError) as caught:
        vault.open(8, vault.seal(7, OLD))
    assert caught.value.__cause__ is caught.value.__context__ is None
    captured = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    shown.write("".join(line for line in captured.format() if "credential" in line or "vault" in line))
    text = shown.getvalue()
    assert "partner_key" in text
    assert not any(secret in text for secret in SECRETS)


def test_keys_are_the_same_only_with_the_same_secrets_and_tokens() -> None:
    assert OLD.same_keys(replace(OLD, access_expires_at=None, account={}))
    assert not OLD.same_keys(NEW)
    assert not OLD.same_keys(replace(OLD, secrets={}))
