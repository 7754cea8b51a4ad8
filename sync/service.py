"""What the system's service manager is told: that the daemon is ready, alive, stopping (systemd, sd_notify(3))."""

from __future__ import annotations

import os
import socket


def tell_service_manager(state: str) -> None:
    """Send a state such as `READY=1`; where no service manager listens nothing happens.

    Args:
        state: one or more assignments, separated by line breaks.
    """
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    target = "\0" + address[1:] if address.startswith("@") else address
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notice:
            notice.sendto(state.encode(), target)
    except OSError:
        return


def watchdog_seconds() -> float | None:
    """How often the service manager wants a sign of life, halved to be in time; None when it wants none."""
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    return int(microseconds) / 2_000_000 if microseconds.isdigit() and int(microseconds) > 0 else None
