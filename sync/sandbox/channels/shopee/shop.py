"""What one simulated shop answers to each call, once the caller is in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from packstation.domain.orders import Status
from sync.sandbox.channels.shopee import writing
from sync.sandbox.channels.shopee.facets import booking_of, order_word, return_of, scans
from sync.sandbox.channels.shopee.gate import SHOP_ID, RefusedError
from sync.sandbox.channels.shopee.listings import (
    Changes,
    Codes,
    Window,
    ids,
    page_of,
    page_size,
    place_of,
    window,
)
from sync.sandbox.market.facts import Facts, Package
from sync.sandbox.stand import Stand

_NOT_FOUND = "Wrong parameters, detail: the order is not found."
_MOST_ESCROWS = 50
_CANCEL_REASONS = frozenset({"OUT_OF_STOCK", "CUSTOMER_REQUEST", "UNDELIVERABLE_AREA", "COD_NOT_SUPPORTED"})
_STILL_HERE = frozenset({Status.UNPAID, Status.CHANNEL_HOLD, Status.TO_PACK, Status.LABEL_READY})
_LATE_IN_DETAIL = 0.3
"""The share of packages whose tracking number only `get_tracking_number` knows before they are shipped."""

Query = Mapping[str, str]
Answer = dict[str, Any]


class SimulatedShop:
    """One shop's calls."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self._codes = Codes(stand)
        self._changes = Changes(stand)

    def shop_info(self, _query: Query, _body: Mapping[str, Any]) -> Answer:
        """`get_shop_info`, which is flat."""
        return {
            "shop_name": self._stand.market.counter.shop.name,
            "region": "VN",
            "status": "NORMAL",
            "shop_id": SHOP_ID,
        }

    def order_list(self, query: Query, _body: Mapping[str, Any]) -> Answer:
        """`get_order_list`: numbers, and the status where it is asked for."""
        asked = _listed(query, "order.order_list_invalid_time")
        size, cursor = page_size(query), query.get("cursor", "")
        place = place_of(cursor, asked)
        before = [facts for facts in self._stand.market.changed(place[0], place[0] + 1, self._stand.clock()) if cursor]
        rows = self._changes.orders(asked, place)
        page, more, next_cursor = page_of(self._stand, rows, size, asked, cursor, before[:1])
        with_status = query.get("response_optional_fields") == "order_status"
        pending = query.get("request_order_status_pending") == "true"
        listed = [
            {"order_sn": facts.number, **({"order_status": order_word(facts, pending=pending)} if with_status else {})}
            for facts in page
        ]
        return {"response": {"more": more, "next_cursor": next_cursor, "order_list": listed}}

    def order_detail(self, query: Query, _body: Mapping[str, Any]) -> Answer:
        """`get_order_detail`: unknown numbers are left out, unless all are unknown."""
        wanted = query.get("response_optional_fields", "").split(",")
        pending = query.get("request_order_status_pending") == "true"
        found = self._orders(ids(query.get("order_sn_list", ""), "order_sn_list"))
        rng = self._stand.rng_of
        listed = [
            writing.order(
                facts, wanted, rng(facts.number), pending=pending, booking=booking_of(facts, rng(facts.number))
            )
            for facts in found
        ]
        return {"response": {"order_list": listed}}

    def package_detail(self, query: Query, _body: Mapping[str, Any]) -> Answer:
        """`get_package_detail`, whose success is a dash."""
        listed = []
        for number in ids(query.get("package_number_list", ""), "package_number_list"):
            facts = self._codes.order_of(number)
            if facts is not None:
                package = next(one for one in facts.packages if one.number == number)
                listed.append(writing.package(facts, package, self._early_tracking(facts, package)))
        if not listed:
            raise RefusedError("error_not_found", "Wrong parameters, detail: the package is not found.")
        return {"error": "-", "message": "-", "response": {"package_list": listed}}

    def tracking_number(self, query: Query, _body: Mapping[str, Any]) -> Answer:
        """`get_tracking_number`: empty with a hint until the carrier has given one."""
        facts = self._order(query.get("order_sn", ""), "logistics.error_param")
        number = query.get("package_number")
        if number is None and len(facts.packages) > 1:
            raise RefusedError("logistics.error_param", "Wrong parameters, detail: package_number is required.")
        package = next((one for one in facts.packages if number in (None, one.number)), None)
        if package is None:
            raise RefusedError("logistics.package_not_exist", "The package is not exist.")
        hint = "" if package.tracking else "The order is being allocated, please try again later."
        return {"response": {"tracking_number": package.tracking or "", "hint": hint}}

    def tracking_info(self, query: Query, _body: Mapping[str, Any]) -> Answer:
        """`get_tracking_info`: the parcel's scans."""
        facts = self._order(query.get("order_sn", ""), "logistics.error_param")
        history = scans(facts)
        if not history:
            raise RefusedError("logistics.invalid_error", "The order is being allocated, please try again later.")
        listed = [
            {"update_time": at // 1000, "description": words, "logistics_status": status}
            for at, words, status in history
        ]
        told = {"order_sn": facts.number, "package_number": query.get("package_number", ""), "tracking_info": listed}
        return {"response": {**told, "logistics_status": history[0][2]}}

    def return_list(self, query: Query, _body: Mapping[str, Any]) -> Answer:
        """`get_return_list` by update time."""
        message = "The period between update_time_from and update_time_to must not more than 15 days."
        asked = window(query, "update_time_from", "update_time_to", "error_param", message)
        page_no = query.get("page_no", "")
        if not page_no.isdigit():
            raise RefusedError("error_param", "Wrong parameters, detail: page_no.")
        size = page_size(query)

        start = int(page_no) * size
        every = [
            writing.returned(facts, given)
            for facts in self._changes.notable(asked)
            if (given := return_of(facts)) is not None and asked.holds(given.updated_at)
        ]
        more, listed = len(every) > start + size, every[start : start + size]
        return {"response": {"more": more, "return": listed}}

    def return_detail(self, query: Query, _body: Mapping[str, Any]) -> Answer:
        """`get_return_detail`."""
        facts = self._codes.order_of(query.get("return_sn", ""))
        given = return_of(facts) if facts is not None else None
        if facts is None or given is None or given.number != query["return_sn"]:
            raise RefusedError("error_data", "The return you queried doesn't exist.")
        return {"response": writing.returned(facts, given)}

    def escrow_batch(self, _query: Query, body: Mapping[str, Any]) -> Answer:
        """`get_escrow_detail_batch`: vouchers, and the numbers of returns; its response is a list."""
        numbers = body.get("order_sn_list")
        if not isinstance(numbers, list) or not numbers:
            raise RefusedError("error_param", "order_sn_list is required, format should be string[]")
        if len(numbers) > _MOST_ESCROWS:
            raise RefusedError("exceed_max_limit", "Your request exceeds the max limit of 50 orders.")
        listed = []
        for facts in self._orders([str(number) for number in numbers]):
            given = return_of(facts)
            income = {
                "seller_voucher_code": [facts.voucher[0]] if facts.voucher else [],
                "voucher_from_seller": float(facts.voucher[1] if facts.voucher else 0),
            }
            detail = {
                "order_sn": facts.number,
                "buyer_user_name": facts.buyer.username,
                "return_order_sn_list": [given.number] if given else [],
                "order_income": income,
            }
            listed.append({"escrow_detail": detail})
        return {"response": listed}

    def booking_list(self, query: Query, _body: Mapping[str, Any]) -> Answer:
        """`get_booking_list` by update time."""
        asked = _listed(query, "booking.booking_list_invalid_time")
        size, cursor = page_size(query), query.get("cursor", "")
        rng = self._stand.rng_of
        found = [
            booking
            for facts in self._changes.notable(asked)
            if (booking := booking_of(facts, rng(facts.number))) is not None and asked.holds(booking.updated_at)
        ]
        start = int(cursor) if cursor.isdigit() else 0
        more = len(found) > start + size
        listed = [
            {
                "booking_sn": one.number,
                "booking_status": one.word,
                **({"order_sn": one.order_sn} if one.order_sn else {}),
            }
            for one in found[start : start + size]
        ]
        return {"response": {"more": more, "next_cursor": str(start + size) if more else "", "booking_list": listed}}

    def booking_detail(self, query: Query, _body: Mapping[str, Any]) -> Answer:
        """`get_booking_detail`."""
        wanted = query.get("response_optional_fields", "").split(",")
        listed = []
        for number in ids(query.get("booking_sn_list", ""), "booking_sn_list"):
            facts = self._codes.order_of(number)
            booking = booking_of(facts, self._stand.rng_of(facts.number)) if facts is not None else None
            if facts is not None and booking is not None and booking.number == number:
                listed.append(writing.booking(facts, booking, wanted))
        if not listed:
            raise RefusedError("error_param", "The information you queried is not found.")
        return {"response": {"booking_list": listed}}

    def booking_tracking(self, query: Query, _body: Mapping[str, Any]) -> Answer:
        """`get_booking_tracking_number`, which is flat in the documents' sample."""
        facts = self._codes.order_of(query.get("booking_sn", ""))
        booking = booking_of(facts, self._stand.rng_of(facts.number)) if facts is not None else None
        if booking is None:
            raise RefusedError("error_param", "The information you queried is not found.")
        return {"tracking_number": booking.tracking}

    def set_note(self, _query: Query, body: Mapping[str, Any]) -> Answer:
        """`set_note`: in place of the note before."""
        facts, note = self._order(str(body.get("order_sn", "")), "error_not_found"), body.get("note")
        if not isinstance(note, str) or not note:
            raise RefusedError("error_param", "Wrong parameters, detail: note is a required field.")
        self._stand.market.note(facts.number, note, self._stand.clock())
        return {}

    def cancel_order(self, _query: Query, body: Mapping[str, Any]) -> Answer:
        """`cancel_order`, before the order is shipped. What was asked for is kept in `stand.accepted`; the order stays as it is."""
        facts, reason = self._order(str(body.get("order_sn", "")), "error_not_found"), body.get("cancel_reason")
        if reason not in _CANCEL_REASONS:
            raise RefusedError("error_param", "Wrong parameters, detail: cancel_reason.")
        if facts.status not in _STILL_HERE:
            raise RefusedError("order.error_limit", "Can not cancel this order")
        self._stand.accepted[f"cancelled/{facts.number}"] = str(reason)
        return {"response": {"update_time": self._stand.clock() // 1000}}

    def _early_tracking(self, facts: Facts, package: Package) -> str:
        is_late = self._stand.rng_of(package.number).random() < _LATE_IN_DETAIL
        known = package.tracking or ""
        return "" if is_late and facts.status is Status.LABEL_READY else known

    def _orders(self, numbers: list[str]) -> list[Facts]:
        now = self._stand.clock()
        found = [facts for number in numbers if (facts := self._stand.market.facts(number, now)) and not facts.deleted]
        if not found:
            raise RefusedError("error_not_found", _NOT_FOUND)
        return found

    def _order(self, number: str, error: str) -> Facts:
        facts = self._stand.market.facts(number, self._stand.clock())
        if facts is None or facts.deleted:
            raise RefusedError(error, _NOT_FOUND)
        return facts


def _listed(query: Query, error: str) -> Window:
    if query.get("time_range_field") != "update_time":
        raise RefusedError("error_param", "Wrong parameters, detail: must use create_time or update_time.")
    return window(query, "time_from", "time_to", error, "Start time must be earlier than end time and diff in 15days.")
