from __future__ import annotations

import pytest

from packstation.acts.customer_editing import (
    NothingWrittenError,
    SaidByChannelError,
    SupervisorNeededError,
    add_tag,
    end_tag,
    show_masked,
    write_field,
    write_note,
)
from packstation.acts.customers import customer_at, figures_now
from packstation.acts.erasing import erase_customer
from packstation.acts.people import add_person
from packstation.acts.workplace import Workplace, open_command
from packstation.domain.customer_profile import Field
from packstation.domain.orders import BuyerFacts, IncomingBuyer
from packstation.domain.people import Person, Role
from packstation.domain.times import iso_utc
from packstation.store.customer_edits import every_note_of, notes_of
from packstation.store.database import database_now, rows_of
from tests.acts.worlds import World
from tests.factories import a_shop, an_order, hand_in

FACTS = BuyerFacts(code="KH7", gender="female", birthday="1990-12-31")


@pytest.fixture
def place(world: World) -> Workplace:
    hand_in(an_order("A-1", buyer=IncomingBuyer("KH7", "Chị Hoa", facts=FACTS)), shop=a_shop("quay", "kiotviet"))
    return open_command("desk")


@pytest.fixture
def mai(place: Workplace) -> Person:
    return add_person(place, "Mai the second", Role.SUPERVISOR, "2468")


@pytest.fixture
def lan(place: Workplace) -> Person:
    return add_person(place, "Lan the second", Role.PACKER, None)


def the_customer() -> int:
    return int(rows_of("SELECT customer_id FROM buyer WHERE external_id = 'KH7'")[0][0])


def test_a_field_that_a_channel_says_is_written_over_on_purpose_only(place: Workplace, mai: Person) -> None:
    customer = the_customer()
    with pytest.raises(SaidByChannelError) as refused:
        write_field(place, mai, customer, Field.BIRTHDAY, "01/02/1991")
    assert (refused.value.said.value, refused.value.said.channel) == ("1990-12-31", "kiotviet")
    before = iso_utc(database_now() + 1)
    write_field(place, mai, customer, Field.BIRTHDAY, "01/02/1991", over_channel=True)
    known = figures_now(customer).profile.fields[Field.BIRTHDAY]
    assert (known.value, known.by, known.said_by_channel and known.said_by_channel.value) == (
        "1991-02-01",
        mai.name,
        "1990-12-31",
    )
    write_field(place, mai, customer, Field.BIRTHDAY, "02/02/1991")
    hand_in(
        an_order("A-2", buyer=IncomingBuyer("KH7", "Chị Hoa", facts=BuyerFacts(birthday="1970-01-01"))),
        shop=a_shop("quay", "kiotviet"),
    )
    assert figures_now(customer).profile.value(Field.BIRTHDAY) == "1991-02-02"
    write_field(place, mai, customer, Field.BIRTHDAY, "")
    assert figures_now(customer).profile.value(Field.BIRTHDAY) == "1970-01-01"
    assert customer_at(customer, before)[0].profile.fields[Field.BIRTHDAY].is_by_hand is False
    with pytest.raises(NothingWrittenError):
        write_field(place, mai, customer, Field.BIRTHDAY, "")


def test_fields_and_tier_are_for_supervisors(place: Workplace, mai: Person, lan: Person) -> None:
    customer = the_customer()
    with pytest.raises(SupervisorNeededError):
        write_field(place, lan, customer, Field.TIER, "vip")
    write_field(place, mai, customer, Field.TIER, "vip")
    assert figures_now(customer).card.tier == "vip"


def test_tags_come_and_go(place: Workplace, lan: Person) -> None:
    customer = the_customer()
    add_tag(place, lan, customer, "  hay   đổi ý ")
    with pytest.raises(NothingWrittenError):
        add_tag(place, lan, customer, "hay đổi ý")
    [tag] = figures_now(customer).card.tags
    assert (tag.tag, tag.by, tag.rule) == ("hay đổi ý", lan.name, "")
    end_tag(place, lan, customer, "hay đổi ý")
    assert figures_now(customer).card.tags == ()
    with pytest.raises(NothingWrittenError):
        end_tag(place, lan, customer, "hay đổi ý")


def test_a_note_written_anew_leaves_the_earlier_one_in_the_history(place: Workplace, mai: Person, lan: Person) -> None:
    customer = the_customer()
    write_note(place, lan, customer, "gọi sau 17 giờ")
    [first] = notes_of(customer)
    write_note(place, mai, customer, "gọi sau 18 giờ", first.id)
    [second] = notes_of(customer)
    assert (second.text, second.by, second.instead_of) == ("gọi sau 18 giờ", mai.name, first.id)
    assert [(note.text, note.ended_by) for note in every_note_of(customer)] == [
        ("gọi sau 18 giờ", ""),
        ("gọi sau 17 giờ", mai.name),
    ]
    with pytest.raises(NothingWrittenError):
        write_note(place, lan, customer, "too late", first.id)
    write_note(place, mai, customer, "", second.id)
    assert notes_of(customer) == ()
    with pytest.raises(NothingWrittenError):
        write_note(place, mai, customer, "  \x00 ")


def test_everything_is_in_the_ledger_and_its_words_go_with_the_customer(place: Workplace, mai: Person) -> None:
    customer = the_customer()
    write_field(place, mai, customer, Field.COMPANY, "Công ty Hoa")
    add_tag(place, mai, customer, "khách sỉ")
    write_note(place, mai, customer, "chồng nghe máy")
    show_masked(place, mai, customer)
    kinds = [row[0] for row in rows_of("SELECT kind FROM ledger WHERE person_id = ? ORDER BY at, sequence", (mai.id,))]
    assert kinds[-4:] == ["customer_changed", "customer_tagged", "customer_noted", "customer_shown"]
    words = {row[0] for row in rows_of("SELECT text FROM ledger_text")}
    assert {"Công ty Hoa", "khách sỉ", "chồng nghe máy"} <= words
    erase_customer(place, customer, mai.id, even_open=True)
    assert rows_of("SELECT text FROM ledger_text WHERE text IN ('Công ty Hoa', 'khách sỉ', 'chồng nghe máy')") == []
    profile = figures_now(customer)
    assert (profile.card.tags, [note.text for note in every_note_of(customer)]) == ((), [""])
    assert profile.profile.value(Field.COMPANY) == profile.profile.value(Field.BIRTHDAY) == ""
