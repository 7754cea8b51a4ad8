"""The supervisor's PIN before a command changes people, policy or customers."""

from __future__ import annotations

import getpass
import sys

from packstation.acts.proving import PinLockedError, WrongPinError, prove_any
from packstation.acts.workplace import Workplace
from packstation.cli.errors import CommandError
from packstation.locale import _
from packstation.store.people import everybody


def ask_supervisor(place: Workplace, name: str | None) -> int | None:
    """Ask for a supervisor's PIN: at a terminal, else the first line of standard input; the supervisor's id.

    Args:
        place: who acts, for the ledger.
        name: whose PIN it is; without it, any supervisor's is taken.

    Returns:
        None while there is no supervisor yet: then anybody may set the installation up.

    Raises:
        CommandError: no such supervisor, a wrong PIN, or too many wrong ones.
    """
    supervisors = [person for person in everybody() if person.supervises and person.has_pin]
    if not supervisors:
        return None
    if name is not None:
        supervisors = [person for person in supervisors if person.name == name]
        if not supervisors:
            raise CommandError(_("{name!r} is no supervisor here").format(name=name))
    pin = read_pin(_("Supervisor's PIN: "))
    try:
        return prove_any(place, [person.id for person in supervisors], pin)
    except PinLockedError as error:
        raise CommandError(_("too many wrong PINs; wait a while and try again")) from error
    except WrongPinError as error:
        raise CommandError(_("wrong PIN")) from error


def read_pin(prompt: str) -> str:
    """A PIN typed unseen at a terminal, else the next line of standard input."""
    if sys.stdin.isatty():
        return getpass.getpass(prompt)
    return sys.stdin.readline().strip()
