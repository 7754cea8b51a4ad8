"""One Tiki store, called."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from packstation.domain.orders import IncomingOrder
from packstation.domain.times import MINUTE, SECOND, from_ms
from packstation.locale import said
from sync.channels.counted_pages import Place
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError, UnreadableRecordError
from sync.channels.protocol import (
    Abilities,
    Decision,
    Delivered,
    Page,
    PushAnswer,
    PushDelivery,
    PushVerdict,
    ReadOrders,
    ReadPush,
    Span,
    Unreadable,
)
from sync.channels.steps import in_steps
from sync.channels.tiki.answers import MISSING, payload
from sync.channels.tiki.consent import APP_ID, APP_SECRET, HOST, TikiConsent
from sync.channels.tiki.mapping import order_of
from sync.channels.tiki.wire import read_order
from sync.credentials.credential import Credential
from sync.shops_config import ShopConfig
from sync.web.connection import Connection
from sync.web.messages import Request

PAGE_SIZE = 50
"""The documents allow 100; sellers' programs report that 50 is what works."""

_ORDERS = "/integration/v2/orders"
_CODE = re.compile(r"\d{9}", re.ASCII)
_INCLUDED = ("include", "status_histories")


@dataclass(frozen=True, slots=True)
class _Listed:
    """The rows of one page, and how many orders the listing counts."""

    rows: tuple[object, ...]
    total: int


class TikiChannel:
    """One shop at Tiki.

    Sellers tell Tiki only whether the goods are there and when they may be fetched, which arranges the shipment: no decision
    of ours is told. Events are not pushed but pulled from queues, which says no more than the listing does.
    """

    def __init__(self, shop: ShopConfig, connection: Connection) -> None:
        self._shop = shop
        self._connection = connection
        self._consent = TikiConsent(shop, connection)
        self.abilities = Abilities(
            secrets=(APP_SECRET,),
            account=(APP_ID,),
            finds_codes=True,
            index_lag=10 * MINUTE,
            requests_per_second=50.0,
            consent=self._consent.is_needed,
        )

    @property
    def consent(self) -> TikiConsent | None:
        """How the seller lets a public app in; None for an app of the shop's own."""
        return self._consent if self._consent.is_needed else None

    async def check(self) -> None:
        """List one order of today: a wrong key, a missing scope and a shop that is not active all show."""
        await self._ask(_ORDERS, {"page": "1", "limit": "1", "filter_date_by": "today"})

    async def changes(self, span: Span, cursor: str | None) -> Page:
        """One page of what changed, and the rows of earlier pages that others have moved past."""
        place = Place.of_cursor(cursor, PAGE_SIZE)
        listed = await self._listing(span, place)
        earlier = [await self._listing(span, one) for one in place.earlier(listed.total)]
        orders, unreadable = await self._read([row for one in (*earlier, listed) for row in one.rows])
        following = place.next(listed.total)
        return Page(orders, following.cursor if following else None, unreadable)

    async def orders(self, numbers: Sequence[str]) -> ReadOrders:
        """These orders as they are now: fifty a call, those that the listing does not have one by one."""
        wanted = [number for number in dict.fromkeys(numbers) if _CODE.fullmatch(number)]
        chunks = [wanted[start : start + PAGE_SIZE] for start in range(0, len(wanted), PAGE_SIZE)]
        rows = [row for some in await asyncio.gather(*map(self._several, chunks)) for row in some]
        there = {str(row.get("code", "")) for row in rows if isinstance(row, Mapping)}
        alone = await asyncio.gather(*(self._one(number) for number in wanted if number not in there))
        orders, unreadable = await self._read([*rows, *(row for row in alone if row is not None)])
        found = {order.number for order in orders} | {one.number for one in unreadable}
        return ReadOrders(orders, tuple(number for number in numbers if number not in found), unreadable)

    async def find(self, code: str) -> Sequence[str]:
        """The order of this code, nine digits; Tiki searches by nothing else that a scanner reads."""
        number = code.strip()
        return (number,) if _CODE.fullmatch(number) and await self._one(number) is not None else ()

    async def renew(self, credential: Credential) -> Credential:
        """A fresh access token."""
        return await self._consent.renewed(credential)

    async def deliver(self, decision: Decision) -> Delivered:
        """Refuse: Tiki has no API for any of our decisions."""
        raise ChannelError(said("the channel has no way to be told this"), Advice.SKIP, code="ability")

    def read_push(self, delivery: PushDelivery, credential: Credential) -> ReadPush:
        """Believe nothing: Tiki sends no pushes."""
        return ReadPush(PushVerdict.FORGED, PushAnswer(404))

    async def _listing(self, span: Span, place: Place) -> _Listed:
        """A page of the changes; asked for twice when it has fewer rows than it counts.

        Whether the bounds belong to the span is not documented: it begins a second earlier and ends at a whole second behind it.
        """
        query = {
            "updated_from_date": _local(span.since // SECOND - 1, self._shop.zone),
            "updated_to_date": _local(-(-span.until // SECOND), self._shop.zone),
            "order_by": "created_at|desc",
            "page": str(place.page),
            "limit": str(PAGE_SIZE),
        }
        listed = _listed(await self._ask(_ORDERS, query))
        if len(listed.rows) >= place.rows_due(listed.total):
            return listed
        again = _listed(await self._ask(_ORDERS, query))
        return again if len(again.rows) >= len(listed.rows) else listed

    async def _several(self, numbers: Sequence[str]) -> tuple[object, ...]:
        query = {"code": ",".join(numbers), "page": "1", "limit": str(PAGE_SIZE)}
        return _listed(await self._ask(_ORDERS, query)).rows

    async def _one(self, number: str) -> object | None:
        try:
            body = await self._ask(f"{_ORDERS}/{number}", {})
        except ChannelError as error:
            if error.code == MISSING:
                return None
            raise
        inner = body.get("data") if isinstance(body, Mapping) else None
        found: object = inner if isinstance(inner, Mapping) else body
        if not isinstance(found, Mapping) or "code" not in found:
            raise UnreadableAnswerError(said("the answer has no order"))
        return found

    async def _read(self, rows: Sequence[object]) -> tuple[tuple[IncomingOrder, ...], tuple[Unreadable, ...]]:
        """The rows as orders, each once; a bad one costs no other."""
        orders: dict[str, IncomingOrder] = {}
        unreadable: list[Unreadable] = []
        async for row in in_steps(rows):
            try:
                order = order_of(read_order(row), self._shop)
            except UnreadableRecordError as error:
                unreadable.append(Unreadable.of(row, _number_of(row), str(error)))
            else:
                orders[order.number] = order
        return tuple(orders.values()), tuple(dict.fromkeys(unreadable))

    async def _ask(self, path: str, query: Mapping[str, str]) -> Any:  # noqa: ANN401 - any JSON value
        def prepare(credential: Credential, _now: int) -> Request:
            if not credential.access_token:
                raise ChannelError(said("there is no access token yet"), Advice.RENEW, code="no_token")
            headers = {"authorization": f"Bearer {credential.access_token}", "accept": "application/json"}
            return Request("GET", f"{self._shop.api_host or HOST}{path}", (*query.items(), _INCLUDED), headers)

        return await self._connection.ask(prepare, payload)


def _listed(body: object) -> _Listed:
    """A page of the listing."""
    rows = body.get("data") if isinstance(body, Mapping) else None
    if not isinstance(body, Mapping) or not isinstance(rows, list):
        raise UnreadableAnswerError(said("the answer lists no orders"))
    paging = body.get("paging")
    total = str(paging.get("total", "")) if isinstance(paging, Mapping) else ""
    if not (total.isascii() and total.isdigit() and len(total) < 10):
        raise UnreadableAnswerError(said("the answer does not count its orders"))
    return _Listed(tuple(rows), int(total))


def _number_of(row: object) -> str:
    number = str(row.get("code", "")) if isinstance(row, Mapping) else ""
    return number if _CODE.fullmatch(number) else ""


def _local(second: int, zone: str) -> str:
    return from_ms(max(0, second) * SECOND, zone).strftime("%Y-%m-%d %H:%M:%S")
