"""What a marketplace shows of a buyer: as much as its own seller centre does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from packstation.domain.orders import Address


def _shopee(address: Address) -> Address:
    name = address.recipient
    return replace(
        address, recipient=f"{name[0]}******{name[-1]}", phone=f"******{address.phone[-2:]}", street="******", ward=""
    )


def _lazada(address: Address) -> Address:
    return replace(
        address,
        recipient=f"{address.recipient[0]}****",
        phone=f"0*******{address.phone[-2:]}",
        street=f"{address.street[0]}*****",
    )


def _tiktok(address: Address) -> Address:
    name = address.recipient
    return replace(
        address, recipient=f"{name[0]}***{name[-1]}", phone=f"(+84)9*****{address.phone[-3:]}", street="*****"
    )


def _tiki(address: Address) -> Address:
    return replace(address, phone="")


_MASKS: Mapping[str, Callable[[Address], Address]] = {
    "shopee": _shopee,
    "lazada": _lazada,
    "tiktok": _tiktok,
    "tiki": _tiki,
}


def as_shown(address: Address, channel: str) -> Address:
    """The address with what the channel hides replaced by asterisks; web shops, POS and files hide nothing."""
    mask = _MASKS.get(channel)
    return mask(address) if mask and address.recipient else address
