"""A simulated order as Lazada writes it: a head, one row per unit, and its reverse orders.

Numbers and booleans are texts in some orders and not in others, nothing is `""` or `"null"`, and times come in three shapes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from packstation.domain.orders import FailureCause, Outcome, Status
from packstation.domain.times import SECOND, from_ms
from sync.sandbox.market.facts import Facts, Line
from sync.sandbox.masking import as_shown
from sync.sandbox.stand import Stand

_ZONE = "Asia/Ho_Chi_Minh"
_WORDS: dict[Status, tuple[str, ...]] = {
    Status.UNPAID: ("unpaid",),
    Status.TO_PACK: ("pending", "pending", "topack", "repacked"),
    Status.LABEL_READY: ("packed", "ready_to_ship", "ready_to_ship_pending", "toship"),
    Status.CANCEL_REQUESTED: ("packed", "ready_to_ship"),
    Status.SHIPPED: ("shipped", "shipping"),
    Status.DELIVERED: ("delivered",),
    Status.COMPLETED: ("delivered",),
    Status.CANCELLED: ("canceled",),
    Status.LOST: ("lost", "lost_by_3pl", "damaged_by_3pl", "package_scrapped"),
}
_FAILING = ("failed", "failed_delivery", "shipped_back")
_CANCELLERS = {
    "buyer": ("cancellation-customer", "buyer-cancel"),
    "seller": ("cancellation-seller",),
    "system": ("cancellation-internal", "system-cancel", "customer service-cancel"),
}
_FAILURES = {
    FailureCause.REFUSED: "Khách từ chối nhận hàng",
    FailureCause.UNREACHABLE: "Không liên lạc được với người nhận",
    FailureCause.COURIER: "Sự cố của đơn vị vận chuyển",
}
_METHODS = ("MIXEDCARD", "PAYMENT_ACCOUNT", "MOMO_WALLET", "ZALOPAY_WALLET", "NAPAS_ONLINE")


@dataclass(frozen=True, slots=True)
class UnitState:
    """Where one piece of a line stands. `came_back_at`: when its return ended, ms UTC; `returning`: it is under way."""

    line: Line
    place: int
    unit_id: str
    word: str
    cancelled: bool = False
    returning: bool = False
    came_back_at: int | None = None


class Style:
    """How one order is written; the same at every asking."""

    def __init__(self, stand: Stand, number: str) -> None:
        self.rng: Random = stand.rng_of(number)
        self._as_text = self.rng.random() < 0.5
        self._shape = self.rng.randrange(3)
        self.nothing = self.rng.choice(("", "null"))

    def count(self, value: int) -> int | str:
        """A whole number."""
        return str(value) if self._as_text else value

    def money(self, value: int) -> float | str:
        """An amount of dong."""
        return f"{value}.00" if self._as_text else float(value)

    def flag(self, value: bool) -> bool | str:
        """A yes or no."""
        return str(value).lower() if self._as_text else value

    def time(self, at: int, turn: int = 0) -> str:
        """A time in whole seconds; other records of the order use another shape (`turn`)."""
        second = at // SECOND
        moment = from_ms(second * SECOND, _ZONE)
        shapes = (moment.isoformat(), moment.strftime("%Y-%m-%d %H:%M:%S %z"), str(second * SECOND))
        return shapes[(self._shape + turn) % 3]

    def moment(self, at: int | None) -> int | str:
        """A time in milliseconds; nothing where there is none."""
        return self.nothing if at is None else self.count(at)


def head(stand: Stand, facts: Facts, *, alone: bool = False) -> dict[str, Any]:
    """An order as `/orders/get` lists it, or `alone` as `/order/get` gives it, where the district is spelt right."""
    style = Style(stand, facts.number)
    shown = as_shown(facts.address, "lazada")
    voucher = facts.voucher[1] if facts.voucher else 0
    asked = facts.status is Status.CANCEL_REQUESTED
    address = {
        "first_name": shown.recipient,
        "last_name": style.nothing,
        "phone": shown.phone,
        "phone2": style.nothing,
        "address1": shown.street,
        "address2": "",
        "address3": shown.province,
        "address4": shown.district,
        "address5": shown.ward,
        "city": shown.province,
        "post_code": "",
        "country": "Vietnam",
        "addressDistrict" if alone else "addressDsitrict": shown.district,
    }
    return {
        "order_id": style.count(int(facts.number)),
        "order_number": style.count(int(facts.number)),
        "created_at": style.time(facts.placed_at),
        "updated_at": style.time(facts.updated_at),
        "address_updated_at": style.time(facts.address_changed_at or facts.placed_at),
        "statuses": sorted({unit.word for unit in unit_states(stand, facts)}),
        "items_count": style.count(sum(line.ordered for line in facts.lines)),
        "price": style.money(facts.goods),
        "voucher": style.money(voucher),
        "voucher_platform": style.money(voucher),
        "voucher_seller": style.money(0),
        "voucher_code": facts.voucher[0] if facts.voucher else style.nothing,
        "shipping_fee": style.money(facts.shipping_fee),
        "shipping_fee_original": style.money(facts.shipping_fee),
        "payment_method": "COD" if facts.cod else style.rng.choice(_METHODS),
        "customer_first_name": shown.recipient,
        "customer_last_name": style.nothing,
        "address_shipping": address,
        "address_billing": address,
        "buyer_note": facts.buyer_note or style.nothing,
        "remarks": facts.seller_note or style.nothing,
        "gift_option": style.flag(False),
        "warehouse_code": "dropshipping",
        "tax_code": style.nothing,
        "extra_attributes": style.nothing,
        "need_cancel_confirm": style.flag(asked),
        "is_cancel_pending": style.flag(False),
    }


def units(stand: Stand, facts: Facts) -> list[dict[str, Any]]:
    """The units of an order, as `order_items` lists them."""
    style = Style(stand, facts.number)
    states = list(unit_states(stand, facts))
    share = (facts.voucher[1] if facts.voucher else 0) // max(1, sum(not one.cancelled for one in states))
    return [_unit(facts, state, style, share) for state in states]


def _unit(facts: Facts, state: UnitState, style: Style, share: int) -> dict[str, Any]:
    line = state.line
    name, _dot, variation = line.name.partition(" · ")
    labelled = facts.reached(Status.LABEL_READY) is not None
    package = next((one for one in facts.packages if state.place in dict(one.lines)), None)
    shown = package if labelled and (not state.cancelled or facts.status is Status.CANCELLED) else None
    asked = facts.status is Status.CANCEL_REQUESTED and not state.cancelled
    initiator, reason = _who_and_why(facts, state, style)
    back = asked or state.returning or state.came_back_at is not None
    kind = "70" if asked else "71"
    return {
        "order_item_id": style.count(int(state.unit_id)),
        "order_id": style.count(int(facts.number)),
        "sku": line.sku,
        "shop_sku": f"{facts.serial}_VNAMZ-{state.place}",
        "sku_id": style.count(facts.serial * 10 + state.place),
        "name": name,
        "variation": f"Phân loại:{variation}" if variation else style.nothing,
        "item_price": style.money(line.price),
        "paid_price": style.money(max(0, line.price - share)),
        "currency": "VND",
        "voucher_amount": style.money(min(share, line.price)),
        "voucher_code": facts.voucher[0] if facts.voucher else style.nothing,
        "status": state.word,
        "tracking_code": (shown.tracking or "") if shown else "",
        "tracking_code_pre": "",
        "package_id": shown.number if shown else "",
        "shipment_provider": shown.carrier if shown else style.nothing,
        "shipping_type": "Dropshipping",
        "is_fbl": style.count(0),
        "is_digital": style.count(0),
        "reason": reason,
        "reason_detail": style.nothing,
        "cancel_return_initiator": initiator,
        "cancel_trigger_time": style.moment(facts.answer_by) if asked else style.nothing,
        "reverse_order_id": reverse_id(facts, kind) if back else style.nothing,
        "return_status": "0",
        "sla_time_stamp": from_ms((facts.ship_by or 0) // SECOND * SECOND, _ZONE).isoformat() if facts.ship_by else "",
        "fulfillment_sla": "NEXT_DAY",
        "promised_shipping_time": style.nothing,
        "payment_time": style.moment(_paid_at(facts)),
        "created_at": style.time(facts.placed_at, 1),
        "updated_at": style.time(facts.updated_at, 1),
        "buyer_id": style.count(int(facts.buyer.id or 0)),
        "order_type": "Normal",
        "order_flag": "NORMAL",
        "stage_pay_status": style.nothing,
        "need_cancel_confirm": style.flag(asked),
        "is_cancel_pending": style.flag(False),
    }


def unit_states(stand: Stand, facts: Facts) -> Iterator[UnitState]:
    """Every piece that was ordered: of a line the first ones are those that were cancelled, the last those that came back."""
    rng = stand.rng_of(f"{facts.number}/words")
    standing = facts.odd_word or _word(facts, rng)
    by_buyer = facts.outcome in (Outcome.DELIVERED, Outcome.RETURNED)
    returning = facts.status is Status.RETURNING and by_buyer
    whole = facts.reached(Status.RETURNED) if by_buyer else None
    for place, line in enumerate(facts.lines):
        for piece in range(line.ordered):
            unit_id = f"5{facts.serial:010d}{place:02d}{piece:02d}"
            if piece < line.cancelled:
                yield UnitState(line, place, unit_id, "canceled", cancelled=True)
            elif piece >= line.ordered - line.returned:
                yield UnitState(line, place, unit_id, "returned", came_back_at=line.changed_at)
            elif piece >= line.ordered - line.returned - line.failed:
                yield UnitState(line, place, unit_id, "shipped_back_success")
            else:
                gone = facts.status is Status.CANCELLED
                yield UnitState(line, place, unit_id, standing, gone, returning, whole)


def _paid_at(facts: Facts) -> int | None:
    """When it was paid; an order that was cancelled straight from waiting for its payment never was."""
    unpaid = {Status.UNPAID, Status.CANCELLED}
    return None if unpaid.issuperset(passed.status for passed in facts.passed) else facts.paid_at


def _word(facts: Facts, rng: Random) -> str:
    failed = facts.outcome is Outcome.DELIVERY_FAILED
    if facts.status is Status.RETURNING:
        return rng.choice(_FAILING) if failed else "delivered"
    if facts.status is Status.RETURNED:
        return "shipped_back_success" if failed else "returned"
    return rng.choice(_WORDS[facts.status])


def _who_and_why(facts: Facts, state: UnitState, style: Style) -> tuple[str, str]:
    """`cancel_return_initiator` and `reason`."""
    if facts.status is Status.CANCELLED and facts.cancelled_by:
        return style.rng.choice(_CANCELLERS[facts.cancelled_by]), facts.cancel_reason
    if state.cancelled:
        return "cancellation-seller", "Hết hàng"
    if facts.outcome is Outcome.DELIVERY_FAILED and facts.cause is not None:
        return "null-null", _FAILURES[facts.cause]
    if state.returning or state.came_back_at is not None:
        return "return-customer", "Sản phẩm không như mô tả"
    return "null-null", style.nothing


def reverse_id(facts: Facts, kind: str) -> str:
    """The number of a reverse order: `70…` cancels, `71…` returns."""
    return f"{kind}{facts.serial:013d}"


def reverses(stand: Stand, facts: Facts) -> list[dict[str, Any]]:
    """The reverse orders of an order: its return, whole or in part, or the buyer's request to cancel."""
    style = Style(stand, facts.number)
    states = list(unit_states(stand, facts))
    found = []
    back = [one for one in states if one.returning or one.came_back_at is not None]
    if back:
        found.append(_reverse(facts, "RETURN", "71", [_reverse_line(facts, one, style) for one in back]))
    if facts.status is Status.CANCEL_REQUESTED:
        asked = [_reverse_line(facts, one, style) for one in states if not one.cancelled]
        found.append(_reverse(facts, "CANCEL", "70", asked))
    return found


def _reverse(facts: Facts, request: str, kind: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "reverse_order_id": int(reverse_id(facts, kind)),
        "trade_order_id": int(facts.number),
        "request_type": request,
        "is_rtm": True,
        "shipping_type": "PICK_UP",
        "reverse_order_lines": lines,
    }


def _reverse_line(facts: Facts, state: UnitState, style: Style) -> dict[str, Any]:
    ended = state.came_back_at is not None
    return {
        "reverse_order_line_id": int(state.unit_id) + 10**15,
        "trade_order_line_id": style.count(int(state.unit_id)),
        "reverse_status": "REFUND_SUCCESS" if ended else "REQUEST_INITIATE",
        "ofc_status": "RETURN_DELIVERED" if ended else "RETURN_PICKUP_PENDING",
        "refund_amount": style.count(state.line.price),
        "seller_sku_id": state.line.sku,
        "reason_text": "Sản phẩm không như mô tả",
        "return_order_line_gmt_create": facts.updated_at,
        "return_order_line_gmt_modified": state.came_back_at or facts.updated_at,
        "is_need_refund": style.flag(True),
        "is_dispute": False,
    }
