"""Shopee as a channel: what changed, what stands now, what is told to it, what it tells by itself.

Source: Shopee Open Platform v2. The lists name numbers only and take seconds; 15 days is the longest span. Three of them say that
an order changed: orders by update time, returns (which change no order's update time), and bookings, which are packed before
anybody ordered them and become orders later. They are paged side by side, and every number is then read whole.

Pushes that Shopee gave up on are kept by it for three days, for the application as a whole (`get_lost_push_message`): confirming
them is a watermark, so that the hints for an application's shops that are synced elsewhere are confirmed along; polling has them anyway.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from packstation.domain.orders import IncomingOrder, Status
from packstation.domain.outbox import DecisionKind
from packstation.domain.times import DAY, SECOND
from packstation.locale import said
from sync.channels.errors import Advice, ChannelError
from sync.channels.protocol import (
    Abilities,
    Consent,
    Decision,
    Delivered,
    LostPushes,
    Page,
    PushDelivery,
    ReadOrders,
    ReadPush,
    Span,
    Unreadable,
)
from sync.channels.shopee.api import Record, ShopeeApi, if_allowed, read, why_unreadable
from sync.channels.shopee.consent import ShopeeConsent
from sync.channels.shopee.pushes import lost_hint, read_push
from sync.channels.shopee.reading import Reader
from sync.channels.shopee.wire import BookingRow, Listed, LostPage, OrderRow, Return
from sync.credentials.credential import Credential
from sync.shops_config import ShopConfig
from sync.web.connection import Connection

_ORDERS, _RETURNS, _BOOKINGS = "orders", "returns", "bookings"
_ORDER_SHAPE = re.compile(r"\d{6}[0-9A-Z]{8}")
_PACKAGE_SHAPE = re.compile(r"OFG\d{15,16}")
_RETURN_SHAPE = re.compile(r"\d{15}")
_CANCELLATION_REFUSED = "order.error_limit"


@dataclass(frozen=True, slots=True)
class _Rows:
    """A page of one list, and where it goes on; None at its end."""

    rows: tuple[Any, ...]
    next_place: str | None


class ShopeeChannel:
    """One shop at Shopee."""

    abilities = Abilities(
        secrets=("partner_key",),
        push_secrets=("push_partner_key",),
        account=("partner_id", "shop_id"),
        finds_codes=True,
        decisions=frozenset({DecisionKind.NOTE, DecisionKind.CANCELLATION}),
        # Widened to whole seconds at both ends it must still fit into 15 days.
        longest_span=15 * DAY - 2 * SECOND,
        pushes=True,
        # Shopee publishes no limit; ten a second is what applications are said to bear.
        requests_per_second=10.0,
        consent=True,
    )

    def __init__(self, shop: ShopConfig, connection: Connection) -> None:
        self._shop = shop
        self._api = ShopeeApi(shop, connection)
        self._reader = Reader(shop, self._api)
        self._consent = ShopeeConsent(shop, self._api)

    @property
    def consent(self) -> Consent | None:
        """How the seller gives consent."""
        return self._consent

    async def check(self) -> None:
        """Read the shop's own record."""
        await self._api.get("/api/v2/shop/get_shop_info")

    async def changes(self, span: Span, cursor: str | None) -> Page:
        """One page of changed orders: up to a hundred listed ones, those of up to forty returns, and up to fifty bookings.

        The span is widened to whole seconds, both ends included.
        """
        places = _places(cursor)
        lists = {_ORDERS: self._listed_orders, _RETURNS: self._listed_returns, _BOOKINGS: self._listed_bookings}
        pages = await asyncio.gather(*(lists[name](span, place) for name, place in places.items()))
        found = dict(zip(places, pages, strict=True))
        unreadable: list[Unreadable] = []
        numbers = [row.order_sn for row in _read_rows(OrderRow, found.get(_ORDERS), unreadable)]
        returns = _read_rows(Return, found.get(_RETURNS), unreadable)
        bookings = _read_rows(BookingRow, found.get(_BOOKINGS), unreadable)
        numbers += [each.order_sn for each in returns]
        numbers += [booking.order_sn for booking in bookings]
        open_bookings = [booking.booking_sn for booking in bookings if booking.booking_sn and not booking.order_sn]
        orders, (booked, _matched) = await asyncio.gather(
            self._reader.orders([number for number in dict.fromkeys(numbers) if number], returns),
            self._reader.bookings(open_bookings),
        )
        after = {name: page.next_place for name, page in found.items() if page.next_place is not None}
        return Page(
            (*orders.orders, *booked.orders),
            json.dumps(after) if after else None,
            (*unreadable, *orders.unreadable, *booked.unreadable),
        )

    async def orders(self, numbers: Sequence[str]) -> ReadOrders:
        """These orders and bookings as they are now; for a booking that is matched the order that it became."""
        found = await self._reader.orders(numbers)
        if not found.missing:
            return found
        booked, matched = await self._reader.bookings(found.missing)
        became = await self._reader.orders([number for number in matched.values() if number not in numbers])
        return ReadOrders(
            (*found.orders, *booked.orders, *became.orders),
            booked.missing,
            (*found.unreadable, *booked.unreadable, *became.unreadable),
        )

    async def find(self, code: str) -> Sequence[str]:
        """Orders by order, booking, package or return number; tracking numbers cannot be searched."""
        text = code.strip().upper()
        if _ORDER_SHAPE.fullmatch(text):
            if await self._reader.known(text):
                return (text,)
            booked, matched = await self._reader.bookings([text])
            return (*matched.values(), *(order.number for order in booked.orders))
        number = ""
        if _PACKAGE_SHAPE.fullmatch(text):
            number = await self._reader.order_of_package(text)
        elif _RETURN_SHAPE.fullmatch(text):
            number = await self._reader.order_of_return(text)
        return (number,) if number else ()

    async def renew(self, credential: Credential) -> Credential:
        """The next pair of tokens."""
        return await self._consent.renewed(credential)

    async def deliver(self, decision: Decision) -> Delivered:
        """Write a note beneath what the seller wrote, or cancel an order at the customer's request (`set_note`, `cancel_order`).

        A note that is there already, and an order that is cancelled already, were told before. Shopee has no call for packed
        parcels and for holds.
        """
        if decision.kind is DecisionKind.NOTE:
            await self._add_note(decision.order_number, decision.text)
        elif decision.kind is DecisionKind.CANCELLATION:
            await self._cancel(decision.order_number)
        else:
            raise ChannelError(said("the channel has no way to be told this"), Advice.SKIP, code="unsupported")
        return Delivered()

    def read_push(self, delivery: PushDelivery, credential: Credential) -> ReadPush:
        """Verify with the push partner key, where the credential has one, and with the partner key."""
        keys = (credential.secrets.get(name, "") for name in ("push_partner_key", "partner_key"))
        return read_push(delivery, [key for key in keys if key])

    async def lost_pushes(self) -> LostPushes:
        """The earliest hundred pushes that were lost; none where the application may not ask."""
        page = read(LostPage, await if_allowed(self._api.of_application("/api/v2/push/get_lost_push_message"), {}))
        if not page.push_message_list:
            return LostPushes()
        hints = (lost_hint(record) for record in page.push_message_list)
        return LostPushes(
            tuple(one for one in hints if one is not None), page.last_message_id, bool(page.has_next_page)
        )

    async def confirm_lost_pushes(self, mark: str) -> None:
        """Let Shopee forget the pushes up to this one."""
        body = {"last_message_id": int(mark) if mark.isdecimal() else mark}
        await self._api.of_application("/api/v2/push/confirm_consumed_lost_push_message", body)

    async def _listed_orders(self, span: Span, place: str) -> _Rows:
        response = await self._api.get(
            "/api/v2/order/get_order_list",
            **_bounds(span),
            page_size=100,
            cursor=place,
            request_order_status_pending=True,
        )
        page = read(Listed, response)
        return _Rows(page.order_list, _onwards(page, place, page.next_cursor))

    async def _listed_bookings(self, span: Span, place: str) -> _Rows:
        call = self._api.get("/api/v2/order/get_booking_list", **_bounds(span), page_size=50, cursor=place)
        page = read(Listed, await if_allowed(call, {}))
        return _Rows(page.booking_list, _onwards(page, place, page.next_cursor or _inner_cursor(page.booking_list)))

    async def _listed_returns(self, span: Span, place: str) -> _Rows:
        bounds = _bounds(span)
        call = self._api.get(
            "/api/v2/returns/get_return_list",
            page_no=place or "0",
            page_size=40,
            update_time_from=bounds["time_from"],
            update_time_to=bounds["time_to"],
        )
        page = read(Listed, await if_allowed(call, {}))
        return _Rows(page.returns, str(int(place or "0") + 1) if page.more and page.returns else None)

    async def _add_note(self, number: str, text: str) -> None:
        order = await self._one(number)
        if f"\n{text}\n" in f"\n{order.seller_note}\n":
            return
        note = f"{order.seller_note}\n{text}" if order.seller_note else text
        await self._api.post("/api/v2/order/set_note", {"order_sn": number, "note": note})

    async def _cancel(self, number: str) -> None:
        try:
            await self._api.post(
                "/api/v2/order/cancel_order", {"order_sn": number, "cancel_reason": "CUSTOMER_REQUEST"}
            )
        except ChannelError as error:
            if error.code != _CANCELLATION_REFUSED:
                raise
            order = await self._one(number)
            if order.statuses[-1].status is not Status.CANCELLED:
                raise

    async def _one(self, number: str) -> IncomingOrder:
        found = (await self._reader.orders([number])).orders
        if not found:
            raise ChannelError(said("Shopee does not have the order"), Advice.SKIP, code="error_not_found")
        return found[0]


def _places(cursor: str | None) -> dict[str, str]:
    """Where each list goes on; those that have ended are not in it.

    Raises:
        ChannelError: the cursor is none of ours.
    """
    if cursor is None:
        return dict.fromkeys((_ORDERS, _RETURNS, _BOOKINGS), "")
    try:
        places = json.loads(cursor)
        if {_ORDERS, _RETURNS, _BOOKINGS} >= set(places) and str(places.get(_RETURNS, "0")).isdecimal():
            return {name: str(place) for name, place in places.items()}
    except (ValueError, TypeError, AttributeError):
        pass
    raise ChannelError(said("the cursor is none of this channel's"), Advice.GIVE_UP, code="cursor")


def _onwards(page: Listed, place: str, next_cursor: str) -> str | None:
    """Where a list goes on; None at its end, and where it would only turn in a circle."""
    return next_cursor if page.more and next_cursor and next_cursor != place else None


def _bounds(span: Span) -> dict[str, object]:
    return {
        "time_range_field": "update_time",
        "time_from": span.since // SECOND,
        "time_to": -(-span.until // SECOND),
    }


def _read_rows(model: type[Record], page: _Rows | None, unreadable: list[Unreadable]) -> list[Record]:
    """The rows of a page; those that cannot be read are added to `unreadable`."""
    rows = []
    for row in page.rows if page else ():
        try:
            rows.append(model.model_validate(row))
        except ValidationError as error:
            unreadable.append(Unreadable.of(row, "", why_unreadable(error)))
    return rows


def _inner_cursor(rows: Sequence[Any]) -> str:
    """The cursor that the documents' sample of `get_booking_list` shows inside the rows instead of beside them."""
    inner = rows[-1].get("next_cursor") if rows and isinstance(rows[-1], dict) else None
    return inner if isinstance(inner, str) else ""
