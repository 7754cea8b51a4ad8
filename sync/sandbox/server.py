"""A simulated channel on a loopback port: its own addresses, its faults, and a few of the simulation's own under /_sandbox."""

from __future__ import annotations

import asyncio
import dataclasses
import importlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import formatdate
from typing import cast

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.listening import listen
from sync.sandbox.faults import Fault
from sync.sandbox.stand import SimulatedChannel, Stand

_SLOW_SECONDS = 1.0
_STALLED_SECONDS = 120.0
_TOO_LARGE = 40 * 1024 * 1024
_PAGE = b"<!DOCTYPE html><html><body><h1>Please come back later</h1></body></html>"


def simulated(channel: str) -> SimulatedChannel:
    """The module that simulates a channel.

    Raises:
        ModuleNotFoundError: there is none.
    """
    return cast(SimulatedChannel, importlib.import_module(f"sync.sandbox.channels.{channel}"))


def application(stand: Stand) -> ASGIApp:
    """The simulated channel of a stand, faults and all."""
    channel = simulated(stand.market.counter.shop.channel)

    async def truth(request: Request) -> Response:
        now = int(request.query_params.get("at", stand.clock()))
        every = (channel.expected(facts) for facts in stand.market.every(now))
        return JSONResponse([dataclasses.asdict(one) for one in every if one is not None])

    async def faults(request: Request) -> Response:
        if request.method == "POST":
            chances = json.loads(await request.body())
            stand.faults.chances = {Fault(name): float(chance) for name, chance in chances.items()}
        return JSONResponse({"chances": stand.faults.chances, "struck": stand.faults.struck, "calls": stand.calls})

    async def pushes(_request: Request) -> Response:
        return JSONResponse({"url": stand.push_url, "pushed": stand.pushed})

    async def login(_request: Request) -> Response:
        return JSONResponse(dataclasses.asdict(channel.credential(stand)))

    own = [
        Route("/_sandbox/truth", truth),
        Route("/_sandbox/pushes", pushes),
        Route("/_sandbox/login", login, methods=["POST"]),
        Route("/_sandbox/faults", faults, methods=["GET", "POST"]),
    ]
    return _Weather(Starlette(routes=[*own, *channel.routes(stand)]), stand)


class _Weather:
    """Lets the server's own faults strike, tells the channel's time, and counts the calls."""

    def __init__(self, inner: ASGIApp, stand: Stand) -> None:
        self._inner = inner
        self._stand = stand

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/_sandbox"):
            await self._inner(scope, receive, send)
            return
        calls, path = self._stand.calls, scope["path"]
        calls[path] = calls.get(path, 0) + 1
        date = formatdate(self._stand.clock() / 1000, usegmt=True).encode()

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), (b"date", date)]
            await send(message)

        strikes = self._stand.faults.strikes
        if strikes(Fault.SLOW):
            await asyncio.sleep(_SLOW_SECONDS)
        if strikes(Fault.STALLED):
            await asyncio.sleep(_STALLED_SECONDS)
        elif strikes(Fault.HTML_PAGE):
            await Response(_PAGE, 502, media_type="text/html")(scope, receive, dated)
        elif strikes(Fault.LYING_TYPE):
            await Response(_PAGE, 200, media_type="application/json")(scope, receive, dated)
        elif strikes(Fault.MAINTENANCE):
            await Response(_PAGE, 503, {"retry-after": "2"}, media_type="text/html")(scope, receive, dated)
        elif strikes(Fault.TOO_LARGE):
            await Response(b" " * _TOO_LARGE, 200, media_type="application/json")(scope, receive, dated)
        elif strikes(Fault.CUT_OFF):
            await self._inner(scope, receive, _cutting(dated))
        elif strikes(Fault.BROKEN_OFF):
            await self._inner(scope, receive, _breaking(dated))
        else:
            await self._inner(scope, receive, dated)


def _cutting(send: Send) -> Send:
    """Send half of the body, and say that this was all."""

    async def cut(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [pair for pair in message["headers"] if pair[0].lower() != b"content-length"]
        elif message["type"] == "http.response.body":
            message["body"] = message["body"][: len(message["body"]) // 2]
        await send(message)

    return cut


def _breaking(send: Send) -> Send:
    """Send half of the body and break off, though the length promised more."""

    async def broken(message: Message) -> None:
        if message["type"] == "http.response.body":
            await send({"type": "http.response.body", "body": message["body"][:10], "more_body": True})
            raise ConnectionResetError
        await send(message)

    return broken


@asynccontextmanager
async def serving(app: ASGIApp, port: int = 0) -> AsyncIterator[str]:
    """Serve on a loopback port while the context lasts; its base address, without a slash at the end.

    Args:
        app: what is served.
        port: 0 takes a free one.

    Raises:
        OSError: the port is taken.
    """
    listening = listen("127.0.0.1", port)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", date_header=False, lifespan="off"))
    running = asyncio.create_task(server._serve([listening]))
    while not server.started:
        if running.done():
            await running
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = server.force_exit = True
        await running
