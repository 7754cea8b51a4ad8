"""How long what names people is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class DataKind(StrEnum):
    """What has a retention of its own."""

    SCANS = "scans"
    ADDRESSES = "addresses"
    TEXTS = "texts"
    REASONS = "reasons"
    REQUESTS = "requests"
    RECORDINGS = "recordings"
    MAILS = "mails"
    CASES = "cases"
    PROFILES = "profiles"
    WAYBILLS = "waybills"
    RESCUES = "rescues"
    SETTLED_COD = "settled_cod"
    SETTLED_RETURNS = "settled_returns"


WORDS_ABOUT_ORDERS = (
    DataKind.TEXTS,
    DataKind.REASONS,
    DataKind.REQUESTS,
    DataKind.WAYBILLS,
    DataKind.RESCUES,
    DataKind.SETTLED_COD,
    DataKind.SETTLED_RETURNS,
)
"""What people here, and couriers, wrote about orders."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long each kind is kept, ms; None for good.

    Attributes:
        scans: what scanners sent, from then on.
        addresses: recipient, phone, address and notes of an order, from its end on.
        texts: what people wrote about orders, from then on.
        recordings: where contacts with buyers can be heard, from their beginning on.
        mails: what was sent by mail, from when it was written on.
        cases: letters to channels and their answers, from the case's end on.
        profiles: name, phone, email and what people wrote of a customer, from the latest order on.
    """

    scans: int | None = None
    addresses: int | None = None
    texts: int | None = None
    recordings: int | None = None
    mails: int | None = None
    cases: int | None = None
    profiles: int | None = None

    def kept_until(self, now: int) -> Iterator[tuple[DataKind, int]]:
        """The kinds that are not kept for good, each with the moment (ms UTC) before which nothing of it is kept."""
        for kind, kept in (
            (DataKind.SCANS, self.scans),
            (DataKind.ADDRESSES, self.addresses),
            *((words, self.texts) for words in WORDS_ABOUT_ORDERS),
            (DataKind.RECORDINGS, self.recordings),
            (DataKind.MAILS, self.mails),
            (DataKind.CASES, self.cases),
            (DataKind.PROFILES, self.profiles),
        ):
            if kept is not None:
                yield kind, now - kept


FOR_GOOD = Retention()
"""Nothing is forgotten."""
