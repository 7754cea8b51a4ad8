"""Slips of parcels that are put on the hold shelf, handed to the command that prints them; the desk waits for none."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from packstation.acts.shelf import slips_of
from packstation.domain.plain_text import plain
from packstation.domain.shelf import Slip
from packstation.locale import _
from packstation.printing.barcodes import UnprintableCodeError
from packstation.printing.page import CodeTooLongError
from packstation.tui.sounds import Sound
from packstation.tui.station import Station
from packstation.tui.views.answers import DeskAnswer

_PATIENCE = 20.0
"""Seconds that the command gets."""


class SlipPrinting:
    """Prints the slip of each parcel once for each time it is put on the shelf, and again when asked for."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._printed: set[tuple[int, str]] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def shelved(self, answer: DeskAnswer) -> None:
        """A held parcel was answered with its slot: print its slip, if that was not done yet and slips are wanted."""
        hold = answer.judgement.hold
        if self._command and answer.slot and hold and (hold.id, answer.slot) not in self._printed:
            self._printed.add((hold.id, answer.slot))
            order = answer.judgement.order
            self._station.later(partial(self._print, answer.judgement.code, order.shop if order else None))

    async def reprint(self) -> None:
        """Print the slip of what is on screen once more."""
        station = self._station
        judgement = station.answer.judgement if station.answer else None
        if not self._command:
            station.say(_("No printer of slips is configured here: see shelf.slip_command"), Sound.UNKNOWN)
        elif judgement is None or judgement.order is None:
            station.say(_("No order on screen to print a slip of: scan the parcel"), Sound.UNKNOWN)
        else:
            await self._print(judgement.code, judgement.order.shop)

    async def finished(self) -> None:
        """Wait until every slip was handed over."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    @property
    def _command(self) -> tuple[str, ...]:
        return self._station.settings.shelf.slip_command

    async def _print(self, code: str, shop: str | None) -> None:
        found = await self._station.act(partial(slips_of, code, shop))
        if not found:
            self._station.say(_("Nothing of this order lies on the hold shelf"), Sound.UNKNOWN)
            return
        task = asyncio.create_task(self._hand_over(found))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _hand_over(self, found: list[Slip]) -> None:
        slots = ", ".join(slip.slot for slip in found)
        try:
            code = await _run(self._command, await asyncio.to_thread(_drawn, found))
        except (OSError, TimeoutError, UnprintableCodeError, CodeTooLongError) as error:
            self._failed(slots, type(error).__name__)
            return
        if code:
            self._failed(slots, str(code))
        else:
            self._station.say(_("The slip for {slots} is being printed").format(slots=plain(slots, 60)))

    def _failed(self, slots: str, why: str) -> None:
        text = _("The slip was not printed for {slots} ({why}): write the slot on the parcel")
        self._station.say(text.format(slots=plain(slots, 60), why=plain(why, 60)), Sound.UNKNOWN)


def _drawn(found: list[Slip]) -> bytes:
    from packstation.printing.slips import slips

    return slips(Path("slip.pdf"), found)


async def _run(command: tuple[str, ...], document: bytes) -> int:
    """Run the command with a document on its standard input; its exit code.

    Raises:
        OSError: there is no such command.
        TimeoutError: it does not end.
    """
    nothing = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=nothing, stderr=nothing
    )
    try:
        await asyncio.wait_for(process.communicate(document), _PATIENCE)
    except TimeoutError:
        process.kill()
        raise
    return process.returncode or 0
