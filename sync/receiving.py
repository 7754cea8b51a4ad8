"""Where channels push to: deliveries are verified on their raw bytes, answered at once, and only ever a hint to read an order again."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from packstation.store import rereads
from packstation.store.database import DatabaseAwayError, database_now, transaction
from packstation.store.shops import shop_id_of
from sync.channels.errors import ChannelError
from sync.channels.protocol import Channel, PushDelivery, PushHint, PushVerdict, ReadPush
from sync.channels.registry import open_channel
from sync.credentials.tokens import Tokens
from sync.credentials.vault import Vault
from sync.database_thread import DatabaseThread
from sync.pull import Pull
from sync.shops_config import ShopConfig, SyncConfig
from sync.web.connection import Connection

LARGEST_BODY = 1024 * 1024
_MOST_NUMBERS = 200
_LONGEST_NUMBER = 80

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Address:
    """One shop's receiving end: what verifies, with which secrets, and the address that its channel signs."""

    config: ShopConfig
    shop_id: int
    channel: Channel
    tokens: Tokens
    url: str


def hook_path(shop: str) -> str:
    """The path of a shop's receiving end, such as `/hooks/soc-nau-shopee`."""
    plain = unicodedata.normalize("NFKD", shop.replace("đ", "d").replace("Đ", "D")).encode("ascii", "ignore").decode()
    return "/hooks/" + re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


class Receiver:
    """Listens for the deliveries of all shops whose channels push."""

    def __init__(self, config: SyncConfig, in_db: DatabaseThread, running: Mapping[int, Pull], vault: Vault) -> None:
        self._config = config
        self._in_db = in_db
        self._running = running
        self._vault = vault
        self._addresses: dict[str, _Address] = {}
        self._looking: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        """Listen until cancelled."""
        connections = [await self._add(shop) for shop in self._config.shops]
        hooks = self._config.webhooks
        app = Starlette(routes=[Route("/hooks/{shop}", self._receive, methods=["POST"])])
        server = uvicorn.Server(
            uvicorn.Config(
                app, host=hooks.host, port=hooks.port, log_level="critical", lifespan="off", server_header=False
            )
        )
        try:
            await server._serve()
        finally:
            for connection in connections:
                await connection.close()

    async def _add(self, shop: ShopConfig) -> Connection:
        def shop_id() -> int:
            with transaction():
                return shop_id_of(shop.shop)

        known_as = await self._in_db(shop_id)
        tokens = Tokens(known_as, shop.name, self._vault, self._in_db)
        connection = Connection(tokens)
        channel = open_channel(shop, connection)
        if channel.abilities.pushes:
            path = hook_path(shop.name)
            self._addresses[path] = _Address(shop, known_as, channel, tokens, self._config.webhooks.public_url + path)
        return connection

    async def _receive(self, request: Request) -> Response:
        address = self._addresses.get(request.url.path)
        if address is None:
            return Response(status_code=404)
        body = await _bounded_body(request)
        if body is None:
            return Response(status_code=413)
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            read = address.channel.read_push(PushDelivery(address.url, headers, body), await address.tokens.current())
        except (ChannelError, DatabaseAwayError) as error:
            log.warning("delivery not read", shop=address.config.name, text=str(error))
            return Response(status_code=503)
        self._follow(address, read)
        return Response(read.answer.body, read.answer.status, dict(read.answer.headers))

    def _follow(self, address: _Address, read: ReadPush) -> None:
        if read.verdict is PushVerdict.FORGED:
            log.warning("forged delivery", shop=address.config.name)
        elif read.hint is not None:
            task = asyncio.create_task(self._look(self._meant(address, read.hint), read.hint))
            self._looking.add(task)
            task.add_done_callback(self._looking.discard)

    def _meant(self, address: _Address, hint: PushHint) -> _Address:
        """The shop that a delivery is about: an application may have one receiving end for all its shops."""
        if not hint.shop_account:
            return address
        same = [one for one in self._addresses.values() if one.config.channel == address.config.channel]
        return next((one for one in same if hint.shop_account in one.config.account.values()), address)

    async def _look(self, address: _Address, hint: PushHint) -> None:
        numbers = [number for number in hint.numbers[:_MOST_NUMBERS] if 0 < len(number) <= _LONGEST_NUMBER]

        def note() -> None:
            with transaction():
                rereads.ask_to_reread(address.shop_id, numbers, rereads.Why.HINT, database_now())

        log.info("hint", shop=address.config.name, orders=len(numbers), seller_must_act=hint.seller_must_act)
        with suppress(ChannelError, DatabaseAwayError):
            await self._in_db(partial(note))
            pull = self._running.get(address.shop_id)
            if pull is not None:
                await pull.reread_due()


async def _bounded_body(request: Request) -> bytes | None:
    """The raw body; None when it is larger than any channel's delivery."""
    parts: list[bytes] = []
    size = 0
    with suppress(ClientDisconnect):
        async for part in request.stream():
            size += len(part)
            if size > LARGEST_BODY:
                return None
            parts.append(part)
    return b"".join(parts)
