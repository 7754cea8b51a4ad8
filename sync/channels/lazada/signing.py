"""Lazada's signatures: of calls (Lazada Open Platform, "Signature algorithm") and of pushes (LPM, "Verify the message")."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping


def call_signature(app_secret: str, path: str, parameters: Mapping[str, str]) -> str:
    """Upper-case hex HMAC-SHA256 over the path and all parameters, sorted by name and without separators.

    Args:
        app_secret: the application's secret.
        path: the API's path without `/rest`, such as `/orders/get`.
        parameters: all that are sent but `sign`, unencoded: those of the query and those of the form.
    """
    text = path + "".join(name + parameters[name] for name in sorted(parameters))
    return hmac.new(app_secret.encode(), text.encode(), hashlib.sha256).hexdigest().upper()


def push_signature(app_key: str, app_secret: str, body: bytes) -> str:
    """Lower-case hex HMAC-SHA256 over the application's key and the raw body: what `Authorization` bears."""
    return hmac.new(app_secret.encode(), app_key.encode() + body, hashlib.sha256).hexdigest()
