"""What the customer screen reads: pages of orders, related orders, timelines, balances over time, profiles."""

from __future__ import annotations

from dataclasses import replace

import pytest

from packstation.acts.linking import split
from packstation.acts.policies import publish_policy
from packstation.acts.workplace import open_command
from packstation.domain.customer_profile import Field
from packstation.domain.order_stories import Happening, Why
from packstation.domain.orders import (
    Address,
    BuyerFacts,
    FailureCause,
    IncomingBalance,
    IncomingBuyer,
    Outcome,
    Refund,
    Status,
    TimedStatus,
)
from packstation.domain.times import DAY, HOUR
from packstation.settings import default_config_folder
from packstation.store.balances import Balance, balance_at, balances_seen, keep_balances
from packstation.store.buyer_facts import profile_at
from packstation.store.customer_orders import OrderFilter, Position, order_page
from packstation.store.database import rows_of, transaction
from packstation.store.histories import buyers_of
from packstation.store.order_cards import customer_of
from packstation.store.related import related_orders
from packstation.store.shops import shop_id_of
from packstation.store.timelines import timeline_of
from tests.factories import HOME, NOW, a_shop, an_order, hand_in, order_id, stored

POS = a_shop("quay", "kiotviet")
pytestmark = pytest.mark.usefixtures("database")


def customer(number: str, shop: str = "shop-a") -> int:
    found = customer_of(order_id(number, shop=shop))
    assert found is not None
    return found


def numbers(customer_id: int, wanted: OrderFilter, size: int) -> list[str]:
    """All orders, page by page."""
    ids = [buyer_id for buyer_id, _channel, _external in buyers_of(customer_id)]
    found: list[str] = []
    after: Position | None = None
    while page := order_page(ids, wanted, after, size):
        assert len(page) <= size
        found += [card.number for card in page]
        after = Position(page[-1].placed_at, page[-1].id)
    return found


@pytest.mark.parametrize("size", [1, 2, 100])
def test_orders_come_page_by_page_newest_first_each_once(size: int) -> None:
    hand_in(
        *(
            an_order(f"A-{place}", placed_at=NOW - place // 2 * DAY, source="app" if place % 2 else "")
            for place in range(7)
        ),
        an_order("A-7", placed_at=NOW - 9 * DAY, outcome=Outcome.DELIVERED, also=("HD-7",)),
    )
    everything = ["A-1", "A-0", "A-3", "A-2", "A-5", "A-4", "A-6", "A-7"]
    assert numbers(customer("A-1"), OrderFilter(), size) == everything
    assert numbers(customer("A-1"), OrderFilter(source="app"), size) == ["A-1", "A-3", "A-5"]
    assert numbers(customer("A-1"), OrderFilter(Outcome.DELIVERED), size) == ["A-7"]
    assert numbers(customer("A-1"), OrderFilter(channel="lazada"), size) == []


def test_an_order_tells_who_sold_and_who_created_it_and_nothing_never_replaces_a_name() -> None:
    hand_in(an_order("A-1", sold_by="Ngọc", created_by="Mai"))
    hand_in(an_order("A-1", sold_by="", created_by="Hà", buyer_note="gọi trước"))
    [card] = order_page([buyer_id for buyer_id, _channel, _id in buyers_of(customer("A-1"))], OrderFilter(), None)
    assert (card.sold_by, card.created_by) == ("Ngọc", "Hà")


def test_others_orders_are_related_by_what_they_have_in_common() -> None:
    elsewhere = Address("Trần Bình", "0900000000", "1 Phố Huế", "", "", "Huế", "VN")
    hand_in(an_order("A-1", buyer=IncomingBuyer("an", "Nguyễn Văn An", "0912345678", "an@example.vn")))
    hand_in(
        an_order("B-1", buyer=IncomingBuyer("1", "Khác", "+84912345678", "an@example.vn"), address=elsewhere),
        an_order("B-2", buyer=IncomingBuyer("2", "nguyen van an"), address=elsewhere, placed_at=NOW - 2 * HOUR),
        an_order("B-3", buyer=None, placed_at=NOW - 3 * HOUR),
        an_order("B-4", buyer=IncomingBuyer("4", "Nguyễn Văn Anh"), address=elsewhere),
        an_order(
            "B-5",
            buyer=None,
            address=replace(elsewhere, phone="84 912.345.678", street="2 Phố Huế"),
            placed_at=NOW - 4 * HOUR,
        ),
        an_order("B-6", buyer=None, address=replace(elsewhere, phone="09******78", street="3 Phố Huế")),
        shop=a_shop("web", "woocommerce"),
    )
    [buyer_id] = [row[0] for row in rows_of("SELECT buyer_id FROM orders WHERE number = 'B-1'")]
    place = open_command("tests")
    publish_policy(place, (default_config_folder() / "risk.toml").read_text(encoding="utf-8"), None)
    split(place, buyer_id, None, "the neighbour")
    found = [(each.order.number, each.why, each.customer_id is None) for each in related_orders(customer("A-1"))]
    assert found == [
        ("B-1", (Why.PHONE, Why.EMAIL), False),
        ("B-2", (Why.NAME,), False),
        ("B-3", (Why.PHONE, Why.ADDRESS), True),
        ("B-5", (Why.PHONE,), True),
    ]
    assert [each.why for each in related_orders(customer("B-4", "web"))] == [(Why.PHONE, Why.ADDRESS)] * 2


def test_a_timeline_tells_everything_in_the_order_in_which_it_became_known() -> None:
    statuses = (
        TimedStatus(Status.TO_PACK, "READY", NOW - 3 * DAY),
        TimedStatus(Status.SHIPPED, "SHIPPED", NOW - 2 * DAY),
        TimedStatus(Status.RETURNED, "RETURNED", NOW - HOUR),
    )
    [order] = stored(
        an_order(
            "A-1",
            placed_at=NOW - 3 * DAY,
            statuses=statuses,
            outcome=Outcome.DELIVERY_FAILED,
            cause=FailureCause.REFUSED,
            known_at=NOW - HOUR,
            refunds=(Refund(0, 1, 500, NOW), Refund(None, 0, 250, NOW)),
        )
    )
    assert [(entry.kind, entry.word, entry.more, entry.amount) for entry in timeline_of(order)] == [
        (Happening.PLACED, "", "", 0),
        (Happening.STATUS, "to_pack", "READY", 0),
        (Happening.STATUS, "shipped", "SHIPPED", 0),
        (Happening.STATUS, "returned", "RETURNED", 0),
        (Happening.OUTCOME, "delivery_failed", "refused", 0),
        (Happening.REFUND, "", "", 750),
    ]


def test_every_balance_that_says_something_new_is_kept() -> None:
    hand_in(an_order("A-1", buyer="KH1"), shop=POS)
    with transaction():
        shop = shop_id_of(POS)
        for known_at, debt, points in ((NOW - 3 * DAY, 100, 1), (NOW - 2 * DAY, 100, 1), (NOW - DAY, 50, 2)):
            keep_balances("kiotviet", shop, [IncomingBalance("KH1", debt, points, known_at)])
    found = customer("A-1", "quay")
    assert [(seen.known_at, seen.debt, seen.points) for seen in balances_seen(found)] == [
        (NOW - DAY, 50, 2),
        (NOW - 3 * DAY, 100, 1),
    ]
    assert balance_at(found, NOW - DAY) == Balance(100, 1)
    assert balance_at(found, NOW - 4 * DAY) == Balance()


def test_a_profile_is_what_the_profile_that_ordered_last_says_and_nothing_never_replaces_something() -> None:
    facts = BuyerFacts(code="KH1", birthday="1990-12-31", area="Hà Nội")
    hand_in(an_order("A-1", buyer=IncomingBuyer("KH1", "Hoa", "0912345678", facts=facts)), shop=POS)
    hand_in(
        an_order("A-2", buyer=IncomingBuyer("KH1", "Hoa", facts=BuyerFacts(company="Hoa Mai", area="H** N**"))),
        shop=POS,
    )
    profile = profile_at(customer("A-1", "quay"))
    said = {str(field): each.value for field, each in profile.fields.items()}
    assert said == {
        "name": "Hoa",
        "phone": "0912345678",
        "code": "KH1",
        "birthday": "1990-12-31",
        "company": "Hoa Mai",
        "area": "Hà Nội",
        "address": ", ".join((HOME.street, HOME.ward, HOME.district, HOME.province)),
    }
    assert profile.fields[Field.CODE].channel == "kiotviet"
    assert rows_of("SELECT count(*) FROM buyer_facts") == [(1,)]
