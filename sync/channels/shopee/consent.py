"""How a seller lets packstation in, and how the pair of tokens is renewed.

Source: Shopee Open Platform v2, guide "Authorization and Authentication". An access token lives 4 hours, and 5 minutes more once
it is replaced; a refresh token lives 30 days and works once. A pair whose answer was lost can be had again for 10 minutes with
`get_token_by_resend_code`, whose code the seller finds in the console; packstation asks for a new consent instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from packstation.domain.times import DAY, SECOND
from packstation.locale import said
from sync.channels.errors import Advice, ChannelError
from sync.channels.shopee.api import ShopeeApi, read
from sync.channels.shopee.failures import payload
from sync.channels.shopee.wire import TokenPair
from sync.credentials.credential import Credential
from sync.shops_config import ShopConfig
from sync.web.messages import Answer, Request

CONSENT_HOST = "https://open.shopee.com"
_EXCHANGE = "/api/v2/auth/token/get"
_RENEW = "/api/v2/auth/access_token/get"
_REFRESH_LIVES = 30 * DAY
_NEVER_ARRIVED = frozenset({"unreachable", "breaker", "429"})
_LATER = 60.0
_EPOCHS_FROM = 1_000_000_000


class ShopeeConsent:
    """The seller's consent to one shop."""

    def __init__(self, shop: ShopConfig, api: ShopeeApi) -> None:
        self._shop = shop
        self._api = api

    def consent_url(self, redirect: str, state: str) -> str:
        """The consent page, new style: neither signed nor timed."""
        query = {
            "partner_id": self._api.partner_id,
            "auth_type": "seller",
            "redirect_uri": redirect,
            "response_type": "code",
            "state": state,
        }
        return f"{self._shop.consent_host or CONSENT_HOST}/auth?{urlencode(query, quote_via=quote)}"

    async def exchange(self, answer: Mapping[str, str]) -> Credential:
        """The credential for the code of a redirect, which is good once and for ten minutes.

        Without a shop in the answer (a person pasted the code alone) the code is for the shop of channels.toml. A main account
        brings `main_account_id` instead of `shop_id`; its first pair is all its shops', and each shop trades it for its own.
        `connection.ask` may send a code again whose answer was lost; it is used up then, and the seller gives the consent anew.

        Raises:
            ChannelError: Shopee refuses, or the consent is another shop's.
        """
        code, main = answer.get("code", ""), answer.get("main_account_id", "")
        shop_id = answer.get("shop_id", "") or ("" if main else self._shop.account.get("shop_id", ""))
        who = {"shop_id": shop_id} if shop_id else {"main_account_id": main}
        if not code or not all(text.isascii() and text.isdigit() for text in who.values()):
            raise ChannelError(
                said("Shopee's consent page sent no code: give the consent again"),
                Advice.ASK_SELLER,
                code="invalid_code",
            )
        body = {"code": code, **{name: int(text) for name, text in who.items()}}
        asked = Credential()

        def prepare(credential: Credential, now: int) -> Request:
            nonlocal asked
            asked = credential
            return self._api.public_request(credential, now, _EXCHANGE, body)

        pair = await self._api.connection.ask(prepare, self._pair)
        allowed = [shop_id] if shop_id else [str(one) for one in pair.shop_id_list]
        wanted = self._shop.account.get("shop_id") or (allowed[0] if len(allowed) == 1 else "")
        if wanted not in allowed:
            line = said(
                "Shopee's consent is for shop {given}, but channels.toml names shop {wanted}",
                given=", ".join(allowed) or "-",
                wanted=wanted or "-",
            )
            raise ChannelError(line, Advice.ASK_SELLER, code="shop_id")
        given = replace(self._with(asked, pair), account={**asked.account, "shop_id": wanted})
        return given if shop_id else await self.renewed(given)

    async def renewed(self, credential: Credential) -> Credential:
        """The next pair for a credential's refresh token.

        The token works once, so a request that may have arrived is not repeated at once: if Shopee saw it, only a new consent
        helps; if not, the schedule comes back later.

        Raises:
            ChannelError: Shopee refuses, or nobody knows whether it answered.
        """
        clock = self._api.connection.clock
        body = {"refresh_token": credential.refresh_token, "shop_id": self._api.shop_id(credential)}
        try:
            answer = await self._api.connection.send(self._api.public_request(credential, clock.now(), _RENEW, body))
            return self._with(credential, self._pair(answer))
        except ChannelError as error:
            if error.advice is not Advice.RETRY or error.code in _NEVER_ARRIVED or _is_clock(error):
                raise
            raise ChannelError(str(error), Advice.RETRY, retry_after=_LATER, code=error.code) from error

    def _pair(self, answer: Answer) -> TokenPair:
        flat: dict[str, Any] = payload(answer, self._api.connection.clock.now())
        return read(TokenPair, flat)

    def _with(self, credential: Credential, pair: TokenPair) -> Credential:
        """The credential with a new pair. `expire_in` is a duration in most samples and a moment in one: large ones are moments."""
        now = self._api.connection.clock.now()
        is_moment = pair.expire_in > _EPOCHS_FROM
        return replace(
            credential,
            access_token=pair.access_token,
            refresh_token=pair.refresh_token,
            access_expires_at=pair.expire_in * SECOND + (0 if is_moment else now),
            refresh_expires_at=now + _REFRESH_LIVES,
        )


def _is_clock(error: ChannelError) -> bool:
    """Whether Shopee refused the request for its time, before it looked at the token."""
    return error.code.endswith("error_param")
