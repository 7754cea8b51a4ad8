"""The command that dials: its arguments, into which nothing but a whole number is ever put. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

PHONE = "{phone}"
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_LONGEST_ADDRESS = 500


class UndialableNumberError(ValueError):
    """What should be dialled is no whole number."""


def dial_arguments(template: Sequence[str], number: str) -> tuple[str, ...]:
    """The arguments of the command, the number (E.164) in place of `{phone}`. They are for a process, never for a shell.

    Raises:
        UndialableNumberError: the number is anything but a plus and 7 to 15 digits.
    """
    if not _E164.fullmatch(number):
        raise UndialableNumberError(number)
    return tuple(argument.replace(PHONE, number) for argument in template)


def recording_address(output: bytes) -> str:
    """The last line of what the command wrote that is an http(s) address; empty for none."""
    for line in reversed(output.decode("utf-8", "replace").splitlines()):
        address = line.strip()
        if re.fullmatch(r"https?://[!-~]+", address) and len(address) <= _LONGEST_ADDRESS:
            return address
    return ""
