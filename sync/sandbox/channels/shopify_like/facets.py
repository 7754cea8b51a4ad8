"""An order's facts as the family's shops keep them."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from packstation.domain.orders import Outcome, Status
from packstation.domain.times import HOUR
from sync.sandbox.market.facts import Facts

_FIRST_ID = 1_200_000_000


class Stage(Enum):
    """How far the parcels are, as a carrier tells it: a lost one is never told, nor that somebody wants to cancel."""

    NOT_YET = "not yet"
    LABELLED = "labelled"
    SENT = "sent"
    DELIVERED = "delivered"
    COMING_BACK = "coming back"
    CAME_BACK = "came back"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Given:
    """One refund: pieces by the place of their line, and the money."""

    id: int
    at: int
    pieces: tuple[tuple[int, int], ...]
    amount: int


def order_id(number: str) -> int:
    """The id of the order with this number."""
    return _FIRST_ID + int(re.sub(r"\D", "", number))


def number_of(identity: str, shape: str) -> str:
    """The number of the order with this id, in the shop's shape; of none for what is no id."""
    return shape.format(int(identity) - _FIRST_ID) if identity.isascii() and identity.isdigit() else ""


def line_id(facts: Facts, place: int) -> int:
    """The id of a line."""
    return order_id(facts.number) * 10 + place


def product_id(sku: str) -> int:
    """The id of the product with this SKU."""
    return 1_030_000_000 + zlib.crc32(sku.encode()) % 1_000_000


def stage_of(facts: Facts) -> Stage:
    """How far the parcels are."""
    if facts.reached(Status.LABEL_READY) is None:
        return Stage.NOT_YET
    if facts.status is Status.CANCELLED:
        return Stage.VOID
    if facts.reached(Status.DELIVERED) is not None:
        return Stage.DELIVERED
    if facts.reached(Status.RETURNED) is not None:
        return Stage.CAME_BACK
    if facts.reached(Status.RETURNING) is not None:
        return Stage.COMING_BACK
    return Stage.LABELLED if facts.reached(Status.SHIPPED) is None else Stage.SENT


def missed_at(facts: Facts) -> int | None:
    """When the courier did not meet the buyer, where that was the reason."""
    turned = facts.reached(Status.RETURNING)
    return (
        turned - 2 * HOUR if turned is not None and facts.cause is not None and facts.cause == "unreachable" else None
    )


def refunds_of(facts: Facts) -> Sequence[Given]:
    """What was given back: pieces after delivery, everything when all came back, the money alone when a paid order was cancelled."""
    first = order_id(facts.number) * 100
    if facts.outcome is Outcome.RETURNED and facts.outcome_at is not None:
        every = tuple((place, line.active) for place, line in enumerate(facts.lines) if line.active)
        return [Given(first, facts.outcome_at, every, facts.total)]
    if facts.status is Status.CANCELLED:
        at = facts.outcome_at or facts.updated_at
        paid = not facts.cod and facts.paid_at is not None and facts.outcome is not Outcome.UNPAID_EXPIRED
        return [Given(first, at, (), facts.total)] if paid else []
    back = tuple((place, line.returned) for place, line in enumerate(facts.lines) if line.returned)
    at = max((line.changed_at or 0 for line in facts.lines if line.returned), default=0)
    money = sum(facts.lines[place].price * pieces for place, pieces in back)
    return [Given(first, at, back, min(money, facts.total))] if back else []


def financial_status(facts: Facts) -> str:
    """The family's word for the payment."""
    back = sum(given.amount for given in refunds_of(facts))
    paid = facts.paid_at is not None and facts.outcome is not Outcome.UNPAID_EXPIRED
    if back and back >= facts.total:
        return "refunded"
    if back:
        return "partially_refunded"
    if facts.status is Status.CANCELLED and not paid:
        return "voided"
    return "paid" if paid else "pending"


def fulfillment_status(facts: Facts) -> str | None:
    """The family's word for how much is in shipments; the word that nobody knows, while the order bears it."""
    if facts.odd_word:
        return facts.odd_word
    return None if stage_of(facts) in (Stage.NOT_YET, Stage.VOID) else "fulfilled"


def cancel_reason(facts: Facts) -> str | None:
    """The family's word for why it was cancelled."""
    if facts.status is not Status.CANCELLED:
        return None
    words = {
        Outcome.BUYER_CANCELLED: "customer",
        Outcome.SELLER_CANCELLED: "inventory",
        Outcome.UNPAID_EXPIRED: "declined",
    }
    return words.get(facts.outcome, "other")


def note_of(facts: Facts) -> str:
    """The one note that an order has: what the shop wrote last takes the place of what the buyer wrote."""
    return facts.seller_note or facts.buyer_note
