from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from packstation.domain.plain_text import plain
from packstation.tui.widgets.text import Label, Shown, content_of, lines, styled

NASTY = [
    "[@click=app.quit]x[/]",
    "[/]",
    "[/b]",
    "[@click=app.bell('",
    "[A] and [ b]",
    "a\\",
    "$name {0} %s",
    "[link=http://x]y",
]


class OneLabel(App[None]):
    def __init__(self, shown: Shown) -> None:
        super().__init__()
        self._label = Label(shown, id="label")

    def compose(self) -> ComposeResult:
        yield self._label


def screen_text(app: App[None]) -> str:
    return "\n".join("".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips())


@pytest.mark.parametrize("text", NASTY)
async def test_markup_is_shown_as_written(text: str) -> None:
    app = OneLabel(plain(text))
    async with app.run_test():
        assert text in screen_text(app)


@pytest.mark.parametrize("text", NASTY)
async def test_styled_parts_are_shown_as_written(text: str) -> None:
    app = OneLabel(styled((plain(text), "bold red"), plain(" "), plain(text)))
    async with app.run_test():
        assert f"{text} {text}" in screen_text(app)


async def test_a_label_shows_another_text_and_grows_with_it() -> None:
    app = OneLabel(plain("one"))
    async with app.run_test() as pilot:
        label = app.query_one(Label)
        label.show(lines(plain("one"), styled(plain("two"))))
        await pilot.pause()
        assert label.shown == "one\ntwo"
        assert label.size.height == 2
        assert "two" in screen_text(app)


def test_titles_get_content_and_never_a_string() -> None:
    assert content_of(plain("[b]x")).plain == "[b]x"


def test_a_style_stays_on_its_part() -> None:
    text = styled(plain("a"), (plain("b"), "bold"))
    assert [(span.start, span.end, span.style) for span in text.spans] == [(1, 2, "bold")]
