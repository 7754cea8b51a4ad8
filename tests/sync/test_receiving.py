"""Pushes over a real socket: a signed one makes the daemon look at once, anything else changes nothing."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest

from packstation.store.database import rows_of
from sync.channels.lazada.pushes import read_push
from sync.channels.protocol import PushDelivery, ReadPush
from sync.database_thread import DatabaseThread
from sync.listening import MOST_ARRIVING
from sync.receiving import LARGEST_BODY, Receiver, hook_paths, marked_path
from sync.sandbox.server import simulated
from sync.sandbox.stand import real_clock
from sync.shops_config import WebhooksConfig
from tests.sync.running import SELDOM, VAULT, LiveShop, Running, config_of, live_shop, running, two_shops, until

pytestmark = pytest.mark.usefixtures("sqlite_database")


@dataclass
class Listening:
    """A daemon that polls seldom and listens for pushes of two shops."""

    at: Running
    port: int
    tiktok: LiveShop
    lazada: LiveShop
    client: httpx.AsyncClient

    async def push(self, path: str, headers: dict[str, str], body: bytes) -> httpx.Response:
        return await self.client.post(f"http://127.0.0.1:{self.port}{path}", content=body, headers=headers)


@asynccontextmanager
async def listening() -> AsyncIterator[Listening]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    hooks = WebhooksConfig(enabled=True, port=port, public_url="https://desk.example.vn")
    async with two_shops() as (tiktok, lazada), running(tiktok, lazada, rhythm=SELDOM, webhooks=hooks) as at:
        await until(lambda: tiktok.is_all_stored and lazada.is_all_stored and len(at.said("receiving")) == 2)
        async with httpx.AsyncClient() as client:
            yield Listening(at, port, tiktok, lazada, client)


def changed(shop: LiveShop) -> str:
    """An order that has just changed at the channel, unknown to the daemon."""
    number = next(iter(shop.orders))
    assert shop.stand.market.note(number, "gọi trước khi giao", real_clock())
    return number


def signed(shop: LiveShop, number: str) -> tuple[dict[str, str], bytes]:
    sent: tuple[dict[str, str], bytes] = simulated(shop.config.channel).deliveries(shop.stand, shop.orders[number])[0]  # type: ignore[attr-defined]
    return sent


async def test_signed_deliveries_of_several_shops_make_the_daemon_read_the_order_at_once() -> None:
    async with listening() as at:
        paths = hook_paths([at.tiktok.name, at.lazada.name])
        for shop in (at.tiktok, at.lazada):
            number = changed(shop)
            known_until = rows_of("SELECT updated_at FROM orders WHERE number = ?", (number,))
            answer = await at.push(paths[shop.name], *signed(shop, number))
            assert answer.status_code == 200
            await until(lambda: rows_of("SELECT updated_at FROM orders WHERE number = ?", (number,)) != known_until)  # noqa: B023


async def test_what_is_forged_too_large_or_for_nobody_makes_no_call() -> None:
    async with listening() as at:
        number = changed(at.tiktok)
        headers, body = signed(at.tiktok, number)
        path = hook_paths([at.tiktok.name])[at.tiktok.name]
        before = dict(at.tiktok.stand.calls), rows_of("SELECT count(*) FROM reread")
        altered = await at.push(path, headers, body.replace(number.encode(), b"1" * len(number)))
        unsigned = await at.push(path, {}, body)
        large = await at.push(path, headers, body + b" " * LARGEST_BODY)
        nobody = await at.push("/hooks/nobody", headers, body)
        elsewhere = await at.push(hook_paths([at.lazada.name])[at.lazada.name], headers, body)
        looked = await at.client.get(f"http://127.0.0.1:{at.port}{path}")
        codes = [answer.status_code for answer in (altered, unsigned, large, nobody, looked)]
        assert codes == [401, 401, 413, 503, 401]
        assert elsewhere.status_code != 500
        await asyncio.sleep(0.1)
        assert (dict(at.tiktok.stand.calls), rows_of("SELECT count(*) FROM reread")) == before
        assert {line["shop"] for line in at.at.said("forged delivery")} == {at.tiktok.name, at.lazada.name}


@pytest.mark.parametrize(
    "raw",
    [
        b"POST /hooks/x HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n{",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"POST /hooks/%00%ff%2e%2e HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        b"POST / HTTP/9.9\r\n\r\n",
    ],
)
async def test_nonsense_on_the_port_disturbs_nobody(raw: bytes) -> None:
    async with listening() as at:
        _reader, writer = await asyncio.open_connection("127.0.0.1", at.port)
        writer.write(raw)
        await writer.drain()
        number = changed(at.tiktok)
        path = hook_paths([at.tiktok.name])[at.tiktok.name]
        assert (await at.push(path, *signed(at.tiktok, number))).status_code == 200
        writer.close()


@asynccontextmanager
async def stuck(in_db: DatabaseThread) -> AsyncIterator[None]:
    """The database answers nobody while this lasts."""
    release = threading.Event()
    job = asyncio.ensure_future(in_db(release.wait))
    try:
        yield
    finally:
        release.set()
        await job


async def test_an_answer_never_waits_for_the_database() -> None:
    async with listening() as at:
        number = changed(at.lazada)
        path = hook_paths([at.lazada.name])[at.lazada.name]
        headers, body = signed(at.lazada, number)
        assert (await at.push(path, headers, body)).status_code == 200
        async with stuck(at.at.daemon._in_db):
            assert (await at.push(path, headers, body)).status_code == 200
            assert (await at.push(path, headers, body + b" ")).status_code == 401


@asynccontextmanager
async def receiver_of(shop: LiveShop, in_db: DatabaseThread) -> AsyncIterator[str]:
    """A receiver without a daemon; the address of its shop."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    config = config_of([shop], webhooks=WebhooksConfig(enabled=True, port=port))
    serving = asyncio.create_task(Receiver(config, in_db, {}, VAULT).serve())
    try:
        for _look in range(500):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{port}{hook_paths([shop.name])[shop.name]}"
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def test_a_shop_that_cannot_be_verified_yet_is_to_be_tried_again_and_is_verified_as_soon_as_it_can(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """KiotViet never pushes again after 400, 401, 403, 404 or 405."""
    monkeypatch.setattr("sync.receiving._LOOK_SECONDS", 0.05)
    in_db = DatabaseThread()
    async with live_shop("tiktok", vault=None) as shop, httpx.AsyncClient() as client:
        headers, body = signed(shop, next(iter(shop.orders)))
        async with stuck(in_db), receiver_of(shop, in_db) as url:
            assert (await client.post(url, headers=headers, content=body)).status_code == 503
            for nobodys in (f"{url}x", f"{url}/x", f"{url}/"):
                assert (await client.post(nobodys, headers=headers, content=body)).status_code == 503
        async with receiver_of(shop, in_db) as url:
            assert (await client.post(url, headers=headers, content=body)).status_code == 503
            shop.log_in()
            for _look in range(100):
                if (answer := await client.post(url, headers=headers, content=body)).status_code != 503:
                    break
            assert answer.status_code == 200
            async with stuck(in_db):
                assert (await client.post(url, headers=headers, content=body)).status_code == 200
    await in_db.close()


async def test_a_delivery_that_we_stumble_over_is_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_delivery: object) -> None:
        raise RuntimeError("number 0912345678")

    monkeypatch.setattr("sync.channels.lazada.client.read_push", stumble)
    async with listening() as at:
        path = hook_paths([at.lazada.name])[at.lazada.name]
        answer = await at.push(path, *signed(at.lazada, changed(at.lazada)))
        assert answer.status_code == 503
        [line] = at.at.said("stumbled")
        assert "0912345678" not in str(line)


async def test_forgeries_fill_no_log() -> None:
    async with listening() as at:
        path = hook_paths([at.tiktok.name])[at.tiktok.name]
        for _one in range(25):
            assert (await at.push(path, {}, b"{}")).status_code == 401
        assert [line["count"] for line in at.at.said("forged delivery")] == [1]
    assert [line["count"] for line in at.at.said("forged delivery")] == [1, 24]


async def test_slow_requests_shut_no_delivery_out() -> None:
    async with listening() as at:
        crowd = [await asyncio.open_connection("127.0.0.1", at.port) for _one in range(2 * MOST_ARRIVING + 10)]
        for _reader, writer in crowd:
            writer.write(b"POST /hooks/x HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        path = hook_paths([at.tiktok.name])[at.tiktok.name]
        assert (await at.push(path, *signed(at.tiktok, changed(at.tiktok)))).status_code == 200
        for _reader, writer in crowd:
            writer.close()


def test_a_path_is_the_shops_name_in_plain_letters_and_one_of_its_own_where_names_come_out_alike() -> None:
    assert hook_paths(["Sóc Nâu Đà Lạt"]) == {"Sóc Nâu Đà Lạt": "/hooks/soc-nau-da-lat"}
    alike = hook_paths(["Sóc Nâu", "Soc-nau", "Trà", "茶"])
    assert len(set(alike.values())) == 4
    assert (alike["Sóc Nâu"], alike["Trà"]) == ("/hooks/soc-nau", "/hooks/tra"), "another one does not move the first"
    assert alike["Soc-nau"] == marked_path("Soc-nau")
    assert alike["Soc-nau"].startswith("/hooks/soc-nau-")
    assert alike["茶"] == marked_path("茶") != "/hooks/"
    late = marked_path("Soc-nau").removeprefix("/hooks/")
    assert hook_paths(["Sóc Nâu", "Soc-nau", late])[late] == marked_path(late)


async def test_a_shop_is_reached_with_its_mark_too_and_its_channel_signs_the_address_that_it_was_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signed_for = []

    def noting(delivery: PushDelivery, *keys: str) -> ReadPush:
        signed_for.append(delivery.url)
        return read_push(delivery, *keys)

    monkeypatch.setattr("sync.channels.lazada.client.read_push", noting)
    async with listening() as at:
        paths = [hook_paths([at.lazada.name])[at.lazada.name], marked_path(at.lazada.name)]
        for path in paths:
            assert (await at.push(path, *signed(at.lazada, changed(at.lazada)))).status_code == 200
        assert signed_for == [f"https://desk.example.vn{path}" for path in paths]
        assert [
            [line["path"], line["always"]] for line in at.at.said("receiving") if line["shop"] == at.lazada.name
        ] == [paths]
