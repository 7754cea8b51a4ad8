"""An app for a place where nobody looks after it: it cannot be left by accident, and it ends in order whatever happens."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from rich.text import Text

from packstation.tui.crash import crash_folder, write_crash
from packstation.tui.input.bursts import BurstTiming
from packstation.tui.input.capture import ScanningApp

_ENDING = () if sys.platform == "win32" else (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
_KIOSK_REFUSES = frozenset({"quit", "help_quit", "suspend_process", "command_palette", "change_theme", "screenshot"})


class KioskApp(ScanningApp[None]):
    """The app below the station's.

    Args:
        timing: how scans are told from typing.
        kiosk: whether quitting, the command palette and suspending are off.
        crash_logs: where a crash leaves its file; None for this user's folder for logs.
    """

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False

    def __init__(self, *, timing: BurstTiming, kiosk: bool, crash_logs: Path | None) -> None:
        super().__init__(timing=timing)
        self._kiosk = kiosk
        self._crash_logs = crash_logs

    @property
    def failure(self) -> Exception | None:
        """What ended the program, if anything did."""
        return self._exception

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whoever stands at a kiosk cannot leave the program."""
        if self._kiosk and action in _KIOSK_REFUSES:
            return False
        return super().check_action(action, parameters)

    def take_signals(self) -> None:
        """From now on TERM, HUP and INT end the program in order and put the terminal back."""
        for number in _ENDING:
            asyncio.get_running_loop().add_signal_handler(number, self.exit)

    def give_signals_back(self) -> None:
        """The program has ended: signals do again what they do by default."""
        for number in _ENDING:
            asyncio.get_running_loop().remove_signal_handler(number)

    def _handle_exception(self, error: Exception) -> None:
        """End with a failure code; what happened goes to a file, without the values of local variables."""
        self._return_code = 1
        if self._exception is not None:
            return
        self._exception = error
        noticed: asyncio.Event = self._exception_event
        noticed.set()
        file = write_crash(error, self._crash_logs or crash_folder())
        where = f"; see {file}" if file else ""
        self._exit_renderables.append(Text(f"packstation: stopped by {type(error).__name__}{where}"))
        self._close_messages_no_wait()
