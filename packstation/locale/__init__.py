"""Words on screen: English strings are the message ids, `vi` is a gettext catalogue compiled in the build.

What is stored and logged, such as a shop's trouble, is English, whoever wrote it: `said` makes it, and `in_this_language` translates
it where it is shown.
"""

from __future__ import annotations

import gettext
import re
import string
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

LANGUAGES = ("vi", "en")

_FOLDER = Path(__file__).parent
_LONGEST_STORED = 600
_LEAST_LITERAL = 6
"""Letters that a template needs besides its placeholders to be known again in a text."""
_catalogue: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"
_spoken: ContextVar[tuple[str, gettext.NullTranslations] | None] = ContextVar("spoken", default=None)


def use_language(language: str) -> None:
    """Make `language` ("vi" or "en") the one that `_` answers in, for the whole process."""
    global _catalogue, _language
    _catalogue = gettext.translation("packstation", _FOLDER, languages=[language], fallback=True)
    _language = language
    _templates.cache_clear()
    _translated.cache_clear()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """While the block lasts, `_` answers this thread or task in `language` ("vi" or "en"): for what others read."""
    catalogue = gettext.translation("packstation", _FOLDER, languages=[language], fallback=True)
    token = _spoken.set((language, catalogue))
    try:
        yield
    finally:
        _spoken.reset(token)


def language() -> str:
    """The language that `_` answers in."""
    spoken = _spoken.get()
    return spoken[0] if spoken else _language


def _(message: str) -> str:
    """The message in the language in use; placeholders like `{count}` are filled by the caller's `format`."""
    spoken = _spoken.get()
    return (spoken[1] if spoken else _catalogue).gettext(message)


def said(message: str, /, **values: object) -> str:
    """A message in English, to be stored or logged; the catalogue has it, so that `in_this_language` can show it to a person.

    Args:
        message: the message id, a plain string in the code.
        values: what stands for its placeholders.
    """
    return message.format(**values)


def in_this_language(message: str) -> str:
    """A message that was stored in English, such as a shop's trouble, where the catalogue knows it; else as it is.

    Texts that were made from a template are known too; a value in it that is such a text itself is translated as well.
    """
    return _translated(message) if message else ""


@lru_cache(maxsize=256)
def _translated(message: str) -> str:
    known = _catalogue.gettext(message)
    if known != message or len(message) > _LONGEST_STORED:
        return known
    for template, translation in _templates():
        found = template.fullmatch(message)
        if found is not None:
            return "".join(_filled(translation, found))
    return message


def _filled(translation: str, found: re.Match[str]) -> Iterator[str]:
    values = found.groupdict()
    for literal, name, _spec, _conversion in string.Formatter().parse(translation):
        yield literal
        if name is not None:
            value = values[name]
            # A value of one word is a name or a code, though the catalogue may have a word that is spelt like it.
            yield in_this_language(value) if " " in value else value


@lru_cache(maxsize=1)
def _templates() -> list[tuple[re.Pattern[str], str]]:
    """The catalogue's messages with placeholders as patterns with a group for each, and their translations; the most telling first."""
    # The standard library reads the whole catalogue and has no public way to list it.
    messages: dict[object, str] = vars(_catalogue).get("_catalog", {})
    known = [(message, text) for message, text in messages.items() if isinstance(message, str) and "{" in message]
    ordered = sorted(known, key=lambda each: -_literal(each[0]))
    return [(_pattern(message), text) for message, text in ordered if _literal(message) >= _LEAST_LITERAL]


def _literal(message: str) -> int:
    return sum(letter.isalpha() for literal, *_rest in string.Formatter().parse(message) for letter in literal)


def _pattern(message: str) -> re.Pattern[str]:
    parts, seen = [], set()
    for literal, name, _spec, _conversion in string.Formatter().parse(message):
        parts.append(re.escape(literal))
        if name is not None:
            parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>.*?)")
            seen.add(name)
    return re.compile("".join(parts), re.DOTALL)
