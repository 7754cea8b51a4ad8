"""How a seller lets an application of theirs in at Haravan (OAuth 2.0), and how its tokens are renewed.

Source: "Get started with Haravan App" and "Create App and Connect API". They do not say whether a refresh token comes with the
access token, nor for how long either lasts: both are taken as they come, and without a refresh token only a new login helps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from urllib.parse import quote, urlencode

from pydantic import ValidationError

from packstation.domain.times import SECOND
from packstation.locale import said
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError
from sync.channels.shopify_like.values import Amount, Text, Wire
from sync.credentials.credential import Credential
from sync.shops_config import ShopConfig
from sync.web.connection import Connection
from sync.web.messages import Answer, Request, excerpt

ACCOUNTS_HOST = "https://accounts.haravan.com"
SCOPE = "openid profile email org userinfo offline_access grant_service com.read_orders com.write_orders"


class _Tokens(Wire):
    access_token: Text = ""
    refresh_token: Text = ""
    expires_in: Amount = Decimal(0)
    error: Text = ""
    error_description: Text = ""


class HaravanConsent:
    """The consent page, and what its redirect brings back."""

    def __init__(self, shop: ShopConfig, connection: Connection) -> None:
        self._shop = shop
        self._connection = connection
        self._redirect = ""

    def consent_url(self, redirect: str, state: str) -> str:
        """Where the seller's browser goes; the redirect must be one that the application declares."""
        self._redirect = redirect
        query = {
            "response_mode": "query",
            "response_type": "code",
            "scope": SCOPE,
            "client_id": self._shop.account.get("client_id", ""),
            "redirect_uri": redirect,
            "state": state,
            "nonce": state,
        }
        host = self._shop.consent_host or ACCOUNTS_HOST
        return f"{host}/connect/authorize?{urlencode(query, quote_via=quote)}"

    async def exchange(self, answer: Mapping[str, str]) -> Credential:
        """Trade the code for tokens.

        Raises:
            ChannelError: there is no code, or it is refused.
        """
        code = answer.get("code", "")
        if not code:
            raise ChannelError(said("the answer has no code: give consent again"), Advice.ASK_SELLER, code="no_code")
        held: list[Credential] = []

        def prepare(credential: Credential, _now: int) -> Request:
            held[:] = [credential]
            form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._redirect}
            return _token_request(self._shop, credential, form)

        tokens = await self._connection.ask(prepare, _judge)
        return _with_tokens(held[0], tokens, self._connection.clock.now())


async def renewed(shop: ShopConfig, connection: Connection, credential: Credential) -> Credential:
    """New tokens for the refresh token, asked for once: whether it works a second time is not documented.

    Raises:
        ChannelError: there is none, or it is not taken any more.
    """
    if not credential.refresh_token:
        raise _ended()
    form = {"grant_type": "refresh_token", "refresh_token": credential.refresh_token}
    tokens = _judge(await connection.send(_token_request(shop, credential, form)))
    return _with_tokens(credential, tokens, connection.clock.now())


def _token_request(shop: ShopConfig, credential: Credential, form: Mapping[str, str]) -> Request:
    body = {
        **form,
        "client_id": shop.account.get("client_id", ""),
        "client_secret": credential.secrets.get("app_secret", ""),
    }
    url = f"{shop.auth_host or ACCOUNTS_HOST}/connect/token"
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
    return Request("POST", url, headers=headers, body=urlencode(body).encode())


def _judge(answer: Answer) -> _Tokens:
    body = answer.json()
    try:
        tokens = _Tokens.model_validate(body)
    except ValidationError:
        raise UnreadableAnswerError(said("the answer has no tokens")) from None
    if answer.status >= 400 or tokens.error or not tokens.access_token:
        raise _ended(excerpt(tokens.error_description or tokens.error))
    return tokens


def _ended(heard: str = "") -> ChannelError:
    text = said("Haravan's consent has ended or was taken back: log in again")
    if heard:
        text = said("Haravan's consent has ended or was taken back ({said}): log in again", said=heard)
    return ChannelError(text, Advice.ASK_SELLER, code="consent")


def _with_tokens(credential: Credential, tokens: _Tokens, now: int) -> Credential:
    lasts = int(tokens.expires_in)
    return replace(
        credential,
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token or credential.refresh_token,
        access_expires_at=now + lasts * SECOND if lasts > 0 else None,
    )
