"""Who may ask Haravan, and how often: bearer tokens, a bucket of 80 calls that leaks four a second, and consent (OAuth 2.0)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from packstation.domain.times import DAY, MINUTE, SECOND
from sync.sandbox.channels.shopify_like.rest import errors
from sync.sandbox.faults import Fault
from sync.sandbox.stand import Stand

CLIENT_ID = "0c8a9f50f9badbde912dc489b369a79d"
TOKEN_LIFE = DAY
_SIZE, _LEAKS = 80, 4
_CODE_LIFE = 5 * MINUTE


class Gate:
    """The tokens and the bucket of one shop."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self._filled = 0.0
        self._filled_at = stand.clock()

    @property
    def private_token(self) -> str:
        """What a private application shows."""
        return self._stand.secret("access_token").upper()

    @property
    def access_token(self) -> str:
        """The token of the consent that is taken now."""
        return self._stand.accepted.setdefault("access_token", self._stand.secret("first token").upper())

    @property
    def refresh_token(self) -> str:
        """What renews it."""
        return self._stand.accepted.setdefault("refresh_token", self._stand.secret("first refresh token").upper())

    def routes(self) -> Sequence[Route]:
        """The addresses of accounts.haravan.com."""
        return [
            Route("/connect/authorize", self._authorize),
            Route("/connect/token", self._token, methods=["POST"]),
        ]

    def headers(self) -> Mapping[str, str]:
        """How full the bucket is."""
        return {"x-haravan-api-call-limit": f"{min(_SIZE, ceil(self._filled))}/{_SIZE}"}

    def refusal(self, request: Request) -> Response | None:
        """Why a call is turned away."""
        now = self._stand.clock()
        self._filled = max(0.0, self._filled - (now - self._filled_at) / SECOND * _LEAKS)
        self._filled_at = now
        if self._filled + 1 > _SIZE:
            return errors(429, "Exceeded 4 calls per second", {"retry-after": "2.0"})
        self._filled += 1
        scheme, _blank, token = request.headers.get("authorization", "").partition(" ")
        if self._stand.faults.strikes(Fault.REVOKED):
            self._stand.accepted["revoked"] = "yes"
        by_consent = token == self.access_token and not self._stand.accepted.get("revoked")
        expired = by_consent and self._stand.faults.strikes(Fault.TOKEN_EXPIRED)
        if scheme != "Bearer" or expired or not (by_consent or token == self.private_token):
            return errors(401, "[API] Invalid API key or access token (unrecognized login or wrong password)")
        return None

    async def _authorize(self, request: Request) -> Response:
        """The consent page; instead of sending a browser on, it shows with what it would."""
        query = request.query_params
        wanted = ("response_type", "scope", "client_id", "redirect_uri")
        if query.get("client_id") != CLIENT_ID or not all(query.get(name) for name in wanted):
            return PlainTextResponse("unauthorized_client", 400)
        code = self._stand.new_token("code")
        self._stand.accepted[f"code:{code}"] = f"{self._stand.clock() + _CODE_LIFE} {query['redirect_uri']}"
        return PlainTextResponse(f"code={code}&state={query.get('state', '')}")

    async def _token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        if form.get("client_id") != CLIENT_ID or form.get("client_secret") != self._stand.secret("app_secret"):
            return JSONResponse({"error": "invalid_client"}, 400)
        if form.get("grant_type") == "authorization_code":
            ends, _blank, redirect = self._stand.accepted.pop(f"code:{form.get('code')}", "0 ").partition(" ")
            if int(ends) < self._stand.clock() or redirect != form.get("redirect_uri"):
                return JSONResponse({"error": "invalid_grant"}, 400)
            self._stand.accepted.pop("revoked", None)
        elif self._stand.accepted.get("revoked") or form.get("refresh_token") != self.refresh_token:
            return JSONResponse({"error": "invalid_grant"}, 400)
        for name in ("access_token", "refresh_token"):
            self._stand.accepted[name] = self._stand.new_token(name).upper()
        return JSONResponse(
            {
                "id_token": "e30.e30.",
                "access_token": self.access_token,
                "refresh_token": self.refresh_token,
                "expires_in": TOKEN_LIFE // SECOND,
                "token_type": "Bearer",
            }
        )
