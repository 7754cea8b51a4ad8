"""Tiki's order listing and details, simulated.

Whether the bounds of `updated_from_date` and `updated_to_date` belong to the span is not documented: here they do not, which is the
harder reading. A page has at most 50 orders, whatever more is asked for within the documented 100.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from starlette.requests import Request

from packstation.domain.times import DAY, SECOND, from_ms, to_ms, zone
from sync.sandbox.channels.changes import Changes
from sync.sandbox.channels.tiki.gate import Handler, TikiError
from sync.sandbox.channels.tiki.story import ZONE, manner_of
from sync.sandbox.channels.tiki.writing import order_json
from sync.sandbox.faults import Fault
from sync.sandbox.market.facts import Facts
from sync.sandbox.stand import Stand

_LARGEST_PAGE, _LARGEST_LIMIT, _USUAL_LIMIT = 50, 100, 20


def order_list() -> Handler:
    """`GET /integration/v2/orders`."""
    changes = Changes()

    def handle(stand: Stand, request: Request) -> dict[str, Any]:
        query = request.query_params
        page = _whole(query.get("page", "1"), "page", 10**6)
        limit = min(_LARGEST_PAGE, _whole(query.get("limit", str(_USUAL_LIMIT)), "limit", _LARGEST_LIMIT))
        found = sorted(_wanted(stand, request, changes), key=lambda facts: (-facts.placed_at, facts.serial))
        if stand.faults.strikes(Fault.NO_ORDERS):
            found = []
        start = (page - 1) * limit
        rows = found[start : start + limit]
        if rows and start and stand.faults.strikes(Fault.SHIFTED):
            rows = found[start - 1 : start - 1 + limit]
        if rows and stand.faults.strikes(Fault.LOST_ROW):
            del rows[len(rows) // 2]
        return {
            "data": [_record(facts, request) for facts in rows],
            "paging": {
                "total": len(found),
                "current_page": page,
                "from": start,
                "to": start + len(rows),
                "per_page": limit,
                "last_page": -(-len(found) // limit),
            },
        }

    return handle


def order_detail(stand: Stand, request: Request) -> dict[str, Any]:
    """`GET /integration/v2/orders/{code}`."""
    facts = _known(stand, request.path_params["code"])
    if facts is None:
        raise TikiError(404, "Order not found")
    return _record(facts, request)


def _wanted(stand: Stand, request: Request, changes: Changes) -> Sequence[Facts]:
    query = request.query_params
    if "code" in query:
        return [facts for code in query["code"].split(",") if (facts := _known(stand, code)) is not None]
    now = stand.clock()
    since, until = _bound(query.get("updated_from_date")), _bound(query.get("updated_to_date"))
    since = 0 if since is None else since + SECOND
    if query.get("filter_date_by") == "today":
        since = to_ms(from_ms(now, ZONE).replace(hour=0, minute=0, second=0, microsecond=0))
    return changes.of(stand, since, now + DAY if until is None else until)


def _record(facts: Facts, request: Request) -> dict[str, Any]:
    return order_json(facts, manner_of(facts), request.query_params.get("include", "").split(","))


def _known(stand: Stand, code: str) -> Facts | None:
    facts = stand.market.facts(code, stand.clock())
    return None if facts is None or facts.deleted else facts


def _whole(text: str, name: str, most: int) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        raise TikiError(400, f"{name} must be from 1 to {most}")
    return int(text)


def _bound(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return to_ms(datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone(ZONE)))
    except ValueError:
        raise TikiError(400, "dates must be written as YYYY-MM-DD HH:MM:SS") from None
