"""Figures for Prometheus on a loopback port: ages, back-fill, errors, queues; nothing about orders or buyers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from packstation.domain.times import SECOND
from sync.listening import port_when_free


@dataclass(frozen=True, slots=True)
class ShopFigures:
    """One shop's figures. Ages in seconds, `synced_at` in ms UTC; None where nothing was ever synced."""

    shop: str
    channel: str
    age: float | None
    history_share: float
    is_troubled: bool
    orders: int
    delivered: int
    errors: dict[str, int]
    rereads: int
    unreadable: int
    synced_at: int | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All figures of one moment."""

    shops: tuple[ShopFigures, ...] = ()
    outbox_waiting: int = 0
    outbox_parked: int = 0
    refreshes_waiting: int = 0


class Figures(Collector):
    """Hands out the newest snapshot; the daemon replaces it every few seconds, so that a scrape asks nobody."""

    def __init__(self) -> None:
        self.snapshot = Snapshot()

    def collect(self) -> Iterator[Metric]:
        """The figures in Prometheus's terms."""
        names = ["shop", "channel"]
        gauges = {
            "age": GaugeMetricFamily("packstation_data_age_seconds", "Since the last successful sync.", labels=names),
            "synced": GaugeMetricFamily(
                "packstation_last_synced_timestamp_seconds",
                "The last successful sync, Unix time; unlike the age it means the same while the database is away.",
                labels=names,
            ),
            "history": GaugeMetricFamily(
                "packstation_history_ratio", "How much of the back-fill is done.", labels=names
            ),
            "trouble": GaugeMetricFamily("packstation_shop_troubled", "1 while something is wrong.", labels=names),
            "rereads": GaugeMetricFamily("packstation_rereads", "Orders to be read again.", labels=names),
            "unreadable": GaugeMetricFamily("packstation_unreadable", "Records that made no order.", labels=names),
        }
        orders = CounterMetricFamily("packstation_orders", "Orders new or changed.", labels=names)
        delivered = CounterMetricFamily("packstation_decisions_delivered", "Decisions delivered.", labels=names)
        errors = CounterMetricFamily("packstation_errors", "Errors by kind.", labels=[*names, "code"])
        for shop in self.snapshot.shops:
            labels = [shop.shop, shop.channel]
            if shop.age is not None:
                gauges["age"].add_metric(labels, shop.age)
            if shop.synced_at is not None:
                gauges["synced"].add_metric(labels, shop.synced_at / SECOND)
            gauges["history"].add_metric(labels, shop.history_share)
            gauges["trouble"].add_metric(labels, float(shop.is_troubled))
            gauges["rereads"].add_metric(labels, shop.rereads)
            gauges["unreadable"].add_metric(labels, shop.unreadable)
            orders.add_metric(labels, shop.orders)
            delivered.add_metric(labels, shop.delivered)
            for code, count in sorted(shop.errors.items()):
                errors.add_metric([*labels, code], count)
        yield from (*gauges.values(), orders, delivered, errors)
        for name, text, value in (
            ("packstation_outbox_waiting", "Decisions that wait.", self.snapshot.outbox_waiting),
            ("packstation_outbox_parked", "Decisions that failed.", self.snapshot.outbox_parked),
            ("packstation_refreshes_waiting", "Requests of desks that wait.", self.snapshot.refreshes_waiting),
        ):
            yield GaugeMetricFamily(name, text, value)


async def serve_figures_when_free(figures: Figures, port: int) -> WSGIServer:
    """As `serve_figures`, as soon as the port is free; the log says once what is in the way."""
    return await port_when_free("metrics", lambda: serve_figures(figures, port))


def serve_figures(figures: Figures, port: int) -> WSGIServer:
    """Serve the figures at http://127.0.0.1:port/metrics from a thread of their own until the server is shut down.

    Raises:
        OSError: the port is taken.
    """
    registry = CollectorRegistry()
    registry.register(figures)
    server, _thread = start_http_server(port, addr="127.0.0.1", registry=registry)
    return server
