"""KiotViet's words for where an order, an invoice and its delivery stand.

Source: public API documents, lists of `status`; the words (`statusValue`) go before the numbers, as numbers differ between pages:
an invoice's own page has six delivery numbers where the listing has twelve, and order number 2 has two meanings. Who cancelled,
and why a parcel came back, is told nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeVar

from packstation.domain.orders import Outcome, Status
from sync.files.status_words import folded

Meaning = TypeVar("Meaning")


class OrderStage(Enum):
    """How far an order (DH…) is."""

    DRAFT = auto()
    CONFIRMED = auto()
    PARTLY_INVOICED = auto()
    INVOICED = auto()
    CANCELLED = auto()


class InvoiceStage(Enum):
    """How far an invoice (HD…) is."""

    PROCESSING = auto()
    COMPLETED = auto()
    CANCELLED = auto()
    UNDELIVERED = auto()


HAS_INVOICES = frozenset({OrderStage.PARTLY_INVOICED, OrderStage.INVOICED})
_STATUS_OF_STAGE = {
    OrderStage.DRAFT: Status.CHANNEL_HOLD,
    OrderStage.CONFIRMED: Status.TO_PACK,
    OrderStage.PARTLY_INVOICED: Status.TO_PACK,
    OrderStage.INVOICED: Status.COMPLETED,
    OrderStage.CANCELLED: Status.CANCELLED,
}
_ORDER_CODES = {
    1: OrderStage.DRAFT,
    2: OrderStage.PARTLY_INVOICED,
    3: OrderStage.INVOICED,
    4: OrderStage.CANCELLED,
    5: OrderStage.CONFIRMED,
}
_ORDER_WORDS = {
    "phieu tam": OrderStage.DRAFT,
    "da xac nhan": OrderStage.CONFIRMED,
    "dang giao hang": OrderStage.PARTLY_INVOICED,
    "dang xu ly": OrderStage.PARTLY_INVOICED,
    "hoan thanh": OrderStage.INVOICED,
    "da huy": OrderStage.CANCELLED,
}
_INVOICE_CODES = {
    1: InvoiceStage.COMPLETED,
    2: InvoiceStage.CANCELLED,
    3: InvoiceStage.PROCESSING,
    5: InvoiceStage.UNDELIVERED,
}
_INVOICE_WORDS = {
    "hoan thanh": InvoiceStage.COMPLETED,
    "da huy": InvoiceStage.CANCELLED,
    "dang xu ly": InvoiceStage.PROCESSING,
    "khong giao duoc": InvoiceStage.UNDELIVERED,
}
_DELIVERY_CODES = {
    1: Status.TO_PACK,
    2: Status.SHIPPED,
    3: Status.DELIVERED,
    4: Status.RETURNING,
    5: Status.RETURNED,
    6: Status.CANCELLED,
    7: Status.LABEL_READY,
    8: Status.LABEL_READY,
    9: Status.SHIPPED,
    10: Status.SHIPPED,
    11: Status.LABEL_READY,
    12: Status.RETURNING,
}
_DELIVERY_WORDS = {
    word: status
    for status, words in {
        Status.TO_PACK: ("cho xu ly", "chua giao hang", "chua giao"),
        Status.LABEL_READY: ("dang lay hang", "cho lay hang", "cho lay lai", "cho chuyen hang"),
        Status.SHIPPED: ("dang giao hang", "dang giao", "da lay hang", "cho giao lai"),
        Status.DELIVERED: ("giao thanh cong", "da giao hang", "da giao"),
        Status.RETURNING: ("dang chuyen hoan", "cho chuyen hoan", "cho chuyen hoan lai"),
        Status.RETURNED: ("da chuyen hoan",),
        Status.CANCELLED: ("da huy",),
    }.items()
    for word in words
}
BEFORE_SHIPPING = frozenset({Status.CHANNEL_HOLD, Status.TO_PACK, Status.LABEL_READY})
CAME_BACK = frozenset({Status.RETURNING, Status.RETURNED})
ARRIVED = frozenset({Status.DELIVERED, Status.COMPLETED})
_LEAST_ADVANCED_FIRST = (
    Status.CHANNEL_HOLD,
    Status.UNPAID,
    Status.CANCEL_REQUESTED,
    Status.TO_PACK,
    Status.LABEL_READY,
    Status.SHIPPED,
    Status.DELIVERED,
    Status.COMPLETED,
    Status.LOST,
    Status.RETURNING,
    Status.RETURNED,
    Status.CANCELLED,
)


@dataclass(frozen=True, slots=True)
class Word:
    """A status as KiotViet writes it: a text, a number, or both."""

    text: str
    code: int | None

    @property
    def shown(self) -> str:
        """The text, else the number."""
        return self.text or ("" if self.code is None else str(self.code))


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an order or one of its invoices stands; `outcome` None while it has not ended."""

    status: Status
    word: str
    outcome: Outcome | None = None


def order_stage(word: Word) -> OrderStage | None:
    """The order's stage; None for a word that no document knows."""
    return _known(word, _ORDER_WORDS, _ORDER_CODES)


def order_standing(word: Word, more: Mapping[str, Status]) -> Standing:
    """Where an order stands that has no invoice.

    Completed without any, the shop has closed it: what became of the goods nobody says.

    Args:
        word: the order's.
        more: `statuses` of channels.toml, for words that are not known here, and for "Phiếu tạm", which some shops pack.
    """
    stage = order_stage(word)
    status = Status.CHANNEL_HOLD if stage is None else _STATUS_OF_STAGE[stage]
    if status is Status.CHANNEL_HOLD:
        status = more.get(word.shown, status)
    return Standing(status, word.shown, Outcome.CANCELLED if status is Status.CANCELLED else None)


def is_completed(word: Word) -> bool:
    """Whether an invoice is completed, so that goods of it may have come back."""
    return _known(word, _INVOICE_WORDS, _INVOICE_CODES) is InvoiceStage.COMPLETED


def is_cancelled(word: Word) -> bool:
    """Whether an invoice is cancelled."""
    return _known(word, _INVOICE_WORDS, _INVOICE_CODES) is InvoiceStage.CANCELLED


def invoice_standing(word: Word, delivery: Word | None, more: Mapping[str, Status], *, is_tracked: bool) -> Standing:
    """Where an invoice stands.

    A delivery that has not left yet goes before "completed": invoices of marketplaces are completed when they are made.

    Args:
        word: the invoice's.
        delivery: its delivery's; None without one.
        more: `statuses` of channels.toml, for words that are not known here.
        is_tracked: whether it has a tracking number: shipment is arranged then, whatever the delivery's word.
    """
    shown = " / ".join(text for text in (word.shown, delivery.shown if delivery else "") if text)
    stage = _known(word, _INVOICE_WORDS, _INVOICE_CODES)
    going = _delivery_status(delivery, more)
    if going is Status.TO_PACK and is_tracked:
        going = Status.LABEL_READY
    match stage:
        case None:
            return Standing(more.get(word.shown, Status.CHANNEL_HOLD), shown)
        case InvoiceStage.CANCELLED:
            return Standing(Status.CANCELLED, shown, Outcome.CANCELLED)
        case InvoiceStage.UNDELIVERED:
            back = Status.RETURNING if going is Status.RETURNING else Status.RETURNED
            return Standing(back, shown, Outcome.DELIVERY_FAILED)
        case _ if going in CAME_BACK:
            return Standing(going, shown, Outcome.DELIVERY_FAILED)
        case InvoiceStage.COMPLETED if going not in BEFORE_SHIPPING:
            return Standing(Status.COMPLETED, shown, Outcome.DELIVERED)
        case _ if going is Status.CANCELLED:
            return Standing(Status.CANCELLED, shown, Outcome.CANCELLED)
        case _ if going is Status.DELIVERED:
            return Standing(going, shown, Outcome.DELIVERED)
        case _:
            return Standing(going or Status.TO_PACK, shown)


def least_advanced(standings: Iterable[Standing]) -> Standing:
    """The one that keeps an order of several invoices where it is."""
    return min(standings, key=lambda standing: _LEAST_ADVANCED_FIRST.index(standing.status))


def _delivery_status(word: Word | None, more: Mapping[str, Status]) -> Status | None:
    """Where the delivery stands; None where it says nothing, held where it says something unknown."""
    if word is None or not word.shown:
        return None
    known = _known(word, _DELIVERY_WORDS, _DELIVERY_CODES)
    return known if known is not None else more.get(word.shown, Status.CHANNEL_HOLD)


def _known(word: Word, words: Mapping[str, Meaning], codes: Mapping[int, Meaning]) -> Meaning | None:
    """What the text means; the number counts where the text is empty or in another language than the documents'."""
    found = words.get(folded(word.text)) if word.text else None
    return found if found is not None or word.code is None else codes.get(word.code)
