"""Where channels push to: deliveries are verified on their raw bytes, answered at once, and only ever a hint to read an order again."""

from __future__ import annotations

import asyncio
import hashlib
import re
import socket
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
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
from packstation.store.shops import OtherShopError, shop_id_of
from sync.channels.errors import STUMBLES, ChannelError
from sync.channels.protocol import Channel, PushDelivery, PushHint, PushVerdict, ReadPush
from sync.channels.registry import UnknownChannelError, open_channel
from sync.credentials.tokens import Tokens
from sync.credentials.vault import Vault
from sync.database_thread import DatabaseThread
from sync.logs import place_of
from sync.pull import LostShopError, Pull
from sync.shops_config import ShopConfig, SyncConfig
from sync.web.connection import Connection

LARGEST_BODY = 1024 * 1024
_BODY_SECONDS = 10.0
_MOST_AT_ONCE = 64
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


def hook_paths(shops: Iterable[str]) -> dict[str, str]:
    """The path of each shop's receiving end, such as `/hooks/soc-nau-shopee`; names that come out alike get a mark of their own."""
    short = {shop: _in_ascii(shop) for shop in shops}
    alike = Counter(short.values())
    marks = {shop: hashlib.sha256(shop.encode()).hexdigest()[:8] for shop in short}
    return {
        shop: "/hooks/" + "-".join(filter(None, (word, marks[shop] if not word or alike[word] > 1 else "")))
        for shop, word in short.items()
    }


def _in_ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.replace("đ", "d").replace("Đ", "D")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


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
        """Listen until cancelled.

        Raises:
            OSError: the port is taken, or the host is none of this computer's.
            DatabaseAwayError: the database does not answer.
        """
        hooks = self._config.webhooks
        family = socket.AF_INET6 if ":" in hooks.host else socket.AF_INET
        with socket.create_server((hooks.host, hooks.port), family=family, backlog=128) as listening:
            connections: list[Connection] = []
            app = Starlette(routes=[Route("/hooks/{shop}", self._receive, methods=["GET", "POST"])])
            uvicorn_config = uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
                limit_concurrency=_MOST_AT_ONCE,
            )
            try:
                paths = hook_paths(shop.name for shop in self._config.shops)
                for shop in self._config.shops:
                    with suppress(OtherShopError, UnknownChannelError):  # the shop's own daemon says so
                        connections.append(await self._add(shop, paths[shop.name]))
                server = uvicorn.Server(uvicorn_config)
                serving = asyncio.create_task(server._serve([listening]))
                try:
                    await asyncio.shield(serving)
                finally:
                    server.should_exit = server.force_exit = True
                    await serving
            finally:
                for task in self._looking:
                    task.cancel()
                await asyncio.gather(*self._looking, return_exceptions=True)
                for connection in connections:
                    await connection.close()

    async def _add(self, shop: ShopConfig, path: str) -> Connection:
        def shop_id() -> int:
            with transaction():
                return shop_id_of(shop.shop)

        known_as = await self._in_db(shop_id)
        tokens = Tokens(known_as, shop.name, self._vault, self._in_db)
        connection = Connection(tokens)
        channel = open_channel(shop, connection)
        if channel.abilities.pushes:
            self._addresses[path] = _Address(shop, known_as, channel, tokens, self._config.webhooks.public_url + path)
            log.info("receiving", shop=shop.name, path=path)
        return connection

    async def _receive(self, request: Request) -> Response:
        address = self._addresses.get(request.url.path)
        if address is None:
            return Response(status_code=404)
        body = await _bounded_body(request)
        if body is None:
            return Response(status_code=413)
        challenge = dict(request.query_params) if request.method == "GET" else None
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            read = address.channel.read_push(
                PushDelivery(address.url, headers, body, challenge), await address.tokens.current()
            )
        except (ChannelError, DatabaseAwayError) as error:
            log.warning("delivery not read", shop=address.config.name, text=str(error))
            return Response(status_code=503)
        except STUMBLES as error:
            log.error("stumbled", shop=address.config.name, kind=type(error).__name__, where=place_of(error))
            return Response(status_code=400)
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
        # What goes wrong here goes wrong again for the shop's own daemon, which then reads the orders and reports it.
        with suppress(ChannelError, DatabaseAwayError, LostShopError, *STUMBLES):
            await self._in_db(partial(note))
            pull = self._running.get(address.shop_id)
            if pull is not None:
                await pull.reread_due()


async def _bounded_body(request: Request) -> bytes | None:
    """The raw body as far as it comes in time; None when it is larger than any channel's delivery."""
    parts: list[bytes] = []
    size = 0
    with suppress(ClientDisconnect, TimeoutError):
        async with asyncio.timeout(_BODY_SECONDS):
            async for part in request.stream():
                size += len(part)
                if size > LARGEST_BODY:
                    return None
                parts.append(part)
    return b"".join(parts)
