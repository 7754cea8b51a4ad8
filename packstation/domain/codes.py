"""What a scanned string means: a command, a badge, or a code to look up, and how it may have been meant to read.

Source: docs/definitions.md, "Command codes"; identifiers in front of a symbol: ISO/IEC 15424 (`]C1` and the like).
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from packstation.domain.holds import AttemptResult, ContactMethod, RefusalWhy
from packstation.domain.input_methods import unfold

LONGEST_CODE = 256
"""Characters kept of a code; nothing that is printed on a parcel is longer."""
SHORTEST_HALF = 4
"""Characters that a code has at least when two were glued together."""
IME_PROOF_ALPHABET = "BCGHKLMNPQTV0123456789"
"""Letters and digits for tokens and badges that no Vietnamese input method rewrites: no vowel, no D, no W."""

_COMMANDS = "PS"
_BADGES = "PB"
_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_LAZADA_COMPOSITE = re.compile(r"(?P<order>\d{15,16})_(?P<waybill>[^_\s]+)")
_DROPPED = frozenset({"Cc", "Cf", "Cs"})


class CommandName(StrEnum):
    """What a printed command code asks for."""

    PACKED = "PACKED"
    HOLD = "HOLD"
    UNDO = "UNDO"
    NEXT = "NEXT"
    ACK = "ACK"
    CONTACT = "CONTACT"
    RESULT = "RESULT"
    SHORT = "SHORT"
    DAMAGED = "DAMAGED"
    REPRINT = "REPRINT"
    PERSON = "PERSON"
    HELP = "HELP"
    SUPERVISOR = "SUPERVISOR"
    HANDOVER = "HANDOVER"
    RETURNS = "RETURNS"


@dataclass(frozen=True, slots=True)
class Command:
    """A command code of this installation. `method` comes with CONTACT, `result` with RESULT, `why` with a refusal."""

    name: CommandName
    method: ContactMethod | None = None
    result: AttemptResult | None = None
    why: RefusalWhy | None = None


@dataclass(frozen=True, slots=True)
class Badge:
    """A person's badge. `secret` is the part behind the prefix, upper-case."""

    secret: str


@dataclass(frozen=True, slots=True)
class OrderCode:
    """Anything else: a number to look up, as normalised."""

    text: str


@dataclass(frozen=True, slots=True)
class CodeFormat:
    """How the scanners of an installation dress a code.

    `prefix` and `suffix` are what they put around every code; the switches say what is taken off besides.
    """

    prefix: str = ""
    suffix: str = ""
    strip_inner_spaces: bool = True
    strip_aim: bool = True
    strip_separators: bool = True


def normalise(raw: str, code_format: CodeFormat | None = None) -> str:
    """The code without what a scanner or a copy added: blanks, invisible characters, prefix, suffix, identifiers.

    Letter case and leading zeros stay. Without `strip_separators` a GS1 separator (0x1D) becomes a space.
    """
    rules = code_format or CodeFormat()
    text = raw[: LONGEST_CODE * 4].replace("\x1d", "" if rules.strip_separators else " ")
    text = "".join(c for c in text if c.isspace() or unicodedata.category(c) not in _DROPPED)
    text = unicodedata.normalize("NFC", text).strip()
    text = text.removeprefix(rules.prefix).removesuffix(rules.suffix).strip()
    if rules.strip_aim and (identifier := _AIM.match(text)):
        text = text[identifier.end() :].removeprefix(rules.prefix).strip()
    text = ("" if rules.strip_inner_spaces else " ").join(text.split())
    return text[:LONGEST_CODE]


def look_up_candidates(code: str) -> tuple[str, ...]:
    """The numbers a normalised code may stand for, in order of trust, each once; empty for an empty code.

    As scanned, upper-cased, both without inner spaces; of Lazada's `<order>_<waybill>` then the waybill, which names
    one parcel, and the order.
    """
    spellings = [code, code.upper()]
    spellings += [spelling.replace(" ", "") for spelling in spellings]
    if composite := _LAZADA_COMPOSITE.fullmatch(spellings[2]):
        waybill = composite["waybill"]
        spellings += [waybill, waybill.upper(), composite["order"]]
    return tuple(dict.fromkeys(spelling for spelling in spellings if spelling))


def glued_halves(code: str) -> tuple[tuple[str, str], ...]:
    """The ways to cut a normalised code into two codes, the most even first; none for one too long to be two."""
    if len(code) > LONGEST_CODE // 2:
        return ()
    middle = len(code) / 2
    cuts = sorted(range(SHORTEST_HALF, len(code) - SHORTEST_HALF + 1), key=lambda cut: (abs(cut - middle), cut))
    return tuple((code[:cut].strip(), code[cut:].strip()) for cut in cuts)


def parse(code: str, token: str) -> Command | Badge | OrderCode:
    """What a normalised code is.

    A command needs this installation's token, a known name and a legal value, else it is an unknown order code. A
    command that an input method rewrote is still read, because token and words leave one reading; a badge is not.

    Args:
        code: as `normalise` returns it.
        token: this installation's; an empty one makes no code a command.
    """
    for spelling in (code, *unfold(code)):
        if command := _command(spelling, token):
            return command
    prefix, _, secret = code.upper().partition(":")
    if prefix == _BADGES and secret and secret.isascii() and secret.isalnum():
        return Badge(secret)
    return OrderCode(code)


def command_code(token: str, command: Command) -> str:
    """The text of a printed command, which `parse` reads back."""
    values = (value.upper() for value in (command.method, command.result, command.why) if value)
    return ":".join((_COMMANDS, token, command.name, *values))


def badge_code(secret: str) -> str:
    """The text of a printed badge, which `parse` reads back; `secret` is of `IME_PROOF_ALPHABET`."""
    return f"{_BADGES}:{secret}"


def _command(code: str, token: str) -> Command | None:
    parts = code.upper().split(":")
    if len(parts) < 3 or parts[0] != _COMMANDS:
        return None
    given = parts[1].encode("utf-8", "replace")
    if not token or not hmac.compare_digest(given, token.upper().encode("utf-8", "replace")):
        return None
    try:
        return _read_command(CommandName(parts[2]), [value.lower() for value in parts[3:]])
    except ValueError:
        return None


def _read_command(name: CommandName, values: list[str]) -> Command | None:
    """The command of a name and its values, or None for too many or too few of them.

    Raises:
        ValueError: a value that is not one.
    """
    if name is CommandName.CONTACT:
        return Command(name, method=ContactMethod(values[0])) if len(values) == 1 else None
    if name is CommandName.RESULT:
        if not 1 <= len(values) <= 2:
            return None
        result = AttemptResult(values[0])
        why = RefusalWhy(values[1]) if len(values) == 2 else None
        if result is AttemptResult.ABANDONED or (why and result is not AttemptResult.REFUSED):
            return None
        return Command(name, result=result, why=why)
    return None if values else Command(name)
