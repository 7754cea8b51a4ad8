"""Searches by time of change, page by page; a page token is good for its own bounds alone."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from packstation.domain.times import SECOND
from sync.sandbox.channels.tiktok.gate import bad, good
from sync.sandbox.channels.tiktok.records import changed_at, order_record, return_changed_at, return_records, word_of
from sync.sandbox.faults import Fault
from sync.sandbox.market.facts import Facts
from sync.sandbox.stand import Stand

_LISTINGS_KEPT = 64
_SORT_FIELDS = ("create_time", "update_time")


@dataclass(frozen=True, slots=True)
class _Search:
    """One kind of search: where its records stand in the answer, its page sizes, and where it finds numbers and records."""

    field: str
    least: int
    most: int
    numbers_of: Callable[[Mapping[str, Any], str], Iterable[str]]
    records_of: Callable[[list[str]], list[dict[str, Any]]]


class Listings:
    """What the searches of one stand list. The numbers of a search are looked up once, its records are those of the moment."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self._numbers: OrderedDict[str, list[str]] = OrderedDict()
        self._order_search = _Search("orders", 1, 100, self._order_numbers, self._orders_of)
        self._return_search = _Search("return_orders", 10, 50, self._return_numbers, self._returns_of)

    async def orders(self, request: Request, body: dict[str, Any]) -> Response:
        """POST /order/202309/orders/search."""
        return self._answer(self._order_search, request, body)

    async def returns(self, request: Request, body: dict[str, Any]) -> Response:
        """POST /return_refund/202309/returns/search."""
        return self._answer(self._return_search, request, body)

    def _answer(self, search: _Search, request: Request, body: dict[str, Any]) -> Response:
        query = request.query_params
        size, order = query.get("page_size", "20"), query.get("sort_order", "DESC")
        sort = query.get("sort_field", "create_time")
        if not size.isdigit() or not search.least <= int(size) <= search.most:
            return bad(36009010, f"Invalid page_size, valid range: [{search.least}-{search.most}]")
        if sort not in _SORT_FIELDS or order not in ("ASC", "DESC"):
            return bad(36009010, "Invalid sort_field or sort_order")
        if any(name.endswith(("_ge", "_lt")) and not isinstance(body[name], int) for name in body):
            return bad(36009010, "Times are Unix timestamps")
        asked = json.dumps([search.field, sort, order, body], sort_keys=True)
        key = hashlib.sha256(asked.encode()).hexdigest()[:16]
        start = _opened(query.get("page_token", ""), key)
        if start is None:
            return bad(36009010, "Invalid page_token")
        if start == 0 or key not in self._numbers:
            numbers = list(search.numbers_of(body, sort))
            self._numbers[key] = numbers if order == "ASC" else numbers[::-1]
            while len(self._numbers) > _LISTINGS_KEPT:
                self._numbers.popitem(last=False)
        return good(self._page(search, key, start, int(size), by_number="order_ids" in body))

    def _page(self, search: _Search, key: str, start: int, size: int, *, by_number: bool) -> dict[str, Any]:
        """One page. The faults of listings strike those of a span; a search by numbers is none."""
        numbers = self._numbers[key]
        token = _token(start + size, key) if start + size < len(numbers) else ""
        shown = numbers[start : start + size]
        if not by_number:
            if self._stand.faults.strikes(Fault.NO_ORDERS):
                return {"total_count": 0, "next_page_token": ""}
            if start and self._stand.faults.strikes(Fault.SHIFTED):
                shown = [numbers[start - 1], *shown[:-1]]
            if shown and self._stand.faults.strikes(Fault.LOST_ROW):
                del shown[len(shown) // 2]
        return {search.field: search.records_of(shown), "next_page_token": token, "total_count": len(numbers)}

    def _order_numbers(self, body: Mapping[str, Any], sort: str) -> Iterable[str]:
        wanted = body.get("order_status")
        found = [
            (changed_at(facts) if sort == "update_time" else facts.placed_at, facts.number)
            for facts in self._facts(body)
            if _within(body, "update_time", changed_at(facts))
            and _within(body, "create_time", facts.placed_at)
            and wanted in (None, word_of(facts, self._stand))
        ]
        return [number for _at, number in sorted(found)]

    def _return_numbers(self, body: Mapping[str, Any], _sort: str) -> Iterable[str]:
        ids = body.get("order_ids")
        now = self._stand.clock()
        named = (self._stand.market.facts(str(one), now) for one in ids or ()) if ids is not None else self._facts(body)
        found = []
        for facts in named:
            at = return_changed_at(facts) if facts is not None and not facts.deleted else None
            if facts is not None and at is not None and _within(body, "update_time", at):
                found.append((at, facts.number))
        return [number for _at, number in sorted(found)]

    def _facts(self, body: Mapping[str, Any]) -> Iterable[Facts]:
        """Orders that may lie in the bounds: what changed later may have changed only by a return."""
        now = self._stand.clock()
        since = body.get("update_time_ge")
        every = (
            self._stand.market.every(now) if since is None else self._stand.market.changed(since * SECOND, now + 1, now)
        )
        return (facts for facts in every if not facts.deleted)

    def _orders_of(self, numbers: list[str]) -> list[dict[str, Any]]:
        return [order_record(facts, self._stand) for facts in self._now(numbers)]

    def _returns_of(self, numbers: list[str]) -> list[dict[str, Any]]:
        return [record for facts in self._now(numbers) for record in return_records(facts)]

    def _now(self, numbers: Iterable[str]) -> Iterable[Facts]:
        now = self._stand.clock()
        found = (self._stand.market.facts(number, now) for number in numbers)
        return (facts for facts in found if facts is not None and not facts.deleted)


def _within(body: Mapping[str, Any], field: str, at: int) -> bool:
    second = at // SECOND
    least, below = body.get(f"{field}_ge"), body.get(f"{field}_lt")
    return (least is None or second >= least) and (below is None or second < below)


def _token(start: int, key: str) -> str:
    return base64.urlsafe_b64encode(f"{key}:{start}".encode()).decode()


def _opened(token: str, key: str) -> int | None:
    """Where the token's page starts; None when it was made for other bounds, or is none."""
    if not token:
        return 0
    try:
        owner, _colon, start = base64.urlsafe_b64decode(token.encode()).decode().partition(":")
    except ValueError:
        return None
    return int(start) if owner == key and start.isdigit() else None
