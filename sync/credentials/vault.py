"""Sealing: a credential becomes text that only the key opens, and only for the shop that it was sealed for."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from packstation.locale import said
from sync.credentials.credential import Credential, from_text, to_text
from sync.credentials.errors import DamagedCredentialError, WrongKeyError
from sync.credentials.key import KEY_VARIABLE, MARK_LENGTH, Key

_FORM = b"\x01"
_NONCE_LENGTH = 12
_NONCE_AT = len(_FORM) + MARK_LENGTH
_TEXT_AT = _NONCE_AT + _NONCE_LENGTH
_KIND = "credential"


class Vault:
    """Seals with one key and opens with any of its keys: AES-256-GCM, bound to the shop and to being a credential.

    Sealed text is, in URL-safe base64: one byte for this form, eight that tell which key it was, a random nonce, and the
    ciphertext with its tag.
    """

    def __init__(self, keys: Sequence[Key]) -> None:
        self._ciphers = {key.mark: AESGCM(key.value) for key in keys}
        self._sealing = keys[0].mark

    def seal(self, shop_id: int, credential: Credential) -> str:
        """The credential as text for the database."""
        nonce = secrets.token_bytes(_NONCE_LENGTH)
        sealed = self._ciphers[self._sealing].encrypt(nonce, to_text(credential).encode(), _bound_to(shop_id))
        return base64.urlsafe_b64encode(_FORM + self._sealing + nonce + sealed).decode("ascii")

    def open(self, shop_id: int, sealed: str) -> Credential:
        """The credential that was sealed for this shop.

        Raises:
            WrongKeyError: it was sealed with another key.
            DamagedCredentialError: it is not what was sealed for this shop.
        """
        raw = _bytes_of(sealed)
        form, mark, nonce = raw[:1], raw[1:_NONCE_AT], raw[_NONCE_AT:_TEXT_AT]
        if form != _FORM or len(raw) <= _TEXT_AT:
            raise _damaged()
        cipher = self._ciphers.get(mark)
        if cipher is None:
            line = said(
                "the credentials were sealed with another key: give {variable} the key of the first login,"
                " or run `packstation sync login SHOP` again",
                variable=KEY_VARIABLE,
            )
            raise WrongKeyError(line)
        try:
            return from_text(cipher.decrypt(nonce, raw[_TEXT_AT:], _bound_to(shop_id)).decode())
        except (InvalidTag, ValueError):
            pass
        raise _damaged()


def _bytes_of(sealed: str) -> bytes:
    try:
        return base64.b64decode(sealed, altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return b""


def _bound_to(shop_id: int) -> bytes:
    return f"packstation\n{_KIND}\n{shop_id}".encode()


def _damaged() -> DamagedCredentialError:
    return DamagedCredentialError(
        said("the credential in the database is damaged: run `packstation sync login SHOP` again")
    )
