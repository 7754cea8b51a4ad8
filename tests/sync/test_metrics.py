"""Figures for Prometheus: on loopback only, with ages, errors and queues, and nothing of orders or buyers."""

from __future__ import annotations

import asyncio
import socket
from http.client import HTTPConnection

import pytest
import structlog
from prometheus_client.parser import text_string_to_metric_families

from packstation.store.database import rows_of
from sync.metrics import Figures, ShopFigures, Snapshot, serve_figures, serve_figures_when_free
from sync.shops_config import MetricsConfig
from tests.sync.running import live_shop, running, until

_LABELS = ("shop", "channel", "code")
A_SHOP = ShopFigures(
    shop='Sóc "Nâu"\n', channel="shopee", age=None, history_share=0.25, is_troubled=True, orders=7, delivered=2,
    errors={"timeout": 3, "unreadable": 1}, rereads=4, unreadable=5, synced_at=1_795_351_051_500,
)  # fmt: skip


def scraped(port: int) -> dict[tuple[str, tuple[str, ...]], float]:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    return {
        (sample.name, tuple(sample.labels[name] for name in _LABELS if name in sample.labels)): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_snapshot_is_served_in_prometheus_words() -> None:
    figures = Figures()
    server = serve_figures(figures, 0)
    try:
        port = server.server_port
        assert ("packstation_outbox_waiting", ()) in scraped(port)
        figures.snapshot = Snapshot((A_SHOP,), outbox_waiting=3, outbox_parked=1, refreshes_waiting=2)
        values = scraped(port)
        shop = (A_SHOP.shop, "shopee")
        assert values["packstation_history_ratio", shop] == 0.25
        assert values["packstation_shop_troubled", shop] == 1
        assert values["packstation_last_synced_timestamp_seconds", shop] == 1_795_351_051.5
        assert values["packstation_orders_total", shop] == 7
        assert values["packstation_decisions_delivered_total", shop] == 2
        assert values["packstation_errors_total", (*shop, "timeout")] == 3
        assert values["packstation_outbox_parked", ()] == 1
        assert ("packstation_data_age_seconds", shop) not in values
    finally:
        server.shutdown()
        server.server_close()


async def test_a_port_that_is_taken_is_waited_for_and_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.listening._AGAIN_AFTER", 0.01)
    with socket.create_server(("127.0.0.1", 0)) as taken, structlog.testing.capture_logs() as log:
        port = taken.getsockname()[1]
        waiting = asyncio.create_task(serve_figures_when_free(Figures(), port))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        taken.close()
        server = await waiting
        await asyncio.to_thread(server.shutdown)
        server.server_close()
    assert [line["event"] for line in log] == ["port not open", "port open"]


@pytest.mark.usefixtures("sqlite_database")
async def test_the_daemon_serves_its_shops_figures_on_loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.daemon._FIGURES_EVERY", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    async with live_shop("tiktok") as shop, running(shop, metrics=MetricsConfig(enabled=True, port=port)):
        await until(lambda: shop.is_all_stored)
        labels = (shop.name, "tiktok")
        for _look in range(100):
            values = await asyncio.to_thread(scraped, port)
            if values.get(("packstation_orders_total", labels), 0) and values["packstation_history_ratio", labels] == 1:
                break
            await asyncio.sleep(0.1)
        assert values["packstation_history_ratio", labels] == 1
        assert values["packstation_data_age_seconds", labels] >= 0
        assert values["packstation_shop_troubled", labels] == 0
        with socket.socket() as outside:
            assert outside.connect_ex(("127.0.0.2", port)) != 0
        words = {word for _name, labels in values for word in labels}
        assert words >= set(labels)
        numbers = {row[0] for row in rows_of("SELECT number FROM orders")}
        assert not words & numbers
