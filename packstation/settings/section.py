"""What every section of `packstation.toml` is, and the text most of them take."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


def printable(text: str) -> str:
    """The text itself.

    Raises:
        ValueError: there is a control character in it.
    """
    if not text.isprintable():
        raise ValueError("text without control characters")
    return text


def argument(text: str) -> str:
    """The text itself, as an argument of a command.

    Raises:
        ValueError: it is empty, or there is a control character in it.
    """
    if not printable(text):
        raise ValueError("arguments that are not empty")
    return text


PrintableText = Annotated[str, AfterValidator(printable)]
Argument = Annotated[str, AfterValidator(argument)]


class Section(BaseModel):
    """A section: frozen, and without keys that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")
