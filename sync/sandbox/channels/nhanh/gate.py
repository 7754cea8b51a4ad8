"""Nhanh's gate, simulated: the access page and its code, form posts with an access token, and the envelope with messages."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from packstation.domain.times import DAY, MINUTE, SECOND, from_ms
from sync.sandbox.faults import Fault
from sync.sandbox.stand import Stand

APP_ID, BUSINESS_ID = "73906", "10452"
_TOKEN_LIFE, _CODE_LIFE = 365 * DAY, 10 * MINUTE

Handler = Callable[[Stand, Mapping[str, Any]], Any]


class NhanhError(Exception):
    """An answer with `code` 0."""

    def __init__(self, message: str, **more: Any) -> None:  # noqa: ANN401 - any JSON value
        super().__init__(message)
        self.message, self.more = message, more


def guarded(stand: Stand, path: str, handler: Handler) -> Route:
    """An address that wants the app, the business and its token beside `data`."""

    async def endpoint(request: Request) -> Response:
        form = await _form(request)
        try:
            _strike(stand)
            _admit(stand, form)
            data = handler(stand, _data(form))
        except NhanhError as error:
            return JSONResponse({"code": 0, "messages": [error.message], "data": [], **error.more})
        return JSONResponse({"code": 1, "messages": [], "data": data})

    return Route(path, endpoint, methods=["POST"])


def access_routes(stand: Stand) -> list[Route]:
    """The page on which a shop gives access, and the trade of its code."""

    async def page(request: Request) -> Response:
        asked = request.query_params
        back = asked.get("returnLink", "")
        if asked.get("appId") != APP_ID or asked.get("version") != "2.0" or not back:
            return Response("invalid app", 400)
        code = stand.new_token("code")
        stand.accepted[f"code/{code}"] = str(stand.clock() + _CODE_LIFE)
        return RedirectResponse(f"{back}{'&' if '?' in back else '?'}{urlencode({'accessCode': code})}", 302)

    async def token(request: Request) -> Response:
        form = await _form(request)
        keys = form.get("appId") == APP_ID and form.get("secretKey") == stand.secret("secret_key")
        until = stand.accepted.pop(f"code/{form.get('accessCode', '')}", "0")
        if not keys or stand.clock() > int(until):
            return JSONResponse({"code": 0, "messages": ["Invalid secretKey" if not keys else "Invalid accessCode"]})
        issue(stand)
        ends = from_ms(int(stand.accepted["access_until"]), "Asia/Ho_Chi_Minh").strftime("%Y-%m-%d %H:%M:%S")
        answer = {"accessToken": stand.accepted["access"], "businessId": int(BUSINESS_ID), "expiredDateTime": ends}
        return JSONResponse({"code": 1, "messages": [], **answer})

    return [
        Route("/oauth", page, methods=["GET"]),
        Route("/api/oauth/access_token", token, methods=["POST"]),
    ]


def issue(stand: Stand) -> None:
    """Hand out the business's token."""
    stand.accepted.pop("revoked", None)
    stand.accepted["access"] = stand.new_token("access")
    stand.accepted["access_until"] = str((stand.clock() + _TOKEN_LIFE) // SECOND * SECOND)


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))


def _strike(stand: Stand) -> None:
    if stand.faults.strikes(Fault.TOO_OFTEN):
        lock = {"lockedSeconds": 1, "unlockedAt": stand.clock() // SECOND + 1}
        raise NhanhError("Too many requests", errorCode="ERR_429", data=lock)
    if stand.faults.strikes(Fault.SERVER_ERROR):
        raise NhanhError("Lỗi hệ thống, vui lòng thử lại sau")


def _admit(stand: Stand, form: Mapping[str, str]) -> None:
    if stand.faults.strikes(Fault.REVOKED):
        stand.accepted["revoked"] = "yes"
    if form.get("version") != "2.0" or form.get("appId") != APP_ID:
        raise NhanhError("Invalid appId")
    if form.get("businessId") != BUSINESS_ID:
        raise NhanhError("Invalid businessId")
    fine = (
        "revoked" not in stand.accepted
        and form.get("accessToken") == stand.accepted.get("access")
        and stand.clock() < int(stand.accepted.get("access_until", "0"))
    )
    if not fine or stand.faults.strikes(Fault.TOKEN_EXPIRED):
        raise NhanhError("Invalid accessToken")


def _data(form: Mapping[str, str]) -> Mapping[str, Any]:
    try:
        data = json.loads(form.get("data", ""))
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise NhanhError("Invalid data")
    return data
