"""Ports that strangers reach: slow requests shut nobody out, late ones go, and a taken port is one line of the log."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sync import listening as module
from sync.listening import MOST_ARRIVING, ImpatientProtocol, port_when_free

HEAD = b"POST /here HTTP/1.1\r\nHost: x\r\n"
WHOLE = HEAD + b"Content-Length: 2\r\n\r\nhi"


@asynccontextmanager
async def served() -> AsyncIterator[int]:
    async def receive(request: Request) -> Response:
        return Response(await request.body())

    app = Starlette(routes=[Route("/here", receive, methods=["POST"])])
    config = uvicorn.Config(app, http=ImpatientProtocol, log_config=None, lifespan="off")
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listening:
        server = uvicorn.Server(config)
        task = asyncio.create_task(server._serve([listening]))
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = server.force_exit = True
            await task


async def begun(port: int, sent: bytes, peer: str = "127.0.0.1") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(peer, 0))
    writer.write(sent)
    await writer.drain()
    return reader, writer


async def answer(reader: asyncio.StreamReader) -> bytes:
    """The status line; nothing when the connection was ended without one."""
    try:
        async with asyncio.timeout(10):
            return await reader.readline()
    except ConnectionError:
        return b""


async def test_a_crowd_of_half_requests_shuts_no_whole_one_out() -> None:
    async with served() as port:
        crowd = [await begun(port, HEAD) for _one in range(MOST_ARRIVING + 30)]
        reader, writer = await begun(port, WHOLE)
        assert await answer(reader) == b"HTTP/1.1 200 OK\r\n"
        assert await answer(crowd[0][0]) == b""
        for _reader, one in [*crowd, (reader, writer)]:
            one.close()


async def test_a_crowd_pushes_out_its_own_and_nobody_else() -> None:
    async with served() as port:
        slow, finishing = await begun(port, HEAD, "127.0.0.2")
        crowd = [await begun(port, HEAD) for _one in range(MOST_ARRIVING + 30)]
        finishing.write(WHOLE.removeprefix(HEAD))
        assert await answer(slow) == b"HTTP/1.1 200 OK\r\n"
        for _reader, one in [*crowd, (slow, finishing)]:
            one.close()


@pytest.mark.parametrize("sent", [b"", HEAD, HEAD + b"Content-Length: 9\r\n\r\nhi", WHOLE + HEAD])
async def test_what_does_not_arrive_whole_in_time_is_let_go(sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ARRIVAL_SECONDS", 0.2)
    async with served() as port:
        reader, writer = await begun(port, sent)
        for drop in range(20):
            if drop % 4 == 0 and sent:
                writer.write(b"X")
            await asyncio.sleep(0.02)
        async with asyncio.timeout(10):
            while True:
                try:
                    if not await reader.read(4096):
                        break
                except ConnectionError:
                    break
        writer.close()


async def test_one_connection_serves_several_requests() -> None:
    async with served() as port:
        reader, writer = await begun(port, WHOLE)
        for _request in range(3):
            assert await answer(reader) == b"HTTP/1.1 200 OK\r\n"
            await reader.readuntil(b"\r\n\r\nhi")
            writer.write(WHOLE)
        writer.close()


async def test_a_taken_port_is_told_once_and_taken_as_soon_as_it_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AGAIN_AFTER", 0.01)
    tries = 0

    def open_port() -> str:
        nonlocal tries
        tries += 1
        if tries < 6:
            raise OSError("taken" if tries < 5 else "something else")
        return "open"

    with structlog.testing.capture_logs() as log:
        assert await port_when_free("webhooks", open_port) == "open"
    assert [(line["event"], line.get("text")) for line in log] == [
        ("port not open", "taken"),
        ("port not open", "something else"),
        ("port open", None),
    ]
