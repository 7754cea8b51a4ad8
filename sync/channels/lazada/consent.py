"""Lazada's OAuth: the seller agrees in a browser, the code buys tokens, and the access token is renewed.

Source: Lazada Open Platform, "Seller authorization introduction". Renewing does not lengthen the refresh token's life: after 180 days
(30 for an app in test) the seller must agree again. The documents do not say that a refresh token works only once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote, urlencode

from pydantic import ValidationError

from packstation.domain.times import SECOND
from packstation.locale import said
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError
from sync.channels.lazada.answers import envelope_of
from sync.channels.lazada.gateway import Gateway
from sync.channels.lazada.wire import TokenWire
from sync.credentials.credential import Credential
from sync.shops_config import ShopConfig
from sync.web.connection import Connection
from sync.web.messages import Answer, Request

_CONSENT_HOST = "https://auth.lazada.com"


class LazadaConsent:
    """How a seller lets packstation in, and how it stays in."""

    def __init__(self, shop: ShopConfig, connection: Connection, gateway: Gateway) -> None:
        self._host = shop.consent_host or _CONSENT_HOST
        self._connection = connection
        self._gateway = gateway

    def consent_url(self, redirect: str, state: str) -> str:
        """Where the seller's browser goes."""
        query = {
            "response_type": "code",
            "force_auth": "true",
            "redirect_uri": redirect,
            "client_id": self._gateway.app_key,
            "state": state,
        }
        return f"{self._host}/oauth/authorize?{urlencode(query, quote_via=quote)}"

    async def exchange(self, answer: Mapping[str, str]) -> Credential:
        """The tokens for the code that the redirect brought back.

        Raises:
            ChannelError: no code, or one that Lazada does not take.
        """
        if not answer.get("code"):
            raise ChannelError(said("Lazada gave no code: agree on its page once more"), Advice.ASK_SELLER, code="code")
        used = Credential()

        def prepare(credential: Credential, now: int) -> Request:
            nonlocal used
            used = credential
            return self._gateway.trade("/auth/token/create", {"code": answer["code"]}, credential, now)

        tokens = await self._connection.ask(prepare, _tokens_of)
        return self._with(used, tokens)

    async def renewed(self, credential: Credential) -> Credential:
        """The credential with a fresh access token.

        Raises:
            ChannelError: the seller must agree again, or Lazada cannot be reached.
        """
        ends = credential.refresh_expires_at
        if not credential.refresh_token or (ends is not None and ends <= self._gateway.now):
            text = said("Lazada's consent has ended or was taken back: log in again")
            raise ChannelError(text, Advice.ASK_SELLER, code="IllegalRefreshToken")
        form = {"refresh_token": credential.refresh_token}

        async def once() -> TokenWire:
            request = self._gateway.trade("/auth/token/refresh", form, credential, self._gateway.now)
            return _tokens_of(await self._connection.send(request))

        return self._with(credential, await self._connection.retried(once))

    def _with(self, credential: Credential, tokens: TokenWire) -> Credential:
        now = self._gateway.now
        seller = next((str(one["seller_id"]) for one in tokens.country_user_info if one.get("seller_id")), None)
        return replace(
            credential,
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token or credential.refresh_token,
            access_expires_at=_end(now, tokens.expires_in),
            refresh_expires_at=_end(now, tokens.refresh_expires_in) or credential.refresh_expires_at,
            account={**credential.account, **({"seller_id": seller} if seller else {})},
        )


def _tokens_of(answer: Answer) -> TokenWire:
    try:
        return TokenWire.model_validate(envelope_of(answer))
    except ValidationError:
        # Not chained: the error in hand would carry the answer along.
        pass
    raise UnreadableAnswerError(said("HTTP {status}: the answer has no access token", status=answer.status))


def _end(now: int, seconds: str) -> int | None:
    return now + int(seconds) * SECOND if seconds.isascii() and seconds.isdigit() and len(seconds) < 12 else None
