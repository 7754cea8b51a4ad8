"""Why a shop's credential cannot be had. All of them are for a person to mend; the texts name no secret.

CredentialError
├── NotLoggedInError         nobody logged in to the shop yet
├── KeyMissingError          there is no key to open it with
├── KeyUnusableError         the key's file or variable is not what it must be
├── PairLostError            a renewal broke off, and the channel does not take the old refresh token any more
├── WrongKeyError            it was sealed with another key
└── DamagedCredentialError   it is not what was sealed: altered, cut off, or another shop's
"""

from __future__ import annotations

from sync.channels.errors import Advice, ChannelError


class CredentialError(ChannelError):
    """A credential cannot be had until a person does something; the text is one line that says what."""

    def __init__(self, text: str) -> None:
        super().__init__(text, Advice.ASK_SELLER, code="credential")


class NotLoggedInError(CredentialError):
    """Nobody logged in to the shop yet."""


class KeyMissingError(CredentialError):
    """There is no key in environment, keyring or file."""


class KeyUnusableError(CredentialError):
    """The key is malformed, or its file can be read by others."""


class PairLostError(CredentialError):
    """A renewal broke off before its result was stored, and the channel refuses the refresh token from before it."""


class WrongKeyError(CredentialError):
    """The credential was sealed with another key than the one that is here."""


class DamagedCredentialError(CredentialError):
    """The credential was altered, cut off, or copied from another shop."""
