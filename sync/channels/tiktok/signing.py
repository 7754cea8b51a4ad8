"""TikTok Shop's signatures: of calls (Partner Center, "Sign your API request") and of pushes ("TikTok Shop webhooks overview")."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

_UNSIGNED = frozenset({"sign", "access_token"})


def signature(secret: str, path: str, query: Mapping[str, str], body: bytes = b"") -> str:
    """The `sign` of a call: path, sorted query and raw body between two copies of the secret, as lower-case hex HMAC-SHA256.

    Args:
        secret: the application's `app_secret`.
        path: without host and query.
        query: the parameters as they are before URL-encoding; `sign` and `access_token` are left out.
        body: the bytes that are sent; empty for multipart bodies, which are not signed.
    """
    parameters = "".join(f"{name}{query[name]}" for name in sorted(query) if name not in _UNSIGNED)
    message = f"{secret}{path}{parameters}".encode() + body + secret.encode()
    return hmac.new(secret.encode(), message, "sha256").hexdigest()


def push_signature(app_key: str, secret: str, body: bytes) -> str:
    """The `Authorization` header of a push: lower-case hex HMAC-SHA256 of the application's key and the raw body."""
    return hmac.new(secret.encode(), app_key.encode() + body, "sha256").hexdigest()
