"""Which papers a simulated sale has in KiotViet, and how they are numbered."""

from __future__ import annotations

from packstation.domain.orders import Status
from sync.sandbox.market.facts import Facts

_ORDER_IDS, _INVOICE_IDS, _RETURN_IDS = 18_000_000, 250_000_000, 9_000_000
_CUSTOMER_IDS = 37_000_000


def is_counter_sale(facts: Facts) -> bool:
    """Whether somebody walked in and bought it: paid and taken at once."""
    return facts.serial % 11 == 5 and facts.origin is None


def has_order(facts: Facts) -> bool:
    """Whether it began as an order; the others are invoiced right away."""
    if is_counter_sale(facts):
        return False
    return facts.origin is not None or len(facts.packages) > 1 or facts.serial % 3 != 1


def is_recorded(facts: Facts) -> bool:
    """Whether KiotViet has anything of it: nobody makes an invoice of what is not paid yet."""
    return has_order(facts) or is_counter_sale(facts) or facts.reached(Status.TO_PACK) is not None


def order_code(facts: Facts) -> str:
    """The code of the order."""
    return f"DHSPE_{facts.origin.number}" if facts.origin else f"DH{facts.number[2:]}"


def invoice_code(facts: Facts, place: int = 0) -> str:
    """The code of one of the invoices."""
    code = f"HDSPE_{facts.origin.number}" if facts.origin else facts.number
    return f"{code}.{place + 1}" if place else code


def number_of_id(identity: int) -> str:
    """The market's number for the id of an order, an invoice or a return."""
    base = next(base for base in (_INVOICE_IDS, _ORDER_IDS, _RETURN_IDS) if identity >= base)
    return f"HD{(identity - base) // 10:0>6}"


def customer_id(facts: Facts) -> int:
    """The id of the buyer's record."""
    return _CUSTOMER_IDS + int((facts.buyer.id or "KH0")[2:])


def order_id(facts: Facts) -> int:
    """The id of the order."""
    return _ORDER_IDS + _own(facts)


def invoice_id(facts: Facts, place: int = 0) -> int:
    """The id of one of the invoices."""
    return _INVOICE_IDS + _own(facts) + place


def return_id(facts: Facts, place: int) -> int:
    """The id of the return of one of the invoices."""
    return _RETURN_IDS + _own(facts) + place


def _own(facts: Facts) -> int:
    return 10 * int(facts.number[2:])
