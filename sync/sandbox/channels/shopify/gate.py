"""The door of the simulated shop: tokens, points, and the answers' envelope."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from packstation.domain.times import SECOND
from sync.sandbox.channels.shopify.language import Operation, SyntaxProblemError, parsed
from sync.sandbox.channels.shopify.orders import Orders
from sync.sandbox.channels.shopify.running import (
    MOST_POINTS,
    FieldProblemError,
    actual_cost,
    requested_cost,
    selected,
)
from sync.sandbox.faults import Fault
from sync.sandbox.stand import Stand

STORE = "soc-nau"
CLIENT_ID = "4f0c9a5d0d6f4e4b7e9a530f1b8c1f2a"
VERSIONS = frozenset({"2025-10", "2026-01", "2026-04", "2026-07"})
_TOKEN_SECONDS = 86_399
_BUCKET, _RESTORED_PER_SECOND = 20_000.0, 2_000.0
_WRONG_KEY = "[API] Invalid API key or access token (unrecognized login or wrong password)"


class Gate:
    """One shop's door."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self._orders = Orders(stand)
        self._available = _BUCKET
        self._counted_at = stand.clock()

    @property
    def lasting_token(self) -> str:
        """The token of an application made in the admin."""
        return "shpat_" + self._stand.secret("access_token")[:32]

    @property
    def access_token(self) -> str:
        """The token that the client credentials grant gave last."""
        return self._stand.accepted.setdefault("access_token", "shpat_" + self._stand.secret("first token")[:32])

    def routes(self) -> Sequence[Route]:
        """The shop's addresses."""
        return [
            Route("/admin/api/{version}/graphql.json", self._graphql, methods=["POST"]),
            Route("/admin/oauth/access_token", self._token, methods=["POST"]),
        ]

    async def _token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        wanted = {
            "grant_type": "client_credentials",
            "client_id": CLIENT_ID,
            "client_secret": self._stand.secret("client_secret"),
        }
        if form != wanted or self._stand.accepted.get("revoked"):
            return JSONResponse({"error": "application_cannot_be_found"}, 400)
        self._stand.accepted["access_token"] = "shpat_" + self._stand.new_token("access")[:32]
        answer = {"access_token": self.access_token, "scope": "read_orders,write_orders", "expires_in": _TOKEN_SECONDS}
        return JSONResponse(answer)

    async def _graphql(self, request: Request) -> Response:
        if request.path_params["version"] not in VERSIONS:
            return JSONResponse({"errors": "Not Found"}, 404)
        if not self._may_enter(request.headers.get("x-shopify-access-token", "")):
            return JSONResponse({"errors": _WRONG_KEY}, 401)
        try:
            body = json.loads(await request.body())
            operation = parsed(str(body["query"]), body.get("variables") or {})
        except SyntaxProblemError as error:
            return JSONResponse({"errors": [_error(str(error), "INVALID_VARIABLE")]})
        except (ValueError, KeyError, TypeError):
            return JSONResponse({"errors": {"query": "Required parameter missing or invalid"}}, 400)
        return self._answered(operation)

    def _may_enter(self, token: str) -> bool:
        if self._stand.faults.strikes(Fault.REVOKED):
            self._stand.accepted["revoked"] = "yes"
        if self._stand.accepted.get("revoked"):
            return False
        passing = token == self.access_token and not self._stand.faults.strikes(Fault.TOKEN_EXPIRED)
        return passing or token == self.lasting_token

    def _answered(self, operation: Operation) -> Response:
        cost = sum(requested_cost(one) for one in operation.fields) + (10 if operation.kind == "mutation" else 0)
        if cost > MOST_POINTS:
            text = f"Query cost is {cost}, which exceeds the single query max cost limit ({MOST_POINTS})."
            return self._envelope({"errors": [_error(text, "MAX_COST_EXCEEDED")]}, cost, None)
        now = self._stand.clock()
        restored = (now - self._counted_at) / SECOND * _RESTORED_PER_SECOND
        self._available = min(_BUCKET, self._available + max(0.0, restored))
        self._counted_at = now
        if self._available < cost or self._stand.faults.strikes(Fault.TOO_OFTEN):
            return self._envelope({"errors": [_error("Throttled", "THROTTLED")]}, cost, None)
        if self._stand.faults.strikes(Fault.SERVER_ERROR):
            text = "Internal error. Looks like something went wrong on our end."
            return self._envelope({"errors": [_error(text, "INTERNAL_SERVER_ERROR")]}, cost, None)
        try:
            data = selected(self._orders.root(operation), operation.fields)
        except FieldProblemError as error:
            return JSONResponse({"errors": [_error(str(error), error.code)]})
        spent = actual_cost(data)
        self._available -= spent
        if self._stand.accepted.get("unapproved"):
            denied = _error("This app is not approved to access the Customer object.", "ACCESS_DENIED")
            return self._envelope({"data": data, "errors": [denied]}, cost, spent)
        return self._envelope({"data": data}, cost, spent)

    def _envelope(self, answer: Mapping[str, Any], cost: int, spent: int | None) -> Response:
        status = {
            "maximumAvailable": _BUCKET,
            "currentlyAvailable": int(self._available),
            "restoreRate": _RESTORED_PER_SECOND,
        }
        counted = {"requestedQueryCost": cost, "actualQueryCost": spent, "throttleStatus": status}
        return JSONResponse({**answer, "extensions": {"cost": counted}})


def _error(message: str, code: str) -> dict[str, Any]:
    return {"message": message, "extensions": {"code": code}}
