"""What people write of customers: fields, tier, tags and notes; and that somebody looked at what is masked. All in the ledger."""

from __future__ import annotations

from collections.abc import Mapping

from packstation.acts.workplace import Workplace
from packstation.domain.customer_profile import Field, Said, checked
from packstation.domain.expressions import Value
from packstation.domain.ledger import EntryKind
from packstation.domain.people import Person
from packstation.domain.plain_text import plain
from packstation.store import customer_edits
from packstation.store.buyer_facts import profile_at
from packstation.store.database import database_now, lock_name, transaction

LONGEST_NOTE = 500
LONGEST_TAG = 40
LONGEST_FIELD = 200


class SupervisorNeededError(Exception):
    """Only a supervisor writes over what channels say, or sets a tier."""


class SaidByChannelError(Exception):
    """A channel says something for this field; whoever writes over it has to mean it. `said` is what it says."""

    def __init__(self, said: Said) -> None:
        super().__init__(said.value)
        self.said = said


class NothingWrittenError(ValueError):
    """Nothing is left of a note or tag but blanks, or it changes nothing."""


def write_field(
    place: Workplace, person: Person, customer_id: int, field: Field, text: str, *, over_channel: bool = False
) -> None:
    """Write a field of a customer by hand; empty takes back what was written by hand, so that the channel's word counts again.

    Args:
        place: where.
        person: who.
        customer_id: the customer.
        field: which.
        text: as typed.
        over_channel: though a channel says something for it.

    Raises:
        SupervisorNeededError: the person is none.
        SaidByChannelError: a channel says something, and nobody said that this is to be written over it.
        UnreadableFieldError: no value of this field.
        NothingWrittenError: it is what was written before.
    """
    if not person.supervises:
        raise SupervisorNeededError
    value = checked(field, str(plain(text, LONGEST_FIELD)))
    with transaction():
        lock_name(f"customer {customer_id}")
        now = database_now()
        known = profile_at(customer_id).fields.get(field)
        by_hand = known.value if known is not None and known.is_by_hand else ""
        if value == by_hand:
            raise NothingWrittenError
        below = known.said_by_channel if known is not None and known.is_by_hand else known
        if below is not None and value and not by_hand and not over_channel:
            raise SaidByChannelError(below)
        customer_edits.add_edit(customer_id, field, value, person.id, now)
        facts: dict[str, Value] = {
            "customer": customer_id,
            "field": str(field),
            "over": below.channel if below else "",
        }
        _record(place, EntryKind.CUSTOMER_CHANGED, now, person, facts, value)


def add_tag(place: Workplace, person: Person, customer_id: int, text: str) -> None:
    """Give a customer a tag.

    Raises:
        NothingWrittenError: it says nothing, or the customer has it.
    """
    tag = " ".join(str(plain(text, LONGEST_TAG)).split())
    if not tag:
        raise NothingWrittenError
    with transaction():
        lock_name(f"customer {customer_id}")
        now = database_now()
        if not customer_edits.add_tag(customer_id, tag, person.id, now):
            raise NothingWrittenError
        _record(place, EntryKind.CUSTOMER_TAGGED, now, person, {"customer": customer_id, "given": True}, tag)


def end_tag(place: Workplace, person: Person, customer_id: int, tag: str) -> None:
    """Take a tag from a customer.

    Raises:
        NothingWrittenError: the customer does not have it.
    """
    with transaction():
        lock_name(f"customer {customer_id}")
        now = database_now()
        if not customer_edits.end_tag(customer_id, tag, person.id, now):
            raise NothingWrittenError
        _record(place, EntryKind.CUSTOMER_TAGGED, now, person, {"customer": customer_id, "given": False}, tag)


def write_note(place: Workplace, person: Person, customer_id: int, text: str, instead_of: int | None = None) -> None:
    """Write a note about a customer, or write one anew; the earlier one stays in the history. An empty new one takes it back.

    Raises:
        NothingWrittenError: it says nothing, or the note to be written anew is not there any more.
    """
    note = str(plain(text, LONGEST_NOTE)).strip()
    if not note and instead_of is None:
        raise NothingWrittenError
    with transaction():
        lock_name(f"customer {customer_id}")
        now = database_now()
        if instead_of is not None and not customer_edits.end_note(customer_id, instead_of, person.id, now):
            raise NothingWrittenError
        if note:
            customer_edits.add_note(customer_id, note, person.id, now, instead_of)
        facts = {"customer": customer_id, "instead_of": instead_of}
        _record(place, EntryKind.CUSTOMER_NOTED, now, person, facts, note)


def show_masked(place: Workplace, person: Person, customer_id: int) -> None:
    """Record that a person looks at a customer's phone, email and address in clear."""
    with transaction():
        _record(place, EntryKind.CUSTOMER_SHOWN, database_now(), person, {"customer": customer_id}, "")


def _record(place: Workplace, kind: EntryKind, now: int, person: Person, facts: Mapping[str, Value], text: str) -> None:
    place.ledger.write(kind, now, person_id=person.id, station_id=place.station_id, facts=facts, text=text)
