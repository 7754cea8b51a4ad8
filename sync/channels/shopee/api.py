"""Calls to Shopee's API: signed for the shop, their answers judged.

Source: Shopee Open Platform v2, guide "API calls": common parameters stand in the query of every call, lists in it are joined by
commas, bodies are JSON.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from packstation.domain.times import SECOND
from packstation.locale import said
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError
from sync.channels.shopee.failures import is_permission, payload
from sync.channels.shopee.signing import public_base, shop_base, signature
from sync.channels.shopee.wire import Wire
from sync.credentials.credential import Credential
from sync.shops_config import ShopConfig
from sync.web.connection import Connection
from sync.web.messages import Answer, Request

API_HOST = "https://partner.shopeemobile.com"
"""The edge for servers in South-East Asia; others are `openplatform.shopee.cn` and `openplatform.shopee.com.br`."""

MOST_IDS = 50
"""Ids that one call for details takes."""

Record = TypeVar("Record", bound=Wire)
Found = TypeVar("Found")


class ShopeeApi:
    """One shop's calls."""

    def __init__(self, shop: ShopConfig, connection: Connection) -> None:
        self._shop = shop
        self.connection = connection

    @property
    def partner_id(self) -> int:
        """The application.

        Raises:
            ChannelError: channels.toml does not say.
        """
        return self._id("partner_id", self._shop.account.get("partner_id", ""))

    def shop_id(self, credential: Credential) -> int:
        """The shop, by channels.toml, else as it was learned at login.

        Raises:
            ChannelError: nobody says.
        """
        return self._id("shop_id", self._shop.account.get("shop_id") or credential.account.get("shop_id", ""))

    async def get(self, path: str, **params: object) -> dict[str, Any]:
        """A GET call; what its answer holds under `response`, or the answer itself where it is flat."""
        query = [(name, _query_text(value)) for name, value in params.items()]
        return await self.connection.ask(
            lambda credential, now: self._for_shop(credential, now, path, query), self._judge
        )

    async def post(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        """A POST call; its answer whole."""
        raw = json.dumps(body, ensure_ascii=False).encode()

        def prepare(credential: Credential, now: int) -> Request:
            signed = self._for_shop(credential, now, path, ())
            return Request("POST", signed.url, signed.query, {"content-type": "application/json"}, raw)

        return await self.connection.ask(prepare, lambda answer: payload(answer, self.connection.clock.now()))

    async def of_application(self, path: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        """A call for the application as a whole, whichever shop asks: GET, or POST of a body; what it holds under `response`."""

        def prepare(credential: Credential, now: int) -> Request:
            url, query = (self._shop.api_host or API_HOST) + path, self._for_application(credential, now, path)
            if body is None:
                return Request("GET", url, query)
            return Request("POST", url, query, {"content-type": "application/json"}, json.dumps(body).encode())

        return await self.connection.ask(prepare, self._judge)

    def public_request(self, credential: Credential, now: int, path: str, body: Mapping[str, object]) -> Request:
        """A POST request that is signed for the application alone, as those for tokens are. `now` is ms UTC."""
        raw = json.dumps({**body, "partner_id": self.partner_id}).encode()
        host = self._shop.auth_host or self._shop.api_host or API_HOST
        query = self._for_application(credential, now, path)
        return Request("POST", host + path, query, {"content-type": "application/json"}, raw)

    def _for_application(self, credential: Credential, now: int, path: str) -> tuple[tuple[str, str], ...]:
        timestamp, partner_id = now // SECOND, self.partner_id
        return (
            ("partner_id", str(partner_id)),
            ("timestamp", str(timestamp)),
            ("sign", signature(_partner_key(credential), public_base(partner_id, path, timestamp))),
        )

    def _for_shop(self, credential: Credential, now: int, path: str, params: Sequence[tuple[str, str]]) -> Request:
        key = _partner_key(credential)
        timestamp, partner_id, shop_id = now // SECOND, self.partner_id, self.shop_id(credential)
        base = shop_base(partner_id, path, timestamp, credential.access_token, shop_id)
        query = (
            ("partner_id", str(partner_id)),
            ("timestamp", str(timestamp)),
            ("access_token", credential.access_token),
            ("shop_id", str(shop_id)),
            ("sign", signature(key, base)),
            *params,
        )
        return Request("GET", (self._shop.api_host or API_HOST) + path, query)

    def _judge(self, answer: Answer) -> dict[str, Any]:
        whole = payload(answer, self.connection.clock.now())
        response = whole.get("response", whole)
        return response if isinstance(response, dict) else {}

    def _id(self, name: str, text: str) -> int:
        if not (text.isascii() and text.isdigit()):
            line = said(
                "channels.toml: {name} of the Shopee shop {shop} is missing or no number",
                name=name,
                shop=self._shop.name,
            )
            raise ChannelError(line, Advice.ASK_SELLER, code="account")
        return int(text)


def read(model: type[Record], response: Mapping[str, Any]) -> Record:
    """A whole answer as a record.

    Raises:
        UnreadableAnswerError: it is not what the documents promise.
    """
    try:
        return model.model_validate(response)
    except ValidationError as error:
        raise UnreadableAnswerError(said("the answer has another shape: {places}", places=_places(error))) from None


def why_unreadable(error: ValidationError) -> str:
    """Which fields of a record are wrong, without their values."""
    return said("fields that cannot be read: {places}", places=_places(error))


async def in_batches(
    ids: Sequence[str], ask: Callable[[Sequence[str]], Awaitable[Sequence[Found]]], size: int = MOST_IDS
) -> list[Found]:
    """Ask for ids in batches, all at once; a batch that Shopee does not have is halved until only its unknown ids are left out."""

    async def asked(batch: Sequence[str]) -> Sequence[Found]:
        try:
            return await ask(batch)
        except ChannelError as error:
            if error.advice is not Advice.SKIP:
                raise
        if len(batch) == 1:
            return ()
        middle = len(batch) // 2
        first, second = await asyncio.gather(asked(batch[:middle]), asked(batch[middle:]))
        return [*first, *second]

    batches = [ids[start : start + size] for start in range(0, len(ids), size)]
    return [one for batch in await asyncio.gather(*(asked(batch) for batch in batches)) for one in batch]


async def if_allowed(call: Awaitable[Found], otherwise: Found) -> Found:
    """What a call brings that packstation can do without: `otherwise` where the application may not ask, or Shopee has nothing."""
    try:
        return await call
    except ChannelError as error:
        if error.advice is Advice.SKIP or is_permission(error):
            return otherwise
        raise


def _partner_key(credential: Credential) -> str:
    key = credential.secrets.get("partner_key", "")
    if not key:
        raise ChannelError(
            said("Nobody gave Shopee's partner key yet: log in to the shop"), Advice.ASK_SELLER, code="key"
        )
    return key


def _query_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(value) if isinstance(value, list | tuple) else str(value)


def _places(error: ValidationError) -> str:
    places = {
        ".".join(str(part) for part in one["loc"]) for one in error.errors(include_input=False, include_url=False)
    }
    return ", ".join(sorted(places)[:5])
