"""A real terminal for tests: a program behind a pty, its output on a pyte screen that is drained all the time."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

import pyte
from wcwidth import wcwidth

from tests.end_to_end.forked_program import ForkedProgram

Wanted = str | Callable[["PseudoTerminal"], bool]


class NeverShownError(AssertionError):
    """The screen did not come to show what was waited for; the message holds the screen."""


class PseudoTerminal:
    """Runs `argv` with a controlling terminal of the given size.

    `env` is added to this process's environment. `forked` is a function, `package.module:function`, that does what `argv` would,
    in a process that need not load the program first. Use it as a context manager, or `close` it.
    """

    def __init__(
        self,
        argv: Sequence[str],
        env: Mapping[str, str] | None = None,
        columns: int = 120,
        rows: int = 36,
        cwd: str | os.PathLike[str] = ".",
        forked: str = "",
    ) -> None:
        self.columns, self.rows = columns, rows
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._lock = threading.Lock()
        self._received = bytearray()
        self._rows: list[str] | None = None
        self._master, slave = os.openpty()
        self._slave = os.ttyname(slave)
        _set_size(slave, columns, rows)
        surroundings = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONUNBUFFERED": "1"}
        environment = {**os.environ, **surroundings, **(env or {})}
        self.process: subprocess.Popen[bytes] | ForkedProgram = (
            ForkedProgram(forked, argv, environment, cwd, slave) if forked else _executed(argv, environment, cwd, slave)
        )
        os.close(slave)
        self._closing = threading.Event()
        self._drain = threading.Thread(target=self._drain_output, daemon=True)
        self._drain.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def send(self, data: bytes) -> None:
        """Type `data`, in one write as far as the kernel takes it."""
        while data:
            data = data[os.write(self._master, data) :]

    def wait_until_read(self) -> None:
        """Wait until the program has read all that was typed: on a busy machine it reads at once what was typed apart."""
        terminal = os.open(self._slave, os.O_RDONLY | os.O_NOCTTY)
        try:
            unread = True
            while unread and self.process.poll() is None:
                time.sleep(0.005)
                unread = struct.unpack("i", fcntl.ioctl(terminal, termios.FIONREAD, bytes(4)))[0] > 0
        finally:
            os.close(terminal)

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size."""
        with self._lock:
            self.columns, self.rows = columns, rows
            self._screen.resize(rows, columns)
            self._rows = None
        _set_size(self._master, columns, rows)
        self.process.send_signal(signal.SIGWINCH)

    def text(self) -> str:
        """The screen, a line per row."""
        return "\n".join(self._shown())

    def row(self, number: int) -> str:
        """One row of the screen, from 0, with its blanks."""
        return self._shown()[number]

    def cell(self, row: int, column: int) -> pyte.screens.Char:
        """One cell: `data`, `fg`, `bg`, `bold`, `reverse` and so on."""
        with self._lock:
            return self._screen.buffer[row][column]

    def find(self, text: str) -> tuple[int, int] | None:
        """Row and column where the screen first shows `text`, from 0."""
        for number, line in enumerate(self._shown()):
            if (column := line.find(text)) >= 0:
                return number, column
        return None

    def received(self) -> bytes:
        """Every byte the program wrote so far."""
        with self._lock:
            return bytes(self._received)

    def wait_for(self, wanted: Wanted, timeout: float = 60.0) -> None:
        """Wait until the screen shows a text, or a predicate of this terminal holds.

        Raises:
            NeverShownError: it did not within `timeout` seconds, or the program ended before.
        """
        deadline = time.monotonic() + timeout
        while not self._shows(wanted):
            ended = self.process.poll() is not None and not self._drain.is_alive()
            if ended or time.monotonic() > deadline:
                if self._shows(wanted):
                    return
                state = f"ended with {self.process.returncode}" if ended else "is running"
                raise NeverShownError(f"never showed {wanted!r}; the program {state}; screen:\n{self.text()}")
            time.sleep(0.01)

    def wait_for_end(self, timeout: float = 60.0) -> int:
        """Wait until the program ended; its exit status.

        Raises:
            subprocess.TimeoutExpired: it did not within `timeout` seconds.
        """
        status = self.process.wait(timeout)
        self._drain.join(timeout)
        return status

    def kill(self) -> None:
        """End the program as a power cut would."""
        self.process.kill()
        self.process.wait()

    def hang_up(self) -> None:
        """Take the terminal away from the program."""
        self._closing.set()
        self._drain.join(5)
        os.close(self._master)
        self._master = -1

    def close(self) -> None:
        """End the program if it still runs, and free the terminal."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(3)
            except subprocess.TimeoutExpired:
                self.kill()
        if self._master >= 0:
            self.hang_up()

    def _shown(self) -> list[str]:
        with self._lock:
            if self._rows is None:
                buffer = self._screen.buffer
                self._rows = [
                    _drawn([buffer[row][column].data for column in range(self.columns)]) for row in range(self.rows)
                ]
            return self._rows

    def _shows(self, wanted: Wanted) -> bool:
        return wanted in self.text() if isinstance(wanted, str) else wanted(self)

    def _drain_output(self) -> None:
        while not self._closing.is_set():
            if not select.select([self._master], [], [], 0.05)[0]:
                continue
            try:
                data = os.read(self._master, 65536)
            except OSError:
                return
            if not data:
                return
            with self._lock:
                self._received += data
                self._stream.feed(_without_kitty_requests(data))
                self._rows = None


def _drawn(cells: list[str]) -> str:
    """A row out of its cells. Half a wide character, whose other half was written over, is a blank, as terminals draw it.

    pyte's own `display` fails on such a half, which is there whenever what writes over both comes in two pieces.
    """
    drawn = list(cells)
    for column, cell in enumerate(cells):
        if cell.isascii() and cell:
            continue
        is_wide = wcwidth(cell[:1]) == 2
        has_its_stub = is_wide and column + 1 < len(cells) and _is_stub(cells[column + 1])
        is_stub = _is_stub(cell) and column > 0 and wcwidth(cells[column - 1][:1]) == 2
        if is_wide != has_its_stub or _is_stub(cell) != is_stub:
            drawn[column] = " "
    return "".join(drawn)


def _is_stub(cell: str) -> bool:
    """Whether a cell is the second half of a wide character: empty, or with marks on it only."""
    return wcwidth(cell[:1]) == 0


def _without_kitty_requests(data: bytes) -> bytes:
    """The output without the requests for a keyboard protocol, which pyte would draw as text."""
    return data.replace(b"\x1b[>25u", b"").replace(b"\x1b[<u", b"")


def _executed(
    argv: Sequence[str], env: Mapping[str, str], cwd: str | os.PathLike[str], terminal: int
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        list(argv),
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        cwd=cwd,
        env=env,
        preexec_fn=_take_controlling_terminal,
        close_fds=True,
    )


def _take_controlling_terminal() -> None:
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _set_size(terminal: int, columns: int, rows: int) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
