"""How a seller lets packstation in at TikTok Shop, and how tokens are renewed. Source: "Authorization overview" (202309)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote, urlencode

from packstation.domain.times import SECOND
from packstation.locale import said
from sync.channels.errors import Advice, ChannelError
from sync.channels.tiktok.answers import judged
from sync.channels.tiktok.wire import AuthorizedShop, Tokens
from sync.credentials.credential import Credential
from sync.shops_config import ShopConfig
from sync.web.connection import Connection
from sync.web.messages import Answer, Request

AUTH_HOST = "https://auth.tiktok-shops.com"
CONSENT_HOST = "https://services.tiktokshop.com"

ShopsOf = Callable[[Credential], Awaitable[Sequence[AuthorizedShop]]]


def token_request(shop: ShopConfig, credential: Credential, action: str, **parameters: str) -> Request:
    """A request for tokens. The secret travels in the query, as TikTok Shop wants it: such an address may be in no log."""
    query = {
        "app_key": shop.account.get("app_key", ""),
        "app_secret": app_secret(credential),
        **parameters,
    }
    return Request("GET", f"{shop.auth_host or AUTH_HOST}/api/v2/token/{action}", query=list(query.items()))


def app_secret(credential: Credential) -> str:
    """The application's secret.

    Raises:
        ChannelError: nobody gave it.
    """
    secret = credential.secrets.get("app_secret")
    if not secret:
        raise ChannelError(said("the app_secret is missing: log in again"), Advice.ASK_SELLER, code="no_secret")
    return secret


def with_tokens(credential: Credential, tokens: Tokens) -> Credential:
    """The credential with new tokens; TikTok Shop names the moments at which they end, not how long they last."""
    ends, refresh_ends = tokens.access_token_expire_in, tokens.refresh_token_expire_in
    return replace(
        credential,
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token or credential.refresh_token,
        access_expires_at=None if ends is None else ends * SECOND,
        refresh_expires_at=credential.refresh_expires_at if refresh_ends is None else refresh_ends * SECOND,
    )


def judge_tokens(answer: Answer) -> Tokens:
    """Tokens out of an answer.

    Raises:
        ChannelError: whatever is refused here, only a new login gets; errors that may pass stay what they are.
    """
    try:
        return judged(Tokens, Advice.ASK_SELLER)(answer)
    except ChannelError as error:
        if error.advice is Advice.RETRY:
            raise
        line = said("TikTok Shop's consent has ended or was taken back ({said}): log in again", said=error)
        raise ChannelError(line, Advice.ASK_SELLER, code=error.code) from None


class TikTokConsent:
    """The consent page, and what its redirect brings back."""

    def __init__(self, shop: ShopConfig, connection: Connection, shops_of: ShopsOf) -> None:
        self._shop = shop
        self._connection = connection
        self._shops_of = shops_of

    def consent_url(self, redirect: str, state: str) -> str:
        """Where the seller's browser goes; it comes back to the address that the Partner Center has for the application."""
        query = urlencode({"service_id": self._shop.account.get("service_id", ""), "state": state}, quote_via=quote)
        return f"{self._shop.consent_host or CONSENT_HOST}/open/authorize?{query}"

    async def exchange(self, answer: Mapping[str, str]) -> Credential:
        """Trade the code for tokens and learn the shop's cipher. A code works once and for half an hour.

        Raises:
            ChannelError: the code is refused, or it is not clear which of the seller's shops is meant.
        """
        code = answer.get("code") or answer.get("auth_code")
        if not code:
            raise ChannelError(said("the answer has no code: give consent again"), Advice.ASK_SELLER, code="no_code")
        held: list[Credential] = []

        def prepare(credential: Credential, _now: int) -> Request:
            held[:] = [credential]
            return token_request(self._shop, credential, "get", auth_code=code, grant_type="authorized_code")

        tokens = await self._connection.ask(prepare, judge_tokens)
        credential = with_tokens(held[0], tokens)
        chosen = self._chosen(await self._shops_of(credential))
        return replace(credential, account={**credential.account, "shop_cipher": chosen.cipher, "shop_id": chosen.id})

    def _chosen(self, shops: Sequence[AuthorizedShop]) -> AuthorizedShop:
        wanted = self._shop.account.get("shop_id")
        fitting = [shop for shop in shops if wanted in (None, "", shop.id)]
        if len(fitting) == 1:
            return fitting[0]
        there_are = ", ".join(f"{shop.id} ({shop.name})" for shop in shops[:10]) or "-"
        line = said(
            "say which shop is meant: put its shop_id under account in channels.toml; the consent covers: {shops}",
            shops=there_are,
        )
        raise ChannelError(line, Advice.ASK_SELLER, code="which_shop")
