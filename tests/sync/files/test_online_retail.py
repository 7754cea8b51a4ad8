"""The real retailer's files, where they are at hand beside the repository."""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import islice
from pathlib import Path

import pytest

from packstation.domain.orders import Outcome
from sync.files.reading import read_file
from sync.files.result import ReadFile, RejectReason
from tests.sync.files.factories import FORMATS, london

DATA = Path(__file__).parents[4] / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the folder with the real order files is not here")


ALL = 10**9
SIZES = [pytest.param(25_000, id="begun"), pytest.param(ALL, id="whole", marks=pytest.mark.long)]
"""How many lines are read: what a file begins with is a file of its own, in which every note still finds its orders."""


@dataclass(frozen=True)
class Begun:
    """What a file begins with, as it stands there and as it was read."""

    lines: list[dict[str, str]]
    read: ReadFile


def begun(name: str, size: int, folder: Path) -> Begun:
    with gzip.open(DATA / name, "rt", encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        lines = list(islice(reader, size))
    file = DATA / name
    if size < ALL:
        file = folder / name
        with gzip.open(file, "wt", encoding="utf-8", newline="") as copy:
            writer = csv.DictWriter(copy, reader.fieldnames or ())
            writer.writeheader()
            writer.writerows(lines)
    return Begun(lines, read_file(file, formats_folder=FORMATS))


@pytest.fixture(scope="module", params=SIZES)
def items(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Begun:
    return begun("online_retail_items.csv.gz", request.param, tmp_path_factory.mktemp("items"))


def pence(price: str, quantity: int) -> int:
    return int((Decimal(price) * quantity * 100).quantize(Decimal(1), ROUND_HALF_EVEN))


def test_orders_buyers_and_rejects_of_the_item_file_are_all_there(items: Begun) -> None:
    taken_back = [line for line in items.lines if line["InvoiceNo"].startswith("C")]
    sold = [line for line in items.lines if not line["InvoiceNo"].startswith("C") and int(line["Quantity"]) >= 0]
    rejected = len(items.lines) - len(taken_back) - len(sold)
    buyers = {line["CustomerID"] for line in sold} - {""}
    read = items.read
    assert Counter(one.reason for one in read.rejects) == {RejectReason.NEGATIVE_QUANTITY: rejected}
    assert {order.number for order in read.orders} == {line["InvoiceNo"] for line in sold}
    assert {order.buyer.external_id for order in read.orders if order.buyer is not None} == buyers
    assert len(read.buyers_without_orders) == len({line["CustomerID"] for line in taken_back} - buyers - {""})


@pytest.mark.long
def test_the_item_file_holds_what_is_known_of_it(tmp_path: Path) -> None:
    read = begun("online_retail_items.csv.gz", ALL, tmp_path).read
    assert Counter(one.reason for one in read.rejects) == {RejectReason.NEGATIVE_QUANTITY: 1_336}
    assert len(read.orders) == 20_728
    with_buyer = [order.buyer.external_id for order in read.orders if order.buyer is not None]
    assert (len(with_buyer), len(set(with_buyer))) == (18_536, 4_339)
    assert len(read.buyers_without_orders) == 33


def test_credit_notes_of_the_item_file_are_worked_off_as_a_second_way_of_counting_says(items: Begun) -> None:
    """Walk note lines once over plain dicts: left[buyer][order] is a Counter of pieces by SKU."""
    placed: dict[str, str] = {}
    place: dict[str, int] = {}
    left: dict[str, dict[str, Counter[str]]] = defaultdict(dict)
    noted: dict[str, str] = {}
    notes = []
    for at, line in enumerate(items.lines):
        number, quantity = line["InvoiceNo"], int(line["Quantity"])
        if number.startswith("C"):
            noted[number] = min(line["InvoiceDate"], noted.get(number, line["InvoiceDate"]))
            place.setdefault(number, at)
            notes.append(line)
        elif quantity >= 0:
            placed[number] = min(line["InvoiceDate"], placed.get(number, line["InvoiceDate"]))
            place.setdefault(number, at)
            if line["CustomerID"]:
                left[line["CustomerID"]].setdefault(number, Counter())[line["StockCode"]] += quantity
    refunded: Counter[str] = Counter()
    returned: dict[str, str] = {}
    unmatched = 0
    for line in sorted(notes, key=lambda line: (noted[line["InvoiceNo"]], place[line["InvoiceNo"]])):
        when, sku, wanted = noted[line["InvoiceNo"]], line["StockCode"], -int(line["Quantity"])
        mine = left.get(line["CustomerID"], {})
        before = [number for number in mine if placed[number] <= when and mine[number][sku] > 0]
        before.sort(key=lambda number: (placed[number], place[number]))
        while wanted and before:
            whole = [number for number in before if mine[number][sku] >= wanted]
            number = (whole or before)[-1]
            taken = min(wanted, mine[number][sku])
            mine[number][sku] -= taken
            refunded[number] += pence(line["UnitPrice"], taken)
            if not +mine[number]:
                returned.setdefault(number, when)
            wanted -= taken
            before = [one for one in before if mine[one][sku] > 0] if not whole else []
        unmatched += wanted
    found = {
        order.number: sum(refund.amount for refund in order.refunds) for order in items.read.orders if order.refunds
    }
    assert found == dict(refunded)
    assert items.read.dropped_quantity == unmatched
    ended = {order.number: order.outcomes[-1] for order in items.read.orders}
    assert {number: london(when) for number, when in returned.items()} == {
        number: last.known_at for number, last in ended.items() if last.outcome is Outcome.RETURNED
    }


def test_totals_of_the_item_file_are_the_sums_of_lines_rounded_each(items: Begun) -> None:
    totals: Counter[str] = Counter()
    cache: dict[tuple[str, int], int] = {}
    for line in items.lines:
        quantity = int(line["Quantity"])
        if quantity >= 0:
            key = (line["UnitPrice"], quantity)
            if key not in cache:
                cache[key] = pence(*key)
            totals[line["InvoiceNo"]] += cache[key]
    assert {order.number: order.total for order in items.read.orders} == dict(totals)


@pytest.mark.parametrize(
    "size", [pytest.param(2_500, id="begun"), pytest.param(ALL, id="whole", marks=pytest.mark.long)]
)
def test_every_order_of_the_outcome_file_is_delivered_and_fails_where_the_file_says_so(
    size: int, tmp_path: Path
) -> None:
    outcomes = begun("online_retail_orders.csv.gz", size, tmp_path)
    assert outcomes.read.rejects == []
    assert len(outcomes.lines) == min(size, 18_402)
    for order, row in zip(outcomes.read.orders, outcomes.lines, strict=True):
        expected = [(Outcome.DELIVERED, london(row["t"]))]
        if row["t_any"]:
            expected.append((Outcome.DELIVERY_FAILED, london(row["t_any"])))
        assert [(one.outcome, one.known_at) for one in order.outcomes] == expected
        assert (order.number, order.total) == (row["order_id"], pence(row["amount"], 1))
