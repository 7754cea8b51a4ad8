"""One order as it was read: its detail, and what other calls told of its packages, returns and vouchers."""

from __future__ import annotations

from dataclasses import dataclass

from packstation.domain.money import UnreadableMoneyError, to_minor
from packstation.domain.orders import Address, is_masked
from packstation.domain.times import SECOND
from packstation.locale import said
from sync.channels.errors import UnreadableRecordError
from sync.channels.shopee.wire import Amount, OrderDetail, OrderItem, PackageDetail, Recipient, Return, Scan

_EARLIEST, _LATEST = 631_152_000, 4_102_444_800
"""The years 1990 to 2100 in seconds: anything else is no time."""


@dataclass(frozen=True, slots=True)
class WholeOrder:
    """Everything that was read of an order.

    Attributes:
        packages: by package number.
        trackings: numbers that `get_tracking_number` gave, by package number.
        returns: every return of the order that is known.
        vouchers: codes of the seller's vouchers.
        scans: the history of the parcel that came back.
    """

    detail: OrderDetail
    packages: dict[str, PackageDetail]
    trackings: dict[str, str]
    returns: tuple[Return, ...] = ()
    vouchers: tuple[str, ...] = ()
    scans: tuple[Scan, ...] = ()


def moment(seconds: int) -> int | None:
    """Milliseconds of Shopee's seconds; None for 0 and for what is no time of this age."""
    return seconds * SECOND if _EARLIEST <= seconds <= _LATEST else None


def required_moment(seconds: int, field: str) -> int:
    """The same for a field that must be there.

    Raises:
        UnreadableRecordError: it is no time.
    """
    at = moment(seconds)
    if at is None:
        raise UnreadableRecordError(said("{field} is no time", field=field))
    return at


def minor(amount: Amount, currency: str, field: str) -> int:
    """An amount in minor units; nothing is 0.

    Raises:
        UnreadableRecordError: it is too large to be one.
    """
    try:
        return 0 if amount is None else to_minor(amount, currency)
    except UnreadableMoneyError:
        raise UnreadableRecordError(said("{field} is no amount", field=field)) from None


def sku_of(item: OrderItem) -> str:
    """The seller's SKU of the variation, else of the product, else Shopee's own id of either."""
    return item.model_sku or item.item_sku or str(item.model_id or item.item_id)


def name_of(item: OrderItem) -> str:
    """The product and its variation."""
    return " · ".join(part for part in (item.item_name, item.model_name) if part)


def address_of(recipient: Recipient | None) -> Address:
    """Where a parcel goes.

    Vietnamese orders come with the province as `state`, the district as `city` and the ward as `district`; others, without a
    `state`, with the province as `city`. `full_address` is the street, and repeats the places where it is not masked.
    """
    if recipient is None:
        return Address()
    if recipient.state:
        province, district, ward = recipient.state, recipient.city, recipient.district or recipient.town
    else:
        province, district, ward = recipient.city, recipient.district, recipient.town
    return Address(recipient.name, recipient.phone, recipient.full_address, ward, district, province, recipient.region)


def clear(text: str) -> str:
    """The text, or nothing where Shopee masked it."""
    return "" if is_masked(text) else text
