"""One Lazada store: its orders with units and returns, single orders, and what it can be told."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from packstation.domain.orders import IncomingOrder
from packstation.domain.outbox import DecisionKind
from packstation.domain.times import DAY, MINUTE
from packstation.locale import said
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError, UnreadableRecordError
from sync.channels.lazada.answers import NO_SUCH_ORDER
from sync.channels.lazada.cancelling import cancel
from sync.channels.lazada.cells import Cells
from sync.channels.lazada.consent import LazadaConsent
from sync.channels.lazada.gateway import APP_KEY, APP_SECRET, Gateway
from sync.channels.lazada.mapping import Mapper
from sync.channels.lazada.pushes import read_push
from sync.channels.lazada.units import may_have_returns
from sync.channels.lazada.walking import Place
from sync.channels.lazada.wire import OrderWire, ReverseWire, UnitsWire, UnitWire
from sync.channels.protocol import (
    Abilities,
    Decision,
    Delivered,
    Page,
    PushDelivery,
    ReadOrders,
    ReadPush,
    Span,
    Unreadable,
)
from sync.channels.steps import in_steps
from sync.credentials.credential import Credential
from sync.shops_config import ShopConfig
from sync.web.connection import Connection

_UNITS_AT_ONCE = 50
_REVERSES_AT_ONCE = 100
_NUMBER = re.compile(r"\d{8,20}", re.ASCII)
_FINDABLE = re.compile(r"(?P<order>\d{15,16})(?:_[^_\s]+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Listed:
    """The rows of one listing, and how many Lazada counts; None where it does not say."""

    rows: list[object]
    total: int | None


class LazadaChannel:
    """One shop at Lazada. There is no API for notes, and packing (`/order/fulfill/pack`) would arrange the shipment: neither is told."""

    abilities = Abilities(
        secrets=(APP_SECRET,),
        account=(APP_KEY,),
        finds_codes=True,
        decisions=frozenset({DecisionKind.CANCELLATION}),
        index_lag=15 * MINUTE,
        pushes=True,
        consent=True,
    )

    def __init__(self, shop: ShopConfig, connection: Connection) -> None:
        self._shop = shop
        self._gateway = Gateway(shop, connection)
        self._consent = LazadaConsent(shop, connection, self._gateway)
        self._mapper = Mapper(shop)
        self._cells = Cells(shop.zone, shop.currency)

    @property
    def consent(self) -> LazadaConsent:
        """How the seller lets packstation in."""
        return self._consent

    async def check(self) -> None:
        """Ask for the newest order: a wrong key, an ended consent and an unverified shop all show."""
        now = self._gateway.now
        place = Place.begin(Span(now - DAY, now))
        await self._gateway.get("/orders/get", {**place.parameters(self._shop.zone), "limit": "1"})

    async def changes(self, span: Span, cursor: str | None) -> Page:
        """One page of what changed, with units and returns."""
        place = Place.of_cursor(span, cursor)
        listed = _listed(await self._gateway.get("/orders/get", place.parameters(self._shop.zone)))
        if not listed.rows and listed.total is not None and listed.total > place.offset:
            raise UnreadableAnswerError(said("the channel counts orders and lists none"))
        orders, unreadable = await self._complete(listed.rows)
        following = place.next(self._last_change(listed.rows), len(listed.rows), listed.total)
        if following is not None and following.is_out_of_reach:
            why = said("more orders changed within one second than Lazada lists")
            unreadable.append(Unreadable.of(following.cursor, "", why))
            following = following.after_this_second()
        return Page(tuple(orders), following.cursor if following else None, tuple(unreadable))

    async def orders(self, numbers: Sequence[str]) -> ReadOrders:
        """These orders as they are now: one call each, as Lazada has none for several, and the units of fifty at once."""
        known = [number for number in dict.fromkeys(numbers) if _NUMBER.fullmatch(number)]
        found = [row for row in await asyncio.gather(*map(self._head, known)) if row is not None]
        orders, unreadable = await self._complete(found)
        there = {order.number for order in orders} | {one.number for one in unreadable}
        return ReadOrders(tuple(orders), tuple(one for one in numbers if one not in there), tuple(unreadable))

    async def find(self, code: str) -> Sequence[str]:
        """The order number in the code: alone, or before the waybill in a label's QR code. Lazada searches by nothing else."""
        found = _FINDABLE.fullmatch(code.strip())
        return (found["order"],) if found else ()

    async def renew(self, credential: Credential) -> Credential:
        """A fresh access token for the same refresh token."""
        return await self._consent.renewed(credential)

    async def deliver(self, decision: Decision) -> Delivered:
        """Ask for a cancellation."""
        if decision.kind is not DecisionKind.CANCELLATION:
            raise ChannelError(said("the channel has no way to be told this"), Advice.SKIP, code="ability")
        units = (await self._units([decision.order_number])).get(decision.order_number)
        if units is None:
            raise ChannelError(said("Lazada does not know the order"), Advice.SKIP, code="39")
        return await cancel(self._gateway, self._shop, decision, _units_of(units))

    def read_push(self, delivery: PushDelivery, credential: Credential) -> ReadPush:
        """Verify a delivery and say what it hints at."""
        return read_push(delivery, self._gateway.app_key, credential.secrets.get(APP_SECRET, ""))

    async def _complete(self, rows: Sequence[object]) -> tuple[list[IncomingOrder], list[Unreadable]]:
        """The orders of these heads, with what else Lazada tells of them; one bad record costs no other."""
        heads: dict[str, OrderWire] = {}
        orders: list[IncomingOrder] = []
        unreadable: list[Unreadable] = []
        async for row in in_steps(rows):
            try:
                head = OrderWire.model_validate(row)
            except ValidationError as error:
                unreadable.append(Unreadable.of(row, _number_of(row), _why(error)))
            else:
                heads[head.order_id] = head
        units = await self._units(list(heads))
        read: dict[str, list[UnitWire]] = {}
        async for number in in_steps(heads):
            try:
                read[number] = _units_of(units.get(number, []))
            except ValidationError as error:
                unreadable.append(Unreadable(number, _why(error)))
        returned = [number for number, wires in read.items() if may_have_returns(wires)]
        reverses = dict(zip(returned, await asyncio.gather(*map(self._reverses, returned)), strict=True))
        async for number, wires in in_steps(read.items()):
            try:
                orders.append(self._mapper.order(heads[number], wires, reverses.get(number, ())))
            except UnreadableRecordError as error:
                unreadable.append(Unreadable(number, str(error)))
        return orders, unreadable

    async def _head(self, number: str) -> object | None:
        try:
            head: object = await self._gateway.get("/order/get", {"order_id": number})
        except ChannelError as error:
            if error.code in NO_SUCH_ORDER:
                return None
            raise
        return head

    async def _units(self, numbers: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
        """The units of many orders, by order number."""
        chunks = [numbers[start : start + _UNITS_AT_ONCE] for start in range(0, len(numbers), _UNITS_AT_ONCE)]
        found: dict[str, list[dict[str, Any]]] = {}
        for some in await asyncio.gather(*map(self._units_of_some, chunks)):
            found.update(some)
        return found

    async def _units_of_some(self, numbers: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
        """The units of at most fifty orders. Where one unknown id spoils the call, each order is asked for alone."""
        try:
            data = await self._gateway.get("/orders/items/get", {"order_ids": f"[{','.join(numbers)}]"})
        except ChannelError as error:
            if error.code not in NO_SUCH_ORDER:
                raise
            if len(numbers) == 1:
                return {}
            alone = await asyncio.gather(*(self._units_of_some([number]) for number in numbers))
            return {number: units for one in alone for number, units in one.items()}
        if not isinstance(data, list):
            raise UnreadableAnswerError(said("the answer lists no items"))
        found: dict[str, list[dict[str, Any]]] = {}
        for row in data:
            try:
                some = UnitsWire.model_validate(row)
            except ValidationError:
                continue
            found.setdefault(some.order_id, []).extend(some.order_items)
        return found

    async def _reverses(self, number: str) -> list[ReverseWire]:
        parameters = {"trade_order_id": number, "page_no": "1", "page_size": str(_REVERSES_AT_ONCE)}
        result = (await self._gateway.get_whole("/reverse/getreverseordersforseller", parameters)).get("result")
        items = result.get("items") if isinstance(result, Mapping) else None
        found: list[ReverseWire] = []
        for item in items if isinstance(items, list) else ():
            try:
                found.append(ReverseWire.model_validate(item))
            except ValidationError:
                continue
        return found

    def _last_change(self, rows: Sequence[object]) -> int | None:
        last = rows[-1] if rows else None
        return self._cells.time_if_readable(str(last.get("updated_at", ""))) if isinstance(last, Mapping) else None


def _listed(data: object) -> _Listed:
    rows = data.get("orders") if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(rows, list):
        raise UnreadableAnswerError(said("the answer lists no orders"))
    total = str(data.get("countTotal", ""))
    return _Listed(rows, int(total) if total.isascii() and total.isdigit() and len(total) < 12 else None)


def _units_of(rows: Sequence[dict[str, Any]]) -> list[UnitWire]:
    return [UnitWire.model_validate(row) for row in rows]


def _number_of(row: object) -> str:
    number = str(row.get("order_id", "")) if isinstance(row, Mapping) else ""
    return number if _NUMBER.fullmatch(number) else ""


def _why(error: ValidationError) -> str:
    """Which field is wrong and how, without its value."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or "record"
    return said("{field} cannot be read ({kind})", field=field, kind=first["type"])
