"""Lazada's gateway, simulated: signatures, clock, tokens, the envelope, and the consent page.

Lives of tokens as an app that is online has them. Renewing leaves the refresh token and its life as they are.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from packstation.domain.times import DAY, MINUTE, SECOND
from sync.sandbox.faults import Fault
from sync.sandbox.stand import Stand

APP_KEY = "123456"
SELLER_ID = "200164219345"
_SKEW = 7_200 * SECOND
_ACCESS_LIFE, _REFRESH_LIFE, _CODE_LIFE = 30 * DAY, 180 * DAY, 30 * MINUTE

Parameters = Mapping[str, str]
Handler = Callable[[Stand, Parameters], Mapping[str, Any]]


class LazadaError(Exception):
    """An error of the gateway (`code` is a word) or of an API (`code` is a number, and the message begins with E)."""

    def __init__(self, code: str, kind: str, message: str) -> None:
        super().__init__(message)
        self.code, self.kind, self.message = code, kind, message


def refused(number: int, text: str, width: int = 3) -> LazadaError:
    """An API's own error such as E014; the APIs of returns number theirs with four digits."""
    return LazadaError(str(number), "ISP", f"E{number:0{width}d}: {text}")


def guarded(stand: Stand, path: str, handler: Handler, *, with_token: bool = True) -> Route:
    """An API behind the gateway.

    Args:
        stand: the channel.
        path: without `/rest`.
        handler: gives what the envelope holds beside `code` and `request_id`.
        with_token: whether an access token is wanted.
    """

    async def endpoint(request: Request) -> Response:
        parameters = await _parameters(request)
        envelope: dict[str, Any]
        try:
            _strike(stand)
            _verify(stand, path, parameters)
            if with_token:
                _admit(stand, parameters)
            envelope = {"code": "0", **handler(stand, parameters)}
        except LazadaError as error:
            envelope = {"code": error.code, "type": error.kind, "message": error.message}
        called = f"{path}/{parameters.get('sign', '')}"
        return JSONResponse({**envelope, "request_id": hashlib.sha256(called.encode()).hexdigest()[:32]})

    return Route(f"/rest{path}", endpoint, methods=["GET", "POST"])


def auth_routes(stand: Stand) -> list[Route]:
    """The consent page, and the trades of codes and refresh tokens."""

    async def authorize(request: Request) -> Response:
        asked = request.query_params
        if asked.get("client_id") != APP_KEY or asked.get("response_type") != "code":
            return Response("invalid client", 400)
        code = stand.new_token("code")
        stand.accepted[f"code/{code}"] = str(stand.clock() + _CODE_LIFE)
        answer = {"code": code, **({"state": asked["state"]} if "state" in asked else {})}
        return RedirectResponse(f"{asked.get('redirect_uri', '/')}?{urlencode(answer)}", 302)

    return [
        Route("/oauth/authorize", authorize),
        guarded(stand, "/auth/token/create", _create, with_token=False),
        guarded(stand, "/auth/token/refresh", _refresh, with_token=False),
    ]


def issue(stand: Stand) -> None:
    """Hand out a first pair of tokens, as after a consent."""
    now = stand.clock()
    stand.accepted.pop("revoked", None)
    stand.accepted["refresh"] = stand.new_token("refresh")
    stand.accepted["refresh_until"] = str(now + _REFRESH_LIFE)
    _issue_access(stand)


def push_authorization(stand: Stand, body: bytes) -> str:
    """What a push bears in `Authorization`."""
    key = stand.secret("app_secret").encode()
    return hmac.new(key, APP_KEY.encode() + body, hashlib.sha256).hexdigest()


async def _parameters(request: Request) -> dict[str, str]:
    parameters = dict(request.query_params)
    if request.method == "POST":
        parameters |= dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))
    return parameters


def _strike(stand: Stand) -> None:
    if stand.faults.strikes(Fault.TOO_OFTEN):
        raise LazadaError("ApiCallLimit", "ISV", "Api access frequency exceeds the limit. this ban will last 1 seconds")
    if stand.faults.strikes(Fault.SERVER_ERROR):
        raise LazadaError("ServiceTimeout", "SYSTEM", "Service timeout")


def _verify(stand: Stand, path: str, parameters: Parameters) -> None:
    for name in ("app_key", "timestamp", "sign_method", "sign"):
        if name not in parameters:
            raise LazadaError(
                "MissingParameter", "ISV", f"The input parameter {name} that is mandatory is not supplied"
            )
    stamp = parameters["timestamp"]
    if not stamp.isdigit() or abs(int(stamp) - stand.clock()) > _SKEW:
        raise LazadaError("IllegalTimestamp", "ISV", "The specified timestamp is off by more than 7200 seconds")
    pairs = sorted((name, value) for name, value in parameters.items() if name != "sign")
    text = path + "".join(name + value for name, value in pairs)
    right = hmac.new(stand.secret("app_secret").encode(), text.encode(), hashlib.sha256).hexdigest().upper()
    if parameters["app_key"] != APP_KEY or parameters["sign"] != right or parameters["sign_method"] != "sha256":
        raise LazadaError("IncompleteSignature", "ISV", "The request signature does not conform to Lazada standards")


def _admit(stand: Stand, parameters: Parameters) -> None:
    if stand.faults.strikes(Fault.REVOKED):
        stand.accepted["revoked"] = "yes"
    fine = (
        "revoked" not in stand.accepted
        and parameters.get("access_token") == stand.accepted.get("access")
        and stand.clock() < int(stand.accepted.get("access_until", "0"))
    )
    if not fine or stand.faults.strikes(Fault.TOKEN_EXPIRED):
        raise LazadaError("IllegalAccessToken", "ISP", "The specified access token is invalid or expired")


def _create(stand: Stand, parameters: Parameters) -> Mapping[str, Any]:
    until = stand.accepted.pop(f"code/{parameters.get('code', '')}", None)
    if until is None or stand.clock() > int(until):
        raise LazadaError("InvalidCode", "ISV", "Invalid authorization code")
    issue(stand)
    return _tokens(stand, "country_user_info")


def _refresh(stand: Stand, parameters: Parameters) -> Mapping[str, Any]:
    known = "revoked" not in stand.accepted and parameters.get("refresh_token") == stand.accepted.get("refresh")
    if not known or stand.clock() >= int(stand.accepted["refresh_until"]):
        raise LazadaError("IllegalRefreshToken", "ISV", "The specified refresh token is invalid or expired")
    _issue_access(stand)
    return _tokens(stand, "country_user_info_list")


def _issue_access(stand: Stand) -> None:
    stand.accepted["access"] = stand.new_token("access")
    stand.accepted["access_until"] = str(stand.clock() + _ACCESS_LIFE)


def _tokens(stand: Stand, users: str) -> Mapping[str, Any]:
    left = int(stand.accepted["refresh_until"]) - stand.clock()
    return {
        "access_token": stand.accepted["access"],
        "refresh_token": stand.accepted["refresh"],
        "expires_in": _ACCESS_LIFE // SECOND,
        "refresh_expires_in": max(0, left // SECOND),
        "country": "vn",
        "account": "socnau@example.com",
        "account_platform": "seller_center",
        users: [{"country": "vn", "user_id": "1001", "seller_id": SELLER_ID, "short_code": "VN1ABCDE"}],
    }
