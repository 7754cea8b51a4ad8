from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.candidates import confidence, likeness, name_orders
from packstation.domain.identities import (
    MOST_PROFILES,
    LinkRules,
    Use,
    email_key,
    name_form,
    people,
    place_form,
    sharing,
    within_one_letter,
)
from packstation.domain.orders import Address

RULES = LinkRules(hub_limit=4, handed_on_days=365)


def use(buyer_id: int, name: str = "Nguyễn Văn An", place: str = "a", days: tuple[int, int] | None = (0, 0)) -> Use:
    return Use(buyer_id, name_form(name), place, *(days or (None, None)))


@pytest.mark.parametrize("spelling", ["An@Example.VN", " an@example.vn ", "AN@EXAMPLE.VN"])
def test_an_email_is_one_however_it_is_written(spelling: str) -> None:
    assert email_key(spelling) == "an@example.vn"


@pytest.mark.parametrize(
    "text",
    ["", "an", "an@", "a***@example.vn", "an@x", "no-reply@shop.vn", "khachle@gmail.com", "x@privaterelay.appleid.com"],
)
def test_an_email_that_is_none_or_reaches_nobody_in_particular_tells_nothing(text: str) -> None:
    assert email_key(text) == ""


def test_a_name_is_one_whatever_its_accents_case_and_order() -> None:
    assert name_form("Nguyễn Văn An") == name_form("  an NGUYEN  van ") == "an nguyen van"


@pytest.mark.parametrize("text", ["", "N***n", "Khách lẻ", "mai_88", "an.nguyen", "0912345678"])
def test_what_is_no_clear_name_is_none(text: str) -> None:
    assert name_form(text) == ""


def test_a_place_is_one_whatever_its_words_for_street_and_district() -> None:
    one = Address(street="12 Đường Lê Lợi", district="Quận 1", province="TP. Hồ Chí Minh")
    other = Address(street="12 le loi", district="Q.1", province="Hồ Chí Minh")
    assert place_form(one) == place_form(other) != ""
    assert place_form(Address(street="1**", province="Hà Nội")) == place_form(Address(province="Hà Nội")) == ""


@pytest.mark.parametrize(
    ("uses", "count"),
    [
        ([use(1), use(2, "nguyen van an", "b")], 1),
        ([use(1), use(2, "Văn An", "b")], 1),
        ([use(1), use(2, "Nguyễn Văn Anh")], 1),
        ([use(1), use(2, "Nguyễn Văn Anh", "b")], 2),
        ([use(1), use(2, "Trần Bình")], 2),
        ([use(1), use(2, "")], 1),
        ([use(1), use(2, "", "b"), use(3, "", "b"), use(4, "", "c")], 3),
        ([use(1, "", ""), use(2, "", "")], 1),
        ([use(1, "Nguyễn Văn An"), use(2, "Trần Văn An"), use(3, "An")], 2),
    ],
)
def test_people_are_told_apart_by_names_and_else_by_places(uses: list[Use], count: int) -> None:
    assert people(uses) == count


def test_a_number_links_up_to_the_limit_and_nobody_beyond_it() -> None:
    names = ["Nguyễn An", "Trần Bình", "Lê Cường", "Phạm Dung", "Vũ Em"]
    four, five = ([use(n, name) for n, name in enumerate(names[:count])] for count in (4, 5))
    assert sharing(four, RULES).groups == (frozenset(range(4)),)
    assert (sharing(five, RULES).groups, sharing(five, RULES).is_hub) == ((), True)
    crowd = [use(n) for n in range(MOST_PROFILES + 1)]
    assert sharing(crowd, RULES).is_hub
    assert not sharing(crowd[1:], RULES).is_hub


@pytest.mark.parametrize(
    ("later", "parted"),
    [
        (use(2, "Trần Thị Bình", "b", (500, 500)), True),
        (use(2, "Trần Thị Bình", "b", (365, 365)), False),
        (use(2, "Trần Thị Bình", "a", (500, 500)), False),
        (use(2, "Trần Thị Bình", "", (500, 500)), False),
        (use(2, "nguyen van an", "b", (500, 500)), False),
        (use(2, "", "b", (500, 500)), False),
        (use(2, "Bình", "b", (500, 500)), False),
        (use(2, "Trần Thị Bình", "b", None), False),
    ],
)
def test_a_number_was_handed_on_where_others_use_it_elsewhere_after_a_long_time(later: Use, *, parted: bool) -> None:
    assert (sharing([use(1, days=(0, 0)), later], RULES).groups == ()) is parted


@given(
    st.lists(
        st.builds(
            use,
            st.just(0),
            st.sampled_from(["Nguyễn Văn An", "Văn An", "Trần Bình", "Lê Cường", "Vũ Em", "Đỗ Gia", ""]),
            st.sampled_from("ab"),
            st.tuples(st.integers(0, 900), st.just(900)) | st.none(),
        ),
        max_size=8,
    ),
    st.randoms(use_true_random=False),
)
def test_who_shares_a_number_is_no_matter_of_order(uses: list[Use], luck: random.Random) -> None:
    numbered = [Use(n, one.name, one.place, one.first_day, one.last_day) for n, one in enumerate(uses)]
    shuffled = luck.sample(numbered, len(numbered))
    assert set(sharing(numbered, RULES).groups) == set(sharing(shuffled, RULES).groups)
    for one, other in pairwise(uses):
        assert one.seen_also(other) == other.seen_also(one)
        assert one.seen_also(other).seen_also(one) == one.seen_also(other)


@pytest.mark.parametrize("other", ["binh", "bin", "binhh", "bnih", "bimh", "inh", "b"])
def test_one_letter_may_be_wrong(other: str) -> None:
    assert within_one_letter("binh", other) is (other != "b")


def test_the_likelier_two_buyers_are_one_person_the_more_they_have_in_common() -> None:
    an, anh = name_form("Nguyễn Văn An"), name_form("Nguyễn Văn Phương")
    home = ["12 hoan kiem le loi"]
    assert confidence(an, an, home, home, shared=False) == 0.95
    assert confidence(an, anh, home, home, shared=False) == round(0.95 * 2 / 3, 2)
    assert confidence(an, an, home, [], shared=False) == 0.0
    assert confidence(an, an, [], [], shared=True) == 0.8
    assert likeness("nguyen phuong", "nguyen phuongg") == 0.875
    assert name_orders("an van") == ["an van", "van an"]
