"""Tracking numbers, which WooCommerce has no field for: plugins keep them in an order's meta data.

Keys of Shipment Tracking and Advanced Shipment Tracking, AfterShip and YITH are read; all of them from general knowledge, so that
any shape but theirs is no tracking number rather than an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from packstation.domain.orders import IncomingParcel
from sync.channels.woocommerce.wire import Order

_LISTS = ("_wc_shipment_tracking_items", "_aftership_tracking_items")
_SINGLE = (
    ("_tracking_number", ("_tracking_provider", "_custom_tracking_provider")),
    ("_aftership_tracking_number", ("_aftership_tracking_provider_name", "_aftership_tracking_provider")),
    ("ywot_tracking_code", ("ywot_carrier_name", "ywot_carrier_id")),
)
_CARRIERS = ("custom_tracking_provider", "tracking_provider", "formatted_tracking_provider", "slug")
_LONGEST = 80


def parcels(order: Order) -> tuple[IncomingParcel, ...]:
    """One parcel for each tracking number, each once."""
    found: dict[str, IncomingParcel] = {}
    for number, carrier in (*_listed(order), *_single(order)):
        found.setdefault(number, IncomingParcel(tracking=number, carrier=carrier or None))
    return tuple(found.values())


def _listed(order: Order) -> Iterator[tuple[str, str]]:
    for key in _LISTS:
        for value in order.metas(key):
            for item in _items(value):
                number = _words(item.get("tracking_number"))
                if number:
                    carriers = (_words(item.get(name)) for name in _CARRIERS)
                    yield number, next((carrier for carrier in carriers if carrier), "")


def _single(order: Order) -> Iterator[tuple[str, str]]:
    for key, carrier_keys in _SINGLE:
        for value in order.metas(key):
            number = _words(value)
            if number:
                carriers = (_words(name) for carrier_key in carrier_keys for name in order.metas(carrier_key))
                yield number, next((carrier for carrier in carriers if carrier), "")


def _items(value: object) -> list[dict[str, object]]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return []
    if isinstance(value, dict):
        value = list(value.values())
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _words(value: object) -> str:
    """The text of a single value; anything longer than a number or a carrier's name is none."""
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if len(text) <= _LONGEST else ""
