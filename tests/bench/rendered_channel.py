"""`python -m tests.bench.rendered_channel CHANNEL ORDERS`: a simulated channel that answers what it answered before, after 20 ms.

Prints its address; `/_sandbox/asked` lists every request that was rendered, so that a bare loop can make the same ones.
"""

from __future__ import annotations

import asyncio
import json
import sys

from starlette.types import Message, Receive, Scope, Send

from sync.sandbox.counters import LIVE_COUNTERS
from sync.sandbox.faults import Faults
from sync.sandbox.market.market import Market
from sync.sandbox.server import application, serving, simulated
from sync.sandbox.stand import Stand, real_clock

LATENCY = 0.02
DAYS = 60
_SIGNED_ANEW = ("sign", "timestamp", "access_token")
_REFUSED = 400
"""Answers from here on are the moment's, and not kept."""


class Rendered:
    """Keeps every answer by what was asked, whatever its signature, and hands it out again after the latency."""

    def __init__(self, stand: Stand) -> None:
        self._inner = application(stand)
        self._answers: dict[tuple[str, bytes, bytes], list[Message]] = {}
        self._asked: list[tuple[str, str, str]] = []
        self._headers: list[tuple[str, str]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        if scope["path"] == "/_sandbox/asked":
            body = json.dumps(self._asked).encode()
            await send(
                {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]}
            )
            await send({"type": "http.response.body", "body": body})
            return
        body = b""
        more = not scope["path"].startswith("/_sandbox")
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        query = b"&".join(
            sorted(
                part for part in scope["query_string"].split(b"&") if part.split(b"=")[0].decode() not in _SIGNED_ANEW
            )
        )
        key = (scope["path"], query, body)
        if key not in self._answers:
            messages: list[Message] = []
            bodies = iter([{"type": "http.request", "body": body, "more_body": False}])

            async def replay() -> Message:
                return next(bodies, {"type": "http.disconnect"})

            async def keep(message: Message) -> None:
                messages.append(message)

            await self._inner(scope, replay, keep)
            if messages[0]["status"] < _REFUSED:
                self._answers[key] = messages
                self._asked.append((scope["method"], f"{scope['path']}?{query.decode()}", body.decode()))
        else:
            messages = self._answers[key]
            await asyncio.sleep(LATENCY)
        for message in messages:
            await send(dict(message))


async def main() -> None:
    channel, orders = sys.argv[1], int(sys.argv[2])
    market = Market(LIVE_COUNTERS[channel], seed=1, opened_at=real_clock(), orders=orders, days=DAYS)
    stand = Stand(market, Faults(1))
    simulation = simulated(channel)
    async with serving(Rendered(stand)) as url:
        credential = simulation.credential(stand)
        opened = {
            "channel": channel,
            "shop": market.counter.shop.name,
            "url": url,
            "account": dict(simulation.account(stand)),
            "credential": {
                name: getattr(credential, name) for name in ("access_token", "refresh_token", "access_expires_at")
            }
            | {"secrets": dict(credential.secrets), "account": dict(credential.account)},
        }
        sys.stdout.write(json.dumps(opened) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
