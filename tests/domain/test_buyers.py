from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.buyers import fold, profile_ids, profile_scope
from packstation.domain.orders import IncomingBuyer
from tests.factories import a_buyer


def test_nobody_is_nobodys_profile() -> None:
    assert profile_ids(None) == ()
    assert profile_ids(IncomingBuyer(None)) == ()


@pytest.mark.parametrize("external_id", [None, "", " ", "0", "-", "null", "NONE", "a***b", "*"])
def test_an_id_that_is_none_or_masked_names_nobody(external_id: str | None) -> None:
    assert profile_ids(a_buyer(external_id)) == ()


@pytest.mark.parametrize("name", ["Khách lẻ", "KHÁCH LẺ", " khach  le ", "Khách vãng lai", "Walk-in", "Guest"])
def test_a_walk_in_customer_is_nobodys_profile_whatever_else_is_known(name: str) -> None:
    assert profile_ids(a_buyer("77", name=name, phone="0912345678")) == ()


def test_every_id_seen_on_an_order_is_the_buyers_the_leading_one_first_and_each_once() -> None:
    assert profile_ids(a_buyer("an.nguyen", also=("9001", "an.nguyen", "0", ""))) == ("an.nguyen", "9001")
    assert profile_ids(a_buyer(None, also=("9001",))) == ("9001",)
    assert profile_ids(a_buyer(" 9001 ")) == ("9001",)


def test_without_an_id_a_clear_phone_makes_a_profile_and_else_a_clear_email() -> None:
    assert profile_ids(a_buyer(None, phone="0912 345 678", email="an@x.vn")) == ("phone:+84912345678",)
    assert profile_ids(a_buyer(None, phone="(+84) 912345678")) == ("phone:+84912345678",)
    assert profile_ids(a_buyer(None, phone="09******78", email=" An@X.vn ")) == ("email:an@x.vn",)
    assert profile_ids(a_buyer("0", email="a***@x.vn")) == ()
    assert profile_ids(a_buyer("0", email="no address")) == ()
    assert profile_ids(a_buyer("77", phone="0912345678")) == ("77",), "an id comes before a phone"


@pytest.mark.parametrize("channel", ["shopee", "lazada", "tiktok", "tiki"])
def test_an_id_of_a_platform_is_one_buyer_in_all_its_shops(channel: str) -> None:
    assert profile_scope(channel, 1) == profile_scope(channel, 2)


@pytest.mark.parametrize("channel", ["woocommerce", "kiotviet", "file", "haravan"])
def test_an_id_of_a_shop_is_that_shops_alone(channel: str) -> None:
    assert profile_scope(channel, 1) != profile_scope(channel, 2)


def test_names_are_searched_without_accents_case_and_extra_blanks() -> None:
    assert fold("  Nguyễn  Thị ĐÀO ") == fold("nguyen thi dao") == "nguyen thi dao"


@given(st.text(max_size=30))
def test_folding_twice_is_folding_once(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
