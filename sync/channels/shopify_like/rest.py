"""A shop of the family over REST: lists, single orders, the note, and the cancellation; Haravan and Sapo speak it alike."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from packstation.domain.orders import IncomingOrder
from packstation.domain.outbox import DecisionKind
from packstation.locale import said
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError, UnreadableRecordError
from sync.channels.protocol import Decision, Delivered, ReadOrders, Unreadable
from sync.channels.shopify_like.answers import MissingError, checked
from sync.channels.shopify_like.notes import with_decision
from sync.channels.shopify_like.values import field_of
from sync.channels.steps import in_steps
from sync.credentials.credential import Credential
from sync.web.connection import Connection
from sync.web.messages import Answer, Request
from sync.web.rates import is_urgent

Query = Sequence[tuple[str, str]]

_ID = re.compile(r"[1-9][0-9]{0,18}")
_IDS_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Vendor:
    """What differs between the vendors.

    Attributes:
        name: as sellers know it.
        base: the address of the shop's API; empty where it is not configured.
        headers: how a call shows the credential.
        order_of: reads one record; raises `UnreadableRecordError` or pydantic's `ValidationError`.
        renewable: whether a refused token can be renewed.
        rest_after: how long to wait after this answer, seconds.
    """

    name: str
    base: str
    headers: Callable[[Credential], Mapping[str, str]]
    order_of: Callable[[object], IncomingOrder]
    renewable: bool = False
    rest_after: Callable[[Answer], float] = lambda _answer: 0.0


class RestOrders:
    """The calls about orders."""

    def __init__(self, vendor: Vendor, connection: Connection) -> None:
        self._vendor = vendor
        self._connection = connection

    async def listed(self, query: Query) -> list[Any]:
        """The records of a list."""
        rows = (await self._ask("GET", "orders.json", query)).get("orders")
        if not isinstance(rows, list):
            raise UnreadableAnswerError(said("the answer has no list of orders"))
        return rows

    async def record(self, number: str) -> dict[str, Any]:
        """One order's record.

        Raises:
            MissingError: there is none.
        """
        record = (await self._ask("GET", f"orders/{number}.json")).get("order")
        if not isinstance(record, dict):
            raise UnreadableAnswerError(said("the answer has no order"))
        return record

    async def read(self, rows: Iterable[object]) -> tuple[tuple[IncomingOrder, ...], tuple[Unreadable, ...]]:
        """The records as orders; one that makes none does not keep the others."""
        orders: list[IncomingOrder] = []
        unreadable: list[Unreadable] = []
        async for row in in_steps(rows):
            try:
                orders.append(self._vendor.order_of(row))
            except ValidationError as error:
                unreadable.append(Unreadable.of(row, number_of(row), field_of(error)))
            except UnreadableRecordError as error:
                unreadable.append(Unreadable.of(row, number_of(row), str(error)))
        return tuple(orders), tuple(unreadable)

    async def orders(self, numbers: Sequence[str]) -> ReadOrders:
        """These orders; one that the list lacks is asked for by itself before it counts as missing."""
        wanted = list(dict.fromkeys(numbers))
        ids = [number for number in wanted if is_id(number)]
        batches = [ids[start : start + _IDS_AT_ONCE] for start in range(0, len(ids), _IDS_AT_ONCE)]
        lists = await asyncio.gather(*(self.listed(self._by_ids(batch)) for batch in batches))
        rows = {number_of(row): row for some in lists for row in some}
        singles = await asyncio.gather(*(self._single(number) for number in ids if number not in rows))
        rows |= {number_of(row): row for row in singles if row is not None}
        found, unreadable = await self.read(rows[number] for number in ids if number in rows)
        strangers = tuple(Unreadable(number, said("no order id")) for number in wanted if not is_id(number))
        return ReadOrders(found, tuple(number for number in ids if number not in rows), (*unreadable, *strangers))

    async def deliver(self, decision: Decision, cancellation: Mapping[str, object]) -> Delivered:
        """Cancel the order, or add a line to its note; both are looked up first, so that doing it twice changes nothing.

        Args:
            decision: what was decided.
            cancellation: the body that cancels.
        """
        number = decision.order_number
        if not is_id(number):
            raise MissingError
        record = await self.record(number)
        if decision.kind is DecisionKind.CANCELLATION:
            if record.get("cancelled_at") or record.get("cancelled_on"):
                return Delivered()
            if record.get("fulfillment_status") in ("fulfilled", "partial"):
                raise ChannelError(said("the order is being shipped already"), Advice.SKIP, code="shipped")
            await self._ask("POST", f"orders/{number}/cancel.json", body=cancellation)
            return Delivered()
        note = with_decision(str(record.get("note") or ""), decision)
        if note is not None:
            await self._ask("PUT", f"orders/{number}.json", body={"order": {"id": int(number), "note": note}})
        return Delivered()

    async def _single(self, number: str) -> dict[str, Any] | None:
        try:
            return await self.record(number)
        except MissingError:
            return None

    @staticmethod
    def _by_ids(numbers: Sequence[str]) -> Query:
        return (("ids", ",".join(numbers)), ("status", "any"), ("limit", str(_IDS_AT_ONCE)))

    async def _ask(
        self, method: str, path: str, query: Query = (), *, body: Mapping[str, object] | None = None
    ) -> dict[str, Any]:
        vendor = self._vendor
        if not vendor.base:
            raise ChannelError(said("account.store is missing in channels.toml"), Advice.ASK_SELLER, code="store")

        def prepare(credential: Credential, _now: int) -> Request:
            headers = {"accept": "application/json", **vendor.headers(credential)}
            content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
            if content is not None:
                headers["content-type"] = "application/json"
            return Request(method, f"{vendor.base}/{path}", query, headers, content)

        def judge(answer: Answer) -> tuple[dict[str, Any], float]:
            return checked(answer, vendor.name, renewable=vendor.renewable), vendor.rest_after(answer)

        found, rest = await self._connection.ask(prepare, judge)
        if rest > 0 and not is_urgent():
            await asyncio.sleep(rest)
        return found


def is_id(text: str) -> bool:
    """Whether this can be the id of an order."""
    return _ID.fullmatch(text) is not None


def number_of(row: object) -> str:
    """The order's id of a record, even where the rest of it makes no order; empty where it has none."""
    number = str(row.get("id", "")) if isinstance(row, dict) else ""
    return number if is_id(number) else ""
