"""Reading a span page by page from a channel that does not always tell the truth."""

from __future__ import annotations

import pytest

from packstation.domain.times import DAY
from sync.channels.errors import UnreadableAnswerError
from sync.channels.protocol import Page, Span
from sync.rereading import Rereading
from sync.spans import Spans, spans_back, spans_of
from tests.factories import NOW
from tests.sync.scripted import ScriptedChannel, changed, pulling, stored

pytestmark = pytest.mark.usefixtures("sqlite_database")
A_DAY = Span(NOW - DAY, NOW)


async def spans(channel: ScriptedChannel) -> Spans:
    at = await pulling(channel, NOW)
    return Spans(channel, at.store, Rereading(channel, at.store))


async def test_pages_that_go_round_in_circles_are_noticed() -> None:
    class Circling(ScriptedChannel):
        async def changes(self, span: Span, cursor: str | None) -> Page:
            return Page((), "1")

    with pytest.raises(UnreadableAnswerError, match="circles"):
        await (await spans(Circling())).walk(A_DAY)


async def test_a_page_that_cannot_be_understood_is_asked_for_again_and_the_span_need_not_be_begun_anew() -> None:
    nonsense = UnreadableAnswerError("counts orders and lists none")
    channel = ScriptedChannel([changed(f"A-{n}", NOW - 1_000 + n) for n in range(5)])
    channel.errors = [None, nonsense, nonsense, None, None]
    walked = await (await spans(channel)).walk(A_DAY)
    assert walked.numbers == {f"A-{n}" for n in range(5)} == set(stored())
    assert channel.spans == [A_DAY]


async def test_a_channel_that_goes_on_telling_nonsense_is_in_trouble_and_what_came_before_is_stored() -> None:
    nonsense = UnreadableAnswerError("counts orders and lists none")
    channel = ScriptedChannel([changed(f"A-{n}", NOW - 1_000 + n) for n in range(5)])
    channel.errors = [None, nonsense, nonsense, nonsense]
    with pytest.raises(UnreadableAnswerError, match="counts"):
        await (await spans(channel)).walk(A_DAY)
    assert set(stored()) == {"A-0", "A-1"}


def test_a_stretch_of_time_is_divided_as_the_channel_allows() -> None:
    assert list(spans_of(0, 25, 10)) == [Span(0, 10), Span(10, 20), Span(20, 25)]
    assert list(spans_of(5, 5, 10)) == []
    assert list(spans_back(0, 25, 10)) == [Span(15, 25), Span(5, 15), Span(0, 5)]
    assert list(spans_back(5, 5, 10)) == []
