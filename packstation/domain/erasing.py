"""What an order says about a person, taken out of it."""

from __future__ import annotations

from dataclasses import replace

from packstation.domain.orders import Address, IncomingBuyer, IncomingOrder


def without_person(order: IncomingOrder) -> IncomingOrder:
    """The order without what identifies its buyer: province and country stay of the address, and no note does."""
    address = Address(province=order.address.province, country=order.address.country)
    return replace(order, address=address, buyer_note="", seller_note="")


def of_pseudonym(order: IncomingOrder, pseudonym: str) -> IncomingOrder:
    """The order as that of an erased buyer, who is called by `pseudonym` alone."""
    return replace(without_person(order), buyer=IncomingBuyer(pseudonym))
