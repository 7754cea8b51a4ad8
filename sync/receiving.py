"""Where channels push to: deliveries are verified on their raw bytes, answered at once, and only ever a hint to read an order again."""

from __future__ import annotations

import asyncio
import hashlib
import re
import socket
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

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
from sync.channels.protocol import Channel, KeepsLostPushes, PushDelivery, PushHint, PushVerdict, ReadPush
from sync.channels.registry import UnknownChannelError, open_channel
from sync.credentials.credential import Credential
from sync.credentials.errors import CredentialError
from sync.credentials.tokens import Tokens, stored_credential
from sync.credentials.vault import Vault
from sync.database_thread import DatabaseThread
from sync.listening import LARGEST_HEADER, MOST_ARRIVING, ImpatientProtocol, listen, port_when_free
from sync.logs import CountedLine, place_of
from sync.lost_pushes import keep_asking
from sync.pull import LostShopError, Pull
from sync.shops_config import ShopConfig, SyncConfig
from sync.web.connection import Connection
from sync.web.rates import urgently

T = TypeVar("T")
LARGEST_BODY = 1024 * 1024
_HOOKS = "/hooks/"
_MOST_AT_ONCE = 2 * MOST_ARRIVING
_MOST_NUMBERS = 200
_LONGEST_NUMBER = 80
_FIRST_CREDENTIAL_SECONDS = 0.3
"""For how long a delivery waits for its shop's first credential. Lazada gives half a second for the whole answer."""
_LOOK_SECONDS = 5.0
"""Between two looks at the stored credential, and after a database that did not answer."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Address:
    """One shop's receiving end: what verifies, and with which secrets.

    The newest credential is kept here, because an answer must not wait for the database; `_look_after` keeps it new.
    """

    config: ShopConfig
    shop_id: int
    channel: Channel
    forged: CountedLine
    unread: CountedLine
    credential: Credential | None = None
    has_credential: asyncio.Event = field(default_factory=asyncio.Event)

    async def known_credential(self) -> Credential | None:
        """The newest credential that is known; None when there is none within moments."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_FIRST_CREDENTIAL_SECONDS):
                await self.has_credential.wait()
        return self.credential


def hook_paths(shops: Iterable[str]) -> dict[str, str]:
    """The path of each shop's receiving end, such as `/hooks/soc-nau-shopee`.

    Args:
        shops: in the order of the file: of names that come out alike, the first keeps that path, the others have a marked one.
    """
    paths: dict[str, str] = {}
    for shop in shops:
        word = _in_ascii(shop)
        path = f"{_HOOKS}{word}"
        paths[shop] = path if word and path not in paths.values() else marked_path(shop)
    return paths


def marked_path(shop: str) -> str:
    """The path that is the shop's whatever other shops are called, such as `/hooks/soc-nau-shopee-1f0c9a3b`."""
    mark = hashlib.sha256(shop.encode()).hexdigest()[:8]
    return _HOOKS + "-".join(filter(None, (_in_ascii(shop), mark)))


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
        self._paths = hook_paths(shop.name for shop in config.shops)
        self._addresses: dict[str, _Address] = {}
        self._looking: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        """Listen until cancelled; a port that is taken is waited for, and so is a database that does not answer."""
        with await port_when_free("webhooks", self._listening) as listening:
            app = Starlette(routes=[Route(_HOOKS + "{shop:path}", self._receive, methods=["GET", "POST"])])
            config = uvicorn.Config(
                app,
                http=ImpatientProtocol,
                log_config=None,
                log_level="critical",
                access_log=False,
                lifespan="off",
                server_header=False,
                limit_concurrency=_MOST_AT_ONCE,
                h11_max_incomplete_event_size=LARGEST_HEADER,
            )
            server = uvicorn.Server(config)
            serving = asyncio.create_task(server._serve([listening]))
            looking = [asyncio.create_task(self._look_after(shop)) for shop in self._config.shops]
            try:
                done, _rest = await asyncio.wait({serving, *looking}, return_when=asyncio.FIRST_EXCEPTION)
                for task in done:
                    task.result()
            finally:
                server.should_exit = server.force_exit = True
                await asyncio.gather(serving, return_exceptions=True)
                ending = [*looking, *self._looking]
                for task in ending:
                    task.cancel()
                await asyncio.gather(*ending, return_exceptions=True)

    def _listening(self) -> socket.socket:
        return listen(self._config.webhooks.host, self._config.webhooks.port)

    async def _look_after(self, shop: ShopConfig) -> None:
        """Take a shop's deliveries until cancelled, with its newest credential; ends at once for a channel that does not push."""

        def shop_id() -> int:
            with transaction():
                return shop_id_of(shop.shop)

        try:
            known_as = await self._from_db(shop_id)
            connection = Connection(Tokens(known_as, shop.name, self._vault, self._in_db))
            channel = open_channel(shop, connection)
        except (OtherShopError, UnknownChannelError):  # the shop's own daemon says so
            return
        address = _Address(
            shop,
            known_as,
            channel,
            CountedLine("forged delivery", shop.name),
            CountedLine("delivery not read", shop.name),
        )
        try:
            if not channel.abilities.pushes:
                return
            path, always = self._paths[shop.name], marked_path(shop.name)
            self._addresses |= {path: address, always: address}
            log.info("receiving", shop=shop.name, path=path, always=always)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._keep_credential(address))
                if isinstance(channel, KeepsLostPushes):
                    note = partial(self._note_lost, address)
                    tasks.create_task(keep_asking(shop.name, channel, note, lambda: known_as in self._running))
        finally:
            address.forged.end()
            address.unread.end()
            await connection.close()

    async def _keep_credential(self, address: _Address) -> None:
        while True:
            with suppress(CredentialError):  # the shop's own daemon says so; the last one that could be read is kept
                stored = await self._from_db(partial(stored_credential, self._vault, address.shop_id))
                if stored is not None:
                    address.credential = stored[1]
                    address.has_credential.set()
            await asyncio.sleep(_LOOK_SECONDS)

    async def _from_db(self, work: Callable[[], T]) -> T:
        """The work's result, before what is less urgent, and however long the database is away."""
        while True:
            with suppress(DatabaseAwayError), urgently():
                return await self._in_db(work)
            await asyncio.sleep(_LOOK_SECONDS)

    async def _receive(self, request: Request) -> Response:
        path = request.url.path
        address = self._addresses.get(path)
        if address is None:
            # KiotViet never sends again what was once answered with 400 to 405; the shop may be open soon, or come back.
            return Response(status_code=503)
        try:
            body = await _bounded_body(request)
            if body is None:
                return Response(status_code=413)
            credential = await address.known_credential()
            if credential is None:
                address.unread.add()
                return Response(status_code=503)
            challenge = dict(request.query_params) if request.method == "GET" else None
            headers = {name.lower(): value for name, value in request.headers.items()}
            read = address.channel.read_push(
                PushDelivery(self._config.webhooks.public_url + path, headers, body, challenge), credential
            )
        except ClientDisconnect:
            return Response(status_code=503)
        except Exception as error:  # noqa: BLE001 - the channel is to send it again, once we are mended
            log.error("stumbled", shop=address.config.name, kind=type(error).__name__, where=place_of(error))
            return Response(status_code=503)
        self._follow(address, read)
        return Response(read.answer.body, read.answer.status, dict(read.answer.headers))

    def _follow(self, address: _Address, read: ReadPush) -> None:
        if read.verdict is PushVerdict.FORGED:
            address.forged.add()
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

    async def _note_lost(self, address: _Address, hint: PushHint) -> None:
        await self._note(self._meant(address, hint), hint)

    async def _note(self, address: _Address, hint: PushHint) -> None:
        numbers = [number for number in hint.numbers[:_MOST_NUMBERS] if 0 < len(number) <= _LONGEST_NUMBER]

        def note() -> None:
            with transaction():
                rereads.ask_to_reread(address.shop_id, numbers, rereads.Why.HINT, database_now())

        log.info("hint", shop=address.config.name, orders=len(numbers), seller_must_act=hint.seller_must_act)
        await self._in_db(note)

    async def _look(self, address: _Address, hint: PushHint) -> None:
        # What goes wrong here goes wrong again for the shop's own daemon, which then reads the orders and reports it.
        with suppress(ChannelError, DatabaseAwayError, LostShopError, *STUMBLES):
            await self._note(address, hint)
            pull = self._running.get(address.shop_id)
            if pull is not None:
                await pull.reread_due()


async def _bounded_body(request: Request) -> bytes | None:
    """The raw body; None when it is larger than any channel's delivery.

    Raises:
        ClientDisconnect: it did not arrive, or not in time.
    """
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_BODY:
            return None
        parts.append(part)
    return b"".join(parts)
