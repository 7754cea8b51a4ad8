"""One shop of TikTok Shop, read and told through version 202309 of its API."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from packstation.domain.orders import IncomingOrder
from packstation.domain.outbox import DecisionKind
from packstation.domain.times import SECOND
from packstation.locale import said
from sync.channels.errors import Advice, ChannelError, UnreadableRecordError
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
from sync.channels.tiktok.answers import NOT_OF_THIS_SELLER
from sync.channels.tiktok.api import TikTokApi
from sync.channels.tiktok.cancelling import cancel_reason
from sync.channels.tiktok.consent import TikTokConsent, judge_tokens, token_request, with_tokens
from sync.channels.tiktok.mapping import order_of
from sync.channels.tiktok.push import read_push
from sync.channels.tiktok.statuses import CANCELLED
from sync.channels.tiktok.wire import Cancelled, Found, Order, PackageDetail, Return
from sync.credentials.credential import Credential
from sync.shops_config import ShopConfig
from sync.web.connection import Connection

_ORDERS = "/order/202309/orders"
_ORDER_SEARCH = "/order/202309/orders/search"
_RETURN_SEARCH = "/return_refund/202309/returns/search"
_CANCELLATIONS = "/return_refund/202309/cancellations"
_PACKAGES = "/fulfillment/202309/packages/"

_ORDERS_A_PAGE = "100"
_RETURNS_A_PAGE = "50"
_ORDERS_A_READ = 50
_MOST_RETURN_PAGES = 20
_PACKAGE_START = "115"
_FROM_ORDERS, _FROM_RETURNS = "orders", "returns"

T = TypeVar("T")


class TikTok:
    """The channel. An order is whole in every list; what came back after delivery is read beside it."""

    abilities = Abilities(
        secrets=("app_secret",),
        account=("app_key", "service_id"),
        finds_codes=True,
        decisions=frozenset({DecisionKind.CANCELLATION}),
        pushes=True,
        requests_per_second=40.0,
        consent=True,
    )

    def __init__(self, shop: ShopConfig, connection: Connection) -> None:
        self._shop = shop
        self._connection = connection
        self._api = TikTokApi(shop, connection)

    @property
    def consent(self) -> TikTokConsent:
        """How the seller gives consent."""
        return TikTokConsent(self._shop, self._connection, self._api.shops_of)

    async def check(self) -> None:
        """Ask which shops the consent covers.

        Raises:
            ChannelError: nothing works, or this shop is none of them.
        """
        await self._api.check()

    async def changes(self, span: Span, cursor: str | None) -> Page:
        """First the orders that changed, then those whose returns did, as these do not touch the order's own time.

        TikTok Shop filters by whole seconds, so the span is widened to them.
        """
        source, _colon, token = (cursor or f"{_FROM_ORDERS}:").partition(":")
        orders: tuple[IncomingOrder, ...] = ()
        unreadable: tuple[Unreadable, ...] = ()
        if source == _FROM_ORDERS:
            found = await self._api.search(_ORDER_SEARCH, _ORDERS_A_PAGE, token, _bounds(span))
            orders, unreadable = await self._completed(found.orders)
            if found.next_page_token:
                return Page(orders, f"{_FROM_ORDERS}:{found.next_page_token}", unreadable)
            token = ""
        found = await self._api.search(_RETURN_SEARCH, _RETURNS_A_PAGE, token, _bounds(span))
        have = {order.number for order in orders}
        numbers = {_text_of(record, "order_id"): None for record in found.return_orders}
        read = await self.orders([number for number in numbers if number not in have])
        next_cursor = f"{_FROM_RETURNS}:{found.next_page_token}" if found.next_page_token else None
        return Page((*orders, *read.orders), next_cursor, (*unreadable, *read.unreadable))

    async def orders(self, numbers: Sequence[str]) -> ReadOrders:
        """Read orders by number, fifty at a time."""
        wanted = list(dict.fromkeys(numbers))
        askable = [number for number in wanted if _is_number(number)]
        batches = [askable[start : start + _ORDERS_A_READ] for start in range(0, len(askable), _ORDERS_A_READ)]
        records = await _together(map(self._read, batches))
        orders, unreadable = await self._completed(records)
        known = {_text_of(record, "id") for record in records}
        return ReadOrders(orders, tuple(number for number in wanted if number not in known), unreadable)

    async def find(self, code: str) -> Sequence[str]:
        """Orders by their own number or a package's; the two look alike, what begins with 115 is rather a package."""
        number = code.strip()
        if not (number.isascii() and number.isdigit() and 17 <= len(number) <= 19):
            return ()
        if number.startswith(_PACKAGE_START):
            return await self._in_package(number) or await self._by_number(number)
        return await self._by_number(number) or await self._in_package(number)

    async def renew(self, credential: Credential) -> Credential:
        """Trade the refresh token for new ones.

        Sent once: whether the old one still works afterwards is not documented, so repeating is left to whoever asked.
        """
        if not credential.refresh_token:
            line = said("TikTok Shop's consent has ended or was taken back: log in again")
            raise ChannelError(line, Advice.ASK_SELLER, code="no_refresh_token")
        request = token_request(
            self._shop, credential, "refresh", refresh_token=credential.refresh_token, grant_type="refresh_token"
        )
        return with_tokens(credential, judge_tokens(await self._connection.send(request)))

    async def deliver(self, decision: Decision) -> Delivered:
        """Have an order cancelled. The API takes no key against doing so twice, so one that is cancelled is left alone.

        Shipping a package would arrange its pick-up, and notes can only be read, so that nothing else is told.

        Raises:
            ChannelError: the order is not there, or stands where sellers cannot cancel it.
        """
        if decision.kind not in self.abilities.decisions:
            raise ChannelError(said("the channel has no way to be told this"), Advice.GIVE_UP, code="decision")
        records = await self._read([decision.order_number]) if _is_number(decision.order_number) else []
        try:
            order = Order.model_validate(records[0]) if records else None
        except ValidationError:
            order = None
        if order is None:
            raise ChannelError(said("TikTok Shop does not have this order any more"), Advice.SKIP, code="no_order")
        if order.status == CANCELLED:
            return Delivered()
        body = {"order_id": order.id, "cancel_reason": cancel_reason(order, decision.reason or decision.text)}
        told = await self._api.call("POST", _CANCELLATIONS, Cancelled, body=body, otherwise=Advice.SKIP)
        return Delivered(told.cancel_id)

    def read_push(self, delivery: PushDelivery, credential: Credential) -> ReadPush:
        """Verify a push: its `Authorization` header signs the application's key and the raw body."""
        return read_push(self._api.app_key, credential.secrets.get("app_secret", ""), delivery)

    async def _by_number(self, number: str) -> Sequence[str]:
        return [number] if await self._read([number]) else ()

    async def _in_package(self, number: str) -> Sequence[str]:
        try:
            package = await self._api.call("GET", _PACKAGES + number, PackageDetail, otherwise=Advice.SKIP)
        except ChannelError as error:
            if error.advice in (Advice.SKIP, Advice.GIVE_UP):
                return ()
            raise
        return tuple(order.id for order in package.orders if _is_number(order.id))

    async def _read(self, numbers: Sequence[str]) -> list[Any]:
        """The records of these orders. A number that is none of the seller's spoils a whole call, so it is then asked by halves."""
        try:
            found = await self._api.call("GET", _ORDERS, Found, query={"ids": ",".join(numbers)})
        except ChannelError as error:
            if error.code != NOT_OF_THIS_SELLER:
                raise
            if len(numbers) == 1:
                return []
            middle = len(numbers) // 2
            return await _together(map(self._read, (numbers[:middle], numbers[middle:])))
        return list(found.orders)

    async def _completed(self, records: Iterable[Any]) -> tuple[tuple[IncomingOrder, ...], tuple[Unreadable, ...]]:
        """The orders of these records with their returns; a record that makes none does not keep the others."""
        readable: list[Order] = []
        unreadable: list[Unreadable] = []
        async for record in in_steps(records):
            try:
                readable.append(Order.model_validate(record))
            except ValidationError as error:
                unreadable.append(Unreadable.of(record, _text_of(record, "id"), _field_of(error)))
        returns, broken = await self._returns_of([order.id for order in readable if _may_have_returns(order)])
        orders: list[IncomingOrder] = []
        async for order in in_steps(readable):
            try:
                if order.id in broken:
                    raise UnreadableRecordError(broken[order.id])
                orders.append(order_of(order, returns.get(order.id, ()), self._shop))
            except UnreadableRecordError as error:
                unreadable.append(Unreadable(order.id, str(error)))
        return tuple(orders), tuple(unreadable)

    async def _returns_of(self, numbers: Sequence[str]) -> tuple[Mapping[str, Sequence[Return]], Mapping[str, str]]:
        """All returns of these orders, and why an order's returns cannot be read."""
        batches = [numbers[start : start + _ORDERS_A_READ] for start in range(0, len(numbers), _ORDERS_A_READ)]
        returns: dict[str, list[Return]] = defaultdict(list)
        broken: dict[str, str] = {}
        for record in await _together(map(self._return_records, batches)):
            try:
                one = Return.model_validate(record)
                returns[one.order_id].append(one)
            except ValidationError as error:
                broken[_text_of(record, "order_id")] = _field_of(error, "return")
        return returns, broken

    async def _return_records(self, numbers: Sequence[str]) -> list[Any]:
        records: list[Any] = []
        token = ""
        for _page in range(_MOST_RETURN_PAGES):
            found = await self._api.search(_RETURN_SEARCH, _RETURNS_A_PAGE, token, {"order_ids": list(numbers)})
            records += found.return_orders
            token = found.next_page_token
            if not token:
                break
        return records


def _bounds(span: Span) -> dict[str, int]:
    return {"update_time_ge": span.since // SECOND, "update_time_lt": -(-span.until // SECOND)}


def _may_have_returns(order: Order) -> bool:
    return order.delivery_time is not None or order.status in ("DELIVERED", "COMPLETED")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 25


def _text_of(record: object, field: str) -> str:
    """A field of a record that could not be read, for naming it."""
    value = record.get(field) if isinstance(record, dict) else None
    return str(value)[:40] if isinstance(value, str | int) else ""


def _field_of(error: ValidationError, record: str = "record") -> str:
    """Which field cannot be read and why, without its value."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = ".".join(map(str, first["loc"])) or record
    return said("{field} cannot be read ({kind})", field=field, kind=first["type"])


async def _together(calls: Iterable[Coroutine[Any, Any, list[T]]]) -> list[T]:
    """What these calls bring, made at once, one list behind the other."""
    return [record for records in await asyncio.gather(*calls) for record in records]
