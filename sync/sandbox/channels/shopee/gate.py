"""Shopee's door: who may come in, with which token, and in which envelope answers go out."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from packstation.domain.times import DAY, HOUR, MINUTE
from sync.credentials.credential import Credential
from sync.sandbox.faults import Fault
from sync.sandbox.stand import Stand

PARTNER_ID = 1_000_001
SHOP_ID = 200_001
MAIN_ACCOUNT_ID = 300_001
ACCESS_LIVES = 4 * HOUR
REFRESH_LIVES = 30 * DAY
_PREVIOUS_LIVES = 5 * MINUTE
_CODE_LIVES = 10 * MINUTE
_CLOCK_TOLERANCE = 300

Call = Callable[[Mapping[str, str], Mapping[str, Any]], dict[str, Any]]
"""Answers the query's parameters and the body's with what goes out beside `request_id`, `error` and `message`."""


class RefusedError(Exception):
    """An error as Shopee words it."""

    def __init__(self, error: str, message: str, status: int = 200) -> None:
        super().__init__(error)
        self.error = error
        self.message = message
        self.status = status


def hmac_hex(key: str, message: bytes) -> str:
    """The signature of calls and pushes."""
    return hmac.new(key.encode(), message, hashlib.sha256).hexdigest()


def fresh_login(stand: Stand) -> Credential:
    """A new pair of tokens for a seller who has just given consent; the pair before it is worth nothing any more."""
    access, refresh = _issue(stand)
    now = stand.clock()
    secrets = {"partner_key": stand.secret("partner_key")}
    return Credential(secrets, access, refresh, now + ACCESS_LIVES, now + REFRESH_LIVES, {"shop_id": str(SHOP_ID)})


def for_shop(stand: Stand, call: Call) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that needs a shop's token."""

    def admitted(query: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
        _check_shop(stand, query)
        _let_faults_strike(stand)
        return call(query, body)

    return _endpoint(stand, admitted)


def for_application(stand: Stand, call: Call) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint about the application as a whole, which fails as those of shops do."""

    def admitted(query: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
        _let_faults_strike(stand)
        return call(query, body)

    return _endpoint(stand, admitted)


def for_anybody(stand: Stand, call: Call) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that is signed for the application alone."""
    return _endpoint(stand, call)


def exchange(stand: Stand, _query: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
    """`/api/v2/auth/token/get`: a code of the consent page for the first pair."""
    _check_partner(body)
    code, until = stand.accepted.pop("code", ""), int(stand.accepted.pop("code_until", "0"))
    if not code or body.get("code") != code or stand.clock() > until:
        raise RefusedError("invalid_code", "Invalid code", 403)
    whose = {name: body[name] for name in ("shop_id", "main_account_id") if name in body}
    if whose not in ({"shop_id": SHOP_ID}, {"main_account_id": MAIN_ACCOUNT_ID}):
        raise RefusedError("error_param", "Wrong parameters, detail: shop_id or main_account_id.")
    access, refresh = _issue(stand)
    shops = {} if "shop_id" in whose else {"shop_id_list": [SHOP_ID, SHOP_ID + 1], "merchant_id_list": []}
    return {"access_token": access, "refresh_token": refresh, "expire_in": ACCESS_LIVES // 1000, **shops}


def renew(stand: Stand, _query: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
    """`/api/v2/auth/access_token/get`: a refresh token, once, for the next pair."""
    _check_partner(body)
    if body.get("shop_id") != SHOP_ID or body.get("refresh_token") != stand.accepted.get("refresh"):
        raise RefusedError("error_shop_refresh_token", "Your refresh_token is wrong or has been used.", 403)
    access, refresh = _issue(stand)
    return {
        "partner_id": PARTNER_ID,
        "shop_id": SHOP_ID,
        "access_token": access,
        "refresh_token": refresh,
        "expire_in": ACCESS_LIVES // 1000,
    }


def consent_page(stand: Stand) -> Callable[[Request], Awaitable[Response]]:
    """The consent page, with a seller who agrees at once."""

    async def agreed(request: Request) -> Response:
        stand.accepted["code"] = code = stand.new_token("code")[:32]
        stand.accepted["code_until"] = str(stand.clock() + _CODE_LIVES)
        back = {"code": code, "shop_id": str(SHOP_ID), "state": request.query_params.get("state", "")}
        return RedirectResponse(f"{request.query_params['redirect_uri']}?{urlencode(back)}")

    return agreed


def _issue(stand: Stand) -> tuple[str, str]:
    now, accepted = stand.clock(), stand.accepted
    accepted["previous"], accepted["previous_until"] = accepted.get("access", ""), str(now + _PREVIOUS_LIVES)
    accepted["access"], accepted["access_until"] = stand.new_token("access"), str(now + ACCESS_LIVES)
    accepted["refresh"] = stand.new_token("refresh")
    return accepted["access"], accepted["refresh"]


def _endpoint(stand: Stand, call: Call) -> Callable[[Request], Awaitable[Response]]:
    async def answered(request: Request) -> Response:
        request_id = stand.new_token("request")[:32]
        query = dict(request.query_params)
        try:
            _check_signature(stand, request.url.path, query)
            body = _body(await request.body()) if request.method == "POST" else {}
            answer = {"request_id": request_id, "error": "", "message": "", **call(query, body)}
        except RefusedError as refusal:
            said = {"request_id": request_id, "error": refusal.error, "message": refusal.message}
            return JSONResponse(said, refusal.status)
        return JSONResponse(answer)

    return answered


def _let_faults_strike(stand: Stand) -> None:
    if stand.faults.strikes(Fault.TOO_OFTEN):
        raise RefusedError(
            "error_rate_limit", "Too many requests. You have reached the rate limit. Please try again later."
        )
    if stand.faults.strikes(Fault.SERVER_ERROR):
        raise RefusedError("error_server", "Something wrong. Please try later.\t")


def _body(raw: bytes) -> dict[str, Any]:
    try:
        read = json.loads(raw)
    except ValueError:
        read = None
    if not isinstance(read, dict):
        raise RefusedError("error_param", "The request body is not a valid json format")
    return read


def _check_partner(body: Mapping[str, Any]) -> None:
    if body.get("partner_id") != PARTNER_ID:
        raise RefusedError("error_param", "Invalid partner_id.", 403)


def _check_signature(stand: Stand, path: str, query: Mapping[str, str]) -> None:
    if query.get("partner_id") != str(PARTNER_ID):
        raise RefusedError(
            "error_param", "Invalid partner_id." if "partner_id" in query else "There is no partner_id in query."
        )
    timestamp = query.get("timestamp", "")
    if not timestamp.isdigit():
        raise RefusedError("error_param", "Invalid timestamp" if timestamp else "no timestamp", 403)
    if abs(stand.clock() // 1000 - int(timestamp)) > _CLOCK_TOLERANCE:
        raise RefusedError("error_param", "Timestamp is expired.", 403)
    is_public = path.startswith(("/api/v2/auth/", "/api/v2/push/"))
    shop = "" if is_public else query.get("access_token", "") + query.get("shop_id", "")
    wanted = hmac_hex(stand.secret("partner_key"), f"{PARTNER_ID}{path}{timestamp}{shop}".encode())
    if "sign" not in query:
        raise RefusedError("error_param", "There is no sign in query.", 403)
    if query["sign"] != wanted:
        raise RefusedError("error_sign", "Wrong sign.", 403)


def _check_shop(stand: Stand, query: Mapping[str, str]) -> None:
    if "access_token" not in query:
        raise RefusedError("error_param", "There is no access_token in query.", 403)
    if query.get("shop_id") != str(SHOP_ID) or stand.faults.strikes(Fault.REVOKED):
        raise RefusedError("shop_no_linked", "Partner and shop has no linked.", 403)
    now, accepted, token = stand.clock(), stand.accepted, query["access_token"]
    current = token == accepted.get("access") and now < int(accepted["access_until"])
    previous = token != "" and token == accepted.get("previous") and now < int(accepted["previous_until"])
    if not (current or previous) or stand.faults.strikes(Fault.TOKEN_EXPIRED):
        raise RefusedError("invalid_acceess_token", "Invalid access_token, please have a check.", 403)
