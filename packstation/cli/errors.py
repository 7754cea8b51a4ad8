"""Errors as the command line tells them: one line, and an exit code."""

from __future__ import annotations

DONE, FAILED, WRONG_USE, WITH_REJECTS, NOT_FOUND, FOUND_SOMETHING = 0, 1, 2, 3, 4, 5


class CommandError(Exception):
    """A command cannot go on; `exit_code` as docs/definitions.md, "Exit codes" lists them."""

    def __init__(self, text: str, exit_code: int = FAILED) -> None:
        super().__init__(text)
        self.exit_code = exit_code
