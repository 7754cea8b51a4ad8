"""Pancake's addresses: the orders of one shop, by time of change, by search, and one by one.

Source: api-docs.pancake.vn, "Đơn hàng". It shows no errors; these are the plain ones that public clients handle.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from packstation.domain.times import SECOND
from sync.sandbox.channels.pancake.records import record_of
from sync.sandbox.faults import Fault
from sync.sandbox.market.facts import Facts
from sync.sandbox.stand import Stand

_MOST, _DEFAULT = 100, 30
_SHOP = "1328301"
Handler = Callable[[Request], Awaitable[Response]]


def routes(stand: Stand) -> list[Route]:
    """All addresses of the shop."""
    shop = _Shop(stand)
    base = "/api/v1/shops/{shop}/orders"
    return [
        Route(base, shop.guarded(shop.listing)),
        Route(base + "/{number}", shop.guarded(shop.single)),
        Route(base + "/{number}", shop.guarded(shop.update), methods=["PUT"]),
    ]


class _Shop:
    """The shop behind the addresses."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self._key = stand.secret("api_key")

    def guarded(self, answer: Handler) -> Handler:
        """The handler behind the key and the faults."""

        async def handle(request: Request) -> Response:
            strikes = self._stand.faults.strikes
            if request.query_params.get("api_key") != self._key or strikes(Fault.REVOKED):
                return _error(401, f"Invalid api_key {request.query_params.get('api_key')}")
            if request.path_params["shop"] != _SHOP:
                return _error(403, "You do not have permission")
            if strikes(Fault.TOO_OFTEN):
                return JSONResponse({"success": False, "message": "Too many requests"}, 429, {"retry-after": "1"})
            if strikes(Fault.SERVER_ERROR):
                return _error(500, "Internal server error")
            return await answer(request)

        return handle

    async def listing(self, request: Request) -> Response:
        """A page of the orders that were changed between `startDateTime` and `endDateTime`, both included."""
        query, faults = request.query_params, self._stand.faults
        size, number = min(_MOST, int(query.get("page_size", _DEFAULT))), int(query.get("page_number", 1))
        found = self._searched(query["search"]) if query.get("search") else self._changed(request)
        if query.get("option_sort") != "last_updated_order_asc":
            found.sort(key=lambda facts: facts.placed_at, reverse=True)
        if faults.strikes(Fault.NO_ORDERS):
            found = []
        start = (number - 1) * size
        if found and faults.strikes(Fault.SHIFTED):
            start = max(0, start - 1)
        page = found[start : start + size]
        if page and faults.strikes(Fault.LOST_ROW):
            del page[len(page) // 2]
        return JSONResponse(
            {
                "success": True,
                "data": [record_of(facts, self._key) for facts in page],
                "page_number": number,
                "page_size": size,
                "total_entries": len(found),
                "total_pages": -(-len(found) // size),
            }
        )

    async def single(self, request: Request) -> Response:
        """One order."""
        facts = self._stand.market.facts(request.path_params["number"], self._stand.clock())
        if facts is None:
            return _error(404, "Not found")
        return JSONResponse({"data": record_of(facts, self._key), "success": True})

    async def update(self, request: Request) -> Response:
        """Write what the body has; here the internal note alone."""
        body = json.loads(await request.body())
        number, now = request.path_params["number"], self._stand.clock()
        if not self._stand.market.note(number, str(body.get("note", "")), now):
            return _error(404, "Not found")
        return await self.single(request)

    def _changed(self, request: Request) -> list[Facts]:
        query, now = request.query_params, self._stand.clock()
        if query.get("updateStatus") != "updated_at":
            return list(self._stand.market.every(now))
        since = int(query.get("startDateTime", 0)) * SECOND
        until = int(query["endDateTime"]) * SECOND + 1 if "endDateTime" in query else now + 1
        return self._stand.market.changed(since, until, now)

    def _searched(self, text: str) -> list[Facts]:
        """Orders with the text in their number, phone, note or parcel's number."""
        found = []
        for facts in self._stand.market.every(self._stand.clock()):
            tracking = [package.tracking or "" for package in facts.packages]
            origin = facts.origin.number if facts.origin else ""
            texts = (facts.number, facts.address.phone, facts.buyer.name, facts.buyer_note, origin, *tracking)
            if any(text.casefold() in one.casefold() for one in texts):
                found.append(facts)
        return found


def _error(status: int, message: str) -> Response:
    return JSONResponse({"success": False, "message": message}, status)
