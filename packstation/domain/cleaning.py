"""Orders made harmless where they come in: every text of a channel, a file or a buyer loses what is not plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from packstation.domain.orders import Address, BuyerFacts, IncomingBuyer, IncomingOrder, IncomingParcel, Item, Origin
from packstation.domain.plain_text import plain

LONGEST_NOTE = 2_000
# Letters that `plain` leaves alone: ASCII, Latin with its accents, Vietnamese, and a few signs; short enough all together.
_HARMLESS = re.compile("[ -~\u00a1-\u00ac\u00ae-\u02af\u1e00-\u1eff\u2013\u20ab]{0,500}")


def cleaned(order: IncomingOrder) -> IncomingOrder:
    """The order with plain texts only; numbers, codes and SKUs keep every printable character."""
    buyer = order.buyer
    if _HARMLESS.fullmatch("".join(_texts_of(order))):
        return order
    return replace(
        order,
        number=clean(order.number),
        statuses=tuple(replace(timed, channel_status=clean(timed.channel_status)) for timed in order.statuses),
        items=tuple(_cleaned_item(item) for item in order.items),
        buyer=cleaned_buyer(buyer) if buyer else None,
        address=_cleaned_address(order.address),
        parcels=tuple(_cleaned_parcel(parcel) for parcel in order.parcels),
        vouchers=tuple(clean(voucher) for voucher in order.vouchers),
        source=clean(order.source),
        buyer_note=clean(order.buyer_note, LONGEST_NOTE),
        seller_note=clean(order.seller_note, LONGEST_NOTE),
        also=tuple(clean(code) for code in order.also),
        booking=None if order.booking is None else clean(order.booking),
        origin=Origin(clean(order.origin.channel), clean(order.origin.number)) if order.origin else None,
        sold_by=clean(order.sold_by),
        created_by=clean(order.created_by),
    )


def _texts_of(order: IncomingOrder) -> Iterator[str]:
    """Every text of the order."""
    buyer, address = order.buyer, order.address
    yield from (order.number, order.source, order.buyer_note, order.seller_note, *order.vouchers)
    yield from (address.recipient, address.phone, address.street, address.ward, address.district, address.province)
    yield address.country
    yield from (*order.also, order.booking or "", order.sold_by, order.created_by)
    if order.origin:
        yield from (order.origin.channel, order.origin.number)
    for timed in order.statuses:
        yield timed.channel_status
    for item in order.items:
        yield item.sku
        yield item.name
    for parcel in order.parcels:
        yield from (parcel.package or "", parcel.tracking or "", parcel.carrier or "")
    if buyer:
        yield from (buyer.external_id or "", buyer.name, buyer.phone, buyer.email, *buyer.also)
        if buyer.facts:
            yield from (getattr(buyer.facts, name) for name in BuyerFacts.__slots__)


def cleaned_buyer(buyer: IncomingBuyer) -> IncomingBuyer:
    """The buyer with plain texts only."""
    return IncomingBuyer(
        None if buyer.external_id is None else clean(buyer.external_id),
        clean(buyer.name),
        clean(buyer.phone),
        clean(buyer.email),
        tuple(clean(external) for external in buyer.also),
        _cleaned_facts(buyer.facts) if buyer.facts else None,
    )


def _cleaned_facts(facts: BuyerFacts) -> BuyerFacts:
    return BuyerFacts(*(clean(getattr(facts, name)) for name in BuyerFacts.__slots__))


def clean(text: str, limit: int = 500) -> str:
    """Plain text of at most `limit` characters; text that is plain already comes back as it is."""
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text
    return str(plain(text, limit))


def _cleaned_item(item: Item) -> Item:
    sku, name = clean(item.sku), clean(item.name)
    return item if sku is item.sku and name is item.name else replace(item, sku=sku, name=name)


def _cleaned_address(address: Address) -> Address:
    return Address(
        clean(address.recipient),
        clean(address.phone),
        clean(address.street),
        clean(address.ward),
        clean(address.district),
        clean(address.province),
        clean(address.country),
    )


def _cleaned_parcel(parcel: IncomingParcel) -> IncomingParcel:
    return IncomingParcel(
        *(None if text is None else clean(text) for text in (parcel.package, parcel.tracking, parcel.carrier))
    )
