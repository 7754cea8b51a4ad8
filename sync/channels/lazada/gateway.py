"""Calls to Lazada's gateway: every one signed, with the shop's token or without, and read by its envelope."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from sync.channels.lazada.answers import envelope_of
from sync.channels.lazada.signing import call_signature
from sync.credentials.credential import Credential
from sync.shops_config import ShopConfig
from sync.web.connection import Connection
from sync.web.messages import Request

APP_KEY = "app_key"
APP_SECRET = "app_secret"  # noqa: S105 - a secret's name
_API_HOST = "https://api.lazada.vn"
_AUTH_HOST = "https://auth.lazada.com"


class Gateway:
    """One shop's way to Lazada.

    Attributes:
        app_key: the application's public half.
    """

    def __init__(self, shop: ShopConfig, connection: Connection) -> None:
        self._connection = connection
        self._api = f"{shop.api_host or _API_HOST}/rest"
        self._auth = f"{shop.auth_host or _AUTH_HOST}/rest"
        self.app_key = shop.account.get(APP_KEY, "")

    @property
    def now(self) -> int:
        """Lazada's time as far as it is known, ms UTC."""
        return self._connection.clock.now()

    async def get(self, path: str, parameters: Mapping[str, str]) -> Any:  # noqa: ANN401 - any JSON value
        """The `data` of a call.

        Args:
            path: without `/rest`.
            parameters: the API's own; Lazada's gateway takes all of them in the query.

        Raises:
            ChannelError: as `Connection.ask`.
        """
        return (await self.get_whole(path, parameters)).get("data")

    async def get_whole(self, path: str, parameters: Mapping[str, str]) -> dict[str, Any]:
        """The whole answer of a call, for the APIs that call their data otherwise.

        Raises:
            ChannelError: as `Connection.ask`.
        """

        def prepare(credential: Credential, now: int) -> Request:
            sent = {**parameters, **self._common(now), "access_token": credential.access_token}
            return Request("GET", self._api + path, query=self._signed(path, sent, credential))

        return await self._connection.ask(prepare, envelope_of)

    def trade(self, path: str, form: Mapping[str, str], credential: Credential, now: int) -> Request:
        """A call that trades a code or a refresh token; it goes in the form, so that no log of addresses has it.

        Args:
            path: `/auth/token/create` or `/auth/token/refresh`.
            form: the code or the refresh token.
            credential: for the application's secret.
            now: Lazada's time, ms UTC.
        """
        common = self._common(now)
        signed = dict(self._signed(path, {**common, **form}, credential))
        return Request(
            "POST",
            self._auth + path,
            query=[(name, signed[name]) for name in (*common, "sign")],
            headers={"content-type": "application/x-www-form-urlencoded"},
            body=urlencode(form, quote_via=quote).encode(),
        )

    def _common(self, now: int) -> dict[str, str]:
        return {APP_KEY: self.app_key, "timestamp": str(now), "sign_method": "sha256"}

    def _signed(self, path: str, parameters: Mapping[str, str], credential: Credential) -> list[tuple[str, str]]:
        sign = call_signature(credential.secrets.get(APP_SECRET, ""), path, parameters)
        return [*parameters.items(), ("sign", sign)]
