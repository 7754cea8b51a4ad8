"""The simulated TikTok Shop's door: envelope, error codes, signatures, clock and tokens."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from packstation.domain.times import DAY, SECOND
from sync.sandbox.faults import Fault
from sync.sandbox.stand import Stand

APP_KEY = "6sandbox0app"
SERVICE_ID = "7400000000000000001"
TOKEN_LIFE = 7 * DAY
REFRESH_LIFE = 180 * DAY
_BEHIND, _AHEAD = 300, 30

Handler = Callable[[Request, dict[str, Any]], Awaitable[Response]]


def cipher_of(stand: Stand) -> str:
    """The shop's cipher."""
    return "GCP_" + stand.secret("shop_cipher")[:24]


def shop_id_of(stand: Stand) -> str:
    """The shop's number."""
    return "7494" + str(int(stand.secret("shop_id")[:12], 16))[:15].zfill(15)


def access_token(stand: Stand) -> str:
    """The access token that is taken now."""
    return stand.accepted.setdefault("access_token", "ROW_" + stand.secret("access_token"))


def refresh_token(stand: Stand) -> str:
    """The first refresh token."""
    return "ROW_" + stand.secret("refresh_token")


def sign(secret: str, path: str, query: Mapping[str, str], body: bytes) -> str:
    """The signature of a call, by the Partner Center's own recipe."""
    names = sorted(name for name in query if name not in ("sign", "access_token"))
    text = path + "".join(name + query[name] for name in names)
    wrapped = secret.encode() + text.encode() + body + secret.encode()
    return hmac.new(secret.encode(), wrapped, hashlib.sha256).hexdigest()


def good(data: object) -> Response:
    """An answer without an error."""
    return JSONResponse({"code": 0, "message": "Success", "request_id": "20260901000000A1", "data": data})


def bad(code: int, message: str, status: int = 400) -> Response:
    """An answer with an error."""
    return JSONResponse({"code": code, "message": message, "request_id": "20260901000000B2", "data": None}, status)


def guarded(stand: Stand, handler: Handler, *, scoped: bool = True) -> Callable[[Request], Awaitable[Response]]:
    """The handler behind every check that a call has to pass; it gets the JSON body, empty where there is none."""

    async def answer(request: Request) -> Response:
        body = await request.body()
        refusal = _refusal(stand, request, body, scoped=scoped) or _misfortune(stand)
        if refusal is not None:
            return refusal
        parsed: Any = {}
        if request.method == "POST":
            try:
                parsed = await request.json()
            except ValueError:
                return bad(36009005, "Invalid request body")
            if not isinstance(parsed, dict):
                return bad(36009005, "Invalid request body")
        return await handler(request, parsed)

    return answer


def _refusal(stand: Stand, request: Request, body: bytes, *, scoped: bool) -> Response | None:
    query = dict(request.query_params)
    if query.get("app_key") != APP_KEY:
        return bad(36009004, "Invalid credentials. The 'app_key' is invalid", 401)
    timestamp = query.get("timestamp", "")
    now = stand.clock() // SECOND
    if not timestamp.isdigit() or not now - _BEHIND <= int(timestamp) <= now + _AHEAD:
        return bad(36009004, "Invalid timestamp: it is expired or lies ahead", 401)
    expected = sign(stand.secret("app_secret"), request.url.path, query, body)
    if not hmac.compare_digest(expected, query.get("sign", "")):
        return bad(106001, "Invalid signature", 401)
    revoked = stand.faults.strikes(Fault.REVOKED)
    if revoked:
        stand.accepted["revoked"] = "yes"
    taken = request.headers.get("x-tts-access-token") == access_token(stand) and not stand.accepted.get("revoked")
    if not taken or stand.faults.strikes(Fault.TOKEN_EXPIRED):
        return bad(105002, "Expired credentials", 401)
    if request.method == "POST" and request.headers.get("content-type", "").partition(";")[0] != "application/json":
        return bad(36009006, "Invalid content type", 415)
    if not scoped:
        return None
    if "shop_cipher" not in query:
        return bad(106013, "shop_cipher is required")
    if query["shop_cipher"] != cipher_of(stand):
        return bad(106014, "Invalid shop_cipher", 403)
    return None


def _misfortune(stand: Stand) -> Response | None:
    if stand.faults.strikes(Fault.TOO_OFTEN):
        return bad(36009002, "Too many requests", 429)
    if stand.faults.strikes(Fault.SERVER_ERROR):
        return bad(36009003, "Internal error. Please try again", 200)
    return None
