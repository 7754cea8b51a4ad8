"""Calls to a shop's GraphQL address, and the tokens for them."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from packstation.domain.times import SECOND
from packstation.locale import said
from sync.channels.errors import Advice, ChannelError
from sync.channels.shopify.answers import Told, judged
from sync.credentials.credential import Credential
from sync.shops_config import ShopConfig
from sync.web.connection import Connection
from sync.web.messages import Answer, Request
from sync.web.rates import is_urgent

API_VERSION = "2026-07"
_STORE = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)(\.myshopify\.com)?")
_VERSION = re.compile(r"20[0-9]{2}-[01][0-9]|unstable")


class Calls:
    """One shop's address.

    With a `client_id` in the account tokens come by the client credentials grant and last a day (applications of the Dev
    Dashboard); otherwise the token is a secret that lasts (applications made in the admin).
    """

    def __init__(self, shop: ShopConfig, connection: Connection) -> None:
        self._connection = connection
        self.client_id = shop.account.get("client_id", "")
        self.store = shop.account.get("store", "")
        named = _STORE.fullmatch(self.store.strip())
        own = f"https://{named[1].lower()}.myshopify.com" if named else ""
        self._base = shop.api_host or own
        self._auth_base = shop.auth_host or own
        version = shop.account.get("api_version", API_VERSION)
        self._version = version if _VERSION.fullmatch(version) else ""

    async def ask(self, document: str, **variables: object) -> Mapping[str, Any]:
        """The data for a document. Waits afterwards when hardly any points are left.

        Raises:
            ChannelError: by what to do next.
        """
        if not self._base or not self._version:
            missing = "account.store" if not self._base else "account.api_version"
            line = said("{name} in channels.toml is missing or wrong", name=missing)
            raise ChannelError(line, Advice.ASK_SELLER, code="account")
        body = json.dumps({"query": document, "variables": variables}, ensure_ascii=False).encode()

        def prepare(credential: Credential, _now: int) -> Request:
            token = credential.access_token if self.client_id else credential.secrets.get("access_token", "")
            if not token:
                advice = Advice.RENEW if self.client_id else Advice.ASK_SELLER
                raise ChannelError(said("the access token is missing: log in"), advice, code="no-token")
            headers = {
                "x-shopify-access-token": token,
                "content-type": "application/json",
                "accept": "application/json",
            }
            return Request("POST", f"{self._base}/admin/api/{self._version}/graphql.json", headers=headers, body=body)

        def judge(answer: Answer) -> Told:
            return judged(answer, renewable=bool(self.client_id))

        told = await self._connection.ask(prepare, judge)
        if told.rest > 0 and not is_urgent():
            await asyncio.sleep(told.rest)
        return told.data

    async def renewed(self, credential: Credential) -> Credential:
        """A new token by the client credentials grant; asking again does no harm, so that it is asked for like anything else."""
        if not self.client_id:
            return credential
        form = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": credential.secrets.get("client_secret", ""),
        }
        headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
        url = f"{self._auth_base}/admin/oauth/access_token"
        request = Request("POST", url, headers=headers, body=urlencode(form).encode())

        async def once() -> tuple[str, int]:
            return _token_in(await self._connection.send(request))

        token, seconds = await self._connection.retried(once)
        expires = self._connection.clock.now() + seconds * SECOND if seconds > 0 else None
        return replace(credential, access_token=token, access_expires_at=expires)


def _token_in(answer: Answer) -> tuple[str, int]:
    refused = ChannelError(
        said("Shopify does not take the application's client_id and client_secret: log in again"),
        Advice.ASK_SELLER,
        code=str(answer.status),
    )
    if 400 <= answer.status < 500:
        raise refused
    body = answer.json()
    token = body.get("access_token") if isinstance(body, dict) else None
    if not isinstance(token, str) or not token:
        raise refused
    seconds = body.get("expires_in")
    return token, seconds if isinstance(seconds, int) else 0
