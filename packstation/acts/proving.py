"""People prove to be who they say, by their PIN."""

from __future__ import annotations

from collections.abc import Sequence

from packstation.acts.workplace import Workplace
from packstation.domain.ledger import EntryKind
from packstation.domain.people import locked_until
from packstation.store import people as stored
from packstation.store.database import database_now, lock_name, transaction


class NotASupervisorError(Exception):
    """Only a supervisor or the owner may do this."""


class WrongPinError(Exception):
    """The PIN is wrong."""


class PinLockedError(Exception):
    """Too many wrong PINs; `until` (ms UTC) says when the next is looked at."""

    def __init__(self, until: int) -> None:
        super().__init__("PIN locked")
        self.until = until


def prove(place: Workplace, person_id: int, pin: str) -> None:
    """Make sure that a person knows their PIN; wrong ones in a row are refused for longer and longer.

    Raises:
        WrongPinError: it is wrong, or the person has none.
        PinLockedError: too many wrong ones; also across restarts.
    """
    from argon2 import PasswordHasher
    from argon2.exceptions import Argon2Error, InvalidHashError

    with transaction():
        # One after the other: who guesses at several stations at once gets no more tries.
        lock_name("pins")
        now = database_now()
        pin_hash, failed, until = stored.pin_standing(person_id)
        if until is not None and now < until:
            raise PinLockedError(until)
        # The try counts before it is looked at: a crash or a second process gives no free guesses.
        stored.set_pin_standing(person_id, failed + 1, locked_until(failed + 1, now))
    try:
        if pin_hash is None:
            raise WrongPinError
        PasswordHasher().verify(pin_hash, pin)
    except (Argon2Error, InvalidHashError, WrongPinError) as error:
        with transaction():
            place.ledger.write(
                EntryKind.PIN_REFUSED,
                database_now(),
                person_id=person_id,
                station_id=place.station_id,
                facts={"failed": failed + 1},
            )
        raise WrongPinError from error
    with transaction():
        stored.set_pin_standing(person_id, 0, None)


def prove_any(place: Workplace, person_ids: Sequence[int], pin: str) -> int:
    """Find whose PIN this is, among people any of whom will do; their id.

    A PIN that is nobody's counts as a wrong try of each; one that is somebody's as none of the others'.

    Raises:
        WrongPinError: it is nobody's.
        PinLockedError: it is nobody's whose PIN is looked at now, and too many wrong ones keep others from being looked at.
    """
    before = {person_id: stored.pin_standing(person_id) for person_id in person_ids}
    tried: list[int] = []
    locked: PinLockedError | None = None
    for person_id in person_ids:
        try:
            prove(place, person_id, pin)
        except WrongPinError:
            tried.append(person_id)
        except PinLockedError as error:
            locked = error
        else:
            with transaction():
                for other in tried:
                    _hash, failed, until = before[other]
                    stored.set_pin_standing(other, failed, until)
            return person_id
    raise locked or WrongPinError


def prove_supervisor(place: Workplace, person_id: int, pin: str) -> None:
    """Make sure that a person supervises and knows their PIN.

    Raises:
        NotASupervisorError: they do not.
        WrongPinError, PinLockedError: as `prove`.
    """
    person = stored.person_by_id(person_id)
    if person is None or not person.supervises:
        raise NotASupervisorError
    prove(place, person_id, pin)
