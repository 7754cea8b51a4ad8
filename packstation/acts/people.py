"""People: added, given badges and PINs, signed in and out."""

from __future__ import annotations

import hashlib
import secrets

from packstation.acts.workplace import Workplace
from packstation.domain.codes import IME_PROOF_ALPHABET
from packstation.domain.ledger import EntryKind
from packstation.domain.people import SUPERVISING, Person, Role
from packstation.domain.plain_text import plain
from packstation.store import people as stored
from packstation.store.database import database_now, lock_name, transaction

_BADGE_LENGTH = 20
_SHORTEST_PIN = 4
_LONGEST_PIN = 32


class BadNameError(ValueError):
    """The name is empty, too long, or taken."""


class BadPinError(ValueError):
    """A PIN has 4 to 32 digits."""


class NobodyError(Exception):
    """No such person, or not at work any more."""


class SupervisedError(Exception):
    """There is a supervisor already, who decides about further ones."""


class LastSupervisorError(Exception):
    """The last supervisor cannot be disabled or given a lesser role."""


def add_person(place: Workplace, name: str, role: Role, pin: str | None, by: int | None = None) -> Person:
    """Add a person.

    Raises:
        BadNameError: no name, more than 40 characters, or one that is taken.
        BadPinError: a PIN that is none, or none for a supervisor.
    """
    clean = str(plain(name)).strip()
    if not clean or len(clean) > 40:
        raise BadNameError(name)
    if pin is None and role in SUPERVISING:
        raise BadPinError
    digest = _hash_pin(pin) if pin is not None else None
    with transaction():
        lock_name("people")
        if stored.person_by_name(clean):
            raise BadNameError(name)
        now = database_now()
        person_id = stored.add_person(clean, role, digest, now)
        place.ledger.write(
            EntryKind.PERSON_ADDED,
            now,
            person_id=by,
            station_id=place.station_id,
            facts={"person": person_id, "role": str(role)},
        )
    return Person(person_id, clean, role, active=True, has_badge=False, has_pin=pin is not None)


def add_first_supervisor(place: Workplace, name: str, pin: str) -> Person:
    """Add the supervisor with whom an installation begins; whoever starts it may.

    Raises:
        SupervisedError: somebody supervises already.
        BadNameError, BadPinError: as `add_person`.
    """
    with transaction():
        lock_name("people")
        if any(person.supervises for person in stored.everybody()):
            raise SupervisedError
        return add_person(place, name, Role.SUPERVISOR, pin)


def new_badge(place: Workplace, person_id: int, by: int | None = None) -> str:
    """Give a person a badge; the earlier one stops working. The secret is only ever told here."""
    secret = "".join(secrets.choice(IME_PROOF_ALPHABET) for _ in range(_BADGE_LENGTH))
    with transaction():
        stored.set_badge(person_id, badge_digest(secret))
        _record_change(place, person_id, "badge", by)
    return secret


def revoke_badge(place: Workplace, person_id: int, by: int | None = None) -> None:
    """Take a person's badge from them, as when it was lost; their name goes on signing in."""
    with transaction():
        stored.set_badge(person_id, None)
        _record_change(place, person_id, "badge revoked", by)


def change_role(place: Workplace, person_id: int, role: Role, by: int | None = None) -> None:
    """Give a person another role.

    Raises:
        BadPinError: who supervises needs a PIN, and this person has none.
        LastSupervisorError: nobody would be left to override.
    """
    with transaction():
        lock_name("people")
        person = stored.person_by_id(person_id)
        if role in SUPERVISING and not (person and person.has_pin):
            raise BadPinError
        if role not in SUPERVISING and _is_last_supervisor(person_id):
            raise LastSupervisorError
        stored.set_role(person_id, role)
        _record_change(place, person_id, str(role), by)


def _is_last_supervisor(person_id: int) -> bool:
    """Whether without this person nobody could override any more."""
    supervisors = [person.id for person in stored.everybody() if person.supervises]
    return supervisors == [person_id]


def change_pin(place: Workplace, person_id: int, pin: str, by: int | None = None) -> None:
    """Give a person a PIN.

    Raises:
        BadPinError: not 4 to 32 digits.
    """
    digest = _hash_pin(pin)
    with transaction():
        stored.set_pin(person_id, digest)
        _record_change(place, person_id, "pin", by)


def set_active(place: Workplace, person_id: int, *, active: bool, by: int | None = None) -> None:
    """Disable a person, or let them back in.

    Raises:
        LastSupervisorError: nobody would be left to override.
    """
    with transaction():
        lock_name("people")
        if not active and _is_last_supervisor(person_id):
            raise LastSupervisorError
        stored.set_active(person_id, active=active)
        if not active:
            stored.set_badge(person_id, None)
        _record_change(place, person_id, "enabled" if active else "disabled", by)


def _record_change(place: Workplace, person_id: int, what: str, by: int | None) -> None:
    place.ledger.write(
        EntryKind.PERSON_CHANGED,
        database_now(),
        person_id=by,
        station_id=place.station_id,
        facts={"person": person_id, "what": what},
    )


def badge_digest(secret: str) -> str:
    """What is kept of a badge: its secret is long and random, so that a plain digest serves."""
    return hashlib.sha256(secret.encode()).hexdigest()


def person_of_badge(secret: str) -> Person:
    """Whose badge it is.

    Raises:
        NobodyError: nobody's, a replaced one, or somebody's who is disabled.
    """
    person = stored.person_by_badge(badge_digest(secret))
    if person is None or not person.active:
        raise NobodyError
    return person


def sign_in(place: Workplace, person: Person, how: str) -> None:
    """Note who works at this station from now on; `how` is "badge" or "name"."""
    if place.station_id is None:
        return
    with transaction():
        now = database_now()
        stored.sign_in_at(place.station_id, person.id, now)
        place.ledger.write(
            EntryKind.SIGNED_IN, now, person_id=person.id, station_id=place.station_id, facts={"how": how}
        )


def sign_out(place: Workplace, person_id: int) -> None:
    """Note that nobody works at this station any more."""
    if place.station_id is None:
        return
    with transaction():
        now = database_now()
        stored.sign_in_at(place.station_id, None, now)
        place.ledger.write(EntryKind.SIGNED_OUT, now, person_id=person_id, station_id=place.station_id)


def _hash_pin(pin: str) -> str:
    from argon2 import PasswordHasher

    if not (_SHORTEST_PIN <= len(pin) <= _LONGEST_PIN and pin.isascii() and pin.isdigit()):
        raise BadPinError
    return PasswordHasher().hash(pin)
