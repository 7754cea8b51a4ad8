"""Signed calls to TikTok Shop's Partner API, version 202309."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel

from packstation.domain.times import SECOND
from packstation.locale import said
from sync.channels.errors import Advice, ChannelError
from sync.channels.tiktok.answers import judged
from sync.channels.tiktok.consent import app_secret
from sync.channels.tiktok.signing import signature
from sync.channels.tiktok.wire import AuthorizedShop, AuthorizedShops, Found
from sync.credentials.credential import Credential
from sync.shops_config import ShopConfig
from sync.web.connection import Connection
from sync.web.messages import Request

API_HOST = "https://open-api.tiktokglobalshop.com"
_SHOPS = "/authorization/202309/shops"

M = TypeVar("M", bound=BaseModel)


class TikTokApi:
    """One shop's calls. Those about the shop bear its `shop_cipher`, which was learned when the seller gave consent."""

    def __init__(self, shop: ShopConfig, connection: Connection) -> None:
        self._shop = shop
        self._connection = connection
        self._host = shop.api_host or API_HOST
        self.app_key = shop.account.get("app_key", "")

    async def call(
        self,
        method: str,
        path: str,
        model: type[M],
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        otherwise: Advice = Advice.RETRY,
    ) -> M:
        """Make a call about the shop and read its `data` as `model`.

        Args:
            method: GET or POST.
            path: without host and query.
            model: what the answer's data is.
            query: beside what every call has.
            body: sent as JSON.
            otherwise: what to do about error codes that are not known.

        Raises:
            ChannelError: it failed.
        """

        def prepare(credential: Credential, now: int) -> Request:
            scoped = {**(query or {}), "shop_cipher": self._cipher(credential)}
            return self._request(method, path, credential, now, scoped, body)

        return await self._connection.ask(prepare, judged(model, otherwise))

    async def search(self, path: str, size: str, token: str, body: Mapping[str, Any]) -> Found:
        """One page of a search, by time of change; `token` is empty for the first. A page that leads to itself is the last.

        Raises:
            ChannelError: it failed.
        """
        query = {"page_size": size, "sort_field": "update_time", "sort_order": "ASC"}
        if token:
            query["page_token"] = token
        found = await self.call("POST", path, Found, query=query, body=body)
        return found.model_copy(update={"next_page_token": ""}) if token == found.next_page_token else found

    async def check(self) -> None:
        """Ask which shops the consent covers.

        Raises:
            ChannelError: nothing works, or this shop is none of them.
        """
        ciphers: list[str] = []

        def prepare(credential: Credential, now: int) -> Request:
            ciphers[:] = [self._cipher(credential)]
            return self._request("GET", _SHOPS, credential, now)

        known = await self._connection.ask(prepare, judged(AuthorizedShops))
        if ciphers[0] not in {shop.cipher for shop in known.shops}:
            raise ChannelError(
                said("the seller's consent does not cover this shop any more: log in again"),
                Advice.ASK_SELLER,
                code="no_shop",
            )

    async def shops_of(self, credential: Credential) -> Sequence[AuthorizedShop]:
        """The shops that a credential opens which nobody has stored yet.

        Raises:
            ChannelError: it failed.
        """

        async def once() -> AuthorizedShops:
            request = self._request("GET", _SHOPS, credential, self._connection.clock.now())
            return judged(AuthorizedShops)(await self._connection.send(request))

        return (await self._connection.retried(once)).shops

    def _request(
        self,
        method: str,
        path: str,
        credential: Credential,
        now: int,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Request:
        """A signed call: the body is serialised once, and what is signed is what is sent."""
        parameters = {"app_key": self.app_key, "timestamp": str(now // SECOND), **(query or {})}
        content = None if body is None else json.dumps(body, separators=(",", ":")).encode()
        sign = signature(app_secret(credential), path, parameters, content or b"")
        return Request(
            method,
            self._host + path,
            query=[*sorted(parameters.items()), ("sign", sign)],
            headers={"x-tts-access-token": credential.access_token, "content-type": "application/json"},
            body=content,
        )

    def _cipher(self, credential: Credential) -> str:
        cipher = credential.account.get("shop_cipher") or self._shop.account.get("shop_cipher")
        if not cipher:
            raise ChannelError(
                said("it is not known which shop of TikTok Shop is meant: log in again"),
                Advice.ASK_SELLER,
                code="no_cipher",
            )
        return cipher
