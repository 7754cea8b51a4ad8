from __future__ import annotations

from tests.cli.conftest import CommandLine
from tests.factories import an_order


def test_the_document_of_a_customer_names_who_sold_and_who_created_orders_beside_the_orders(
    packstation: CommandLine,
) -> None:
    packstation.hand_in(an_order("A-1", sold_by="Ngọc"), an_order("A-2"), an_order("A-3", created_by="Mai"))
    document = packstation("customer", "#1", "--json").document
    assert sorted(document["customer"]["sellers"], key=lambda one: one["number"]) == [
        {"shop": "shop-a", "number": "A-1", "sold_by": "Ngọc", "created_by": None},
        {"shop": "shop-a", "number": "A-3", "sold_by": None, "created_by": "Mai"},
    ]
    assert all("sold_by" not in order for order in document["orders"])
