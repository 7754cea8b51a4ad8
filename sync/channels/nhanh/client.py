"""One business at Nhanh.vn, called."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from packstation.domain.orders import IncomingOrder
from packstation.domain.outbox import DecisionKind
from packstation.domain.times import DAY, MINUTE, SECOND, from_ms
from packstation.locale import said
from sync.channels.counted_pages import Place
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError, UnreadableRecordError
from sync.channels.nhanh.answers import MISSING, data_of
from sync.channels.nhanh.consent import APP_ID, BUSINESS_ID, HOST, SECRET_KEY, VERIFY_TOKEN, VERSION, NhanhConsent
from sync.channels.nhanh.mapping import order_of
from sync.channels.nhanh.pushes import read_push
from sync.channels.nhanh.statuses import CANCELLABLE, is_order
from sync.channels.nhanh.wire import OrderWire, read_order
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
from sync.web.messages import Answer, Request

PAGE_SIZE = 100
_LIST, _UPDATE = "/api/order/index", "/api/order/update"
_ID = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{4,35}", re.ASCII)
_LONGEST_NOTE = 255
_CANCELLED = frozenset({"Canceled", "Aborted", "SoldOut", "CarrierCanceled"})


@dataclass(frozen=True, slots=True)
class _Listed:
    """The rows of one page, and how many the listing counts."""

    rows: tuple[object, ...]
    total: int


class NhanhChannel:
    """One shop. Nhanh has a token for about a year and nothing to renew it with: it is told when it ends as a consent is.

    Notes go into the order's internal note, behind what stands there. A cancellation is told as `Aborted`: the other word that Nhanh
    takes, `Canceled`, would lay it on the buyer.
    """

    abilities = Abilities(
        secrets=(SECRET_KEY,),
        push_secrets=(VERIFY_TOKEN,),
        account=(APP_ID,),
        finds_codes=True,
        decisions=frozenset({DecisionKind.NOTE, DecisionKind.CANCELLATION}),
        longest_span=9 * DAY,
        index_lag=5 * MINUTE,
        pushes=True,
        requests_per_second=5.0,
        consent=True,
    )

    def __init__(self, shop: ShopConfig, connection: Connection) -> None:
        self._shop = shop
        self._connection = connection
        self._consent = NhanhConsent(shop, connection)

    @property
    def consent(self) -> NhanhConsent:
        """How the seller lets packstation in."""
        return self._consent

    async def check(self) -> None:
        """List one order: a wrong key, an ended token and a missing permission all show."""
        await self._list({"page": 1, "icpp": 1})

    async def changes(self, span: Span, cursor: str | None) -> Page:
        """One page of what changed, and the rows of earlier pages that others have moved past."""
        place = Place.of_cursor(cursor, PAGE_SIZE)
        listed = await self._page(span, place)
        earlier = [await self._page(span, one) for one in place.earlier(listed.total)]
        orders, unreadable = await self._read([row for one in (*earlier, listed) for row in one.rows])
        following = place.next(listed.total)
        return Page(orders, following.cursor if following else None, unreadable)

    async def orders(self, numbers: Sequence[str]) -> ReadOrders:
        """These orders as they are now: one call each, as the listing takes one id.

        Records that are no orders (returns, transfers) are neither read nor missing.
        """
        wanted = [number for number in dict.fromkeys(numbers) if _ID.fullmatch(number)]
        found = dict(zip(wanted, await asyncio.gather(*map(self._one, wanted)), strict=True))
        orders, unreadable = await self._read([row for row in found.values() if row is not None])
        missing = tuple(number for number in numbers if found.get(number) is None)
        return ReadOrders(orders, missing, unreadable)

    async def find(self, code: str) -> Sequence[str]:
        """The order of this id, or the orders with this tracking number among those of the last ten days, as far as Nhanh looks."""
        code = code.strip()
        if _ID.fullmatch(code) and await self._one(code) is not None:
            return (code,)
        if not _CODE.fullmatch(code):
            return ()
        orders, _unreadable = await self._read((await self._list({"carrierCode": code})).rows)
        return tuple(order.number for order in orders if any(parcel.tracking == code for parcel in order.parcels))

    async def renew(self, credential: Credential) -> Credential:
        """The same: only the consent page gives another token."""
        return credential

    async def deliver(self, decision: Decision) -> Delivered:
        """Write a note, or cancel an order that nobody has begun to pack; what is told already is not told again."""
        if decision.kind not in self.abilities.decisions:
            raise ChannelError(said("the channel has no way to be told this"), Advice.SKIP, code="ability")
        row = await self._one(decision.order_number) if _ID.fullmatch(decision.order_number) else None
        if row is None:
            raise ChannelError(said("Nhanh does not have this order any more"), Advice.SKIP, code=MISSING)
        try:
            order = read_order(row)
        except UnreadableRecordError as error:
            raise ChannelError(
                said("Nhanh's order is unreadable: {error}", error=error), Advice.SKIP, code="unreadable"
            ) from None
        told = _note(order, decision.text) if decision.kind is DecisionKind.NOTE else _cancellation(order, decision)
        if told:
            await self._ask(_UPDATE, {"orderId": int(order.id), **told}, _updated)
        return Delivered()

    def read_push(self, delivery: PushDelivery, credential: Credential) -> ReadPush:
        """Verify a webhook's delivery by its token and say what it hints at."""
        return read_push(delivery, credential.secrets.get(VERIFY_TOKEN, ""))

    async def _page(self, span: Span, place: Place) -> _Listed:
        """A page of the changes; asked for twice when it has fewer rows than it counts.

        Whether the bounds belong to the span is not documented: it begins a second earlier and ends at a whole second behind it.
        """
        wanted = {
            "updatedDateTimeFrom": _local(span.since // SECOND - 1, self._shop.zone),
            "updatedDateTimeTo": _local(-(-span.until // SECOND), self._shop.zone),
            "page": place.page,
            "icpp": PAGE_SIZE,
        }
        listed = await self._list(wanted)
        if len(listed.rows) >= place.rows_due(listed.total):
            return listed
        again = await self._list(wanted)
        return again if len(again.rows) >= len(listed.rows) else listed

    async def _one(self, number: str) -> object | None:
        rows = (await self._list({"id": int(number)})).rows
        return next((row for row in rows if isinstance(row, Mapping) and str(row.get("id", "")) == number), None)

    async def _list(self, wanted: Mapping[str, object]) -> _Listed:
        try:
            data = await self._ask(_LIST, {**wanted, "dataOptions": ["giftProducts"]}, data_of)
        except ChannelError as error:
            if error.code == MISSING:
                return _Listed((), 0)
            raise
        return _listed(data)

    async def _read(self, rows: Sequence[object]) -> tuple[tuple[IncomingOrder, ...], tuple[Unreadable, ...]]:
        """The rows as orders, each once; a bad one costs no other, and what is no order is left out."""
        orders: dict[str, IncomingOrder] = {}
        unreadable: list[Unreadable] = []
        async for row in in_steps(rows):
            try:
                order = order_of(read_order(row), self._shop)
            except UnreadableRecordError as error:
                unreadable.append(Unreadable.of(row, _number_of(row), str(error)))
            else:
                if order is not None:
                    orders[order.number] = order
        return tuple(orders.values()), tuple(dict.fromkeys(unreadable))

    async def _ask(self, path: str, data: Mapping[str, object], judge: Callable[[Answer], Any]) -> Any:  # noqa: ANN401
        def prepare(credential: Credential, _now: int) -> Request:
            return self._request(path, data, credential)

        return await self._connection.ask(prepare, judge)

    def _request(self, path: str, data: Mapping[str, object], credential: Credential) -> Request:
        business = credential.account.get(BUSINESS_ID) or self._shop.account.get(BUSINESS_ID, "")
        if not credential.access_token or not business:
            raise ChannelError(said("Nhanh's consent is missing: log in"), Advice.ASK_SELLER, code="no_token")
        form = {
            "version": VERSION,
            "appId": self._shop.account.get(APP_ID, ""),
            "businessId": business,
            "accessToken": credential.access_token,
            "data": json.dumps(data, ensure_ascii=False, separators=(",", ":")),
        }
        headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
        body = urlencode(form, quote_via=quote).encode()
        return Request("POST", f"{self._shop.api_host or HOST}{path}", headers=headers, body=body)


def _note(order: OrderWire, text: str) -> dict[str, str]:
    """The internal note with the text behind what stands there; nothing when it stands there already."""
    text = " ".join(text.split())
    if not text or text in order.seller_note:
        return {}
    whole = f"{order.seller_note} | {text}" if order.seller_note else text[:_LONGEST_NOTE]
    if len(whole) > _LONGEST_NOTE:
        raise ChannelError(said("the order's internal note at Nhanh has no room left"), Advice.SKIP, code="note_full")
    return {"privateDescription": whole}


def _cancellation(order: OrderWire, decision: Decision) -> dict[str, str]:
    """What cancels the order; nothing when it is cancelled already."""
    if order.status in _CANCELLED:
        return {}
    if order.status not in CANCELLABLE or not is_order(order.type_id):
        raise ChannelError(said("Nhanh cancels an order only until it is packed"), Advice.SKIP, code="packed")
    why = " ".join((decision.text or decision.reason).split())
    noted = f"{order.seller_note} | {why}" if order.seller_note else why
    return {"status": "Aborted", **({"privateDescription": noted} if why and len(noted) <= _LONGEST_NOTE else {})}


def _updated(answer: Answer) -> Any:  # noqa: ANN401 - any JSON value
    return data_of(answer, Advice.SKIP)


def _listed(data: object) -> _Listed:
    """A page: `orders` is an object by id, and `[]` where PHP has nothing to put in."""
    orders = data.get("orders") if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(orders, Mapping | list):
        raise UnreadableAnswerError(said("the answer lists no orders"))
    rows = tuple(orders.values()) if isinstance(orders, Mapping) else tuple(orders)
    total = str(data.get("totalRecords", len(rows)))
    if not (total.isascii() and total.isdigit() and len(total) < 10):
        raise UnreadableAnswerError(said("the answer does not count its orders"))
    return _Listed(rows, int(total))


def _number_of(row: object) -> str:
    number = str(row.get("id", "")) if isinstance(row, Mapping) else ""
    return number if _ID.fullmatch(number) else ""


def _local(second: int, zone: str) -> str:
    return from_ms(max(0, second) * SECOND, zone).strftime("%Y-%m-%d %H:%M:%S")
