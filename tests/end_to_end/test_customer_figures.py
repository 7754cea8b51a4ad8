"""The customer screen's figures of a real retailer's customers, at many moments, against a computation from the file alone."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from packstation.acts import customers
from packstation.acts.customers import customer_at
from packstation.acts.intake import store_orders
from packstation.acts.policies import publish_policy
from packstation.acts.workplace import open_command
from packstation.cli.customer_documents import figures_document
from packstation.settings import default_config_folder
from packstation.store.database import rows_of
from packstation.store.histories import ShopRateTimeline
from sync.files.reading import read_file
from tests.end_to_end.independent_retail import Retail, Row, differences, iso, ms

ITEMS = Path(__file__).parents[3] / "shared" / "data" / "online_retail_items.csv.gz"

pytestmark = pytest.mark.skipif(
    not ITEMS.is_file(), reason="the folder with the real orders is not beside this checkout"
)


def rows() -> Iterator[Row]:
    with gzip.open(ITEMS, "rt", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def store(file: Path) -> None:
    place = open_command("tests")
    publish_policy(place, (default_config_folder() / "risk.toml").read_text(encoding="utf-8"), None)
    read = read_file(file, formats_folder=default_config_folder() / "imports")
    store_orders(place, read.shop, read.orders, read.buyers_without_orders)


def said(buyer: str, at: int) -> dict[str, Any]:
    [(customer_id,)] = rows_of("SELECT customer_id FROM buyer WHERE external_id = ?", (buyer,))
    figures, orders = customer_at(customer_id, iso(at))
    assert len(orders) == figures.card.history.counts.orders
    return figures_document(figures)


def moments(retail: Retail, buyer: str, rng: Random, count: int) -> list[int]:
    """Moments around what happened to a buyer: just before, at and after it, and any others."""
    happened = [order.placed_at for order in retail.orders[buyer]]
    happened += [known for order in retail.orders[buyer] for known, _sku, _pieces, _amount in order.back]
    first, last = ms("2010-12-01 00:00:00"), ms("2012-06-01 00:00:00")
    near = [rng.choice(happened) + rng.choice((-1, 0, 1, 90 * 86_400_000)) for _ in range(count) if happened]
    return [moment // 1_000 * 1_000 for moment in near] + [rng.randrange(first, last, 1_000)]


def test_a_sample_of_customers_at_many_moments(
    sqlite_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = Random(5)
    everything = list(rows())
    everybody = sorted({row["CustomerID"] for row in everything if row["CustomerID"]})
    chosen = {"12346", "14911", *rng.sample(everybody, 40)}
    some = [row for row in everything if row["CustomerID"] in chosen]
    file = tmp_path / ITEMS.name
    with gzip.open(file, "wt", encoding="utf-8", newline="") as copy:
        writer = csv.DictWriter(copy, some[0])
        writer.writeheader()
        writer.writerows(some)
    store(file)
    compare(Retail(some), sorted(chosen), rng, 2, monkeypatch)


@pytest.mark.long
def test_every_customer_at_many_moments(sqlite_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store(ITEMS)
    retail = Retail(rows())
    everybody = sorted(row[0] for row in rows_of("SELECT external_id FROM buyer"))
    assert len(everybody) == 4_372
    compare(retail, everybody, Random(6), 3, monkeypatch)


def compare(retail: Retail, buyers: list[str], rng: Random, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rates: dict[int, ShopRateTimeline] = {}
    # The shop's own rate is compared elsewhere; read anew for every customer it would take most of the time.
    monkeypatch.setattr(
        customers,
        "ShopRateTimeline",
        lambda shop_id: rates.setdefault(shop_id, rates.get(shop_id) or ShopRateTimeline(shop_id)),
    )
    wrong = {
        (buyer, iso(at)): found
        for buyer in buyers
        for at in moments(retail, buyer, rng, count)
        if (found := differences(said(buyer, at), retail.figures(buyer, at)))
    }
    assert wrong == {}
