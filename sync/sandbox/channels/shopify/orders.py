"""What the roots of queries and mutations lead to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from packstation.domain.orders import Outcome, Status
from packstation.domain.times import DAY, SECOND, UnreadableTimeError, parse_iso
from sync.sandbox.channels.shopify.language import Operation
from sync.sandbox.channels.shopify.running import Connection, FieldProblemError, cursor_text
from sync.sandbox.channels.shopify.writing import order_object, refund_object, refunds, unapproved, updated_at
from sync.sandbox.channels.shopify_like.facets import Stage, number_of, stage_of
from sync.sandbox.channels.shopify_like.listing import first_changed
from sync.sandbox.faults import Fault
from sync.sandbox.market.facts import Facts, Passed
from sync.sandbox.stand import Stand

_BOUND = re.compile(r"updated_at:(>=|<)'([^']+)'")
_NAME = re.compile(r"name:'#?([^']*)'")
_REASONS = {
    "CUSTOMER": Outcome.BUYER_CANCELLED,
    "STAFF": Outcome.SELLER_CANCELLED,
    "INVENTORY": Outcome.SELLER_CANCELLED,
    "FRAUD": Outcome.SELLER_CANCELLED,
    "DECLINED": Outcome.UNPAID_EXPIRED,
    "OTHER": Outcome.SYSTEM_CANCELLED,
}
_CANCEL_ARGUMENTS = frozenset({"orderId", "reason", "restock", "notifyCustomer", "refundMethod", "staffNote"})


class Orders:
    """The shop's orders."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand

    def root(self, operation: Operation) -> dict[str, Any]:
        """What the operation's own fields lead to.

        Raises:
            FieldProblemError: a field that is none, or arguments that make no sense.
        """
        queries = {"orders": self._listed, "order": self._one, "nodes": self._nodes, "refund": self._refund}
        mutations = {"orderUpdate": self._update, "orderCancel": self._cancel}
        known = queries if operation.kind == "query" else mutations
        return {field.name: known[field.name](field.arguments) for field in operation.fields if field.name in known}

    def _listed(self, arguments: Mapping[str, Any]) -> Connection:
        query = str(arguments.get("query") or "")
        names = set(_NAME.findall(query))
        now = self._stand.clock()
        if names:
            every = self._stand.market.every(now)
            found = [one for one in every if one.number.lstrip("#") in names]
        else:
            found = self._changed(query, arguments, now)
        found.sort(key=_place)
        spoiled = found if names else self._spoiled(found, arguments)
        return Connection(spoiled, _cursor_of, self._object)

    def _changed(self, query: str, arguments: Mapping[str, Any], now: int) -> list[Facts]:
        bounds: dict[str, int] = {}
        try:
            for sign, text in _BOUND.findall(query):
                bounds[sign] = parse_iso(text, "UTC")
        except UnreadableTimeError:
            raise FieldProblemError("Invalid search field for query", "BAD_REQUEST") from None
        since, until = bounds.get(">=", now - 60 * DAY), bounds.get("<", now + SECOND)
        after = arguments.get("after")
        if after is not None:
            since = max(since, int(cursor_text(str(after)).partition(" ")[0]))
        # Enough for the page and for all of the second in which it begins: the next one shows whether there are more.
        enough = 2 * int(arguments.get("first") or 0) + 100
        found = first_changed(self._stand.market, since, until, now, enough)
        return [one for one in found if not one.deleted]

    def _spoiled(self, found: list[Facts], arguments: Mapping[str, Any]) -> list[Facts]:
        strikes = self._stand.faults.strikes
        if strikes(Fault.NO_ORDERS):
            return []
        spoiled = list(found)
        if spoiled and strikes(Fault.LOST_ROW):
            del spoiled[len(spoiled) // 2]
        if len(spoiled) > 1 and arguments.get("after") and strikes(Fault.SHIFTED):
            spoiled.append(spoiled[-1])
        return spoiled

    def _one(self, arguments: Mapping[str, Any]) -> Mapping[str, Any] | None:
        facts = self._facts(arguments.get("id"))
        return None if facts is None else self._object(facts)

    def _nodes(self, arguments: Mapping[str, Any]) -> list[Mapping[str, Any] | None]:
        ids = arguments.get("ids")
        if not isinstance(ids, list) or len(ids) > 250:
            raise FieldProblemError(
                "The input array size is greater than the maximum allowed of 250.", "MAX_INPUT_SIZE_EXCEEDED"
            )
        found = (self._facts(one) for one in ids)
        return [None if one is None else self._object(one) for one in found]

    def _refund(self, arguments: Mapping[str, Any]) -> Mapping[str, Any] | None:
        identity = str(arguments.get("id")).rpartition("/")[2]
        facts = self._facts(f"gid://shopify/Order/{identity[:-2]}")
        if facts is None:
            return None
        return next((refund_object(facts, one) for one in refunds(facts) if str(one.id) == identity), None)

    def _update(self, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        given = arguments.get("input")
        facts = self._facts(given.get("id")) if isinstance(given, dict) else None
        if facts is None or not isinstance(given, dict):
            return {"order": None, "userErrors": [{"field": ["id"], "message": "Order does not exist"}]}
        self._stand.market.note(facts.number, str(given.get("note") or ""), self._stand.clock())
        return {"order": self._one({"id": given["id"]}), "userErrors": []}

    def _cancel(self, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        facts = self._facts(arguments.get("orderId"))
        complete = arguments.keys() <= _CANCEL_ARGUMENTS and arguments.get("refundMethod") is not None
        if not complete or arguments.get("reason") not in _REASONS or not isinstance(arguments.get("restock"), bool):
            raise FieldProblemError("Field 'orderCancel' is missing required arguments", "missingRequiredArguments")
        if facts is None or facts.status is Status.CANCELLED or stage_of(facts) not in (Stage.NOT_YET, Stage.VOID):
            problem = {"field": ["orderId"], "message": "Order cannot be cancelled", "code": "INVALID"}
            return {"job": None, "orderCancelUserErrors": [problem], "userErrors": []}
        now = self._stand.clock()
        self._stand.accepted[f"cancelled:{facts.number}"] = f"{now}:{arguments['reason']}"
        self._stand.market.note(facts.number, facts.seller_note, now)
        return {"job": {"id": "gid://shopify/Job/1", "done": False}, "orderCancelUserErrors": [], "userErrors": []}

    def _facts(self, gid: object) -> Facts | None:
        kind, _slash, identity = str(gid).removeprefix("gid://shopify/").partition("/")
        if kind != "Order":
            return None
        facts = self._stand.market.facts(number_of(identity, "#{}"), self._stand.clock())
        return None if facts is None or facts.deleted else facts

    def _object(self, facts: Facts) -> Mapping[str, Any]:
        done = self._stand.accepted.get(f"cancelled:{facts.number}")
        if done is not None:
            at, _colon, reason = done.partition(":")
            passed = (*facts.passed, Passed(Status.CANCELLED, int(at)))
            facts = replace(facts, passed=passed, outcome=_REASONS[reason], outcome_at=int(at))
        order = order_object(facts)
        return unapproved(order) if self._stand.accepted.get("unapproved") else order


def _place(facts: Facts) -> tuple[int, int]:
    return updated_at(facts), facts.serial


def _cursor_of(facts: Facts) -> str:
    return f"{updated_at(facts):014d} {facts.serial:010d}"
