"""A shop's credential: what the person gave, and what the channel gave for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field


class NoCredentialError(ValueError):
    """The text holds no credential."""


@dataclass(frozen=True, slots=True, repr=False)
class Credential:
    """Everything that a channel is shown. Its `repr` names what there is and shows none of it.

    Attributes:
        secrets: long-lived ones by name, as the person gave them (`partner_key`, `client_secret`, `consumer_secret` …).
        access_token: sent with every call; empty where a channel has none, or none yet.
        refresh_token: traded for the next access token; empty where a channel has none.
        access_expires_at: ms UTC; None where the channel does not say.
        refresh_expires_at: ms UTC; None where the channel does not say.
        account: ids learned at login, such as `shop_cipher`; no secrets.
    """

    secrets: Mapping[str, str] = field(default_factory=dict)
    access_token: str = ""
    refresh_token: str = ""
    access_expires_at: int | None = None
    refresh_expires_at: int | None = None
    account: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        tokens = [name for name in ("access_token", "refresh_token") if getattr(self, name)]
        return (
            f"Credential(holds {', '.join([*sorted(self.secrets), *tokens]) or 'nothing'}; access_expires_at="
            f"{self.access_expires_at}, refresh_expires_at={self.refresh_expires_at}, account={dict(self.account)!r})"
        )

    def same_keys(self, other: Credential) -> bool:
        """Whether a channel would see no difference: the same secrets and the same tokens."""
        return (self.secrets, self.access_token, self.refresh_token) == (
            other.secrets,
            other.access_token,
            other.refresh_token,
        )


def to_text(credential: Credential) -> str:
    """The credential as JSON, to be sealed. Nothing but the vault may see it."""
    return json.dumps(
        {
            "secrets": dict(credential.secrets),
            "access_token": credential.access_token,
            "refresh_token": credential.refresh_token,
            "access_expires_at": credential.access_expires_at,
            "refresh_expires_at": credential.refresh_expires_at,
            "account": dict(credential.account),
        },
        ensure_ascii=False,
    )


def from_text(text: str) -> Credential:
    """The credential that `to_text` wrote.

    Raises:
        NoCredentialError: it is none; the error says nothing of the text.
    """
    try:
        return Credential(**json.loads(text))
    except (TypeError, ValueError):
        pass
    # Raised out here: the error in hand would carry the text along.
    raise NoCredentialError("no credential")
