"""The server of a simulated channel: its time, its bad weather, and what it lets tests know."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime

import httpx
import pytest

from packstation.domain.times import HOUR, SECOND
from sync.sandbox.faults import Fault
from sync.sandbox.server import application, serving, simulated
from sync.sandbox.stand import Stand, real_clock
from tests.sync.channels.stands import make_stand

ADDRESS = "/rest/orders/get"


@asynccontextmanager
async def served(**keys: object) -> AsyncIterator[tuple[Stand, httpx.AsyncClient]]:
    stand, _opened_at = make_stand("lazada", orders=30, **keys)  # type: ignore[arg-type]
    async with serving(application(stand)) as url, httpx.AsyncClient(base_url=url, timeout=5) as client:
        yield stand, client


async def test_every_answer_bears_the_channels_own_time_and_is_counted() -> None:
    async with served(clock=lambda: real_clock() + 9 * HOUR) as (stand, client):
        for _call in range(2):
            answer = await client.get(ADDRESS)
            said = parsedate_to_datetime(answer.headers["date"]).timestamp() * 1000
            assert abs(said - stand.clock()) < 60 * SECOND
            assert len(answer.headers.get_list("date")) == 1
        assert stand.calls == {ADDRESS: 2}


async def test_the_truth_is_what_the_channel_lets_one_know_at_that_moment() -> None:
    async with served() as (stand, client):
        channel = simulated("lazada")
        now = stand.clock()
        expected = [one for one in map(channel.expected, stand.market.every(now)) if one is not None]
        told = (await client.get("/_sandbox/truth", params={"at": now})).json()
        assert [one["number"] for one in told] == [one.number for one in expected]
        assert [one["status"] for one in told] == [one.status for one in expected]
        assert (await client.get("/_sandbox/truth", params={"at": now - 365 * 24 * HOUR})).json() == []


@pytest.mark.parametrize(
    ("fault", "status", "kind"),
    [
        (Fault.HTML_PAGE, 502, "text/html"),
        (Fault.LYING_TYPE, 200, "application/json"),
        (Fault.MAINTENANCE, 503, "text/html"),
    ],
)
async def test_pages_instead_of_json(fault: Fault, status: int, kind: str) -> None:
    async with served(faults={fault: 1.0}) as (_stand, client):
        answer = await client.get(ADDRESS)
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith(kind)
        assert answer.text.startswith("<!DOCTYPE html>")
        assert ("retry-after" in answer.headers) == (fault is Fault.MAINTENANCE)


async def test_an_answer_that_is_cut_off_is_half_of_it_and_says_so_to_nobody() -> None:
    async with served() as (stand, client):
        whole = await client.get(ADDRESS)
        stand.faults.chances = {Fault.CUT_OFF: 1.0}
        cut = await client.get(ADDRESS)
        assert len(cut.content) == len(whole.content) // 2
        with pytest.raises(ValueError, match=r"\w"):
            cut.json()


async def test_a_connection_that_breaks_off_does_so_in_the_middle_of_the_answer() -> None:
    async with served(faults={Fault.BROKEN_OFF: 1.0}) as (_stand, client):
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get(ADDRESS)


async def test_an_answer_that_nobody_should_read_is_larger_than_any_limit() -> None:
    async with served(faults={Fault.TOO_LARGE: 1.0}) as (_stand, client), client.stream("GET", ADDRESS) as answer:
        assert int(answer.headers["content-length"]) > 32 * 1024 * 1024


async def test_an_answer_that_stalls_does_not_come() -> None:
    async with served(faults={Fault.STALLED: 1.0}) as (_stand, client):
        with pytest.raises(httpx.ReadTimeout):
            await client.get(ADDRESS, timeout=0.3)


async def test_faults_are_switched_and_read_from_outside_and_never_strike_the_simulations_own_addresses() -> None:
    async with served(faults={Fault.HTML_PAGE: 1.0}) as (stand, client):
        await client.get(ADDRESS)
        told = (await client.get("/_sandbox/faults")).json()
        assert told == {"chances": {"html_page": 1.0}, "struck": {"html_page": 1}, "calls": {ADDRESS: 1}}
        await client.post("/_sandbox/faults", json={})
        assert stand.faults.chances == {}
        assert (await client.get(ADDRESS)).status_code == 200


async def test_a_port_that_is_taken_is_an_error_and_a_closed_one_is_free_again() -> None:
    stand, _opened_at = make_stand("lazada", orders=0)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            async with serving(application(stand), port):
                pass
    for _time in range(2):
        async with serving(application(stand), port) as url:
            assert url == f"http://127.0.0.1:{port}"


def test_a_channel_that_nobody_simulates_is_named() -> None:
    with pytest.raises(ModuleNotFoundError, match="shoppee"):
        simulated("shoppee")
