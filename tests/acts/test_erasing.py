from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from packstation.acts.blocking import block_buyer
from packstation.acts.contacting import open_contact
from packstation.acts.customers import customer_at
from packstation.acts.erasing import ErasedAlreadyError, OpenOrdersError, erase_customer, export_customer
from packstation.acts.intake import store_orders
from packstation.acts.mailing import note_sent, queue_mail
from packstation.acts.overriding import override
from packstation.domain.holds import ContactMethod
from packstation.domain.mails import Attachment
from packstation.domain.orders import IncomingBalance, IncomingOrder, Origin, Outcome, Shop, Status
from packstation.domain.times import DAY, HOUR, MINUTE
from packstation.store import mails
from packstation.store.balances import keep_balances
from packstation.store.check import check
from packstation.store.customer_rows import OF_BUYERS, OF_CUSTOMERS, OF_ORDERS
from packstation.store.customers import find_customers
from packstation.store.database import rows_of, transaction
from packstation.store.engines import sqlite_path
from packstation.store.shops import shop_id_of
from packstation.store.tables.every import EVERY_TABLE, name_of
from tests.acts.worlds import PIN, World, dump, entries, failed_before, risky, verdict_of
from tests.factories import HOME, NOW, a_buyer, a_shop, an_order, order_id

WEB = a_shop("web", "woocommerce")
TRACES = (
    "Nguy",
    "0912345678",
    "+84912345678",
    "an@example.com",
    "an.nguyen",
    "Lý Thường Kiệt",
    "cổng sau",
    "bà ngoại",
)
"""Pieces of everything that the person below is called, lives at, or had written down."""


def the_buyer() -> dict[str, Any]:
    return {"buyer": a_buyer(phone="0912345678", email="an@example.com", also=("an.nguyen.9",))}


def ended(number: str = "OLD-1", **more: Any) -> IncomingOrder:
    """An order of the person's that arrived, with words in it."""
    standard = {
        **the_buyer(),
        "placed_at": NOW - 9 * DAY,
        "status": Status.COMPLETED,
        "outcome": Outcome.DELIVERED,
        "buyer_note": "Giao ở cổng sau",
        "seller_note": "Nhà bà ngoại",
    }
    return an_order(number, **{**standard, **more})


def customer() -> int:
    [found] = find_customers("0912345678")
    return found.id


def traces() -> set[str]:
    """What of the person still stands anywhere in the database."""
    everything = repr(dump())
    return {trace for trace in TRACES if trace in everything}


def history_of(customer_id: int) -> object:
    return customer_at(customer_id)[0].card.history


def a_life(world: World) -> int:
    """The person orders, is held, called, overridden and blocked; their customer's id."""
    boss = world.supervisor()
    world.arrive(ended(), failed_before("OLD-2", **the_buyer()), risky("A-1", **the_buyer()))
    hold = world.hold_of("A-1")
    open_contact(world.desk.place, world.packer, hold.id, ContactMethod.CALL)
    override(world.desk.place, boss, PIN, hold.id, release=True, reason="Khách ở nhà bà ngoại")
    world.desk.pack("A-1")
    block_buyer(world.daemon, "shopee", "an.nguyen", "Nguyễn Văn An hay bom")
    with transaction():
        letter = Attachment("0912345678.txt", "text/plain", b"an@example.com")
        for body in ("Nguyễn Văn An", "Lý Thường Kiệt"):
            queue_mail(
                world.daemon, "an@example.com", body, body, [letter], order_id=order_id("A-1"), now=world.clock.now
            )
        taken = mails.take_due("daemon", "example.vn", world.clock.now, MINUTE)
    assert taken is not None
    note_sent(world.daemon, taken, "daemon", world.clock.now)
    world.arrive(risky("A-1", **the_buyer(), status=Status.SHIPPED, updated_at=NOW))
    world.clock.pass_(1)
    return customer()


def test_erasing_leaves_nothing_that_names_the_person_and_every_count(world: World) -> None:
    customer_id = a_life(world)
    assert traces() == set(TRACES)
    before = history_of(customer_id)
    erase_customer(world.daemon, customer_id, world.packer)
    assert traces() == set()
    assert find_customers("0912345678") == find_customers("an.nguyen") == find_customers("nguyen van an") == []
    assert history_of(customer_id) == before
    assert check() == []
    assert entries("kind", "person_id", "facts")[-1] == (
        "customer_erased",
        world.packer,
        {"customer": customer_id, "orders": 3, "texts": 5},
    )


def test_of_an_address_only_the_province_stays(world: World) -> None:
    a_life(world)
    erase_customer(world.daemon, customer(), None)
    assert set(rows_of("SELECT recipient, phone, street, ward, district, province, country FROM orders")) == {
        ("", "", "", "", "", HOME.province, HOME.country)
    }


def test_others_are_left_as_they_are(world: World) -> None:
    world.arrive(
        ended(), an_order("B-1", buyer=a_buyer("binh", name="Bình", phone="0987654321"), buyer_note="Gọi trước")
    )
    others = rows_of("SELECT * FROM orders WHERE number = 'B-1'"), rows_of("SELECT * FROM buyer WHERE name = 'Bình'")
    erase_customer(world.daemon, customer(), None)
    assert (
        rows_of("SELECT * FROM orders WHERE number = 'B-1'"),
        rows_of("SELECT * FROM buyer WHERE name = 'Bình'"),
    ) == others


def test_the_same_orders_handed_in_again_or_changed_do_not_bring_the_person_back(world: World) -> None:
    customer_id = a_life(world)
    erase_customer(world.daemon, customer_id, None)
    before = history_of(customer_id)
    again = (
        ended(),
        failed_before("OLD-2", **the_buyer()),
        risky("A-1", **the_buyer(), status=Status.SHIPPED, updated_at=NOW),
    )
    for _ in range(2):
        world.arrive(*again)
        assert traces() == set()
        assert history_of(customer_id) == before
    world.arrive(replace(again[2], updated_at=NOW + HOUR, seller_note="Nhà bà ngoại"))
    world.arrive(replace(ended(), buyer=a_buyer("an.nguyen.9", name="Nguyễn An")))
    assert traces() == set()
    assert rows_of("SELECT count(*) FROM customer") == [(1,)]
    assert check() == []


def test_an_old_order_that_was_not_known_yet_counts_for_the_nameless_customer(world: World) -> None:
    world.arrive(ended())
    customer_id = customer()
    erase_customer(world.daemon, customer_id, None)
    world.arrive(ended("OLDER-1", placed_at=NOW - 30 * DAY, buyer=a_buyer("an.nguyen.9", name="Nguyễn An")))
    assert traces() == set()
    assert customer_at(customer_id)[0].card.history.counts.delivered == 2
    assert check() == []


def test_who_orders_again_later_is_a_new_customer_whose_history_begins_anew(world: World) -> None:
    world.arrive(ended())
    erased = customer()
    erase_customer(world.daemon, erased, None)
    world.clock.pass_(DAY)
    world.arrive(an_order("NEW-1", placed_at=world.clock.now - HOUR, **the_buyer()))
    assert customer() != erased
    assert customer_at(customer())[0].card.history.counts.orders == 1
    world.arrive(ended())
    assert customer_at(erased)[0].card.history.counts.orders == 1
    assert verdict_of(world.desk.scan("NEW-1")) == ("pack", [])
    erase_customer(world.daemon, customer(), None, even_open=True)
    world.arrive(ended(), an_order("NEW-1", placed_at=world.clock.now - HOUR, **the_buyer()))
    assert traces() == set()
    assert check() == []


@pytest.mark.parametrize("first", [True, False])
def test_a_hubs_copy_brings_nothing_back_whether_it_was_known_or_not(world: World, first: bool) -> None:
    hub = Shop("hub", "kiotviet", "VND", "Asia/Ho_Chi_Minh")
    copy = an_order(
        "HD-1",
        buyer=a_buyer("kv-7", phone="0912345678"),
        placed_at=NOW - 9 * DAY,
        origin=Origin("shopee", "OLD-1"),
        status=Status.COMPLETED,
        buyer_note="Giao ở cổng sau",
    )
    world.arrive(ended())
    if first:
        world.arrive(copy, shop=hub)
    erase_customer(world.daemon, customer(), None)
    world.arrive(copy, shop=hub)
    world.arrive(replace(copy, seller_note="Nhà bà ngoại"), shop=hub)
    assert traces() == set()
    assert check() == []


def test_a_profile_or_a_balance_without_an_order_brings_nobody_back(world: World) -> None:
    world.arrive(ended(), shop=WEB)
    erase_customer(world.daemon, customer(), None)
    store_orders(world.daemon, WEB, [], [a_buyer(phone="0912345678")])
    with transaction():
        keep_balances(WEB.channel, shop_id_of(WEB), [IncomingBalance("an.nguyen", 5_000, 1, NOW)])
    assert traces() == set()
    assert rows_of("SELECT count(*) FROM buyer") == [(1,)]


def test_while_orders_are_to_pack_or_on_hold_it_has_to_be_said_twice(world: World) -> None:
    world.arrive(ended(), an_order("A-1", **the_buyer()), risky("A-2", **the_buyer()))
    with pytest.raises(OpenOrdersError) as refused:
        erase_customer(world.daemon, customer(), None)
    assert refused.value.numbers == ("A-1", "A-2")
    assert "0912345678" in traces()
    erase_customer(world.daemon, customer(), None, even_open=True)
    assert traces() == set()


def test_who_is_erased_is_not_erased_again(world: World) -> None:
    world.arrive(ended())
    customer_id = customer()
    erase_customer(world.daemon, customer_id, None)
    before = dump()
    with pytest.raises(ErasedAlreadyError):
        erase_customer(world.daemon, customer_id, None)
    assert dump() == before


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_bytes_are_gone_from_an_sqlite_file(world: World, database: str) -> None:
    a_life(world)
    customer_id = customer()
    erase_customer(world.daemon, customer_id, None)
    file = sqlite_path(database)
    content = b"".join(path.read_bytes() for path in Path(file).parent.glob(f"{file.name}*"))
    assert {trace for trace in TRACES if trace.encode() in content} == set()


def test_everything_kept_about_a_person_is_exported_and_that_is_recorded(world: World) -> None:
    customer_id = a_life(world)
    world.arrive(an_order("B-1", buyer=a_buyer("binh", name="Bình", phone="0987654321")))
    document = export_customer(world.daemon, customer_id, world.packer)
    text = json.dumps(document, ensure_ascii=False)
    assert {trace for trace in TRACES if trace in text} == set(TRACES)
    assert "0987654321" not in text
    assert sorted(order["number"] for order in document["orders"]) == ["A-1", "OLD-1", "OLD-2"]
    assert document["orders"][0]["placed_at"].endswith("Z")
    assert document["orders"][0]["replaced"] is False
    assert document["attempt"][0]["person_id"] == world.packer
    assert {row["kind"] for row in document["ledger"]} >= {"contact_opened", "buyer_blocked", "customer_exported"}
    assert entries("kind", "person_id", "facts")[-1] == ("customer_exported", world.packer, {"customer": customer_id})


def test_every_table_is_exported_or_holds_nothing_of_a_customer() -> None:
    others = {
        "installation", "shop", "shop_summary", "customer", "person", "station", "policy_version", "credential", "shop_sync",
        "shop_outbox", "writer", "ledger", "ledger_text", "caller_shift", "search_word", "item_cost", "rules_version",
        "cod_statement",
    }  # fmt: skip
    told = {name_of(table) for table, _condition in (*OF_CUSTOMERS, *OF_BUYERS, *OF_ORDERS)}
    assert told | others == {name_of(table) for table in EVERY_TABLE}
    assert told & others == set()
