"""A shop at Shopify, called. Source: Shopify Admin GraphQL API 2026-07."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import ValidationError

from packstation.domain.orders import IncomingOrder
from packstation.domain.outbox import DecisionKind
from packstation.domain.times import MINUTE, SECOND, iso_utc
from packstation.locale import said
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError, UnreadableRecordError
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
from sync.channels.shopify import documents, wire
from sync.channels.shopify.answers import TOO_COSTLY, user_errors
from sync.channels.shopify.calls import Calls
from sync.channels.shopify.mapping import order_of
from sync.channels.shopify_like.answers import MissingError
from sync.channels.shopify_like.notes import with_decision
from sync.channels.shopify_like.pushes import read_push
from sync.channels.shopify_like.rest import is_id
from sync.channels.shopify_like.values import field_of
from sync.channels.steps import each_in_steps
from sync.credentials.credential import Credential
from sync.shops_config import ShopConfig
from sync.web.connection import Connection

_ORDERS_A_PAGE = 20
_MOST_MORE = 50
_NAME = re.compile(r"#?[A-Za-z0-9-]{1,12}")
_LONGEST_STAFF_NOTE = 255


class Shopify:
    """One shop. `client_secret` is what the application's webhooks are signed with."""

    def __init__(self, shop: ShopConfig, connection: Connection) -> None:
        self._shop = shop
        self._calls = Calls(shop, connection)
        self.abilities = Abilities(
            secrets=("client_secret",) if self._calls.client_id else ("access_token",),
            push_secrets=() if self._calls.client_id else ("client_secret",),
            account=() if shop.api_host else ("store",),
            finds_codes=True,
            decisions=frozenset(DecisionKind),
            index_lag=5 * MINUTE,
            pushes=True,
        )

    @property
    def consent(self) -> None:
        """None: an application of the shop's own has its token, or gets one by its secret."""
        return

    async def check(self) -> None:
        """Read one order's id."""
        await self._calls.ask(documents.SHOP)

    async def changes(self, span: Span, cursor: str | None) -> Page:
        """One page of the orders updated in the span, by time of update.

        Shopify's cursors are places in that order, so that pages do not shift; its search knows whole seconds, so that the span is
        widened to them. A later page without orders is asked for twice.
        """
        first, after = _opened(cursor)
        query = f"updated_at:>='{_second(span.since)}' AND updated_at:<'{_second(span.until + SECOND - 1)}'"
        first, found = await self._listed(first, after, query)
        if not found["nodes"] and after is not None:
            first, found = await self._listed(first, after, query)
        page = wire.PageInfo.model_validate(_object(found.get("pageInfo")))
        orders, unreadable = await self._complete(found["nodes"])
        following = f"{first}:{page.end_cursor}" if page.has_next_page and page.end_cursor else None
        return Page(orders, following, unreadable)

    async def orders(self, numbers: Sequence[str]) -> ReadOrders:
        """These orders, by their ids."""
        wanted = list(dict.fromkeys(numbers))
        ids = [number for number in wanted if is_id(number)]
        batches = [ids[start : start + _ORDERS_A_PAGE] for start in range(0, len(ids), _ORDERS_A_PAGE)]
        read = await asyncio.gather(
            *(self._calls.ask(documents.SOME, ids=[_gid(one) for one in some]) for some in batches)
        )
        nodes = [node for data in read for node in _list(data.get("nodes")) if node]
        found, unreadable = await self._complete(nodes)
        there = {_number_of(node) for node in nodes}
        strangers = tuple(Unreadable(number, said("no order id")) for number in wanted if not is_id(number))
        return ReadOrders(found, tuple(number for number in ids if number not in there), (*unreadable, *strangers))

    async def find(self, code: str) -> Sequence[str]:
        """Orders of this name, with or without the `#` that shops put in front. The search cannot find tracking numbers."""
        if not _NAME.fullmatch(code):
            return ()
        bare = code.removeprefix("#")
        data = await self._calls.ask(documents.NAMED, query=f"name:'{bare}' OR name:'#{bare}'")
        found = data.get("orders")
        nodes = _list(found.get("nodes")) if isinstance(found, dict) else []
        named = (
            node for node in nodes if isinstance(node, dict) and str(node.get("name", "")).removeprefix("#") == bare
        )
        return tuple(number for number in map(_number_of, named) if number)

    async def renew(self, credential: Credential) -> Credential:
        """A fresh token by the client credentials grant; one that lasts is what it is."""
        return await self._calls.renewed(credential)

    async def deliver(self, decision: Decision) -> Delivered:
        """Cancel the order, or add a line to its note; both are looked up first, so that doing it twice changes nothing.

        Nothing is given back with a cancellation: money is the seller's to return, in the admin.
        """
        if not is_id(decision.order_number):
            raise MissingError
        gid = _gid(decision.order_number)
        order = (await self._calls.ask(documents.STANDING, id=gid)).get("order")
        if not isinstance(order, dict):
            raise MissingError
        if decision.kind is DecisionKind.CANCELLATION:
            return await self._cancel(gid, order, decision)
        note = with_decision(str(order.get("note") or ""), decision)
        if note is not None:
            told = await self._calls.ask(documents.WRITE_NOTE, input={"id": gid, "note": note})
            user_errors(told.get("orderUpdate"), "userErrors")
        return Delivered()

    def read_push(self, delivery: PushDelivery, credential: Credential) -> ReadPush:
        """Verify a webhook by `X-Shopify-Hmac-SHA256` over the raw body. One that comes twice merely hints twice."""
        headers = delivery.headers
        domain = headers.get("x-shopify-shop-domain", "")
        return read_push(
            headers.get("x-shopify-hmac-sha256", ""),
            credential.secrets.get("client_secret", ""),
            delivery.body,
            headers.get("x-shopify-topic", ""),
            domain if "." in self._calls.store else domain.removesuffix(".myshopify.com"),
        )

    async def _listed(self, first: int, after: str | None, query: str) -> tuple[int, dict[str, Any]]:
        """A page's connection and how many orders it was asked for: half as many as long as the query costs too much."""
        while True:
            try:
                data = await self._calls.ask(documents.CHANGED, first=first, after=after, query=query)
                break
            except ChannelError as error:
                if error.code != TOO_COSTLY or first == 1:
                    raise
                first = max(1, first // 2)
        found = _object(data.get("orders"))
        if not isinstance(found.get("nodes"), list):
            raise UnreadableAnswerError(said("the answer has no list of orders"))
        return first, found

    async def _cancel(self, gid: str, order: dict[str, Any], decision: Decision) -> Delivered:
        if order.get("cancelledAt"):
            return Delivered()
        if order.get("displayFulfillmentStatus") in ("FULFILLED", "PARTIALLY_FULFILLED"):
            raise ChannelError(said("the order is being shipped already"), Advice.SKIP, code="shipped")
        told = await self._calls.ask(
            documents.CANCEL,
            orderId=gid,
            refundMethod={"originalPaymentMethodsRefund": False},
            staffNote=decision.text[:_LONGEST_STAFF_NOTE],
        )
        payload = told.get("orderCancel")
        user_errors(payload, "orderCancelUserErrors")
        job = payload.get("job") if isinstance(payload, dict) else None
        return Delivered(str(job.get("id", "")) if isinstance(job, dict) else "")

    async def _complete(self, nodes: Iterable[object]) -> tuple[tuple[IncomingOrder, ...], tuple[Unreadable, ...]]:
        read = await each_in_steps(self._completed, nodes)
        orders = tuple(one for one in read if isinstance(one, IncomingOrder))
        return orders, tuple(one for one in read if isinstance(one, Unreadable))

    async def _completed(self, node: object) -> IncomingOrder | Unreadable:
        try:
            order = wire.Order.model_validate(node)
            lines = order.line_items.model_copy(update={"nodes": await self._lines(order)})
            order = order.model_copy(update={"line_items": lines})
            return order_of(order, await self._refunds(order) if order.may_have_refunds else (), self._shop)
        except ValidationError as error:
            return Unreadable.of(node, _number_of(node), field_of(error))
        except UnreadableRecordError as error:
            return Unreadable.of(node, _number_of(node), str(error))

    async def _lines(self, order: wire.Order) -> tuple[wire.LineItem, ...]:
        """All lines of an order; most have no more than came with it."""
        lines, page = order.line_items.nodes, order.line_items.page_info
        for _more in range(_MOST_MORE):
            if not page.has_next_page:
                break
            data = await self._calls.ask(documents.LINES, id=order.id, after=page.end_cursor)
            found = wire.Lines.model_validate(_object(_object(data.get("order")).get("lineItems")))
            lines, page = (*lines, *found.nodes), found.page_info
        return lines

    async def _refunds(self, order: wire.Order) -> tuple[wire.Refund, ...]:
        data = await self._calls.ask(documents.REFUNDS, id=order.id)
        rows = _list(_object(data.get("order")).get("refunds"))
        return tuple([await self._whole(wire.Refund.model_validate(row)) for row in rows])

    async def _whole(self, refund: wire.Refund) -> wire.Refund:
        lines, page = refund.refund_line_items.nodes, refund.refund_line_items.page_info
        for _more in range(_MOST_MORE):
            if not page.has_next_page:
                break
            data = await self._calls.ask(documents.REFUND_LINES, id=refund.id, after=page.end_cursor)
            found = wire.RefundLines.model_validate(_object(_object(data.get("refund")).get("refundLineItems")))
            lines, page = (*lines, *found.nodes), found.page_info
        whole = refund.refund_line_items.model_copy(update={"nodes": lines})
        return refund.model_copy(update={"refund_line_items": whole})


def _opened(cursor: str | None) -> tuple[int, str | None]:
    """How many orders a page has, and behind what it begins."""
    if cursor is None:
        return _ORDERS_A_PAGE, None
    first, _colon, after = cursor.partition(":")
    if not (first.isascii() and first.isdigit() and 1 <= int(first) <= _ORDERS_A_PAGE and after):
        raise ChannelError(said("the cursor is none of this channel's"), Advice.GIVE_UP, code="cursor")
    return int(first), after


def _second(at: int) -> str:
    return iso_utc(at // SECOND * SECOND)


def _gid(number: str) -> str:
    return f"gid://shopify/Order/{number}"


def _number_of(node: object) -> str:
    number = str(node.get("legacyResourceId", "")) if isinstance(node, dict) else ""
    return number if is_id(number) else ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
