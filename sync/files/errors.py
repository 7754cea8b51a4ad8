"""Why a whole file, or a mapping, was refused. A bad row is no error: it goes to the rejects.

FileRefusedError
├── UnreadableFileError      no readable CSV or XLSX: cut off, empty, binary, too large
├── UnknownFormatError       readable, but nobody knows these headers or this format's name
├── NotThisFormatError       readable, but not the format asked for
├── ShopDoesNotFitError      the format's channel or currency is not the shop's
└── MappingError             a mapping file has a mistake
"""

from __future__ import annotations

_LONGEST_SHOWN = 120


def shown(value: object) -> str:
    """Text from outside made fit for one line of a message: unprintable characters replaced, length bounded."""
    text = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in str(value))
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


class FileRefusedError(Exception):
    """A file that is not read at all; nothing of it may be stored.

    Attributes:
        what: what is wrong.
        where: the file (and the key, sheet or column in it).
        remedy: what the person can do about it.
    """

    def __init__(self, *, what: str, where: object, remedy: str) -> None:
        self.what = what
        self.where = shown(where)
        self.remedy = remedy
        super().__init__(what)

    def __str__(self) -> str:
        """The one line that a command prints."""
        return f"{self.where}: {self.what}; {self.remedy}"


class UnreadableFileError(FileRefusedError):
    """No readable CSV or XLSX."""


class UnknownFormatError(FileRefusedError):
    """No known format has these headers, or this name."""


class NotThisFormatError(FileRefusedError):
    """The file lacks what the format asked for needs."""


class ShopDoesNotFitError(FileRefusedError):
    """The shop asked for is on another channel or keeps another currency than the file."""


class MappingError(FileRefusedError):
    """A mapping file has a mistake; `where` names file and key."""
