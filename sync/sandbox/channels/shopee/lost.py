"""Shopee's queue of lost pushes: what it gave up on, for three days, till somebody confirms a watermark.

Source: Shopee Open Platform v2, module Push. `Fault.SHIFTED` has the watermark lag: the last message that was confirmed is handed
out once more. `Fault.LOST_ROW` has a record without its push.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from packstation.domain.times import DAY, SECOND
from sync.sandbox.channels.shopee.gate import RefusedError
from sync.sandbox.faults import Fault
from sync.sandbox.stand import Stand

KEPT_FOR = 3 * DAY
AT_ONCE = 100
_FIRST_ID = 176_600


class LostQueue:
    """The pushes of an application that are not confirmed; a message's id is its place among all that were ever lost."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self._confirmed = 0
        """How many of the earliest messages are confirmed."""

    def listed(self, _query: Mapping[str, str], _body: Mapping[str, Any]) -> dict[str, Any]:
        """`get_lost_push_message`; `error` is `-` as in the documents' sample."""
        lost, since = self._stand.lost, self._stand.clock() - KEPT_FOR
        lags = self._confirmed > 0 and self._stand.faults.strikes(Fault.SHIFTED)
        left = [place for place in range(self._confirmed - lags, len(lost)) if lost[place][0] >= since]
        page = left[:AT_ONCE]
        response: dict[str, Any] = {
            "push_message_list": [self._record(place) for place in page],
            "has_next_page": len(left) > len(page),
        }
        if page:
            response["last_message_id"] = _FIRST_ID + page[-1]
        return {"error": "-", "message": "-", "response": response}

    def confirm(self, _query: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
        """`confirm_consumed_lost_push_message`: everything up to a message, however often."""
        mark = body.get("last_message_id")
        if not isinstance(mark, int) or not _FIRST_ID <= mark < _FIRST_ID + len(self._stand.lost):
            raise RefusedError("error_param", "Wrong parameters, detail: last_message_id.")
        self._confirmed = max(self._confirmed, mark - _FIRST_ID + 1)
        return {"response": {}}

    def _record(self, place: int) -> dict[str, Any]:
        at, body = self._stand.lost[place]
        push = json.loads(body)
        told = "" if self._stand.faults.strikes(Fault.LOST_ROW) else body.decode()
        return {"shop_id": push["shop_id"], "code": push["code"], "timestamp": at // SECOND, "data": told}
