"""Tiki's gate, simulated: OAuth 2.0 with client credentials or a seller's consent, bearer tokens, and its shape of errors."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from packstation.domain.times import DAY, MINUTE, SECOND
from sync.sandbox.faults import Fault
from sync.sandbox.stand import Stand

APP_ID = "7590139168389961"
_ACCESS_LIFE, _CODE_LIFE = DAY, 5 * MINUTE

Handler = Callable[[Stand, Request], Mapping[str, Any]]


class TikiError(Exception):
    """An error as the API writes it: an HTTP status and explanations."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


class _OAuthError(Exception):
    """An error of the token endpoint."""

    def __init__(self, status: int, word: str, description: str) -> None:
        super().__init__(word)
        self.status, self.word, self.description = status, word, description


def guarded(stand: Stand, path: str, handler: Handler) -> Route:
    """An address that wants a bearer token."""

    async def endpoint(request: Request) -> Response:
        try:
            _strike(stand)
            _admit(stand, request.headers.get("authorization", ""))
            return JSONResponse(handler(stand, request))
        except TikiError as error:
            return JSONResponse({"errors": [error.text]}, error.status)

    return Route(path, endpoint, methods=["GET"])


def token_routes(stand: Stand) -> list[Route]:
    """The consent page and the token endpoint."""

    async def authorize(request: Request) -> Response:
        asked = request.query_params
        known = asked.get("client_id") == APP_ID and asked.get("response_type") == "code"
        if not known or len(asked.get("state", "")) < 8:
            return JSONResponse({"error": "invalid_request"}, 400)
        code = stand.new_token("code")
        stand.accepted[f"code/{code}"] = f"{stand.clock() + _CODE_LIFE} {asked.get('redirect_uri', '')}"
        answer = {"code": code, "scope": asked.get("scope", ""), "state": asked["state"]}
        return RedirectResponse(f"{asked.get('redirect_uri', '/')}?{urlencode(answer)}", 302)

    async def token(request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))
        try:
            return JSONResponse(_granted(stand, request.headers.get("authorization", ""), form))
        except _OAuthError as error:
            return JSONResponse({"error": error.word, "error_description": error.description}, error.status)

    return [
        Route("/sc/oauth2/auth", authorize, methods=["GET"]),
        Route("/sc/oauth2/token", token, methods=["POST"]),
    ]


def issue(stand: Stand) -> None:
    """Hand out an access token."""
    stand.accepted["access"] = stand.new_token("access")
    stand.accepted["access_until"] = str(stand.clock() + _ACCESS_LIFE)


def _strike(stand: Stand) -> None:
    if stand.faults.strikes(Fault.TOO_OFTEN):
        raise TikiError(429, "Too many requests! Slow down!")
    if stand.faults.strikes(Fault.SERVER_ERROR):
        raise TikiError(500, "Internal call failure")


def _admit(stand: Stand, authorization: str) -> None:
    if stand.faults.strikes(Fault.REVOKED):
        stand.accepted["revoked"] = "yes"
    fine = (
        "revoked" not in stand.accepted
        and "access" in stand.accepted
        and authorization == f"Bearer {stand.accepted['access']}"
        and stand.clock() < int(stand.accepted["access_until"])
    )
    if not fine or stand.faults.strikes(Fault.TOKEN_EXPIRED):
        raise TikiError(401, "The authorization token is missing or expired")


def _granted(stand: Stand, authorization: str, form: Mapping[str, str]) -> dict[str, Any]:
    """The answer to a request for tokens; a refresh token works once."""
    if _basic(authorization) != f"{APP_ID}:{stand.secret('app_secret')}" or "revoked" in stand.accepted:
        raise _OAuthError(401, "invalid_client", "Client authentication failed")
    match form.get("grant_type"):
        case "client_credentials":
            scope = form.get("scope", "")
        case "authorization_code":
            until, _space, redirect = stand.accepted.pop(f"code/{form.get('code', '')}", "0 ").partition(" ")
            if stand.clock() > int(until) or redirect != form.get("redirect_uri", ""):
                raise _OAuthError(400, "invalid_grant", "The authorization code is invalid or expired")
            scope = "offline order"
        case "refresh_token":
            if form.get("refresh_token") != stand.accepted.get("refresh"):
                raise _OAuthError(400, "invalid_grant", "The refresh token is invalid or was used")
            scope = "offline order"
        case _:
            raise _OAuthError(400, "unsupported_grant_type", "The grant type is not supported")
    issue(stand)
    answer = {
        "access_token": stand.accepted["access"],
        "expires_in": _ACCESS_LIFE // SECOND,
        "scope": scope,
        "token_type": "bearer",
    }
    if "offline" in scope:
        stand.accepted["refresh"] = stand.new_token("refresh")
        answer["refresh_token"] = stand.accepted["refresh"]
    return answer


def _basic(authorization: str) -> str:
    kind, _space, encoded = authorization.partition(" ")
    try:
        return base64.b64decode(encoded, validate=True).decode() if kind == "Basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        return ""
