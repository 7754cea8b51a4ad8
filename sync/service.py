"""What the system's service manager is told: that the daemon is ready, alive, stopping (systemd, sd_notify(3))."""

from __future__ import annotations

import asyncio
import os
import socket

from sync.database_thread import DatabaseThread
from sync.web.rates import urgently

_LOOKS_A_PERIOD = 4


def tell_service_manager(state: str) -> None:
    """Send a state such as `READY=1`; where no service manager listens, or is too busy to, nothing happens.

    Args:
        state: one or more assignments, separated by line breaks.
    """
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    target = "\0" + address[1:] if address.startswith("@") else address
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notice:
            notice.setblocking(False)
            notice.sendto(state.encode(), target)
    except OSError:
        return


def watchdog_seconds() -> float | None:
    """How often the service manager wants a sign of life, halved to be in time; None when it wants none."""
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    return int(microseconds) / 2_000_000 if microseconds.isdigit() and int(microseconds) > 0 else None


async def show_life(in_db: DatabaseThread, seconds: float) -> None:
    """Give signs of life until cancelled, as long as the event loop goes on and the database's thread ends jobs.

    A locked database makes every job wait for seconds, so any job that ends is a sign of life; while there are none an empty one,
    which goes before those that wait, brings it about.

    Args:
        in_db: the thread.
        seconds: the longest time without a sign of life, as `watchdog_seconds` says.
    """
    shown = in_db.finished
    beat = asyncio.ensure_future(_beat(in_db))
    try:
        while True:
            await asyncio.sleep(seconds / _LOOKS_A_PERIOD)
            if in_db.finished != shown:
                shown = in_db.finished
                tell_service_manager("WATCHDOG=1")
            if beat.done():
                beat = asyncio.ensure_future(_beat(in_db))
    finally:
        beat.cancel()


async def _beat(in_db: DatabaseThread) -> None:
    with urgently():
        await in_db(lambda: None)
