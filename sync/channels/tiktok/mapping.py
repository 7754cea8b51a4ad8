"""From TikTok Shop's records to an order as packstation knows it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation

from packstation.domain.money import UnreadableMoneyError, to_minor
from packstation.domain.orders import (
    Address,
    IncomingBuyer,
    IncomingOrder,
    IncomingParcel,
    Item,
    OrderKind,
    Outcome,
    Refund,
    Status,
    TimedStatus,
    is_masked,
)
from packstation.domain.times import SECOND
from packstation.locale import said
from sync.channels.errors import UnreadableRecordError
from sync.channels.tiktok import timeline
from sync.channels.tiktok.returns import NOTHING, given_back
from sync.channels.tiktok.statuses import CANCELLED, ending_of
from sync.channels.tiktok.wire import District, Order, Recipient, Return, Unit
from sync.files.status_words import Ending
from sync.shops_config import ShopConfig

_LEVELS = {"L0": "country", "L1": "province", "L2": "district", "L3": "ward", "L4": "ward"}
_WARDS = ("ward", "commune", "village")
_CURRENCY = re.compile(r"[A-Z]{3}")
_LOST_OR_BACK = frozenset({Outcome.DELIVERY_FAILED, Outcome.LOST})


def order_of(order: Order, returns: Sequence[Return], shop: ShopConfig) -> IncomingOrder:
    """The order with what its returns say.

    A return need not change the order's `update_time`, so the order counts as changed when its latest return was. That the buyer
    changed the address is a flag without a moment (`has_updated_recipient_address`), and the address itself is masked.

    Raises:
        UnreadableRecordError: an amount cannot be read.
    """
    stated = order.payment.currency if order.payment else ""
    currency = stated if _CURRENCY.fullmatch(stated) else shop.currency

    def money(text: str) -> int:
        return _minor(text, currency)

    changed = order.update_time or order.create_time
    known = [
        one if one.update_time or one.create_time else one.model_copy(update={"update_time": changed})
        for one in returns
    ]
    units = [
        unit if unit.id else unit.model_copy(update={"id": f"#{place}"}) for place, unit in enumerate(order.line_items)
    ]
    ended = timeline.ending(order)
    kept, lost = _kept(units, ended)
    items, line_of = _items(kept, money)
    back = NOTHING if ended else given_back(known, kept, line_of, money)
    status, word, at = timeline.standing(order, ended, kept, back, shop)
    refunds = [*back.refunds, *(Refund(line_of[unit.id], 1, money(unit.sale_price), changed * SECOND) for unit in lost)]
    updated = [changed, *(one.update_time or one.create_time or 0 for one in known)]
    paid = order.payment.total_amount if order.payment else ""
    total = money(paid) if paid else sum(item.total for item in items)
    return IncomingOrder(
        number=order.id,
        placed_at=order.create_time * SECOND,
        currency=currency,
        total=total,
        statuses=(*timeline.passed(order, status), TimedStatus(status, word, at)),
        outcomes=timeline.outcomes(order, ended, kept, back),
        items=items,
        refunds=tuple(refunds),
        buyer=_buyer(order),
        address=_address(order.recipient_address),
        parcels=_parcels(order, kept),
        vouchers=_vouchers(order),
        cod=order.is_cod,
        to_collect=None if order.is_cod is None else total * order.is_cod,
        paid_at=timeline.ms(order.paid_time),
        updated_at=max(updated) * SECOND,
        arrange_by=timeline.ms(order.rts_sla_time or order.shipping_due_time),
        ship_by=timeline.ms(order.tts_sla_time or order.pick_up_cut_off_time or order.collection_due_time),
        cancels_at=timeline.cancels_at(order),
        answer_by=timeline.answer_by(order) if status is Status.CANCEL_REQUESTED else None,
        address_changed_at=order.create_time * SECOND if order.has_updated_recipient_address else None,
        kind=_kind(order),
        buyer_note=order.buyer_message,
        seller_note=order.seller_note,
        also=tuple(dict.fromkeys(code for one in known for code in _codes(one) if code)),
    )


def _codes(one: Return) -> tuple[str, str]:
    """What a parcel that comes back bears."""
    return one.return_id, one.return_tracking_number


def _minor(text: str, currency: str) -> int:
    try:
        amount = Decimal(text.strip() or "0")
        if not amount.is_finite():
            raise UnreadableMoneyError(text)
        return to_minor(amount, currency)
    except (InvalidOperation, UnreadableMoneyError) as error:
        raise UnreadableRecordError(said("an amount of money cannot be read")) from error


def _kept(units: Sequence[Unit], ended: Ending | None) -> tuple[list[Unit], list[Unit]]:
    """The pieces that were not cancelled before shipping, and those of them that were lost or came back undelivered.

    All pieces of an order that is cancelled as a whole are kept. One that came back undelivered, or was lost, bears the same word:
    there a piece's own reason tells whether it had been cancelled before.
    """
    came_back = ended is not None and ended.outcome in _LOST_OR_BACK
    if came_back:
        kept = [unit for unit in units if _went_along(unit, shipped=True)]
        return kept or list(units), []
    if ended is not None or all(unit.display_status == CANCELLED for unit in units):
        return list(units), []
    kept, lost = [], []
    for unit in units:
        if unit.display_status != CANCELLED:
            kept.append(unit)
        elif _went_along(unit, shipped=False):
            kept.append(unit)
            lost.append(unit)
    return kept, lost


def _went_along(unit: Unit, *, shipped: bool) -> bool:
    """Whether a cancelled piece had been sent, and came back or was lost; `shipped`: the carrier had the order's parcel."""
    return ending_of(unit.cancel_user, unit.cancel_reason, shipped=shipped, unpaid=False).outcome in _LOST_OR_BACK


def _items(units: Sequence[Unit], money: Callable[[str], int]) -> tuple[tuple[Item, ...], dict[str, int]]:
    """The pieces counted by product and price, and the item's index by each piece's id."""
    places: dict[tuple[str, int, str], int] = {}
    counts: list[int] = []
    line_of: dict[str, int] = {}
    for unit in units:
        name = " · ".join(part for part in (unit.product_name, unit.sku_name) if part)
        place = places.setdefault((unit.seller_sku or unit.sku_id, money(unit.sale_price), name), len(counts))
        if place == len(counts):
            counts.append(0)
        counts[place] += 1
        line_of[unit.id] = place
    items = (
        Item(sku, name, count, price, price * count) for ((sku, price, name), count) in zip(places, counts, strict=True)
    )
    return tuple(items), line_of


def _kind(order: Order) -> OrderKind:
    if order.is_sample_order:
        return OrderKind.SAMPLE
    if order.is_exchange_order:
        return OrderKind.EXCHANGE
    return OrderKind.REPLACEMENT if order.is_replacement_order else OrderKind.NORMAL


def _buyer(order: Order) -> IncomingBuyer | None:
    """The buyer by TikTok's number; `buyer_email` is a relay's address of this one order and tells nothing."""
    shown = order.recipient_address or Recipient()
    known = order.user_id if order.user_id.strip("0") and not is_masked(order.user_id) else None
    phone = "" if is_masked(shown.phone_number) else shown.phone_number
    if known is None and not (shown.name or phone):
        return None
    return IncomingBuyer(known, shown.name, phone)


def _address(shown: Recipient | None) -> Address:
    if shown is None:
        return Address()
    parts = dict.fromkeys(_LEVELS.values(), "")
    for district in shown.district_info:
        part = _part_of(district)
        if part and not parts[part]:
            parts[part] = district.address_name
    lines = (shown.address_line1, shown.address_line2, shown.address_line3, shown.address_line4)
    street = shown.address_detail or ", ".join(line for line in lines if line) or shown.full_address
    return Address(
        recipient=shown.name,
        phone=shown.phone_number,
        street=street,
        ward=parts["ward"],
        district=parts["district"],
        province=parts["province"],
        country=parts["country"],
    )


def _part_of(district: District) -> str:
    """Which part of an address a level is: by its number, but wards by name, as Vietnam has them right below provinces now."""
    name = district.address_level_name.casefold()
    return "ward" if any(word in name for word in _WARDS) else _LEVELS.get(district.address_level, "")


def _parcels(order: Order, kept: Sequence[Unit]) -> tuple[IncomingParcel, ...]:
    """The packages, each with the tracking number that its pieces bear; in Vietnam that comes after the package's own.

    The order's own tracking number counts where no piece bears one and there is but one package.
    """
    found = {package.id: IncomingParcel(package.id) for package in order.packages if package.id}
    for unit in kept:
        key = unit.package_id or unit.tracking_number
        if key:
            known = found.get(key, IncomingParcel())
            found[key] = IncomingParcel(
                unit.package_id or None,
                unit.tracking_number or known.tracking,
                unit.shipping_provider_name or known.carrier or order.shipping_provider or None,
            )
    if order.tracking_number and len(found) <= 1 and not any(parcel.tracking for parcel in found.values()):
        package = next(iter(found), None)
        return (IncomingParcel(package, order.tracking_number, order.shipping_provider or None),)
    return tuple(found.values())


def _vouchers(order: Order) -> tuple[str, ...]:
    """The discounts on the order, under the field's name: TikTok Shop tells amounts, no codes."""
    if order.payment is None:
        return ()
    amounts = (
        ("seller_discount", order.payment.seller_discount),
        ("platform_discount", order.payment.platform_discount),
    )
    return tuple(f"{name}: {amount}" for name, amount in amounts if amount.strip("0.,- "))
