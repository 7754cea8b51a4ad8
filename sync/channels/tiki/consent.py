"""Tokens. Source: open.tiki.vn, "OAuth 2.0": client credentials, authorization code flow, refresh token.

An app of the shop's own (in-house) asks for a token with its id and secret whenever it needs one. A public app (`app_type =
"public"` under `account`) needs the seller's consent with the scope `offline`, and trades a refresh token that is replaced with every
use; whether the old one still works is not documented, so that one that may have arrived is not sent again at once.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote, urlencode

from pydantic import ValidationError

from packstation.domain.times import SECOND
from packstation.locale import said
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError
from sync.channels.tiki.answers import token_payload
from sync.channels.tiki.wire import TokenWire
from sync.credentials.credential import Credential
from sync.shops_config import ShopConfig
from sync.web.connection import Connection
from sync.web.messages import Answer, Request

HOST = "https://api.tiki.vn"
APP_ID, APP_SECRET, APP_TYPE, PUBLIC = "app_id", "app_secret", "app_type", "public"
_SCOPES = "offline order"
_NEVER_ARRIVED = frozenset({"unreachable", "breaker", "429"})
_LATER = 60.0


class TikiConsent:
    """How a seller lets a public app in, and how any app gets its next token."""

    def __init__(self, shop: ShopConfig, connection: Connection) -> None:
        self._shop = shop
        self._connection = connection
        self._redirect = ""

    @property
    def is_needed(self) -> bool:
        """Whether the app is one that sellers give consent to."""
        return self._shop.account.get(APP_TYPE) == PUBLIC

    def consent_url(self, redirect: str, state: str) -> str:
        """Where the seller's browser goes; `redirect` must be one that the app has declared."""
        self._redirect = redirect
        query = {
            "response_type": "code",
            "client_id": self._shop.account.get(APP_ID, ""),
            "redirect_uri": redirect,
            "scope": _SCOPES,
            "state": state,
        }
        return f"{self._shop.consent_host or HOST}/sc/oauth2/auth?{urlencode(query, quote_via=quote)}"

    async def exchange(self, answer: Mapping[str, str]) -> Credential:
        """The tokens for the code that the redirect brought back.

        Raises:
            ChannelError: no code, or one that Tiki does not take.
        """
        code = answer.get("code", "")
        if not code:
            raise ChannelError(said("Tiki gave no code: agree on its page once more"), Advice.ASK_SELLER, code="code")
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._redirect}
        used = Credential()

        def prepare(credential: Credential, _now: int) -> Request:
            nonlocal used
            used = credential
            return self._request(credential, form)

        tokens = await self._connection.ask(prepare, _tokens_of)
        return self._with(used, tokens)

    async def renewed(self, credential: Credential) -> Credential:
        """The credential with a fresh access token.

        Raises:
            ChannelError: Tiki refuses, or cannot be reached.
        """
        if not self.is_needed:
            form = {"grant_type": "client_credentials", "scope": ""}

            async def once() -> TokenWire:
                return _tokens_of(await self._connection.send(self._request(credential, form)))

            return self._with(credential, await self._connection.retried(once))
        if not credential.refresh_token:
            text = said("Tiki's consent is missing or has ended: log in again")
            raise ChannelError(text, Advice.ASK_SELLER, code="no_refresh_token")
        form = {
            "grant_type": "refresh_token",
            "refresh_token": credential.refresh_token,
            "client_id": self._shop.account.get(APP_ID, ""),
        }
        try:
            return self._with(credential, _tokens_of(await self._connection.send(self._request(credential, form))))
        except ChannelError as error:
            if error.advice is not Advice.RETRY or error.code in _NEVER_ARRIVED:
                raise
            raise ChannelError(str(error), Advice.RETRY, retry_after=_LATER, code=error.code) from error

    def _request(self, credential: Credential, form: Mapping[str, str]) -> Request:
        app_id, secret = self._shop.account.get(APP_ID, ""), credential.secrets.get(APP_SECRET, "")
        if not app_id or not secret:
            raise ChannelError(
                said("Tiki's app_id or app_secret is missing: log in"), Advice.ASK_SELLER, code="no_secret"
            )
        headers = {
            "authorization": "Basic " + base64.b64encode(f"{app_id}:{secret}".encode()).decode(),
            "content-type": "application/x-www-form-urlencoded",
            "accept": "application/json",
        }
        url = f"{self._shop.auth_host or HOST}/sc/oauth2/token"
        return Request("POST", url, headers=headers, body=urlencode(form, quote_via=quote).encode())

    def _with(self, credential: Credential, tokens: TokenWire) -> Credential:
        seconds = tokens.expires_in
        lives = int(seconds) * SECOND if seconds.isascii() and seconds.isdigit() and len(seconds) < 12 else None
        return replace(
            credential,
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token or credential.refresh_token,
            access_expires_at=None if lives is None else self._connection.clock.now() + lives,
        )


def _tokens_of(answer: Answer) -> TokenWire:
    try:
        return TokenWire.model_validate(token_payload(answer))
    except ValidationError:
        # Not chained: the error in hand would carry the answer along.
        pass
    raise UnreadableAnswerError(said("HTTP {status}: the answer has no access token", status=answer.status))
