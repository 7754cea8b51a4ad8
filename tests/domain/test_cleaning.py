from __future__ import annotations

from dataclasses import fields, replace

from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.cleaning import LONGEST_NOTE, clean, cleaned, cleaned_buyer
from packstation.domain.orders import (
    Address,
    IncomingBuyer,
    IncomingOrder,
    IncomingParcel,
    Item,
    Origin,
    Status,
    TimedStatus,
)
from packstation.domain.plain_text import plain
from tests.factories import NOW, an_order

EVIL = "\x1b]0;owned\x07[@click=quit]\u202eA\u200b\x00B\r\nC\ud800"
TAME = str(plain(EVIL))


def hostile() -> IncomingOrder:
    return an_order(
        number=EVIL,
        statuses=[TimedStatus(Status.TO_PACK, EVIL, NOW)],
        items=[Item(EVIL, EVIL, 1, 5, 5)],
        buyer=IncomingBuyer(EVIL, EVIL, EVIL, EVIL, (EVIL,)),
        address=Address(*[EVIL] * len(fields(Address))),
        parcels=(IncomingParcel(EVIL, EVIL, EVIL), IncomingParcel(package="P-1")),
        vouchers=(EVIL,),
        source=EVIL,
        buyer_note=EVIL,
        seller_note=EVIL,
        also=(EVIL,),
        booking=EVIL,
        origin=Origin(EVIL, EVIL),
        sold_by=EVIL,
        created_by=EVIL,
    )


def texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [str(value)]
    if isinstance(value, tuple):
        return [text for part in value for text in texts(part)]
    if hasattr(value, "__dataclass_fields__"):
        return [text for name in value.__dataclass_fields__ for text in texts(getattr(value, name))]
    return []


def test_every_text_of_an_order_is_made_plain_where_it_comes_in() -> None:
    assert EVIL not in texts(cleaned(hostile()))
    assert texts(cleaned(hostile())).count(TAME) == texts(hostile()).count(EVIL)
    assert all(text == plain(text, 10_000) for text in texts(cleaned(hostile())))


def test_what_is_plain_already_and_what_is_no_text_stays_as_it_is() -> None:
    order = an_order(parcels=(IncomingParcel(tracking="SPXVN0123"),), vouchers=("TET",), buyer_note="gọi trước")
    assert cleaned(order) == order
    assert cleaned(replace(order, buyer=None)).buyer is None
    assert cleaned_buyer(IncomingBuyer(None)) == IncomingBuyer(None)


def test_codes_keep_every_printable_character() -> None:
    code = "a[b]{c}\\/_-.#\"'<>|:;%&?=+@ 9"
    assert clean(code) == code


def test_notes_may_be_longer_than_other_texts_but_not_endless() -> None:
    order = cleaned(an_order(buyer_note="é" * 10_000, source="é" * 10_000))
    assert (len(order.buyer_note), len(order.source)) == (LONGEST_NOTE, 500)


@given(st.text(max_size=40))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean(text) == plain(text)
