"""The house's label: shows harmless text only, and never as markup."""

from __future__ import annotations

from typing import NewType

from textual.content import Content
from textual.widget import Widget

from packstation.domain.plain_text import PlainText

StyledText = NewType("StyledText", Content)
"""Content put together by `styled`, and so out of harmless text only."""

Shown = PlainText | StyledText
"""What the house's widgets take."""


def styled(*parts: PlainText | tuple[PlainText, str]) -> StyledText:
    """The parts as one text. A part may bring a style, as in `(text, "bold $error")`; styles are never from outside."""
    return StyledText(Content.assemble(*(_content(part) for part in parts)))


def lines(*rows: Shown) -> StyledText:
    """The rows one below the other."""
    return StyledText(Content("\n").join(content_of(row) for row in rows))


def content_of(shown: Shown) -> Content:
    """What is shown, as Textual draws it; for titles and options of its own widgets, which take `str` for markup."""
    return Content(shown) if isinstance(shown, PlainText) else shown


class Label(Widget):
    """Shows one text, wrapped at its width and as high as it needs."""

    DEFAULT_CSS = """
    Label { width: auto; height: auto; }
    """

    def __init__(
        self,
        shown: Shown | None = None,
        *,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes, markup=False)
        self._shown = Content("") if shown is None else content_of(shown)

    @property
    def shown(self) -> str:
        """The text on show, without its styles."""
        return self._shown.plain

    def show(self, shown: Shown) -> None:
        """Show another text instead."""
        content = content_of(shown)
        if content is not self._shown:
            self._shown = content
            self.refresh(layout=True)

    def render(self) -> Content:
        """The text on show."""
        return self._shown


def _content(part: PlainText | tuple[PlainText, str]) -> Content:
    if isinstance(part, PlainText):
        return Content(part)
    text, style = part
    return Content.styled(text, style)
