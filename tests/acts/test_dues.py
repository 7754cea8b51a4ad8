from __future__ import annotations

from typing import Any

import pytest

from packstation.acts.blocking import block_customer
from packstation.acts.customer_editing import write_field
from packstation.acts.dues import Due, due_list
from packstation.acts.erasing import erase_customer
from packstation.acts.people import add_person
from packstation.acts.rule_sets import publish_rules
from packstation.domain.customer_profile import Field
from packstation.domain.due import Basis, DueKind, VoucherGroup
from packstation.domain.orders import BuyerFacts, IncomingBuyer, IncomingOrder, Outcome, Refund, Status
from packstation.domain.people import Role
from packstation.domain.rule_kinds import RuleKind
from packstation.domain.times import DAY
from packstation.store import dues
from packstation.store.database import rows_of
from tests.acts.worlds import World
from tests.factories import NOW, an_item, an_order

RULES = '[due]\ndays = 30\nrun_out_within = 7\nlapsed_within = 400\n[[due.product]]\nsku = "TEA-*"\ndays = 15\n'


@pytest.fixture(autouse=True)
def rules(world: World) -> None:
    publish_rules(world.daemon, RuleKind.CARE, RULES, None, "care.toml")


def arrived(number: str, days: int, buyer: str | IncomingBuyer = "an", quantity: int = 1, **more: Any) -> IncomingOrder:
    standard: dict[str, Any] = {"status": Status.DELIVERED, "outcome": Outcome.DELIVERED}
    items = more.pop("items", [an_item("TEA-01", quantity)])
    return an_order(number, buyer=buyer, placed_at=NOW - days * DAY, items=items, **{**standard, **more})


def of(kind: DueKind, **more: Any) -> list[Due]:
    return list(due_list([kind], **more))


def customer(external: str) -> int:
    return int(rows_of("SELECT customer_id FROM buyer WHERE external_id = ?", (external,))[0][0])


def told(found: list[Due]) -> list[tuple[int, str, int, str]]:
    return [(one.customer_id, one.sku, one.days_left(NOW), str(one.basis)) for one in found]


def test_who_is_about_to_run_out_is_told_by_product_and_rhythm(world: World) -> None:
    world.arrive(
        arrived("1", 12),
        arrived("2", 40, "binh"),
        arrived("3", 30, "binh"),
        arrived("4", 20, "binh", 2),
        arrived("5", 5, "chi"),
        arrived("6", 27, "dung", items=[an_item("CUP"), an_item("TEA-02", 2)]),
    )
    assert told(of(DueKind.RUN_OUT)) == [
        (customer("an"), "TEA-01", 3, str(Basis.PRODUCT)),
        (customer("binh"), "TEA-01", 0, str(Basis.OWN)),
        (customer("dung"), "CUP", 3, str(Basis.STANDARD)),
        (customer("dung"), "TEA-02", 3, str(Basis.PRODUCT)),
    ]
    assert [one.customer_id for one in of(DueKind.RUN_OUT, within_days=1)] == [customer("binh")]
    assert len(of(DueKind.RUN_OUT, within_days=20)) == 5


def test_what_came_back_or_never_arrived_runs_out_of_nothing(world: World) -> None:
    world.arrive(
        arrived("1", 12, outcome=Outcome.RETURNED, status=Status.RETURNED),
        arrived("2", 12, "binh", outcome=Outcome.DELIVERY_FAILED, status=Status.RETURNED),
        arrived("3", 26, "chi", 3, refunds=(Refund(0, 1, 150_000, NOW - DAY),)),
    )
    assert told(of(DueKind.RUN_OUT)) == [(customer("chi"), "TEA-01", 4, str(Basis.PRODUCT))]


def test_who_has_not_come_back_is_told_from_twice_their_usual_gap_on(world: World) -> None:
    world.arrive(
        *(arrived(f"1-{days}", days) for days in (90, 70, 50)),
        *(arrived(f"2-{days}", days, "binh") for days in (60, 39)),
        arrived("3", 100, "chi"),
        arrived("4", 80, "dung"),
    )
    found = of(DueKind.LAPSED)
    assert told(found) == [(customer("an"), "", -10, "own"), (customer("chi"), "", -10, "standard")]
    assert found[0].last_at == NOW - 50 * DAY
    assert of(DueKind.LAPSED, within_days=5) == []
    world.arrive(an_order("5", buyer="an", placed_at=NOW - DAY))
    assert [one.customer_id for one in of(DueKind.LAPSED)] == [customer("chi")]


def test_whose_birthday_is_near_is_told_as_channels_and_people_say(world: World) -> None:
    mai = add_person(world.daemon, "Mai", Role.SUPERVISOR, "2468")
    born = {"an": "1990-10-12", "binh": "1990-10-30", "chi": "1990-10-12"}
    world.arrive(
        *(
            arrived(name, 300, IncomingBuyer(name, name.title(), facts=BuyerFacts(birthday=day)))
            for name, day in born.items()
        )
    )
    write_field(world.daemon, mai, customer("binh"), Field.BIRTHDAY, "20/10/1990", over_channel=True)
    write_field(world.daemon, mai, customer("chi"), Field.BIRTHDAY, "01/01/1990", over_channel=True)
    found = of(DueKind.BIRTHDAY)
    assert [(one.customer_id, one.days_left(NOW)) for one in found] == [(customer("an"), 3), (customer("binh"), 11)]
    assert found[0].name == "An"


def test_who_is_marked_blocked_or_erased_is_never_told(world: World) -> None:
    mai = add_person(world.daemon, "Mai", Role.SUPERVISOR, "2468")
    names = ("an", "binh", "chi", "dung")
    world.arrive(*(arrived(name, 12, name) for name in names))
    marked, blocked, erased, left = (customer(name) for name in names)
    write_field(world.daemon, mai, marked, Field.DO_NOT_CONTACT, "có")
    block_customer(world.daemon, blocked, "bom", 3, None)
    erase_customer(world.daemon, erased, None)
    assert [one.customer_id for one in due_list()] == [left]
    write_field(world.daemon, mai, marked, Field.DO_NOT_CONTACT, "")
    world.clock.pass_(3 * DAY)
    assert [one.customer_id for one in of(DueKind.RUN_OUT)] == [marked, blocked, left]


def test_a_mark_that_was_written_before_two_profiles_were_linked_counts_for_both(world: World) -> None:
    mai = add_person(world.daemon, "Mai", Role.SUPERVISOR, "2468")
    world.arrive(arrived("1", 12, IncomingBuyer("an", "An")), arrived("2", 12, IncomingBuyer("binh", "An")))
    write_field(world.daemon, mai, customer("binh"), Field.DO_NOT_CONTACT, "yes")
    phone = "0912345678"
    world.arrive(
        arrived("3", 12, IncomingBuyer("an", "An", phone)), arrived("4", 12, IncomingBuyer("binh", "An", phone))
    )
    assert customer("an") == customer("binh")
    assert list(due_list()) == []


def test_voucher_lovers_are_listed_apart_from_full_price_buyers(world: World) -> None:
    world.arrive(arrived("1", 12, vouchers=("TẾT",)), arrived("2", 12, "binh"))
    assert [one.customer_id for one in of(DueKind.RUN_OUT, vouchers=VoucherGroup.LOVERS)] == [customer("an")]
    assert [one.customer_id for one in of(DueKind.RUN_OUT, vouchers=VoucherGroup.FULL_PRICE)] == [customer("binh")]


def test_many_customers_are_read_in_blocks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dues, "BLOCK", 3)
    monkeypatch.setattr(dues, "_SOME", 2)
    world.arrive(*(arrived(f"A-{n}", 12, f"b{n}") for n in range(10)))
    assert [one.customer_id for one in of(DueKind.RUN_OUT)] == [customer(f"b{n}") for n in range(10)]
