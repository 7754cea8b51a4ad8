"""A program at a terminal in a process of its own that was forked instead of executed, with the methods of `subprocess.Popen`."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from importlib import import_module
from multiprocessing.connection import Connection

from tests.forking import forking

_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


class ForkedProgram:
    """Runs a function of a module, `package.module:function`, as if it were started with these arguments at this terminal."""

    def __init__(
        self, function: str, argv: Sequence[str], env: Mapping[str, str], cwd: str | os.PathLike[str], terminal: int
    ) -> None:
        # A connection, because those are handed to the new process while it is forked.
        with Connection(os.dup(terminal)) as handed:
            arguments = (function, list(argv), dict(env), os.fspath(cwd), handed)
            self._process = forking().Process(target=_run, args=arguments, daemon=True)
            self._process.start()

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid or 0

    @property
    def returncode(self) -> int | None:
        """The exit status, the negative signal that ended it, or None while it runs."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """The exit status, or None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it ended; its exit status.

        Raises:
            subprocess.TimeoutExpired: it did not within `timeout` seconds.
        """
        self._process.join(timeout)
        if (status := self._process.exitcode) is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0.0)
        return status

    def send_signal(self, number: int) -> None:
        """Send it a signal if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.send_signal(signal.SIGKILL)


def _run(function: str, argv: list[str], env: dict[str, str], cwd: str, terminal: Connection) -> None:
    os.setsid()
    fcntl.ioctl(terminal.fileno(), termios.TIOCSCTTY, 0)
    for number in range(len(_STREAMS)):
        os.dup2(terminal.fileno(), number)
    terminal.close()
    for number, (name, mode) in enumerate(_STREAMS):
        stream = open(number, mode, encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115 - as long as the process
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.argv = argv
    module, _, name = function.partition(":")
    getattr(import_module(module), name)()
