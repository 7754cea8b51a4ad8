from __future__ import annotations

import pytest

from packstation.domain.orders import IncomingBuyer
from packstation.store.buyer_intake import take_in_buyers
from packstation.store.database import rows_of, transaction
from packstation.store.shops import shop_id_of
from tests.factories import a_buyer, a_shop, an_order, hand_in


def buyers_of_orders() -> dict[str, int | None]:
    return dict(rows_of("SELECT number, buyer_id FROM orders ORDER BY number"))


def take_in(*buyers: IncomingBuyer | None) -> list[int | None]:
    with transaction():
        return take_in_buyers("shopee", shop_id_of(a_shop()), buyers)


def test_one_id_is_one_buyer_in_all_shops_of_a_platform(database: str) -> None:
    hand_in(an_order("A-1"))
    hand_in(an_order("B-1"), shop=a_shop("shop-b"))
    assert len(set(buyers_of_orders().values())) == 1


def test_one_id_is_two_buyers_in_two_shops_whose_ids_are_their_own(database: str) -> None:
    hand_in(an_order("A-1", buyer="1"), shop=a_shop("web", "woocommerce"))
    hand_in(an_order("B-1", buyer="1"), shop=a_shop("web-2", "woocommerce"))
    hand_in(an_order("C-1", buyer="1"), shop=a_shop("market", "shopee"))
    assert len(set(buyers_of_orders().values())) == 3


@pytest.mark.parametrize(
    "guest",
    [
        None,
        IncomingBuyer(None, "Anh Bình"),
        IncomingBuyer("0", "Anh Bình"),
        IncomingBuyer("77", "Khách lẻ"),
        IncomingBuyer("", phone="09****678"),
        IncomingBuyer(None, email="a***@example.vn"),
    ],
)
def test_a_guest_has_no_buyer_and_counts_nowhere(database: str, guest: IncomingBuyer | None) -> None:
    hand_in(an_order(buyer=guest))
    assert buyers_of_orders() == {"A-1": None}
    assert rows_of("SELECT * FROM buyer_summary") == []


def test_a_clear_phone_makes_a_buyer_whatever_its_spelling(database: str) -> None:
    ids = take_in(IncomingBuyer(None, phone="0912 345 678"), IncomingBuyer(None, phone="+84912345678"))
    assert ids[0] is not None
    assert ids[0] == ids[1]


def test_two_ids_seen_on_one_order_are_one_buyer_from_then_on(database: str) -> None:
    take_in(a_buyer("1001"))
    take_in(a_buyer("an.nguyen", also=("1001",)))
    assert len(set(take_in(a_buyer("1001"), a_buyer("an.nguyen")))) == 1
    assert rows_of("SELECT count(*) FROM buyer") == [(1,)]


@pytest.mark.parametrize(
    "page",
    [
        [a_buyer("a", also=("b",)), a_buyer("b")],
        [a_buyer("b"), a_buyer("a", also=("b",))],
        [a_buyer("a"), a_buyer("b"), a_buyer("a", also=("b",))],
        [a_buyer("a"), a_buyer("b", also=("c",)), a_buyer("c", also=("a",))],
    ],
)
@pytest.mark.parametrize("known", [(), ("a",), ("b",)])
def test_two_ids_on_one_order_of_a_page_make_all_its_orders_one_buyers(
    sqlite_database: str, page: list[IncomingBuyer], known: tuple[str, ...]
) -> None:
    take_in(*(a_buyer(external) for external in known))
    assert len(set(take_in(*page))) == 1
    assert rows_of("SELECT count(*) FROM buyer") == [(1,)]


def test_what_is_known_of_a_buyer_is_never_erased_nor_masked(database: str) -> None:
    [buyer] = take_in(a_buyer("a", name="Nguyễn Văn An", phone="0912345678"))
    take_in(a_buyer("a", name="N*** A*", phone="09****678", email=" An@Example.VN "))
    take_in(a_buyer("a", name="", phone=""))
    sql = "SELECT name, name_key, phone, phone_key, email FROM buyer WHERE id = ?"
    assert rows_of(sql, (buyer,)) == [("Nguyễn Văn An", "nguyen van an", "0912345678", "+84912345678", "an@example.vn")]


def test_one_page_gathers_what_its_orders_know_of_a_new_buyer(database: str) -> None:
    take_in(a_buyer("a", name="An"), a_buyer("a", name="A*", phone="0912345678"), a_buyer("a", name=""))
    assert rows_of("SELECT name, phone FROM buyer") == [("An", "0912345678")]


def test_a_buyer_named_later_takes_the_order_into_their_counts(database: str) -> None:
    hand_in(an_order(buyer=None))
    hand_in(an_order(buyer="an.nguyen"))
    assert rows_of("SELECT orders, open FROM buyer_summary") == [(1, 1)]
