"""A shop's WooCommerce site, called."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from packstation.domain.orders import IncomingOrder
from packstation.domain.outbox import DecisionKind
from packstation.domain.times import MINUTE
from packstation.locale import said
from sync.channels.decision_notes import marker, note_of
from sync.channels.errors import Advice, ChannelError, UnreadableRecordError
from sync.channels.protocol import (
    Abilities,
    Consent,
    Decision,
    Delivered,
    Page,
    PushAnswer,
    PushDelivery,
    PushHint,
    PushVerdict,
    ReadOrders,
    ReadPush,
    Span,
    Unreadable,
)
from sync.channels.steps import each_in_steps
from sync.channels.woocommerce import cursor as walk
from sync.channels.woocommerce import wire
from sync.channels.woocommerce.answers import Listing, MissingError, checked, listing
from sync.channels.woocommerce.calls import Query, call
from sync.channels.woocommerce.mapping import modified_second, order_of
from sync.channels.woocommerce.signing import is_webhook_signature
from sync.channels.woocommerce.statuses import DRAFTS, bare
from sync.channels.woocommerce.tracking import parcels
from sync.credentials.credential import Credential
from sync.shops_config import ShopConfig
from sync.web.connection import Connection
from sync.web.messages import Answer, Request

T = TypeVar("T")
_ID = re.compile(r"[1-9][0-9]{0,17}")
_NUMBER = re.compile(r"#?([1-9][0-9]{0,9})")
_CODE = re.compile(r"#?[A-Za-z0-9][A-Za-z0-9._/-]{2,39}")
_NOT_CANCELLABLE = frozenset({"completed", "refunded", "trash"})


class WooCommerce:
    """One shop. Over https calls carry Basic, over plain http (loopback alone) OAuth 1.0a: WooCommerce asks for it there.

    The webhook's secret is `webhook_secret`, or the consumer secret where `sync login` was given none.
    """

    def __init__(self, shop: ShopConfig, connection: Connection) -> None:
        site = re.sub(r"^https?://", "", shop.account.get("site", "").strip()).strip("/")
        self._shop = shop
        self._base = shop.api_host or (f"https://{site}" if site else "")
        self._connection = connection
        self.abilities = Abilities(
            secrets=("consumer_key", "consumer_secret"),
            push_secrets=("webhook_secret",),
            account=() if shop.api_host else ("site",),
            finds_codes=True,
            decisions=frozenset(DecisionKind),
            index_lag=MINUTE,
            pushes=True,
            deletes_refunds_silently=True,
        )

    @property
    def consent(self) -> Consent | None:
        """None: the seller makes a key in WooCommerce's settings."""
        return None

    async def check(self) -> None:
        """Read one order."""
        await self._list((("per_page", "1"),))

    async def changes(self, span: Span, cursor: str | None) -> Page:
        """One page of the orders modified in the span, then of those in the trash."""
        at = walk.beginnings(span)[0] if cursor is None else walk.cursor_of(cursor)
        found = await self._page(at, span)
        seconds = (modified_second(row, self._shop.zone) for row in found.rows)
        seen = walk.Seen(
            len(found.rows), tuple(second for second in seconds if second is not None), found.total, found.pages
        )
        following = walk.following(at, seen, span)
        orders, unreadable = await self._complete(found.rows)
        return Page(orders, None if following is None else str(following), unreadable)

    async def orders(self, numbers: Sequence[str]) -> ReadOrders:
        """These orders, those in the trash too; what is no id of WooCommerce's is neither read nor missing."""
        wanted = [number for number in dict.fromkeys(numbers) if _ID.fullmatch(number)]
        rows = [
            row
            for start in range(0, len(wanted), walk.PER_PAGE)
            for row in await self._rows_of(wanted[start : start + walk.PER_PAGE])
        ]
        found, unreadable = await self._complete(rows)
        there = {order.number for order in found} | {one.number for one in unreadable}
        strangers = (Unreadable(number, said("no WooCommerce order id")) for number in numbers if number not in wanted)
        missing = tuple(number for number in wanted if number not in there)
        return ReadOrders(found, missing, (*unreadable, *strangers))

    async def find(self, code: str) -> Sequence[str]:
        """Orders whose id or number this is, or whose tracking number a search brings up."""
        if not _CODE.fullmatch(code) and not _NUMBER.fullmatch(code):
            return ()
        number = _NUMBER.fullmatch(code)
        if number is not None:
            by_id = await self._list((("include", number[1]), ("status", "any")))
            if any(str(order.id) == number[1] for order in _readable(by_id.rows)):
                return (number[1],)
        by_text = await self._list((("search", code.removeprefix("#")), ("status", "any"), ("per_page", "20")))
        return tuple(str(order.id) for order in _readable(by_text.rows) if _is_meant(order, code))

    async def renew(self, credential: Credential) -> Credential:
        """The same: keys do not expire."""
        return credential

    async def deliver(self, decision: Decision) -> Delivered:
        """Cancel the order, or write an order note that says what was decided; the note bears the decision's key.

        Order notes do not count as modifications, so that what is told here never comes back as a change.
        """
        if not _ID.fullmatch(decision.order_number):
            raise MissingError
        path = f"orders/{decision.order_number}"
        if decision.kind is DecisionKind.CANCELLATION:
            return await self._cancel(path)
        mark = marker(decision)
        for note in _objects((await self._ask("GET", f"{path}/notes", (), listing)).rows):
            if mark in str(note.get("note", "")):
                return Delivered(str(note.get("id", "")))
        body = {"note": note_of(decision), "customer_note": False}
        made = _object(await self._ask("POST", f"{path}/notes", (), checked, body=body))
        return Delivered(str(made.get("id", "")))

    def read_push(self, delivery: PushDelivery, credential: Credential) -> ReadPush:
        """Verify a webhook's delivery. The first one, when a webhook is saved, is a form without signature."""
        if re.fullmatch(rb"webhook_id=[0-9]{1,12}", delivery.body.strip()):
            return ReadPush(PushVerdict.PING, PushAnswer())
        given = delivery.headers.get("x-wc-webhook-signature", "")
        secret = credential.secrets.get("webhook_secret") or credential.secrets.get("consumer_secret", "")
        if not given or not secret or not is_webhook_signature(given, secret, delivery.body):
            return ReadPush(PushVerdict.FORGED, PushAnswer(401))
        return ReadPush(PushVerdict.GENUINE, PushAnswer(), PushHint(_number_in(delivery.body)))

    async def _cancel(self, path: str) -> Delivered:
        order = _object(await self._ask("GET", path, (), checked))
        status = bare(str(order.get("status", "")))
        if status == "cancelled":
            return Delivered()
        if status in _NOT_CANCELLABLE:
            raise ChannelError(said("the order has ended at the shop already"), Advice.SKIP, code="ended")
        await self._ask("PUT", path, (), checked, body={"status": "cancelled"})
        return Delivered()

    async def _rows_of(self, numbers: Sequence[str]) -> list[object]:
        """The orders of at most a page's ids, in the trash too. One that no list has is asked for itself: lists may leave rows out."""
        rows: list[object] = []
        left = list(numbers)
        for status in ("any", "trash"):
            if left:
                query = (("include", ",".join(left)), ("status", status), ("per_page", str(walk.PER_PAGE)))
                rows += (await self._list(query)).rows
                there = {str(row.get("id")) for row in _objects(rows)}
                left = [number for number in left if number not in there]
        alone = await asyncio.gather(*(self._row_of(number) for number in left))
        return [*rows, *(row for row in alone if row is not None)]

    async def _row_of(self, number: str) -> object | None:
        try:
            return await self._ask("GET", f"orders/{number}", (), checked)
        except MissingError:
            return None

    async def _complete(self, rows: Sequence[object]) -> tuple[tuple[IncomingOrder, ...], tuple[Unreadable, ...]]:
        """The rows as orders, their refunds read; drafts and orders deleted meanwhile are none."""
        read = await each_in_steps(self._completed, rows)
        orders = tuple(one for one in read if isinstance(one, IncomingOrder))
        return orders, tuple(one for one in read if isinstance(one, Unreadable))

    async def _completed(self, row: object) -> IncomingOrder | Unreadable | None:
        try:
            order = wire.read_order(row)
            if bare(order.status) in DRAFTS:
                return None
            refunds = await self._refunds(order) if order.refunds else ()
            return order_of(order, refunds, self._shop)
        except UnreadableRecordError as error:
            number = str(row.get("id", "")) if isinstance(row, dict) else ""
            return Unreadable.of(row, number if _ID.fullmatch(number) else "", str(error))
        except MissingError:
            return None

    async def _refunds(self, order: wire.Order) -> tuple[wire.Refund, ...]:
        query = (("per_page", str(walk.PER_PAGE)),)
        found = await self._ask("GET", f"orders/{order.id}/refunds", query, listing)
        return tuple(wire.read_refund(row) for row in found.rows)

    async def _page(self, at: walk.Cursor, span: Span) -> Listing:
        """The walk's next page; asked for twice when it has fewer rows than its headers count, or none where there was one."""
        found = await self._list(at.query(span))
        counted = min(walk.PER_PAGE, found.total - walk.PER_PAGE * max(0, at.page - 1))
        if len(found.rows) >= counted and (found.rows or at in walk.beginnings(span)):
            return found
        again = await self._list(at.query(span))
        return again if len(again.rows) >= len(found.rows) else found

    async def _list(self, query: Query) -> Listing:
        return await self._ask("GET", "orders", query, listing)

    async def _ask(
        self,
        method: str,
        path: str,
        query: Query,
        judge: Callable[[Answer], T],
        *,
        body: dict[str, object] | None = None,
    ) -> T:
        """Make a call. One that changes something is sent once: whether it arrived is for the next delivery to see."""
        sent = False

        def prepare(credential: Credential, now: int) -> Request:
            nonlocal sent
            if sent and method == "POST":
                raise ChannelError(
                    said("the shop did not confirm it"), Advice.RETRY, retry_after=60.0, code="unconfirmed"
                )
            sent = True
            return call(self._base, method, path, query, body, credential, now)

        return await self._connection.ask(prepare, judge)


def _objects(rows: Iterable[object]) -> Iterator[dict[str, Any]]:
    return (row for row in rows if isinstance(row, dict))


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _readable(rows: Iterable[object]) -> Iterator[wire.Order]:
    for row in rows:
        try:
            order = wire.read_order(row)
        except UnreadableRecordError:
            continue
        if bare(order.status) not in DRAFTS:
            yield order


def _is_meant(order: wire.Order, code: str) -> bool:
    """Whether the search did not merely bring up a name or a phone."""
    codes = {order.number, order.number.removeprefix("#"), str(order.id), *(one.tracking for one in parcels(order))}
    return code in codes or code.removeprefix("#") in codes


def _number_in(body: bytes) -> tuple[str, ...]:
    """The order that a genuine delivery is about; a deleted one's body is its id alone."""
    try:
        number = str(_object(json.loads(body)).get("id", ""))
    except (ValueError, RecursionError):
        return ()
    return (number,) if _ID.fullmatch(number) else ()
