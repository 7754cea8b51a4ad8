"""Calls to KiotViet: with the shop's name and a token that is simply asked for again when it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from pydantic import ValidationError

from packstation.locale import said
from sync.channels.errors import ChannelError, UnreadableAnswerError
from sync.channels.kiotviet.answers import NO_SUCH_RECORD, SWITCHED_OFF, body_of, refused, token_body_of
from sync.channels.kiotviet.wire import ListingWire, TokenWire
from sync.credentials.credential import Credential
from sync.shops_config import ShopConfig
from sync.web.connection import Connection
from sync.web.messages import Request

CLIENT_ID = "client_id"
CLIENT_SECRET = "client_secret"  # noqa: S105 - a secret's name
RETAILER = "retailer"
WEBHOOK_SECRET = "webhook_secret"  # noqa: S105 - a secret's name
_API_HOST = "https://public.kiotapi.com"
_AUTH_HOST = "https://id.kiotviet.vn"
_DELIVERIES = {"includeOrderDelivery", "includeInvoiceDelivery"}


class Gateway:
    """One shop's way to KiotViet."""

    def __init__(self, shop: ShopConfig, connection: Connection) -> None:
        self._connection = connection
        self._api = shop.api_host or _API_HOST
        self._auth = shop.auth_host or _AUTH_HOST
        self._client_id = shop.account.get(CLIENT_ID, "")
        self._retailer = quote(shop.account.get(RETAILER, ""))

    @property
    def now(self) -> int:
        """KiotViet's time as far as it is known, ms UTC."""
        return self._connection.clock.now()

    async def page(self, path: str, query: Sequence[tuple[str, str]]) -> ListingWire:
        """A page of a listing; an empty one where the shop's settings hide what is listed.

        A shop that does not use KiotViet's deliveries refuses calls that ask for them: it is asked again without.

        Raises:
            ChannelError: as `Connection.ask`.
        """
        try:
            return _listing(await self._get(path, query))
        except ChannelError as error:
            if error.code != SWITCHED_OFF:
                raise
        bare = [(name, value) for name, value in query if name not in _DELIVERIES]
        try:
            return _listing(await self._get(path, bare))
        except ChannelError as error:
            if error.code != SWITCHED_OFF:
                raise
            return ListingWire(total=0, data=[])

    async def record(self, path: str, name: str) -> dict[str, Any] | None:
        """One record by `id` or `code/…`; None when there is none, or the shop's settings hide it.

        Raises:
            ChannelError: as `Connection.ask`.
        """
        try:
            return await self._get(f"{path}/{quote(name, safe='/')}", ())
        except ChannelError as error:
            if error.code in (NO_SUCH_RECORD, SWITCHED_OFF):
                return None
            raise

    async def renewed(self, credential: Credential) -> Credential:
        """The credential with a new access token, which lives for a day.

        Raises:
            ChannelError: the client's secret is not taken.
        """
        form = {
            "scopes": "PublicApi.Access",
            "grant_type": "client_credentials",
            CLIENT_ID: self._client_id,
            CLIENT_SECRET: credential.secrets.get(CLIENT_SECRET, ""),
        }
        request = Request(
            "POST",
            f"{self._auth}/connect/token",
            headers={"content-type": "application/x-www-form-urlencoded"},
            body=urlencode(form, quote_via=quote).encode(),
        )

        async def ask() -> TokenWire:
            body = token_body_of(await self._connection.send(request))
            try:
                return TokenWire.model_validate(body)
            except ValidationError:
                pass
            # Raised out here: the error in hand would carry the answer along.
            raise UnreadableAnswerError(said("the answer holds no token"))

        token = await self._connection.retried(ask)
        expires = None if token.expires_in is None else self.now + token.expires_in * 1000
        return replace(credential, access_token=token.access_token, access_expires_at=expires)

    async def _get(self, path: str, query: Sequence[tuple[str, str]]) -> dict[str, Any]:
        def prepare(credential: Credential, _now: int) -> Request:
            if not credential.access_token:
                raise refused("no token yet")
            headers = {"retailer": self._retailer, "authorization": f"Bearer {credential.access_token}"}
            return Request("GET", self._api + path, query=query, headers=headers)

        return await self._connection.ask(prepare, body_of)


def _listing(body: dict[str, Any]) -> ListingWire:
    try:
        return ListingWire.model_validate(body)
    except ValidationError:
        raise UnreadableAnswerError(said("the listing has no data")) from None
