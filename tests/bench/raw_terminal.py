"""A program behind a pty whose output is only searched, never drawn: what the benchmark itself costs stays small."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence

_COLUMNS, _ROWS = 120, 36


class NotSeenError(Exception):
    """The program did not write what was waited for in time."""


class RawTerminal:
    """Runs `argv` on a pty of 120x36."""

    def __init__(self, argv: Sequence[str], env: Mapping[str, str]) -> None:
        self._pid, self._master = pty.fork()
        if self._pid == 0:
            os.execvpe(argv[0], list(argv), {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **env})
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
        self.seen = b""

    def send(self, data: bytes) -> None:
        """Type `data` in one write."""
        os.write(self._master, data)

    def wait_for(self, wanted: bytes, timeout: float = 30.0) -> float:
        """When (`time.perf_counter`) the output first held `wanted`; only what was not searched before counts.

        Raises:
            NotSeenError: not within `timeout` seconds.
        """
        deadline = time.perf_counter() + timeout
        while wanted not in self.seen:
            if time.perf_counter() > deadline:
                raise NotSeenError(f"{wanted!r} was not seen; last output: {self.seen[-300:]!r}")
            ready, _writable, _other = select.select([self._master], [], [], 0.05)
            if ready:
                self.seen += os.read(self._master, 65_536)
        return time.perf_counter()

    def rest(self, seconds: float) -> None:
        """Let the program paint what it still has to; what it wrote so far is forgotten."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            ready, _writable, _other = select.select([self._master], [], [], left)
            if ready:
                os.read(self._master, 65_536)
        self.seen = b""

    def close(self) -> None:
        """End the program."""
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._master)
