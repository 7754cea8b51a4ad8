"""How a daemon is called in the database while it has a shop, and whether the one of that name still lives."""

from __future__ import annotations

import os
import secrets
import socket
from functools import cache


def new_name() -> str:
    """A name unlike any other daemon's: `computer/process id/chance`."""
    return f"{this_computer()}/{os.getpid()}/{secrets.token_hex(3)}"


@cache
def this_computer() -> str:
    """Where process ids mean the same processes: this host, and on Linux this namespace of processes (containers have their own)."""
    try:
        return f"{socket.gethostname()}.{os.stat('/proc/self/ns/pid').st_ino}"
    except OSError:
        return socket.gethostname()


def has_died(name: str) -> bool:
    """Whether a daemon of this computer is gone for sure, so that nobody need wait for its lease to end."""
    if os.name == "nt":  # there signal 0 is Ctrl+C
        return False
    host, _slash, rest = name.partition("/")
    pid = rest.partition("/")[0]
    if host != this_computer() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False
