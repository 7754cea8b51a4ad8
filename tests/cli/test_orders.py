from __future__ import annotations

import json
from pathlib import Path

from packstation.domain.orders import Outcome, Status
from packstation.domain.times import DAY
from tests.cli.conftest import CommandLine
from tests.factories import NOW, a_shop, an_order

CANCELLER = [
    an_order("C-1", buyer="bad", outcome=Outcome.BUYER_CANCELLED, status=Status.CANCELLED, placed_at=NOW - 9 * DAY),
    an_order("C-2", buyer="bad", outcome=Outcome.DELIVERY_FAILED, status=Status.RETURNED, placed_at=NOW - 5 * DAY),
    an_order("C-3", buyer="bad"),
]


def test_check_exits_by_its_verdict(packstation: CommandLine) -> None:
    packstation.hand_in(an_order("P-1"), *CANCELLER)
    assert packstation("check", "P-1").code == 0
    assert packstation("check", "C-3").code == 10
    assert packstation("check", "C-1").code == 20
    assert packstation("check", "NONE").code == 30


def test_check_prints_one_document_with_everything_the_contract_names(packstation: CommandLine) -> None:
    packstation.hand_in(*CANCELLER)
    document = packstation("check", "C-3", "--json").document
    assert list(document) == [
        "code", "verdict", "at", "policy_version", "reasons", "candidates", "order", "customer", "hold", "data_age_seconds",
    ]  # fmt: skip
    assert document["verdict"] == "call"
    assert document["policy_version"] == 1
    reason = document["reasons"][0]
    assert reason["rule"] == "cancel-ratio"
    assert reason["evidence"]["cancel_ratio"] == 1.0
    assert "2 of 2" in reason["text"]
    assert document["customer"]["delivery_failed"] == 1
    assert document["customer"]["orders"] == 2
    assert document["hold"]["state"] == "waiting"
    assert document["data_age_seconds"] is None
    parcel = document["order"]["parcels"][0]
    assert (parcel["state"], parcel["package"]) == ("unseen", None)


def test_check_at_a_moment_sees_only_what_was_known_before_it(packstation: CommandLine) -> None:
    packstation.hand_in(*CANCELLER)
    early = packstation("check", "C-3", "--at", "2025-10-02T00:00:00Z", "--json").document
    assert early["customer"]["orders"] == 1
    assert early["customer"]["buyer_cancelled"] == 1
    assert early["order"]["status"] == "to_pack"
    assert early["hold"] is None


def test_a_bare_date_is_refused(packstation: CommandLine) -> None:
    packstation.hand_in(*CANCELLER)
    ran = packstation("check", "C-3", "--at", "2025-10-02")
    assert ran.code == 2
    assert "2025-10-02" in ran.err
    assert ran.err.count("\n") == 1


def test_a_moment_without_offset_is_in_the_shops_zone(packstation: CommandLine) -> None:
    packstation.hand_in(an_order("P-1"), shop=a_shop(zone="Asia/Ho_Chi_Minh"))
    document = packstation("check", "P-1", "--at", "2025-10-09T10:00:00", "--json").document
    assert document["at"] == "2025-10-09T03:00:00Z"


def test_a_number_that_two_shops_have_is_ambiguous_until_the_shop_is_named(packstation: CommandLine) -> None:
    packstation.hand_in(an_order("X-1"), shop=a_shop("left"))
    packstation.hand_in(an_order("X-1"), shop=a_shop("right"))
    document = packstation("check", "X-1", "--json").document
    assert document["verdict"] == "unknown"
    assert document["reasons"][0]["rule"] == "ambiguous-code"
    assert document["candidates"] == [{"shop": "left", "number": "X-1"}, {"shop": "right", "number": "X-1"}]
    assert packstation("check", "X-1", "--shop", "right").code == 0


def test_a_batch_prints_a_document_a_line_and_exits_0(packstation: CommandLine, tmp_path: Path) -> None:
    packstation.hand_in(an_order("P-1"), *CANCELLER)
    batch = tmp_path / "codes"
    batch.write_text("P-1\nC-3\t2025-10-02T00:00:00Z\n\nNONE\n")
    ran = packstation("check", "--batch", batch)
    assert ran.code == 0
    assert [json.loads(line)["verdict"] for line in ran.out.splitlines()] == ["pack", "pack", "unknown"]


def test_check_needs_a_code_or_a_batch(packstation: CommandLine) -> None:
    assert packstation("check").code == 2
    assert packstation("check", "A", "--batch", "-").code == 2


def test_orders_lists_what_is_to_pack_clean_or_held(packstation: CommandLine, tmp_path: Path) -> None:
    packstation.hand_in(an_order("P-1"), *CANCELLER)
    assert [order["number"] for order in packstation("orders", "--json").document["orders"]] == ["P-1", "C-3"]
    clean = packstation("orders", "--clean", "--json").document["orders"]
    assert [(order["number"], order["verdict"]) for order in clean] == [("P-1", "pack")]
    assert [order["number"] for order in packstation("orders", "--held", "--json").document["orders"]] == ["C-3"]
    table = tmp_path / "orders.csv"
    assert packstation("orders", "--csv", table).code == 0
    assert "C-3" in table.read_text(encoding="utf-8-sig")
    assert packstation("orders", "--clean", "--held").code == 2


def test_holds_lists_the_open_ones_with_their_customers(packstation: CommandLine) -> None:
    packstation.hand_in(an_order("P-1"), *CANCELLER)
    [hold] = packstation("holds", "--json").document["holds"]
    assert (hold["number"], hold["state"], hold["reason"], hold["attempts"]) == ("C-3", "waiting", "rule", 0)
    customer = packstation("check", "C-3", "--json").document["customer"]
    assert hold["customer"] == customer["id"]
    assert "C-3" in packstation("holds").out


def test_a_customer_is_found_by_what_a_person_may_know(packstation: CommandLine) -> None:
    packstation.hand_in(*CANCELLER)
    by_id = packstation("customer", "bad", "--json").document
    assert by_id["customer"]["orders"] == 3
    assert [order["number"] for order in by_id["orders"]] == ["C-3", "C-2", "C-1"]
    assert packstation("customer", "nguyen van an", "--json").document["customer"]["id"] == by_id["customer"]["id"]
    nobody = packstation("customer", "0999999999")
    assert nobody.code == 4
    assert nobody.err.count("\n") == 1


def test_a_customer_as_known_at_a_moment(packstation: CommandLine) -> None:
    packstation.hand_in(*CANCELLER)
    document = packstation("customer", "bad", "--at", "2025-10-02T00:00:00Z", "--json").document
    assert (document["customer"]["orders"], document["customer"]["failed"]) == (1, 1)
    assert [order["number"] for order in document["orders"]] == ["C-1"]
