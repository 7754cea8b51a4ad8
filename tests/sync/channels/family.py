"""What the tests of Haravan, Sapo and Shopify share: walks over a simulated shop, and shops that answer as they are told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from packstation.domain.orders import IncomingOrder
from packstation.domain.times import DAY
from sync.channels.errors import ChannelError
from sync.channels.protocol import Channel, Span
from sync.channels.registry import open_channel
from sync.credentials.credential import Credential
from sync.sandbox.faults import Fault
from sync.sandbox.market.facts import Facts
from sync.sandbox.server import serving, simulated
from sync.sandbox.stand import real_clock
from sync.web.connection import Connection
from tests.sync.channels.stands import QUICK, AtStand, HeldTokens, shop_config
from tests.sync.channels.understood import understood

PASSING = dict.fromkeys(
    (
        Fault.HTML_PAGE,
        Fault.LYING_TYPE,
        Fault.CUT_OFF,
        Fault.BROKEN_OFF,
        Fault.SERVER_ERROR,
        Fault.TOKEN_EXPIRED,
        Fault.NO_ORDERS,
        Fault.SHIFTED,
        Fault.LOST_ROW,
    ),
    0.05,
)
"""Faults that pass without a wait of a second or more."""


class Clock:
    """The channel's time, to be moved by hand."""

    def __init__(self) -> None:
        self.off = 0

    def __call__(self) -> int:
        return real_clock() + self.off


def whole(at: AtStand) -> Span:
    return Span(at.opened_at - 60 * DAY, at.stand.clock() + 1)


async def walked(channel: Channel, span: Span) -> list[IncomingOrder]:
    orders: list[IncomingOrder] = []
    cursor: str | None = None
    while True:
        page = await channel.changes(span, cursor)
        assert page.unreadable == ()
        orders += page.orders
        cursor = page.next_cursor
        if cursor is None:
            return orders


def every(at: AtStand) -> list[Facts]:
    return [one for one in at.stand.market.every(at.stand.clock()) if not one.deleted]


def differing(channel: str, orders: Iterable[IncomingOrder], facts: Iterable[Facts]) -> list[object]:
    """Pairs of what was understood and what is true, where they differ."""
    by_number = {order.number: understood(order) for order in orders}
    truth = [true for one in facts if (true := simulated(channel).expected(one)) is not None]
    return [(by_number.get(true.number), true) for true in truth if by_number.get(true.number) != true]


async def found_despite_faults(channel: str, at: AtStand) -> list[object]:
    """What still differs after walking again and again while faults strike."""
    found: dict[str, IncomingOrder] = {}
    wanted = {true.number for one in every(at) if (true := simulated(channel).expected(one))}
    for _try in range(40):
        at.connection.breaker.succeeded()
        with suppress(ChannelError):
            found |= {order.number: order for order in await walked(at.channel, whole(at))}
        if found.keys() == wanted:
            break
    return differing(channel, found.values(), every(at))


@dataclass
class Answers:
    """A server that answers every path as it is told, in turn; the last answer stays."""

    bodies: list[tuple[int, bytes]]
    asked: list[str] = field(default_factory=list)

    async def serve(self, request: Request) -> Response:
        self.asked.append(f"{request.method} {request.url.path}")
        status, body = self.bodies[0] if len(self.bodies) == 1 else self.bodies.pop(0)
        return Response(body, status, media_type="application/json")


@asynccontextmanager
async def before(
    name: str, answers: Answers, credential: Credential, account: Mapping[str, str] | None = None
) -> AsyncIterator[Channel]:
    """The channel before a server that answers as it is told."""
    app = Starlette(routes=[Route("/{path:path}", answers.serve, methods=["GET", "POST", "PUT"])])
    async with serving(app) as url:
        connection = Connection(HeldTokens(credential), manners=QUICK)
        try:
            yield open_channel(shop_config(name, url, account or {}), connection)
        finally:
            await connection.close()
