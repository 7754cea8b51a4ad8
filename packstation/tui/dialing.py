"""Starts the command that calls a number, without a shell, and keeps where it says that the call was recorded."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from packstation.acts import contacting
from packstation.domain.dialing import UndialableNumberError, dial_arguments, recording_address
from packstation.domain.plain_text import plain
from packstation.locale import _
from packstation.tui.sounds import Sound
from packstation.tui.station import Station

_KEPT = 4_096
"""Of what the command writes, the last bytes are looked at."""


class Dialing:
    """The calls that this station's command is making."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._calls: set[asyncio.Task[None]] = set()

    def call(self, attempt_id: int, number: str) -> None:
        """Start the command for a contact's number (E.164), if there is one; nobody waits for it."""
        template = self._station.settings.contact.dial
        if not template:
            return
        try:
            arguments = dial_arguments(template, number)
        except UndialableNumberError:
            self._station.say(_("This number cannot be dialled"), Sound.UNKNOWN)
            return
        task = asyncio.create_task(self._call(attempt_id, arguments))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    def forget(self) -> None:
        """The station ends: calls go on without it."""
        for task in self._calls:
            task.cancel()

    async def _call(self, attempt_id: int, arguments: Sequence[str]) -> None:
        # Its own session, so that it can be ended with whatever it started; and nothing of ours that is secret.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PACKSTATION_")}
        try:
            process = await asyncio.create_subprocess_exec(
                *arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=environment,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            why = plain(getattr(error, "strerror", None) or type(error).__name__, 60)
            told = _("{command} does not start: {reason}").format(command=plain(arguments[0], 40), reason=why)
            self._station.say(told, Sound.UNKNOWN)
            return
        written = bytearray()
        try:
            async with asyncio.timeout(self._station.settings.contact.dial_minutes * 60):
                await _read(process, written)
                await process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
        if address := recording_address(bytes(written)):
            self._station.later(partial(self._keep, attempt_id, address))

    async def _keep(self, attempt_id: int, address: str) -> None:
        await self._station.act(partial(contacting.keep_recording, attempt_id, address))


async def _read(process: asyncio.subprocess.Process, written: bytearray) -> None:
    while process.stdout is not None and (some := await process.stdout.read(_KEPT)):
        written += some
        del written[:-_KEPT]
