"""Shopee's signatures: HMAC-SHA256 in lower-case hexadecimal over strings put together without separators.

Source: Shopee Open Platform v2, guides "API calls" (section "Signature") and "Push mechanism". Parameters and bodies of calls are
not signed.
"""

from __future__ import annotations

import hashlib
import hmac


def signature(key: str, base: str | bytes) -> str:
    """The HMAC of a base string."""
    message = base.encode() if isinstance(base, str) else base
    return hmac.new(key.encode(), message, hashlib.sha256).hexdigest()


def public_base(partner_id: int, path: str, timestamp: int) -> str:
    """What is signed for calls that need no shop, such as those for tokens.

    Args:
        partner_id: the application.
        path: begins with `/api/v2/`, without host and query.
        timestamp: seconds UTC; good for five minutes.
    """
    return f"{partner_id}{path}{timestamp}"


def shop_base(partner_id: int, path: str, timestamp: int, access_token: str, shop_id: int) -> str:
    """What is signed for calls on behalf of a shop; the arguments are as for `public_base`."""
    return f"{public_base(partner_id, path, timestamp)}{access_token}{shop_id}"


def push_signature(key: str, url: str, body: bytes) -> str:
    """What the `Authorization` header of a genuine push says.

    Args:
        key: the partner key, or the push partner key where the console gave one.
        url: the callback address exactly as it is configured at Shopee.
        body: the raw bytes that arrived.
    """
    return signature(key, url.encode() + b"|" + body)
