"""How a shop lets packstation in. Source: apidocs.nhanh.vn, "Apps" (version 2.0); no OAuth 2 in spite of its name.

The page sends back an access code, which buys a token for about a year; there is no other way to a new one than the page. The page
knows no `state`: it is put into the address to return to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote, urlencode

from pydantic import ValidationError

from packstation.domain.times import DAY, SECOND
from packstation.locale import said
from sync.channels.amounts import moment_if_readable
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError
from sync.channels.nhanh.answers import data_of
from sync.channels.nhanh.wire import TokenWire
from sync.credentials.credential import Credential
from sync.shops_config import ShopConfig
from sync.web.connection import Connection
from sync.web.messages import Answer, Request

HOST, CONSENT_HOST = "https://pos.open.nhanh.vn", "https://nhanh.vn"
VERSION = "2.0"
APP_ID, BUSINESS_ID = "app_id", "business_id"
SECRET_KEY, VERIFY_TOKEN = "secret_key", "webhooks_verify_token"
_TOKEN_LIVES = 365 * DAY


class NhanhConsent:
    """The page, and the trade of its code."""

    def __init__(self, shop: ShopConfig, connection: Connection) -> None:
        self._shop = shop
        self._connection = connection

    def consent_url(self, redirect: str, state: str) -> str:
        """Where the seller's browser goes."""
        back = f"{redirect}{'&' if '?' in redirect else '?'}{urlencode({'state': state})}"
        query = {"version": VERSION, "appId": self._shop.account.get(APP_ID, ""), "returnLink": back}
        return f"{self._shop.consent_host or CONSENT_HOST}/oauth?{urlencode(query, quote_via=quote)}"

    async def exchange(self, answer: Mapping[str, str]) -> Credential:
        """The token for the code that the redirect brought back.

        Raises:
            ChannelError: no code, one that Nhanh does not take, or a business other than the one in channels.toml.
        """
        code = answer.get("accessCode") or answer.get("code", "")
        if not code:
            raise ChannelError(said("Nhanh gave no code: agree on its page once more"), Advice.ASK_SELLER, code="code")
        used = Credential()

        def prepare(credential: Credential, _now: int) -> Request:
            nonlocal used
            used = credential
            return self._request(credential, code)

        tokens = await self._connection.ask(prepare, _tokens_of)
        wanted = self._shop.account.get(BUSINESS_ID) or tokens.business_id
        if tokens.business_id not in ("", wanted):
            text = said(
                "Nhanh's consent is for business {given}, but channels.toml names {wanted}",
                given=tokens.business_id[:20],
                wanted=wanted,
            )
            raise ChannelError(text, Advice.ASK_SELLER, code=BUSINESS_ID)
        return replace(
            used,
            access_token=tokens.access_token,
            refresh_expires_at=self._end(tokens),
            account={**used.account, **({BUSINESS_ID: wanted} if wanted else {})},
        )

    def _request(self, credential: Credential, code: str) -> Request:
        app_id, secret = self._shop.account.get(APP_ID, ""), credential.secrets.get(SECRET_KEY, "")
        if not app_id or not secret:
            raise ChannelError(
                said("Nhanh's app_id or secret_key is missing: log in"), Advice.ASK_SELLER, code="no_secret"
            )
        form = {"version": VERSION, "appId": app_id, "secretKey": secret, "accessCode": code}
        url = f"{self._shop.auth_host or self._shop.api_host or HOST}/api/oauth/access_token"
        headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
        return Request("POST", url, headers=headers, body=urlencode(form, quote_via=quote).encode())

    def _end(self, tokens: TokenWire) -> int:
        """When the token ends, ms UTC: as told in Unix seconds or as a local time, else a year from now."""
        text = tokens.expires_at
        if text.isascii() and text.isdigit() and len(text) == 10:
            return int(text) * SECOND
        told = moment_if_readable(tokens.expires_on or text, self._shop.zone)
        return self._connection.clock.now() + _TOKEN_LIVES if told is None else told


def _tokens_of(answer: Answer) -> TokenWire:
    try:
        return TokenWire.model_validate(data_of(answer, Advice.ASK_SELLER))
    except ValidationError:
        # Not chained: the error in hand would carry the answer along.
        pass
    raise UnreadableAnswerError(said("HTTP {status}: the answer has no access token", status=answer.status))
