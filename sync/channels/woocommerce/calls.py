"""Calls to a shop, built and signed."""

from __future__ import annotations

import json
import secrets
from urllib.parse import urlsplit

from packstation.locale import said
from sync.channels.errors import Advice, ChannelError
from sync.channels.woocommerce.signing import basic, with_oauth
from sync.credentials.credential import Credential
from sync.web.messages import Request

Query = tuple[tuple[str, str], ...]


def call(
    base: str, method: str, path: str, query: Query, body: dict[str, object] | None, credential: Credential, now: int
) -> Request:
    """A call with the shop's key: Basic over https, OAuth 1.0a over plain http, where WooCommerce takes nothing else.

    Args:
        base: the site's address without a slash at its end.
        method: `GET` and so on.
        path: behind `/wp-json/wc/v3/`.
        query: the parameters, no name twice.
        body: sent as JSON.
        credential: holds `consumer_key` and `consumer_secret`.
        now: the server's time, ms UTC.

    Raises:
        ChannelError: no address, or no key.
    """
    if not base:
        raise ChannelError(said("account.site is missing in channels.toml"), Advice.ASK_SELLER, code="site")
    key, secret = credential.secrets.get("consumer_key", ""), credential.secrets.get("consumer_secret", "")
    if not key or not secret:
        raise ChannelError(said("the shop's key is missing: log in"), Advice.ASK_SELLER, code="no-key")
    url = f"{base}/wp-json/wc/v3/{path}"
    headers = {"accept": "application/json"}
    content = None
    if body is not None:
        headers["content-type"] = "application/json"
        content = json.dumps(body, ensure_ascii=False).encode()
    if urlsplit(url).scheme == "https":
        return Request(method, url, query, {**headers, "authorization": basic(key, secret)}, content)
    signed = with_oauth(method, url, query, key, secret, now // 1000, secrets.token_hex(16))
    return Request(method, url, signed, headers, content)
