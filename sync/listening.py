"""Ports that strangers may reach: a request is here within seconds or its connection goes, and slow ones shut nobody out."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

import h11
import structlog
from uvicorn.protocols.http.h11_impl import H11Protocol

ARRIVAL_SECONDS = 5.0
"""From its connection, or from the answer before it, until a request has to be here, body and all."""
MOST_ARRIVING = 64
"""Connections whose request is still on its way. One more, and the oldest of the peer that has most of them goes."""
LARGEST_HEADER = 16 * 1024
"""Bytes of a request before its body."""
_AGAIN_AFTER = 5.0

T = TypeVar("T")
log = structlog.get_logger(__name__)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens, and whose connections send an answer's body right behind its header.

    Else TCP waits with it for the acknowledgement of the header, which comes 40 ms later; asyncio sees to that only for sockets
    that it made itself.

    Raises:
        OSError: the port is taken, or the address is not this computer's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, port), family=family, backlog=128)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


class ImpatientProtocol(H11Protocol):
    """HTTP/1.1 for a server that answers within moments, so that only what has not arrived can hold a connection.

    Connections are counted by their peer, but no peer has a number of its own: behind a server with TLS all of them are one peer.
    """

    _deadline: asyncio.TimerHandle | None = None
    _since = 0.0

    @property
    def is_arriving(self) -> bool:
        """Whether the next request is not here, or not whole."""
        return self.conn.their_state in (h11.IDLE, h11.SEND_BODY)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give it its time, and make room for it."""
        super().connection_made(transport)
        self._await_request()
        arriving = [one for one in self.connections if isinstance(one, ImpatientProtocol) and one.is_arriving]
        if len(arriving) > MOST_ARRIVING:
            of_peer = Counter(one._peer for one in arriving)
            most = max(of_peer.values())
            crowd = [one for one in arriving if of_peer[one._peer] == most and one is not self]
            min(crowd, key=lambda one: one._since)._drop()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget its time."""
        if self._deadline is not None:
            self._deadline.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """Give the next request of the same connection its time."""
        super().on_response_complete()
        self._await_request()

    @property
    def _peer(self) -> str:
        return self.client[0] if self.client else ""

    def _await_request(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._since = self.loop.time()
        self._deadline = self.loop.call_later(ARRIVAL_SECONDS, self._is_late)

    def _is_late(self) -> None:
        if self.is_arriving:
            self._drop()

    def _drop(self) -> None:
        self.connections.discard(self)
        self.transport.abort()


async def port_when_free(job: str, open_port: Callable[[], T]) -> T:
    """What opens a port gives, as soon as it can; the log is told of what is in the way once, and again when that changes.

    Args:
        job: what the port is for, in the log.
        open_port: opens it, or raises OSError.
    """
    said = ""
    while True:
        try:
            opened = open_port()
        except OSError as error:
            if str(error) != said:
                said = str(error)
                log.warning("port not open", job=job, text=said)
        else:
            if said:
                log.info("port open", job=job)
            return opened
        await asyncio.sleep(_AGAIN_AFTER)
