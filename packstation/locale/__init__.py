"""Words on screen: English strings are the message ids, `vi` is a gettext catalogue compiled in the build."""

from __future__ import annotations

import gettext
from pathlib import Path

LANGUAGES = ("vi", "en")

_FOLDER = Path(__file__).parent
_catalogue: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"


def use_language(language: str) -> None:
    """Make `language` ("vi" or "en") the one that `_` answers in, for the whole process."""
    global _catalogue, _language
    _catalogue = gettext.translation("packstation", _FOLDER, languages=[language], fallback=True)
    _language = language


def language() -> str:
    """The language that `_` answers in."""
    return _language


def _(message: str) -> str:
    """The message in the language in use; placeholders like `{count}` are filled by the caller's `format`."""
    return _catalogue.gettext(message)


def in_this_language(message: str) -> str:
    """A message that was stored in English, such as a shop's trouble, where the catalogue knows it; else as it is."""
    return _catalogue.gettext(message) if message else ""
