"""Calls to channels over real sockets: what is tried again, what is refused, and what a channel's clock says."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from email.utils import formatdate

import pytest
from starlette.applications import Starlette
from starlette.requests import Request as Asked
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sync.channels.errors import Advice, ChannelError
from sync.credentials.credential import Credential
from sync.sandbox.server import serving
from sync.sandbox.stand import real_clock
from sync.web.connection import Connection, Manners
from sync.web.messages import Answer, Request
from sync.web.rates import urgently
from tests.sync.channels.stands import HeldTokens

PERSISTENT = Manners(largest_answer=10_000, first_wait=0.001, longest_wait=0.01)
"""Tries again at once, and waits for an answer as long as a busy machine may take."""


class Channel:
    """A channel whose next answers are laid out beforehand; it answers `{}` when they are used up."""

    def __init__(self, *answers: Callable[[], Response]) -> None:
        self.answers = list(answers)
        self.tokens: list[str] = []

    async def answer(self, asked: Asked) -> Response:
        self.tokens.append(asked.headers.get("token", ""))
        made = self.answers.pop(0)() if self.answers else JSONResponse({})
        if isinstance(made, _Stalled):
            await asyncio.sleep(5)
        return made


class _Stalled(Response):
    pass


@asynccontextmanager
async def before(channel: Channel, manners: Manners = PERSISTENT) -> AsyncIterator[tuple[Connection, HeldTokens, str]]:
    async with serving(Starlette(routes=[Route("/{path}", channel.answer)])) as url:
        tokens = HeldTokens(Credential(access_token="old"))
        connection = Connection(tokens, manners=manners)
        try:
            yield connection, tokens, f"{url}/call"
        finally:
            await connection.close()


def asking(url: str) -> Callable[[Credential, int], Request]:
    return lambda credential, _now: Request("GET", url, headers={"token": credential.access_token})


def failing(status: int, **headers: str) -> Callable[[], Response]:
    return lambda: Response(
        "<html>no</html>", status, {name.replace("_", "-"): value for name, value in headers.items()}
    )


async def test_a_server_that_fails_for_a_moment_is_asked_again() -> None:
    channel = Channel(failing(500), failing(503), lambda: JSONResponse({"fine": True}))
    async with before(channel) as (connection, _tokens, url):
        assert await connection.ask(asking(url), Answer.json) == {"fine": True}
    assert len(channel.tokens) == 3


async def test_after_four_tries_the_error_is_handed_on() -> None:
    channel = Channel(*[failing(500)] * 9)
    async with before(channel) as (connection, _tokens, url):
        with pytest.raises(ChannelError, match="HTTP 500") as caught:
            await connection.ask(asking(url), Answer.json)
    assert caught.value.advice is Advice.RETRY
    assert len(channel.tokens) == 4


async def test_long_maintenance_is_left_to_the_schedule() -> None:
    channel = Channel(failing(503, retry_after="600"))
    async with before(channel) as (connection, _tokens, url):
        with pytest.raises(ChannelError) as caught:
            await connection.ask(asking(url), Answer.json)
    assert caught.value.retry_after == 600
    assert len(channel.tokens) == 1


async def test_what_the_channel_calls_wrong_for_good_is_not_asked_again() -> None:
    def refuse(_answer: Answer) -> None:
        raise ChannelError("no such parameter", Advice.GIVE_UP)

    channel = Channel()
    async with before(channel) as (connection, _tokens, url):
        with pytest.raises(ChannelError, match="no such parameter"):
            await connection.ask(asking(url), refuse)
    assert len(channel.tokens) == 1


async def test_an_expired_token_is_renewed_once_and_the_call_made_again() -> None:
    def judge(answer: Answer) -> bool:
        if answer.json().get("expired"):
            raise ChannelError("expired", Advice.RENEW)
        return True

    async def renew(_stale: Credential) -> Credential:
        return Credential(access_token="new")

    channel = Channel(lambda: JSONResponse({"expired": True}))
    async with before(channel) as (connection, tokens, url):
        connection.renew = renew
        assert await connection.ask(asking(url), judge)
        assert tokens.renewals == 1
    assert channel.tokens == ["old", "new"]


async def test_a_token_that_is_refused_even_when_fresh_is_for_the_seller() -> None:
    def judge(_answer: Answer) -> None:
        raise ChannelError("not authorised", Advice.RENEW)

    async def renew(stale: Credential) -> Credential:
        return Credential(access_token=stale.access_token + "+")

    async with before(Channel()) as (connection, tokens, url):
        connection.renew = renew
        with pytest.raises(ChannelError) as caught:
            await connection.ask(asking(url), judge)
        assert tokens.renewals == 1
    assert caught.value.advice is Advice.ASK_SELLER


async def test_a_token_is_renewed_before_it_expires() -> None:
    async def renew(_stale: Credential) -> Credential:
        return Credential(access_token="new")

    channel = Channel()
    async with before(channel) as (connection, tokens, url):
        tokens.credential = Credential(access_token="old", access_expires_at=real_clock() + 60_000)
        connection.renew = renew
        await connection.ask(asking(url), Answer.json)
    assert channel.tokens == ["new"]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda: Response(b"x" * 20_000), "larger than"),
        (lambda: Response('{"orders": [1, 2', media_type="application/json"), "no whole JSON"),
        (lambda: Response("<html>hello</html>", media_type="application/json"), "an HTML page"),
        (lambda: Response("[" * 5_000, media_type="application/json"), "no whole JSON"),
        (lambda: Response(b"not gzip", headers={"content-encoding": "gzip"}), "decompressed"),
        (lambda: Response(b"x", headers={"content-encoding": "gzip, gzip"}), "not asked for"),
        (lambda: Response(b"x", headers={"content-encoding": "br"}), "not asked for"),
    ],
)
async def test_an_answer_that_cannot_be_right_is_an_error_to_try_again(
    answer: Callable[[], Response], says: str
) -> None:
    async with before(Channel(*[answer] * 9)) as (connection, _tokens, url):
        with pytest.raises(ChannelError, match=says) as caught:
            await connection.ask(asking(url), Answer.json)
    assert caught.value.advice is Advice.RETRY


async def test_an_answer_that_never_comes_is_an_error_to_try_again() -> None:
    hurried = replace(PERSISTENT, read_timeout=0.2, whole_timeout=0.3)
    async with before(Channel(*[lambda: _Stalled("{}")] * 9), hurried) as (connection, _tokens, url):
        with pytest.raises(ChannelError, match="in time") as caught:
            await connection.ask(asking(url), Answer.json)
    assert caught.value.advice is Advice.RETRY


async def test_a_host_that_nobody_answers_at_is_one_line() -> None:
    connection = Connection(HeldTokens(Credential()), manners=PERSISTENT)
    with pytest.raises(ChannelError, match="cannot be reached"):
        await connection.ask(asking("http://127.0.0.1:1/call"), Answer.json)
    await connection.close()


async def test_a_channel_that_keeps_failing_is_left_alone_and_asked_again_after_a_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    channel = Channel(*[failing(500)] * 8)
    async with before(channel) as (connection, _tokens, url):
        for path in ("/call", "/other"):
            with pytest.raises(ChannelError):
                await connection.ask(asking(url.replace("/call", path)), Answer.json)
        assert connection.breaker.is_open
        asked = len(channel.tokens)
        with pytest.raises(ChannelError, match="left alone"):
            await connection.ask(asking(url), Answer.json)
        assert len(channel.tokens) == asked
        monkeypatch.setattr("sync.web.breaker.monotonic", lambda: 1e12)
        channel.answers.clear()
        assert await connection.ask(asking(url), Answer.json) == {}
        assert not connection.breaker.is_open


async def test_one_path_that_fails_every_time_shuts_nobody_out_of_the_others() -> None:
    async with before(Channel(*[failing(500)] * 12)) as (connection, _tokens, url):
        for _try in range(3):
            with pytest.raises(ChannelError, match="HTTP 500"):
                await connection.ask(asking(url), Answer.json)
        with urgently():
            assert await connection.ask(asking(url.replace("call", "other")), Answer.json) == {}


async def test_an_answer_comes_compressed_once_at_most_and_whole() -> None:
    asked: list[str] = []

    async def answer(call: Asked) -> Response:
        asked.append(call.headers["accept-encoding"])
        return Response(gzip.compress(b'{"fine": true}'), headers={"content-encoding": "gzip"})

    async with serving(Starlette(routes=[Route("/call", answer)])) as url:
        connection = Connection(HeldTokens(Credential()), manners=PERSISTENT)
        assert await connection.ask(asking(f"{url}/call"), Answer.json) == {"fine": True}
        await connection.close()
    assert asked == ["gzip"]


async def test_who_waits_at_a_desk_is_told_at_once_that_the_channel_wants_to_be_left_alone_for_long() -> None:
    channel = Channel(failing(429, retry_after="20"))
    async with before(channel) as (connection, _tokens, url), asyncio.timeout(14):
        for _call in range(2):
            with urgently(), pytest.raises(ChannelError) as caught:
                await connection.ask(asking(url), Answer.json)
            assert caught.value.advice is Advice.RETRY
            assert 15 <= (caught.value.retry_after or 0) <= 20
    assert len(channel.tokens) == 1


async def unreachable(_stale: Credential) -> Credential:
    raise ChannelError("the channel cannot be reached", Advice.RETRY, code="unreachable")


async def test_while_no_new_token_can_be_had_the_old_one_is_used_as_long_as_it_is_good() -> None:
    tried: list[Credential] = []

    async def renew(stale: Credential) -> Credential:
        tried.append(stale)
        return await unreachable(stale)

    channel = Channel()
    async with before(channel) as (connection, tokens, url):
        tokens.credential = Credential(access_token="old", access_expires_at=real_clock() + 60_000)
        connection.renew = renew
        for _call in range(3):
            assert await connection.ask(asking(url), Answer.json) == {}
    assert channel.tokens == ["old", "old", "old"]
    assert len(tried) == 1


async def test_a_token_that_has_ended_is_not_used_when_no_new_one_can_be_had() -> None:
    channel = Channel()
    async with before(channel) as (connection, tokens, url):
        tokens.credential = Credential(access_token="old", access_expires_at=real_clock() - 1)
        connection.renew = unreachable
        with pytest.raises(ChannelError, match="cannot be reached"):
            await connection.ask(asking(url), Answer.json)
    assert channel.tokens == []


async def test_a_renewal_that_only_the_seller_can_mend_is_told_before_the_old_token_ends() -> None:
    async def renew(_stale: Credential) -> Credential:
        raise ChannelError("log in again", Advice.ASK_SELLER)

    async with before(Channel()) as (connection, tokens, url):
        tokens.credential = Credential(access_token="old", access_expires_at=real_clock() + 60_000)
        connection.renew = renew
        with pytest.raises(ChannelError, match="log in again"):
            await connection.ask(asking(url), Answer.json)


async def test_the_channels_clock_is_taken_from_its_date() -> None:
    def ten_minutes_ahead() -> Response:
        return JSONResponse({}, headers={"date": formatdate(real_clock() / 1000 + 600, usegmt=True)})

    async with before(Channel(ten_minutes_ahead)) as (connection, _t, url):
        await connection.ask(asking(url), Answer.json)
        assert abs(connection.clock.offset_ms - 600_000) < 2_000


async def test_a_nonsense_date_changes_nothing() -> None:
    async with before(Channel(lambda: JSONResponse({}, headers={"date": "yesterday"}))) as (connection, _t, url):
        await connection.ask(asking(url), Answer.json)
        assert connection.clock.offset_ms == 0


async def test_too_many_calls_make_everybody_wait_as_long_as_the_channel_says() -> None:
    channel = Channel(failing(429, retry_after="1"), lambda: JSONResponse({}))
    async with before(channel) as (connection, _tokens, url):
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await connection.ask(asking(url), Answer.json)
        # Not a measure of speed: the channel asked for a second, and less would be rude.
        assert loop.time() - begun >= 1.0


async def test_nothing_secret_is_in_what_is_printed_of_a_request() -> None:
    request = Request("GET", "http://127.0.0.1/", headers={"authorization": "Bearer hush"}, body=b"hush")
    assert "hush" not in repr(request)


async def test_somebody_who_waits_at_a_desk_does_not_wait_for_a_back_fill() -> None:
    connection = Connection(HeldTokens(Credential()), requests_per_second=20, manners=PERSISTENT)
    async with serving(Starlette(routes=[Route("/call", Channel().answer)])) as url:
        done: list[str] = []

        async def background() -> None:
            for _call in range(12):
                await connection.ask(asking(f"{url}/call"), Answer.json)
                done.append("background")

        async def urgent() -> None:
            with urgently():
                await connection.ask(asking(f"{url}/call"), Answer.json)
                done.append("urgent")

        await asyncio.gather(background(), background(), urgent())
        assert done.index("urgent") <= 3
    await connection.close()
