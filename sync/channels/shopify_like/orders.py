"""A sale as packstation's order."""

from __future__ import annotations

from packstation.domain.orders import IncomingOrder, IncomingParcel
from sync.channels.shopify_like.giving_back import left_of
from sync.channels.shopify_like.sale import Sale, Shipment
from sync.channels.shopify_like.timeline import timeline
from sync.shops_config import ShopConfig


def order_of(sale: Sale, shop: ShopConfig) -> IncomingOrder:
    """The order. Its number is the vendor's id, which calls take; what is printed on labels stands under `also`: `#1001`, and bare."""
    left = left_of(sale)
    statuses, outcomes = timeline(sale, left, shop.statuses)
    return IncomingOrder(
        number=sale.number,
        placed_at=sale.placed_at,
        currency=sale.currency,
        total=sale.total,
        statuses=statuses,
        outcomes=outcomes,
        items=left.items,
        refunds=left.refunds,
        buyer=sale.buyer,
        address=sale.address,
        parcels=tuple(parcel for one in sale.shipments or sale.void for parcel in _parcels(one)),
        vouchers=sale.vouchers,
        cod=sale.cod,
        to_collect=sale.to_collect,
        paid_at=sale.paid_at,
        updated_at=sale.updated_at,
        source=sale.source,
        buyer_note=sale.note,
        also=tuple(dict.fromkeys(code for code in (sale.name, sale.name.removeprefix("#")) if code)),
        origin=sale.origin,
    )


def _parcels(shipment: Shipment) -> list[IncomingParcel]:
    carrier = shipment.carrier or None
    tracked = [IncomingParcel(None, number, carrier) for number in dict.fromkeys(shipment.trackings) if number]
    return tracked or ([IncomingParcel(None, None, carrier)] if carrier else [])
