"""The ledger's arithmetic: what is hashed, and how a chain is verified.

An entry's hash is SHA-256 over the previous hash and the entry's canonical JSON (sorted keys, no spaces, ASCII). A text is named
by SHA-256 over its salt and itself, so that erasing the text leaves the chain whole.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from packstation.domain.expressions import Value

FIRST_HASH = "0" * 64


class EntryKind(StrEnum):
    """What was decided."""

    CHAIN_OPENED = "chain_opened"
    HEAD_RECORDED = "head_recorded"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    PACKED = "packed"
    UNFINISHED = "unfinished"
    UNDONE = "undone"
    HOLD_OPENED = "hold_opened"
    HOLD_MOVED = "hold_moved"
    CONTACT_OPENED = "contact_opened"
    CONTACT_ENDED = "contact_ended"
    NUMBER_MARKED = "number_marked"
    PIN_REFUSED = "pin_refused"
    PERSON_ADDED = "person_added"
    PERSON_CHANGED = "person_changed"
    POLICY_PUBLISHED = "policy_published"
    TIERS_PUBLISHED = "tiers_published"
    CARE_PUBLISHED = "care_published"
    CARE_GIVEN = "care_given"
    CARE_TAKEN_BACK = "care_taken_back"
    VOUCHERS_ADDED = "vouchers_added"
    DUE_EXPORTED = "due_exported"
    FILE_IMPORTED = "file_imported"
    PROBLEM_REPORTED = "problem_reported"
    BUYER_BLOCKED = "buyer_blocked"
    BUYER_UNBLOCKED = "buyer_unblocked"
    CUSTOMER_OVERRIDDEN = "customer_overridden"
    APPROVAL_ASKED = "approval_asked"
    APPROVAL_ENDED = "approval_ended"
    PARCEL_REOPENED = "parcel_reopened"
    ADDRESS_CLEARED = "address_cleared"
    ALARM_RAISED = "alarm_raised"
    ALARM_ENDED = "alarm_ended"
    NOTE_WRITTEN = "note_written"
    CANCELLATION_ASKED = "cancellation_asked"
    CUSTOMER_ERASED = "customer_erased"
    CUSTOMER_EXPORTED = "customer_exported"
    CUSTOMER_CHANGED = "customer_changed"
    CUSTOMER_TAGGED = "customer_tagged"
    CUSTOMER_NOTED = "customer_noted"
    CUSTOMER_SHOWN = "customer_shown"
    DATA_FORGOTTEN = "data_forgotten"
    STATEMENT_IMPORTED = "statement_imported"
    COD_SETTLED = "cod_settled"
    WAYBILLS_IMPORTED = "waybills_imported"
    RESCUE_OPENED = "rescue_opened"
    RESCUE_ENDED = "rescue_ended"
    RESCUE_CONTACT_OPENED = "rescue_contact_opened"
    RESCUE_CONTACT_ENDED = "rescue_contact_ended"
    RETURN_SETTLED = "return_settled"
    MAIL_QUEUED = "mail_queued"
    MAIL_SENT = "mail_sent"
    MAIL_PARKED = "mail_parked"
    CASE_OPENED = "case_opened"
    CASE_SENT = "case_sent"
    CASE_ANSWERED = "case_answered"
    CASE_CLOSED = "case_closed"
    BUYERS_LINKED = "buyers_linked"
    BUYER_SPLIT = "buyer_split"
    BUYER_PUT_BACK = "buyer_put_back"
    LINK_REFUSED = "link_refused"
    LINKS_REBUILT = "links_rebuilt"


ABOUT_BUYERS = frozenset(
    {
        EntryKind.BUYER_BLOCKED,
        EntryKind.BUYER_UNBLOCKED,
        EntryKind.BUYERS_LINKED,
        EntryKind.BUYER_SPLIT,
        EntryKind.BUYER_PUT_BACK,
        EntryKind.LINK_REFUSED,
    }
)
"""The kinds of entries that are about a buyer, whom their facts name (two that are linked as `buyer` and `other`), and about no order."""
ABOUT_CUSTOMERS = frozenset({EntryKind.CUSTOMER_CHANGED, EntryKind.CUSTOMER_TAGGED, EntryKind.CUSTOMER_NOTED})
"""Entries with a text about a customer, whose id is the fact `customer`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of one writer's chain. `facts` holds ids, numbers and digests, never a person's data."""

    writer_id: int
    sequence: int
    at: int
    kind: str
    order_id: int | None
    parcel_id: int | None
    hold_id: int | None
    person_id: int | None
    station_id: int | None
    policy_version: int | None
    facts: str
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head that a chain had at some moment, noted where whoever changes the database cannot reach it."""

    writer_id: int
    sequence: int
    hash: str

    def __str__(self) -> str:
        return f"{self.writer_id}:{self.sequence}:{self.hash}"


_ANCHOR = re.compile(r"(?<![\w:])([0-9]{1,18}):([0-9]{1,18}):([0-9a-f]{64})(?!\w)")


def anchors_in(text: str) -> list[Anchor]:
    """The anchors in a text, wherever they stand in its lines: in a report of a day as it was printed."""
    return [Anchor(int(writer), int(sequence), digest) for writer, sequence, digest in _ANCHOR.findall(text)]


def hashed_text(entry: Entry) -> str:
    """An entry's canonical JSON: what its hash covers besides the previous hash."""
    row = [
        entry.writer_id,
        entry.sequence,
        entry.at,
        entry.kind,
        entry.order_id,
        entry.parcel_id,
        entry.hold_id,
        entry.person_id,
        entry.station_id,
        entry.policy_version,
        entry.facts,
    ]
    return json.dumps(row, separators=(",", ":"), ensure_ascii=True)


def entry_hash(entry: Entry) -> str:
    """The hash that belongs to an entry."""
    return hashlib.sha256(f"{entry.previous_hash}{hashed_text(entry)}".encode()).hexdigest()


def canonical_facts(facts: Mapping[str, Value]) -> str:
    """Facts as canonical JSON."""
    return json.dumps(dict(facts), sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def text_digest(salt: str, text: str) -> str:
    """The digest that names a text in an entry."""
    return hashlib.sha256(f"{salt}{text}".encode()).hexdigest()


_DIGEST = re.compile(r'"(?:text|evidence)":"([0-9a-f]{64})"')


def digests_in(facts: str) -> list[str]:
    """The digests of the texts that an entry's facts name: a person's words, and the evidence that was decided on."""
    return _DIGEST.findall(facts)


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry of a chain that is not as it was written, and what is wrong with it."""

    writer_id: int
    sequence: int
    what: str


def first_break(entries: list[Entry], heads: Iterable[Anchor], altered: Collection[str] = ()) -> Broken | None:
    """The first broken entry of one chain given in sequence; None when it is whole.

    Args:
        entries: the chain, by sequence.
        heads: heads of this chain that were recorded elsewhere: the chain must reach and match them.
        altered: digests whose texts are there and are not those that they name; an erased text is none.
    """
    recorded: dict[int, set[str]] = {}
    for head in heads:
        recorded.setdefault(head.sequence, set()).add(head.hash)
    previous = FIRST_HASH
    for place, entry in enumerate(entries, start=1):
        if entry.sequence != place:
            return Broken(entry.writer_id, place, "missing")
        if entry.previous_hash != previous or entry_hash(entry) != entry.hash:
            return Broken(entry.writer_id, place, "altered")
        if recorded.get(place, set()) - {entry.hash}:
            return Broken(entry.writer_id, place, "replaced since it was recorded elsewhere")
        if altered and not set(altered).isdisjoint(digests_in(entry.facts)):
            return Broken(entry.writer_id, place, "its text or evidence altered")
        previous = entry.hash
    if any(sequence > len(entries) for sequence in recorded):
        writer = entries[0].writer_id if entries else 0
        return Broken(writer, len(entries) + 1, "cut off after it was recorded elsewhere")
    return None
