"""The order resource over REST: lists by number, by time of change and by page, single orders, notes, cancellations."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from packstation.domain.orders import Outcome, Status
from packstation.domain.times import UnreadableTimeError, parse_iso
from sync.sandbox.channels.shopify_like.facets import number_of
from sync.sandbox.channels.shopify_like.listing import first_changed
from sync.sandbox.faults import Fault
from sync.sandbox.market.facts import Facts, Passed
from sync.sandbox.stand import Stand

_REASONS = {
    "customer": (Outcome.BUYER_CANCELLED, "buyer"),
    "inventory": (Outcome.SELLER_CANCELLED, "seller"),
    "fraud": (Outcome.SELLER_CANCELLED, "seller"),
    "declined": (Outcome.UNPAID_EXPIRED, "system"),
    "other": (Outcome.SYSTEM_CANCELLED, "system"),
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between the vendors.

    Attributes:
        prefix: the path above `orders.json`.
        changed: the stem of the parameters that bound the time of change.
        most: the largest page.
        shape: how the shop writes its running numbers.
        sorts: whether `order` is understood; otherwise the newest orders come first.
        order_json: one order as the vendor writes it.
        refusal: why this request is turned away, None when it is not.
        headers: what every answer bears.
    """

    prefix: str
    changed: str
    most: int
    shape: str
    sorts: bool
    order_json: Callable[[Facts], Mapping[str, Any]]
    refusal: Callable[[Request], Response | None]
    headers: Callable[[], Mapping[str, str]] = dict


def errors(status: int, said: object, headers: Mapping[str, str] | None = None) -> Response:
    """An error in the family's shape."""
    return JSONResponse({"errors": said}, status, headers)


def rest_routes(stand: Stand, dialect: Dialect) -> Sequence[Route]:
    """The resource's addresses."""
    shop = _Shop(stand, dialect)
    at = f"{dialect.prefix}/orders"
    return [
        Route(f"{at}.json", shop.guarded(shop.listed)),
        Route(f"{at}/{{id:int}}.json", shop.guarded(shop.single)),
        Route(f"{at}/{{id:int}}.json", shop.guarded(shop.updated), methods=["PUT"]),
        Route(f"{at}/{{id:int}}/cancel.json", shop.guarded(shop.cancelled), methods=["POST"]),
    ]


class _Shop:
    def __init__(self, stand: Stand, dialect: Dialect) -> None:
        self._stand = stand
        self._dialect = dialect

    def guarded(self, handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            response = self._dialect.refusal(request) or self._misfortune() or await handler(request)
            response.headers.update(self._dialect.headers())
            return response

        return answer

    async def listed(self, request: Request) -> Response:
        query = request.query_params
        limit, page = query.get("limit", "50"), query.get("page", "1")
        if not (limit.isdigit() and 1 <= int(limit) <= self._dialect.most and page.isdigit() and int(page) >= 1):
            return errors(422, {"limit": [f"must be between 1 and {self._dialect.most}"]})
        if "ids" in query:
            found = [one for one in (self._facts(text) for text in query["ids"].split(",")) if one is not None]
            return self._rows(found[: int(limit)])
        try:
            since, until = (self._bound(query.get(f"{self._dialect.changed}_{end}")) for end in ("min", "max"))
        except UnreadableTimeError:
            return errors(400, "invalid time")
        now = self._stand.clock()
        start = (int(page) - 1) * int(limit)
        rising = self._dialect.sorts and query.get("order") == f"{self._dialect.changed} asc"
        wanted = query.get("status", "open")
        most = start + int(limit) if rising and wanted == "any" else sys.maxsize
        changed = first_changed(self._stand.market, since or 0, (now if until is None else until) + 1, now, most)
        found = [one for one in map(self._overlaid, changed) if _is_wanted(one, wanted)]
        if not rising:
            found.sort(key=lambda one: (-one.placed_at, -one.serial))
        return self._rows(self._spoiled(found, start, start + int(limit)))

    async def single(self, request: Request) -> Response:
        facts = self._facts(str(request.path_params["id"]))
        return errors(404, "Not Found") if facts is None else self._order(facts)

    async def updated(self, request: Request) -> Response:
        facts = self._facts(str(request.path_params["id"]))
        if facts is None:
            return errors(404, "Not Found")
        given = (await _json(request)).get("order")
        if not isinstance(given, dict) or "note" not in given:
            return errors(422, {"order": ["nothing to update"]})
        self._stand.market.note(facts.number, str(given["note"]), self._stand.clock())
        return await self.single(request)

    async def cancelled(self, request: Request) -> Response:
        facts = self._facts(str(request.path_params["id"]))
        if facts is None:
            return errors(404, "Not Found")
        given = await _json(request)
        if facts.status is Status.CANCELLED or given.get("reason") not in _REASONS:
            return errors(422, {"base": ["the order cannot be cancelled"]})
        now = self._stand.clock()
        self._stand.accepted[f"cancelled:{facts.number}"] = f"{now}:{given['reason']}"
        self._stand.market.note(facts.number, facts.seller_note, now)
        return await self.single(request)

    def _facts(self, identity: str) -> Facts | None:
        number = number_of(identity, self._dialect.shape)
        facts = self._stand.market.facts(number, self._stand.clock())
        return None if facts is None or facts.deleted else self._overlaid(facts)

    def _overlaid(self, facts: Facts) -> Facts:
        """The facts with what was done through the API."""
        done = self._stand.accepted.get(f"cancelled:{facts.number}")
        if done is None:
            return facts
        at, _colon, reason = done.partition(":")
        outcome, by = _REASONS[reason]
        passed = (*facts.passed, Passed(Status.CANCELLED, int(at)))
        return replace(facts, passed=passed, outcome=outcome, cancelled_by=by, outcome_at=int(at))

    def _spoiled(self, found: Sequence[Facts], start: int, end: int) -> Sequence[Facts]:
        strikes = self._stand.faults.strikes
        if strikes(Fault.NO_ORDERS):
            return []
        shown = list(found[start:end])
        if start and shown and strikes(Fault.SHIFTED):
            shown = [found[start - 1], *shown[:-1]]
        if shown and strikes(Fault.LOST_ROW):
            del shown[len(shown) // 2]
        return shown

    def _misfortune(self) -> Response | None:
        if self._stand.faults.strikes(Fault.TOO_OFTEN):
            return errors(429, "Too many requests", {"retry-after": "2.0"})
        if self._stand.faults.strikes(Fault.SERVER_ERROR):
            return errors(500, "Internal Server Error")
        return None

    def _rows(self, found: Sequence[Facts]) -> Response:
        return JSONResponse({"orders": [self._dialect.order_json(one) for one in found if not one.deleted]})

    def _order(self, facts: Facts) -> Response:
        return JSONResponse({"order": self._dialect.order_json(facts)})

    def _bound(self, text: str | None) -> int | None:
        return None if text is None else parse_iso(text, self._stand.market.counter.shop.zone)


def _is_wanted(facts: Facts, status: str) -> bool:
    if status == "any":
        return True
    cancelled, closed = facts.status is Status.CANCELLED, facts.status is Status.COMPLETED
    return {"cancelled": cancelled, "closed": closed}.get(status, not cancelled and not closed)


async def _json(request: Request) -> dict[str, Any]:
    try:
        given = json.loads(await request.body())
    except ValueError:
        given = None
    return given if isinstance(given, dict) else {}
