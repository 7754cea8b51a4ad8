"""Orders and bookings read whole: details, then packages, vouchers and returns, then what is still missing.

Source: Shopee Open Platform v2. Vouchers and the numbers of an order's returns come from `get_escrow_detail_batch` (50 orders a
call; the call for one order would cost a back-fill of 100,000 orders as many calls), so a hundred orders take two calls each for
details, packages and escrow, and one more for every return, for every label without a tracking number, and for every parcel
that came back unexplained. An application that may not read payments or returns goes without vouchers and refunds.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from packstation.domain.orders import IncomingOrder, Status
from sync.channels.errors import UnreadableRecordError
from sync.channels.protocol import ReadOrders, Unreadable
from sync.channels.shopee.api import Record, ShopeeApi, if_allowed, in_batches, read, why_unreadable
from sync.channels.shopee.bookings import booking_of, booking_status
from sync.channels.shopee.mapping import base_status, order_of, unexplained
from sync.channels.shopee.records import WholeOrder
from sync.channels.shopee.wire import (
    BookingDetail,
    Details,
    EscrowDetail,
    EscrowRow,
    OrderDetail,
    PackageDetail,
    Return,
    Scan,
    Scans,
    Tracking,
)
from sync.channels.steps import in_steps
from sync.shops_config import ShopConfig

_DETAIL_FIELDS = (
    "buyer_user_id,buyer_username,recipient_address,note,item_list,pay_time,buyer_cancel_reason,cancel_by,cancel_reason,"
    "fulfillment_flag,pickup_done_time,package_list,shipping_carrier,payment_method,total_amount"
)
_BOOKING_FIELDS = (
    "item_list,cancel_by,cancel_reason,fulfillment_flag,pickup_done_time,shipping_carrier,recipient_address"
)
_ASKABLE = re.compile(r"[0-9A-Za-z]{6,40}")
"""Numbers that can be one of a list joined by commas; nothing else is Shopee's."""


class Reader:
    """Reads one shop's orders. Keeps nothing."""

    def __init__(self, shop: ShopConfig, api: ShopeeApi) -> None:
        self._shop = shop
        self._api = api

    async def orders(self, numbers: Sequence[str], known_returns: Sequence[Return] = ()) -> ReadOrders:
        """Orders by their numbers, without looking among the bookings.

        Args:
            numbers: order_sn.
            known_returns: returns that were read already; what they are of need not be among the numbers.
        """
        asked = list(dict.fromkeys(number for number in numbers if _ASKABLE.fullmatch(number)))
        records = await in_batches(asked, self._details)
        unreadable: list[Unreadable] = []
        details: dict[str, OrderDetail] = {}
        async for record in in_steps(records):
            try:
                detail = OrderDetail.model_validate(record)
                details[detail.order_sn] = detail
            except ValidationError as error:
                unreadable.append(Unreadable.of(record, _number_in(record, "order_sn"), why_unreadable(error)))
        wholes = await self._completed(list(details.values()), known_returns)
        found: list[IncomingOrder] = []
        async for whole in in_steps(wholes):
            try:
                found.append(order_of(whole, self._shop.currency, self._shop.statuses))
            except UnreadableRecordError as error:
                unreadable.append(Unreadable(whole.detail.order_sn, str(error)))
        seen = {*details, *(one.number for one in unreadable)}
        return ReadOrders(tuple(found), tuple(number for number in numbers if number not in seen), tuple(unreadable))

    async def bookings(self, numbers: Sequence[str]) -> tuple[ReadOrders, dict[str, str]]:
        """Bookings by their numbers, and for those that are matched the order that each became, by booking."""
        asked = list(dict.fromkeys(number for number in numbers if _ASKABLE.fullmatch(number)))
        records = await in_batches(asked, self._booking_details)
        unreadable: list[Unreadable] = []
        matched: dict[str, str] = {}
        open_ones: list[BookingDetail] = []
        for record in records:
            try:
                booking = BookingDetail.model_validate(record)
            except ValidationError as error:
                unreadable.append(Unreadable.of(record, _number_in(record, "booking_sn"), why_unreadable(error)))
                continue
            if booking.order_sn:
                matched[booking.booking_sn] = booking.order_sn
            else:
                open_ones.append(booking)
        trackings = await asyncio.gather(*(self._booking_tracking(booking) for booking in open_ones))
        found: list[IncomingOrder] = []
        for booking, tracking in zip(open_ones, trackings, strict=True):
            try:
                found.append(booking_of(booking, tracking, self._shop.currency, self._shop.statuses))
            except UnreadableRecordError as error:
                unreadable.append(Unreadable(booking.booking_sn, str(error)))
        seen = {*matched, *(one.number for one in found), *(one.number for one in unreadable)}
        missing = tuple(number for number in numbers if number not in seen)
        return ReadOrders(tuple(found), missing, tuple(unreadable)), matched

    async def order_of_package(self, number: str) -> str:
        """The order that a package number belongs to; empty when there is none."""
        found = await if_allowed(self._packages([number]), ())
        return next((package.order_sn for package in found if package.package_number == number), "")

    async def order_of_return(self, number: str) -> str:
        """The order that a return number belongs to; empty when there is none."""
        found = await self._return(number)
        return found.order_sn if found else ""

    async def _completed(self, details: Sequence[OrderDetail], known: Sequence[Return]) -> list[WholeOrder]:
        begun = [detail for detail in details if detail.order_status != "UNPAID"]
        package_numbers = [
            package.package_number for detail in begun for package in detail.package_list if package.package_number
        ]
        packages, escrows = await asyncio.gather(
            in_batches(package_numbers, self._packages),
            if_allowed(self._escrows([detail.order_sn for detail in begun]), {}),
        )
        package_of = {package.package_number: package for package in packages}
        returns_of: dict[str, list[Return]] = {}
        for each in known:
            returns_of.setdefault(each.order_sn, []).append(each)
        wholes = []
        for detail in details:
            numbers = (package.package_number for package in detail.package_list)
            mine = {number: package_of[number] for number in numbers if number in package_of}
            escrow = escrows.get(detail.order_sn, EscrowDetail())
            whole = WholeOrder(
                detail, mine, {}, tuple(returns_of.get(detail.order_sn, ())), escrow.order_income.seller_voucher_code
            )
            wholes.append((whole, self._gaps(whole, escrow)))
        filled = await asyncio.gather(*(self._filled(whole, gaps) for whole, gaps in wholes if any(gaps)))
        return [*(whole for whole, gaps in wholes if not any(gaps)), *filled]

    def _gaps(self, whole: WholeOrder, escrow: EscrowDetail) -> tuple[list[str], list[str], list[str]]:
        """What is still to be asked for: returns, tracking numbers of packages, scans of packages."""
        known = {each.return_sn for each in whole.returns}
        returns = [number for number in escrow.return_order_sn_list if number and number not in known]
        untracked = [number for number, package in whole.packages.items() if not package.tracking_number]
        if untracked and base_status(whole.detail, self._shop.statuses) is not Status.LABEL_READY:
            untracked = []
        return returns, untracked, list(unexplained(whole, self._shop.statuses))

    async def _filled(self, whole: WholeOrder, gaps: tuple[list[str], list[str], list[str]]) -> WholeOrder:
        number, (returns, untracked, silent) = whole.detail.order_sn, gaps
        read_returns, trackings, scans = await asyncio.gather(
            asyncio.gather(*(self._return(one) for one in returns)),
            asyncio.gather(*(self._tracking(number, one) for one in untracked)),
            asyncio.gather(*(self._scans(number, one) for one in silent)),
        )
        known = {each.return_sn: each for each in (*whole.returns, *read_returns) if each is not None}
        return replace(
            whole,
            trackings=dict(zip(untracked, trackings, strict=True)),
            returns=tuple(known[one] for one in sorted(known)),
            scans=tuple(scan for each in scans for scan in each),
        )

    async def known(self, number: str) -> bool:
        """Whether there is an order of this number."""
        return bool(await in_batches([number], self._details))

    async def _details(self, numbers: Sequence[str]) -> Sequence[Any]:
        response = await self._api.get(
            "/api/v2/order/get_order_detail",
            order_sn_list=list(numbers),
            request_order_status_pending=True,
            response_optional_fields=_DETAIL_FIELDS,
        )
        return read(Details, response).order_list

    async def _booking_details(self, numbers: Sequence[str]) -> Sequence[Any]:
        response = await self._api.get(
            "/api/v2/order/get_booking_detail",
            booking_sn_list=list(numbers),
            response_optional_fields=_BOOKING_FIELDS,
        )
        return read(Details, response).booking_list

    async def _packages(self, numbers: Sequence[str]) -> Sequence[PackageDetail]:
        response = await self._api.get("/api/v2/order/get_package_detail", package_number_list=list(numbers))
        return _readable(PackageDetail, read(Details, response).package_list)

    async def _escrows(self, numbers: Sequence[str]) -> dict[str, EscrowDetail]:
        async def asked(batch: Sequence[str]) -> Sequence[EscrowDetail]:
            answer = await self._api.post("/api/v2/payment/get_escrow_detail_batch", {"order_sn_list": list(batch)})
            rows = answer.get("response")
            return [row.escrow_detail for row in _readable(EscrowRow, rows if isinstance(rows, list) else ())]

        return {one.order_sn: one for one in await in_batches(numbers, asked)}

    async def _return(self, number: str) -> Return | None:
        response = await if_allowed(self._api.get("/api/v2/returns/get_return_detail", return_sn=number), {})
        return next(iter(_readable(Return, [response])), None)

    async def _tracking(self, order_sn: str, package_number: str) -> str:
        call = self._api.get("/api/v2/logistics/get_tracking_number", order_sn=order_sn, package_number=package_number)
        return read(Tracking, await if_allowed(call, {})).tracking_number

    async def _booking_tracking(self, booking: BookingDetail) -> str:
        if booking_status(booking, self._shop.statuses) not in (Status.LABEL_READY, Status.SHIPPED):
            return ""
        call = self._api.get("/api/v2/logistics/get_booking_tracking_number", booking_sn=booking.booking_sn)
        return read(Tracking, await if_allowed(call, {})).tracking_number

    async def _scans(self, order_sn: str, package_number: str) -> tuple[Scan, ...]:
        call = self._api.get("/api/v2/logistics/get_tracking_info", order_sn=order_sn, package_number=package_number)
        return read(Scans, await if_allowed(call, {})).tracking_info


def _readable(model: type[Record], records: Sequence[Any]) -> list[Record]:
    """The records that are what the documents promise: what the others would have told of an order stays unknown."""
    found = []
    for record in records:
        try:
            found.append(model.model_validate(record))
        except ValidationError:
            continue
    return found


def _number_in(record: object, field: str) -> str:
    """The number of a record that cannot be read as a whole, if it has one."""
    number = record.get(field) if isinstance(record, dict) else None
    return number[:40] if isinstance(number, str) else ""
