"""How the shop knows who asks: Basic over TLS, OAuth 1.0a without a token over plain http.

Source: WooCommerce REST API documentation, Authentication; the texts are those of its `WC_REST_Authentication`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from binascii import Error as NoBase64Error
from urllib.parse import parse_qsl, quote

from starlette.requests import Request

from sync.sandbox.channels.woocommerce.answers import WordPressError
from sync.sandbox.faults import Fault
from sync.sandbox.stand import Stand

_WINDOW_SECONDS = 15 * 60
_PARAMETERS = ("oauth_consumer_key", "oauth_timestamp", "oauth_nonce", "oauth_signature", "oauth_signature_method")
_DIGESTS = {"HMAC-SHA1": hashlib.sha1, "HMAC-SHA256": hashlib.sha256}
_CANNOT_VIEW = "Sorry, you cannot list resources."


class Keys:
    """The shop's one REST key, which may read and write."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self._key = "ck_" + stand.secret("consumer_key")
        self._secret = "cs_" + stand.secret("consumer_secret")
        self._nonces: dict[str, float] = {}

    def check(self, request: Request) -> None:
        """Let the request pass.

        Raises:
            WordPressError: 401, in the words for what is wrong.
        """
        if self._stand.faults.strikes(Fault.REVOKED):
            raise _refused("Consumer key is invalid.")
        if request.headers.get("x-forwarded-proto", request.url.scheme) == "https":
            self._check_basic(request)
        else:
            self._check_oauth(request)

    def _check_basic(self, request: Request) -> None:
        key, secret = request.query_params.get("consumer_key", ""), request.query_params.get("consumer_secret", "")
        if not key:
            key, secret = _basic_pair(request.headers.get("authorization", ""))
        if key != self._key:
            raise _anonymous()
        if not hmac.compare_digest(secret.encode(), self._secret.encode()):
            raise _refused("Consumer secret is invalid.", challenge=True)

    def _check_oauth(self, request: Request) -> None:
        given = parse_qsl(request.url.query, keep_blank_values=True)
        values = dict(given)
        absent = [name for name in _PARAMETERS if not values.get(name)]
        if len(absent) == len(_PARAMETERS):
            raise _anonymous()
        if absent:
            raise WordPressError(
                401,
                "woocommerce_rest_authentication_missing_parameter",
                f"Missing OAuth parameter{'s' if len(absent) > 1 else ''} {', '.join(absent)}",
            )
        if values["oauth_consumer_key"] != self._key:
            raise _refused("Consumer key is invalid.")
        if values["oauth_signature_method"] not in _DIGESTS:
            raise _refused("Invalid signature - signature method is invalid.")
        url = str(request.url).partition("?")[0]
        wanted = oauth_signature(self._secret, request.method, url, given, values["oauth_signature_method"])
        if not hmac.compare_digest(wanted.encode(), values["oauth_signature"].encode()):
            raise _refused("Invalid signature - provided signature does not match.")
        self._check_moment(values["oauth_timestamp"], values["oauth_nonce"])

    def _check_moment(self, timestamp: str, nonce: str) -> None:
        now = self._stand.clock() / 1000
        if not timestamp.isdigit() or abs(int(timestamp) - now) > _WINDOW_SECONDS:
            raise _refused("Invalid timestamp.")
        if nonce in self._nonces:
            raise _refused("Invalid nonce - nonce has already been used.")
        if len(self._nonces) > 10_000:
            self._nonces = {one: at for one, at in self._nonces.items() if at > now - _WINDOW_SECONDS}
        self._nonces[nonce] = now


def oauth_signature(secret: str, method: str, url: str, parameters: list[tuple[str, str]], how: str) -> str:
    """The base64 signature over all parameters but itself; PHP counts the places of `name[]` parameters."""
    places: dict[str, int] = {}
    pairs = []
    for name, value in parameters:
        if name == "oauth_signature":
            continue
        place = places[name] = places.get(name, -1) + 1
        pairs.append((name.replace("[]", f"[{place}]"), value))
    pairs.sort()
    joined = "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in pairs)
    base = "&".join((method, quote(url, safe="~"), quote(joined, safe="~")))
    return base64.b64encode(hmac.new(f"{secret}&".encode(), base.encode(), _DIGESTS[how]).digest()).decode()


def _basic_pair(header: str) -> tuple[str, str]:
    scheme, _blank, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        key, _colon, secret = base64.b64decode(encoded).decode().partition(":")
    except (NoBase64Error, UnicodeDecodeError):
        return "", ""
    return key, secret


def _anonymous() -> WordPressError:
    return WordPressError(401, "woocommerce_rest_cannot_view", _CANNOT_VIEW)


def _refused(message: str, *, challenge: bool = False) -> WordPressError:
    headers = {"www-authenticate": 'Basic realm="WooCommerce API."'} if challenge else None
    return WordPressError(401, "woocommerce_rest_authentication_error", message, headers=headers)
