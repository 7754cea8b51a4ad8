"""How calls and deliveries are signed: Basic over TLS, OAuth 1.0a without a token (RFC 5849) over plain http, HMAC for webhooks.

Source: WooCommerce REST API documentation, "Authentication" and "Webhooks". Pure.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from urllib.parse import quote


def basic(key: str, secret: str) -> str:
    """The `Authorization` header's value, which only TLS may carry."""
    return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()


def with_oauth(
    method: str, url: str, query: Sequence[tuple[str, str]], key: str, secret: str, seconds: int, nonce: str
) -> tuple[tuple[str, str], ...]:
    """The query with the parameters that sign it by HMAC-SHA256.

    WooCommerce takes them in the query, because many servers keep the `Authorization` header from PHP, and writes the names of
    array parameters in a way of its own: lists must come as one value with commas.

    Args:
        method: `GET` and so on.
        url: scheme, host, port if any, and path, as the site calls itself.
        query: what else is asked; no name twice.
        key: the consumer key.
        secret: the consumer secret; with an empty token secret it is the HMAC's key.
        seconds: the server's time; WooCommerce bears 15 minutes either way.
        nonce: never used before with this key.
    """
    signed = (
        *query,
        ("oauth_consumer_key", key),
        ("oauth_nonce", nonce),
        ("oauth_signature_method", "HMAC-SHA256"),
        ("oauth_timestamp", str(seconds)),
    )
    return (*signed, ("oauth_signature", oauth_signature(method, url, signed, secret)))


def oauth_signature(method: str, url: str, parameters: Sequence[tuple[str, str]], secret: str) -> str:
    """Base64 HMAC-SHA256 of the signature base string (RFC 5849, 3.4.1)."""
    normalized = "&".join(
        f"{name}={value}" for name, value in sorted((_encoded(n), _encoded(v)) for n, v in parameters)
    )
    base = f"{method.upper()}&{_encoded(url)}&{_encoded(normalized)}"
    return _base64_hmac(f"{_encoded(secret)}&".encode(), base.encode())


def webhook_signature(secret: str, body: bytes) -> str:
    """What `X-WC-Webhook-Signature` must be for this raw body."""
    return _base64_hmac(secret.encode(), body)


def is_webhook_signature(given: str, secret: str, body: bytes) -> bool:
    """Whether a delivery's signature is genuine, compared in constant time."""
    return hmac.compare_digest(given.encode(), webhook_signature(secret, body).encode())


def _base64_hmac(key: bytes, text: bytes) -> str:
    return base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()


def _encoded(text: str) -> str:
    return quote(text, safe="~")
