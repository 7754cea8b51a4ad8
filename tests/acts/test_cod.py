from __future__ import annotations

from typing import Any

import pytest

from packstation.acts.cod import NoDifferenceError, compared, settle_differences, take_in_statement
from packstation.acts.erasing import erase_customer
from packstation.acts.overriding import ReasonMissingError
from packstation.domain.carriers import Carriers, CarrierTerms
from packstation.domain.cod import CodKind, IncomingCodLine
from packstation.domain.orders import IncomingParcel, Outcome, Status
from packstation.domain.times import DAY
from packstation.store.database import rows_of
from tests.acts.worlds import World, entries
from tests.factories import NOW, a_shop, an_order

WEB = a_shop("web", "woocommerce")
TERMS = Carriers((CarrierTerms("ghn", ("Giao Hàng Nhanh",), payout_ms=7 * DAY),))


def collected(number: str, *tracking: str, days_ago: int = 3, **more: Any) -> Any:
    """A COD order of a web shop that a carrier delivered; it collected 150,000 đồng."""
    at = NOW - days_ago * DAY
    parcels = tuple(IncomingParcel(None, one, "Giao hàng nhanh") for one in tracking)
    standard = {"placed_at": at - DAY, "status": Status.COMPLETED, "outcome": Outcome.DELIVERED, "known_at": at}
    return an_order(number, parcels=parcels, **{**standard, **more})


def paid(tracking: str = "", amount: int = 150_000, *, statement: str = "S1", number: str = "", at: int = NOW) -> Any:
    return IncomingCodLine(statement, tracking, number, amount, 15_000, at)


def take_in(world: World, *lines: IncomingCodLine, shop: str = "") -> tuple[int, int]:
    taken = take_in_statement(world.daemon, "GHN", "VND", shop, lines, TERMS)
    return taken.new, taken.known


def differences() -> list[tuple[CodKind, str, int]]:
    return [
        (one.kind, one.due.number if one.due else "", one.difference)
        for one in compared(TERMS)
        if one.kind is not CodKind.OK
    ]


def test_lines_pay_orders_by_tracking_number_else_by_number_within_the_shop(world: World) -> None:
    world.arrive(collected("W-1", "T1"), collected("W-2", "T2"), shop=WEB)
    world.arrive(collected("W-2", "T3"), shop=a_shop("web 2", "woocommerce"))
    assert take_in(world, paid("T1"), paid(number="W-2", amount=140_000), shop="web") == (2, 0)
    assert differences() == [(CodKind.SHORT, "W-2", -10_000)]
    take_in(world, paid(number="W-2", statement="S2"))
    assert (CodKind.UNKNOWN, "", 150_000) in differences(), "two shops have this number"


def test_a_statement_imported_again_or_later_with_more_lines_changes_only_what_is_new(world: World) -> None:
    world.arrive(collected("W-1", "T1"), shop=WEB)
    assert take_in(world, paid("T1"), paid("T1")) == (2, 0)
    assert take_in(world, paid("T1"), paid("T1"), paid("T9")) == (1, 2)
    assert differences() == [(CodKind.TWICE, "W-1", 150_000), (CodKind.UNKNOWN, "", 150_000)]
    assert entries("kind", "facts")[-1] == (
        "statement_imported",
        {"lines": 1, "paid": 450_000, "currency": "VND"},
    )


def test_orders_that_share_a_parcel_are_paid_together_and_one_with_several_parcels_in_parts(world: World) -> None:
    world.arrive(collected("W-1", "T1"), collected("W-2", "T1"), collected("W-3", "T3", "T4"), shop=WEB)
    take_in(world, paid("T1", 300_000), paid("T3", 100_000))
    assert differences() == [(CodKind.SHORT, "W-3", -50_000)]
    take_in(world, paid("T4", 50_000, statement="S2"))
    assert differences() == []


def test_delivered_cod_orders_that_no_line_pays_in_time_are_missing(world: World) -> None:
    world.arrive(
        collected("W-1", "T1", days_ago=8),
        collected("W-2", "T2", days_ago=6),
        collected("W-3", "T3", days_ago=8, cod=False),
        collected("W-4", days_ago=8),
        shop=WEB,
    )
    world.arrive(collected("M-1", "T5", days_ago=8))
    assert differences() == [(CodKind.MISSING, "W-1", -150_000)], "marketplaces pay for their own orders"
    take_in(world, paid("T1"))
    assert differences() == []


def test_a_tracking_number_used_again_means_the_parcel_before_the_payment(world: World) -> None:
    world.arrive(collected("W-1", "T1", days_ago=300), shop=WEB)
    world.arrive(collected("W-2", "T1", to_collect=90_000), shop=a_shop("web 2", "woocommerce"))
    take_in(world, paid("T1", 150_000, at=NOW - 295 * DAY), paid("T1", 90_000))
    assert differences() == []


def test_what_a_supervisor_settles_is_listed_no_more(world: World) -> None:
    boss = world.supervisor()
    world.arrive(collected("W-1", "T1"), collected("W-2", "T2", days_ago=9), shop=WEB)
    take_in(world, paid("T1", 100_000, at=NOW - 2 * DAY), paid("T8"))
    with pytest.raises(ReasonMissingError):
        settle_differences(world.daemon, TERMS, "T1", " ", boss)
    with pytest.raises(NoDifferenceError):
        settle_differences(world.daemon, TERMS, "T7", "đã đòi", boss)
    assert settle_differences(world.daemon, TERMS, "W-1", "đã đòi được", boss) == 1
    assert settle_differences(world.daemon, TERMS, "T2", "trả tiền mặt", boss) == 1
    assert differences() == [(CodKind.UNKNOWN, "", 150_000)]
    assert entries("kind", "person_id", "facts")[-2] == (
        "cod_settled",
        boss,
        {"kind": "short", "difference": -50_000, "currency": "VND"},
    )
    take_in(world, paid("T2", 1_000, statement="S2"))
    assert (CodKind.SHORT, "W-2", -149_000) in differences(), "what comes later is looked at again"


def test_what_was_written_about_an_erased_customers_money_goes(world: World) -> None:
    boss = world.supervisor()
    world.arrive(collected("W-1", "T1", days_ago=9), shop=WEB)
    settle_differences(world.daemon, TERMS, "W-1", "chị Hoa đã trả", boss)
    [(customer_id,)] = rows_of("SELECT customer_id FROM buyer")
    erase_customer(world.daemon, customer_id, boss)
    assert rows_of("SELECT why FROM cod_settled") == [("",)]
    assert differences() == []
