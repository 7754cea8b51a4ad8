from __future__ import annotations

from typing import Any

import pytest

from packstation.acts import caring, finishing, reopening
from packstation.acts.finishing import finish
from packstation.acts.people import add_person
from packstation.acts.policies import publish_policy
from packstation.acts.rule_sets import publish_rules
from packstation.acts.scanning import DeskState, scan
from packstation.acts.vouchers import add_vouchers
from packstation.acts.workplace import open_command
from packstation.domain.care import InsertKind
from packstation.domain.orders import BuyerFacts, FailureCause, IncomingBuyer, IncomingOrder, Outcome, Status
from packstation.domain.people import Role
from packstation.domain.rule_kinds import RuleKind
from packstation.domain.times import DAY, MINUTE
from packstation.domain.vouchers import NewVoucher
from packstation.reports.day import day_report
from packstation.store.care import voucher_lists
from packstation.store.database import close_database, open_database, rows_of
from tests.acts.busy_desks import Job
from tests.acts.test_concurrency import at_once
from tests.acts.worlds import PIN, POLICY, World, entries, kinds
from tests.factories import NOW, a_shop, an_order, order_id

TEXTS = 'vi = "quà"\nen = "gift"\n'


def insert(rule: str, kind: str, when: str, more: str = "") -> str:
    return f'[[insert]]\nid = "{rule}"\nkind = "{kind}"\nwhen = "{when}"\n{TEXTS}{more}\n'


def publish(world: World, *inserts: str) -> None:
    publish_rules(world.daemon, RuleKind.CARE, "\n".join(inserts), None, "care.toml")


def codes(world: World, *names: str, expires_at: int | None = None, currency: str = "VND") -> None:
    add_vouchers(
        world.daemon, "TET", [NewVoucher(name, 50_000, currency, expires_at, "từ 200k") for name in names], None
    )


def voucher_rule(more: str = "") -> str:
    return insert("tet", "voucher", "units > 0", f'list = "TET"\n{more}')


def rules_of(number: str) -> list[str]:
    return [one.rule for one in caring.offer(order_id(number)).inserts]


def code_of(number: str) -> str | None:
    return next((one.voucher.code for one in caring.offer(order_id(number)).inserts if one.voucher), None)


def packed_with_care(world: World, number: str) -> finishing.Finish:
    """Scan a parcel, read what goes in, and finish it."""
    answer = world.desk.scan(number)
    assert answer.parcel_id is not None
    inserts = caring.offer(order_id(number)).inserts
    done = finish(world.desk.place, world.desk.person_id, answer.parcel_id, number, inserts=inserts)
    assert done.packed
    world.desk.parcel = None
    return done


def old(number: str, days: int, **more: Any) -> IncomingOrder:
    standard: dict[str, Any] = {"status": Status.DELIVERED, "outcome": Outcome.DELIVERED}
    return an_order(number, placed_at=NOW - days * DAY, **{**standard, **more})


def test_what_goes_in_is_told_after_the_verdict_and_recorded_when_the_parcel_is_packed(world: World) -> None:
    publish(world, insert("card", "card", "nth_order == 2"), insert("gift", "gift", "nth_order > 2"), voucher_rule())
    codes(world, "TET-1")
    world.arrive(old("OLD", 20), an_order("A-1"))
    offer = caring.offer(order_id("A-1"))
    assert [(one.rule, one.voucher and one.voucher.code) for one in offer.inserts] == [("card", None), ("tet", "TET-1")]
    assert "care_given" not in kinds()
    packed_with_care(world, "A-1")
    told = [facts for kind, facts in entries("kind", "facts") if kind == "care_given"]
    assert [(one["rule"], one["kind"]) for one in told] == [("card", "card"), ("tet", "voucher")]
    assert day_report(0, 2**62).care == {InsertKind.CARD: 1, InsertKind.VOUCHER: 1}
    assert [(one.given, one.left) for one in voucher_lists(world.clock.now)] == [(1, 0)]


def test_what_the_packer_did_not_put_in_is_not_given_and_its_voucher_is_free_again(world: World) -> None:
    publish(world, insert("card", "card", "units > 0"), voucher_rule())
    codes(world, "TET-1")
    world.arrive(an_order("A-1"))
    answer = world.desk.scan("A-1")
    assert answer.parcel_id is not None
    card, voucher = caring.offer(order_id("A-1")).inserts
    assert voucher.voucher is not None
    finish(world.desk.place, world.desk.person_id, answer.parcel_id, "A-1", inserts=[card])
    assert rows_of("SELECT rule FROM care_given") == [("card",)]
    assert rows_of("SELECT order_id, kept_until FROM care_voucher") == [(None, None)]


def test_an_undo_and_a_supervisor_who_opens_the_parcel_take_care_back(world: World) -> None:
    supervisor = world.supervisor()
    publish(world, insert("card", "card", "units > 0", "once = true"), voucher_rule())
    codes(world, "TET-1")
    world.arrive(an_order("A-1"), an_order("A-2", buyer="binh"))
    done = packed_with_care(world, "A-1")
    assert rules_of("A-1") == []
    finishing.undo(world.desk.place, world.desk.person_id)
    assert day_report(0, 2**62).care == {}
    # Its code lies in the parcel: for a while it is this order's.
    assert code_of("A-1") == "TET-1"
    assert code_of("A-2") is None
    packed_with_care(world, "A-1")
    reopening.reopen_parcel(world.desk.place, supervisor, PIN, done.parcel_id, reason="sai hàng")
    assert kinds().count("care_taken_back") == 4
    assert caring.offer(order_id("A-2")).empty_lists == ("TET",)
    world.clock.pass_(15 * MINUTE + 1)
    assert code_of("A-2") == "TET-1"


def test_a_parcel_that_is_pulled_gives_its_voucher_back(world: World) -> None:
    publish(world, voucher_rule())
    codes(world, "TET-1")
    world.arrive(an_order("A-1"))
    packed_with_care(world, "A-1")
    world.arrive(an_order("A-1", status=Status.CANCELLED, outcome=Outcome.BUYER_CANCELLED, known_at=NOW))
    world.desk.scan("A-1")
    assert rows_of("SELECT count(*) FROM care_given WHERE ended_at IS NULL") == [(0,)]


def test_after_a_refused_order_nothing_goes_in_until_one_arrives(world: World) -> None:
    publish(
        world, insert("gift", "gift", "has_customer"), insert("note", "leaflet", "cod", "even_after_refusal = true")
    )
    refused: dict[str, Any] = {"status": Status.RETURNED, "outcome": Outcome.DELIVERY_FAILED}
    world.arrive(old("OLD-1", 30), old("OLD-2", 20, cause=FailureCause.REFUSED, **refused), an_order("A-1"))
    assert rules_of("A-1") == ["note"]
    world.arrive(old("OLD-3", 10))
    assert rules_of("A-1") == ["gift", "note"]
    world.arrive(old("OLD-4", 5, cause=FailureCause.COURIER, **refused))
    assert rules_of("A-1") == ["gift", "note"]


def test_a_customer_gets_it_again_only_after_a_while_whichever_profile_orders(world: World) -> None:
    publish(world, insert("gift", "gift", "has_customer", "every_days = 30"), insert("card", "card", "cod"))
    world.arrive(an_order("A-1"), an_order("A-2"), an_order("G-1", buyer=None))
    packed_with_care(world, "A-1")
    assert rules_of("A-2") == ["card"]
    assert rules_of("G-1") == ["card"]
    world.clock.pass_(30 * DAY)
    assert rules_of("A-2") == ["gift", "card"]


def test_tags_products_rhythm_and_birthday_are_known(world: World) -> None:
    publish_rules(
        world.daemon,
        RuleKind.TIERS,
        f'[[tag]]\nid = "soon"\nwhen = "days_since_previous_order <= 15"\n{TEXTS}',
        None,
        "t",
    )
    publish(
        world,
        insert("tag", "card", "'soon' in tags"),
        insert("product", "leaflet", "'TEA-01' in products and not ('CUP' in products)"),
        insert("usual", "sample", "days_from_usual >= -1 and days_from_usual <= 1"),
        insert("birthday", "card", "birthday_month and birthday_in_days < 30"),
        insert("long", "card", "days_since_previous_order > 100"),
    )
    buyer = IncomingBuyer("KH1", "Hoa", facts=BuyerFacts(birthday="1990-10-20"))
    world.arrive(
        *(old(f"OLD-{days}", days, buyer=buyer) for days in (30, 20, 10)),
        an_order("A-1", buyer=buyer, placed_at=NOW),
        shop=a_shop("quay", "kiotviet"),
    )
    offered = [one.rule for one in caring.offer(order_id("A-1", shop="quay")).inserts]
    assert offered == ["tag", "product", "usual", "birthday"]
    told = {line.rule: (line.gives, line.figures) for line in caring.explain(order_id("A-1", shop="quay"))}
    assert told["usual"] == (True, {"days_from_usual": 0.0})
    assert told["long"] == (False, {"days_since_previous_order": 10.0})


def test_an_expired_voucher_or_one_in_other_money_is_never_given_the_first_to_expire_is(world: World) -> None:
    publish(world, voucher_rule())
    codes(world, "OLD", expires_at=NOW)
    codes(world, "GBP", currency="GBP")
    world.arrive(an_order("A-1"), an_order("A-2", buyer="binh"))
    assert caring.offer(order_id("A-1")).empty_lists == ("TET",)
    codes(world, "LATER", expires_at=NOW + 9 * DAY)
    codes(world, "EVER")
    codes(world, "SOON", expires_at=NOW + DAY)
    assert caring.preview(order_id("A-1")).inserts[0].voucher == caring.preview(order_id("A-2")).inserts[0].voucher
    assert [code_of("A-1"), code_of("A-2"), code_of("A-1")] == ["SOON", "LATER", "SOON"]


def test_a_voucher_that_was_kept_too_long_and_went_to_another_is_not_recorded_twice(world: World) -> None:
    publish(world, voucher_rule())
    codes(world, "TET-1")
    world.arrive(an_order("A-1"), an_order("A-2", buyer="binh"))
    first = world.desk.scan("A-1")
    shown = caring.offer(order_id("A-1")).inserts
    world.clock.pass_(16 * MINUTE)
    assert code_of("A-2") == "TET-1"
    assert first.parcel_id is not None
    finish(world.desk.place, world.desk.person_id, first.parcel_id, "A-1", inserts=shown)
    assert rows_of("SELECT count(*) FROM care_given") == [(0,)]


@pytest.mark.parametrize("vouchers", [1, 5])
def test_stations_that_pack_at_the_same_time_never_give_one_code_twice(database: str, vouchers: int) -> None:
    place = open_command("test")
    publish_policy(place, POLICY, None)
    people = [add_person(place, name, Role.PACKER, None).id for name in ("An", "Chi")]
    publish_rules(place, RuleKind.CARE, voucher_rule(), None, "care.toml")
    add_vouchers(place, "TET", [NewVoucher(f"TET-{n}", 1, "VND", None, "") for n in range(vouchers)], None)
    from packstation.acts.intake import store_orders

    store_orders(place, a_shop(), [an_order(f"A-{n}", buyer=f"b{n}") for n in range(12)])
    close_database()
    told = at_once(*((Job(database, f"Bàn {n}", person, 6, n), "care") for n, person in enumerate(people)))
    open_database(database, patient=True)
    given = [code for packed in told.values() for code in packed if code]
    assert sorted(given) == [f"TET-{n}" for n in range(vouchers)]
    assert len(rows_of("SELECT DISTINCT voucher_id FROM care_given WHERE ended_at IS NULL")) == vouchers
    assert [len(packed) for packed in told.values()] == [6, 6]


def test_without_rules_nothing_is_read_or_written(world: World) -> None:
    world.arrive(an_order("A-1"))
    assert caring.offer(order_id("A-1")) == caring.Offer()
    answer = scan(world.desk.place, world.packer, "A-1", DeskState())
    assert answer.parcel_id is not None
    assert finish(world.desk.place, world.packer, answer.parcel_id, "A-1").packed
