"""Who a KiotViet customer is for us, and what the shop says they owe and have. Pure.

Source: the public API's documents, "Khách hàng": `debt` is what is owed now (below zero where the shop owes them), `rewardPoint` the
points there are now; `totalPoint` counts all that were ever given, `totalRevenue` all that was paid less returns.
That a debt which grows or shrinks counts as a modification of the customer is not documented.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from packstation.domain.buyers import profile_ids
from packstation.domain.customer_profile import Gender, PosStatus
from packstation.domain.orders import BuyerFacts, IncomingBalance, IncomingBuyer
from packstation.locale import said
from sync.channels.errors import UnreadableRecordError
from sync.channels.kiotviet.lines import Cells
from sync.channels.kiotviet.wire import CustomerWire
from sync.files.status_words import folded

_WALK_IN = "khach le"
_DELETED = "{DEL}"
_MOST_POINTS = 10**12


def is_walk_in(name: str) -> bool:
    """Whether the name stands for whoever comes in, which is nobody's profile."""
    return folded(name).startswith(_WALK_IN)


def profile_of(code: str, number: str) -> str:
    """The id that a customer is known by, in sales as in the list of customers: the code, as the exports have it, else the id."""
    return code or number


def balance_of(customer: CustomerWire, cells: Cells, otherwise: int) -> IncomingBalance | None:
    """What a customer owes and has; None for walk-ins, for deleted ones, and where the record says neither.

    Args:
        customer: as listed.
        cells: reads amounts and times.
        otherwise: when it is known where the record has no time, ms UTC.

    Raises:
        UnreadableRecordError: an amount is none.
    """
    profile = profile_of(customer.code, customer.id)
    is_deleted = _DELETED in customer.code or _DELETED in customer.name
    says_nothing = customer.debt is None and customer.reward_point is None
    is_nobody = is_walk_in(customer.name) or not profile_ids(IncomingBuyer(profile, customer.name))
    if is_nobody or says_nothing or is_deleted:
        return None
    known_at = cells.time(customer.modified_date, customer.created_date)
    return IncomingBalance(
        profile,
        cells.money(customer.debt, "debt"),
        _points(customer.reward_point),
        otherwise if known_at is None else known_at,
        None if customer.total_revenue is None else cells.money(customer.total_revenue, "totalRevenue"),
        None if customer.total_point is None else _points(customer.total_point),
        buyer_of(customer),
    )


def buyer_of(customer: CustomerWire) -> IncomingBuyer:
    """Who a customer is, as the POS has them."""
    place = ", ".join(part for part in (customer.address, customer.ward_name, customer.location_name) if part)
    gender = {True: Gender.MALE, False: Gender.FEMALE}.get(customer.gender) if customer.gender is not None else None
    facts = BuyerFacts(
        code=customer.code,
        gender=str(gender or ""),
        birthday=_day(customer.birth_date),
        company=customer.organization,
        address=place,
        area=customer.location_name,
        pos_status=str(PosStatus.ACTIVE),
    )
    profile = profile_of(customer.code, customer.id)
    return IncomingBuyer(profile, customer.name, customer.contact_number, customer.email, facts=facts)


def _day(text: str) -> str:
    """The day of a birthday, empty for none or one that cannot be."""
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return ""


def _points(points: Decimal | None) -> int:
    """Whole points: a fraction is none yet."""
    if points is None:
        return 0
    if abs(points) > _MOST_POINTS:
        raise UnreadableRecordError(said("rewardPoint: too many"))
    return int(points)
