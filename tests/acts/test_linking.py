from __future__ import annotations

import pytest

from packstation.acts import linking
from packstation.acts.blocking import block_buyer
from packstation.acts.customer_editing import write_note
from packstation.acts.customers import customer_at
from packstation.acts.erasing import erase_customer
from packstation.acts.linking import NotSplitError, SameBuyerError, UnknownBuyerError, links_of, rebuild
from packstation.acts.overriding import ReasonMissingError
from packstation.domain.candidates import LinkReason, LinkState, ProfileLink
from packstation.domain.identities import LinkRules
from packstation.domain.orders import Address, IncomingBuyer, Outcome, Status
from packstation.domain.times import DAY, HOUR
from packstation.store.customers import find_customers
from packstation.store.database import rows_of
from packstation.store.people import person_by_id
from tests.acts.worlds import World, checked, entries, failed_before
from tests.factories import HOME, NOW, a_buyer, a_shop, an_order

WEB, POS = a_shop("web", "woocommerce"), a_shop("pos", "kiotviet")
PHONE = "0912345678"


def called(external_id: str, name: str = "Nguyễn Văn An", phone: str = PHONE, email: str = "") -> IncomingBuyer:
    return a_buyer(external_id, name=name, phone=phone, email=email)


def buyer(external_id: str) -> int:
    return int(rows_of("SELECT buyer_id FROM buyer_alias WHERE external_id = ?", (external_id,))[0][0])


def customer(external_id: str) -> int:
    return int(rows_of("SELECT customer_id FROM buyer WHERE id = ?", (buyer(external_id),))[0][0])


def of_state(external_id: str, state: LinkState) -> list[ProfileLink]:
    return [one for one in links_of(customer(external_id)) if one.state is state]


def test_what_failed_at_one_channel_holds_the_order_at_another_as_soon_as_the_number_is_known(world: World) -> None:
    world.arrive(failed_before(buyer=called("an.web", phone="+84 912 345 678")), shop=WEB)
    world.arrive(an_order("A-1", buyer=called("an.pos", phone="")), shop=POS)
    assert checked("A-1") == ("pack", [])
    world.arrive(an_order("A-2", buyer=called("an.pos", phone="(0)912.345.678"), placed_at=NOW - 2 * HOUR), shop=POS)
    assert checked("A-1")[0] == "call"
    assert customer("an.web") == customer("an.pos")
    history = customer_at(customer("an.pos"))[0].card.history
    assert history is not None
    assert (history.counts.orders, history.by_channel["woocommerce"].delivery_failed) == (3, 1)


def test_a_split_and_its_end_are_followed_by_holds(world: World) -> None:
    boss = world.supervisor()
    world.arrive(failed_before(buyer=called("me")), shop=WEB)
    world.arrive(an_order("A-1", buyer=called("con")), shop=POS)
    hold_id = rows_of("SELECT id FROM hold")[0][0]
    assert checked("A-1")[0] == "call"
    linking.split(world.daemon, buyer("con"), boss, "con gái dùng máy mẹ")
    assert checked("A-1") == ("pack", [])
    assert rows_of("SELECT state, reason FROM hold WHERE id = ?", (hold_id,)) == [("released", "rejudged")]
    [split] = of_state("me", LinkState.SPLIT_OFF)
    assert (split.external_id, split.by, split.at, split.why) == ("con", "Bình", NOW, "con gái dùng máy mẹ")
    world.arrive(an_order("A-2", buyer=called("con")), shop=POS)
    assert customer("con") != customer("me"), "it stays out whatever comes"
    linking.put_back(world.daemon, buyer("con"), boss)
    assert customer("con") == customer("me")
    assert checked("A-1")[0] == checked("A-2")[0] == "call"
    told = [(kind, facts) for kind, facts in entries("kind", "facts") if kind.startswith("buyer_")]
    assert told == [("buyer_split", {"buyer": buyer("con")}), ("buyer_put_back", {"buyer": buyer("con")})]


def test_an_order_placed_again_under_another_profile_replaces_the_cancelled_one(world: World) -> None:
    gone = an_order(
        "A-1",
        buyer=called("an.web", phone=""),
        placed_at=NOW - 3 * HOUR,
        status=Status.CANCELLED,
        outcome=Outcome.BUYER_CANCELLED,
    )
    world.arrive(gone, shop=WEB)
    world.arrive(an_order("A-2", buyer=called("an.pos", phone=""), placed_at=NOW - HOUR), shop=POS)

    def replaced() -> int:
        history = customer_at(customer("an.web"))[0].card.history
        assert history is not None
        return history.counts.replaced

    assert replaced() == 0
    linking.link(world.daemon, buyer("an.web"), buyer("an.pos"), None, "cùng một người")
    assert replaced() == 1
    linking.split(world.daemon, buyer("an.web"), None, "nhầm")
    assert replaced() == 0


def test_a_number_of_too_many_people_parts_them_and_proposes_them_instead(world: World) -> None:
    names = ["Nguyễn Văn An", "Trần Thị Bình", "Lê Cường", "Phạm Dung", "Vũ Văn Em"]
    for number, name in enumerate(names[:4]):
        world.arrive(an_order(f"A-{number}", buyer=called(f"b{number}", name)), shop=WEB)
    assert len({customer(f"b{number}") for number in range(4)}) == 1, "a family below the limit"
    world.arrive(an_order("A-4", buyer=called("b4", names[4])), shop=WEB)
    assert len({customer(f"b{number}") for number in range(5)}) == 5
    proposed = of_state("b0", LinkState.PROPOSED)
    assert {one.external_id for one in proposed} == {"b1", "b2", "b3", "b4"}
    assert {one.reasons for one in proposed} == {(LinkReason.PHONE,)}
    linking.split(world.daemon, buyer("b4"), None, "cửa hàng")
    assert len({customer(f"b{number}") for number in range(4)}) == 1
    linking.put_back(world.daemon, buyer("b4"), None)
    erase_customer(world.daemon, customer("b3"), None, even_open=True)
    assert len({customer(f"b{number}") for number in (0, 1, 2, 4)}) == 1


def test_a_handed_on_number_does_not_link_its_earlier_owner(world: World) -> None:
    there = Address("", "", "5 Hai Bà Trưng", "Phường 1", "Quận 3", "TP. Hồ Chí Minh", "VN")
    old = {"status": Status.COMPLETED, "outcome": Outcome.DELIVERED, "address": HOME}
    world.arrive(an_order("A-1", buyer=called("an"), placed_at=NOW - 900 * DAY, **old), shop=WEB)  # type: ignore[arg-type]
    world.arrive(an_order("A-2", buyer=called("an.2", "nguyen van an"), placed_at=NOW - 800 * DAY, **old), shop=POS)  # type: ignore[arg-type]
    world.arrive(an_order("B-1", buyer=called("binh", "Trần Thị Bình"), address=there), shop=WEB)
    assert customer("an") == customer("an.2") != customer("binh")
    world.arrive(an_order("A-3", buyer=called("an"), placed_at=NOW - 300 * DAY, **old), shop=WEB)  # type: ignore[arg-type]
    assert customer("an") == customer("binh"), "it was in use all the time: one family's"


def test_neither_masked_nor_made_up_numbers_link_nor_does_a_relays_address(world: World) -> None:
    buyers = [
        called("1", phone="09******78"),
        called("2", phone="09******78"),
        called("3", phone="0000000000"),
        called("4", phone="0000000000"),
        called("5", phone="", email="x1@privaterelay.appleid.com"),
        called("6", phone="", email="x1@privaterelay.appleid.com"),
    ]
    world.arrive(*(an_order(f"A-{one.external_id}", buyer=one) for one in buyers), shop=WEB)
    assert len({customer(str(number)) for number in range(1, 7)}) == 6
    world.arrive(an_order("G-1", buyer=IncomingBuyer(None, "Khách lẻ", PHONE)), shop=POS)
    assert rows_of("SELECT buyer_id FROM orders WHERE number = 'G-1'") == [(None,)]
    assert rows_of("SELECT count(*) FROM identity_key") == [(0,)]


def test_the_same_name_at_the_same_address_is_proposed_and_linked_by_nobody_but_a_supervisor(world: World) -> None:
    boss = world.supervisor()
    world.arrive(failed_before(buyer=called("an.web", phone="")), shop=WEB)
    world.arrive(an_order("A-1", buyer=called("an.pos", "An Văn Nguyễn", phone="")), shop=POS)
    [proposal] = of_state("an.pos", LinkState.PROPOSED)
    assert (proposal.external_id, proposal.confidence, proposal.reasons) == (
        "an.web",
        0.95,
        (LinkReason.NAME_AND_ADDRESS,),
    )
    assert customer("an.web") != customer("an.pos")
    assert checked("A-1") == ("pack", []), "a proposal is part of no figure"
    done = linking.link(world.daemon, buyer("an.pos"), proposal.buyer_id, boss, "gọi hỏi rồi")
    assert (done.customer_id, done.judged) == (customer("an.web"), 1)
    assert checked("A-1")[0] == "call"
    assert [one.reasons for one in links_of(customer("an.web"))] == [(LinkReason.SUPERVISOR,)] * 2


def test_what_was_refused_is_not_proposed_again(world: World) -> None:
    world.arrive(an_order("A-1", buyer=called("an.web", phone="")), shop=WEB)
    world.arrive(an_order("A-2", buyer=called("an.pos", phone="")), shop=POS)
    linking.refuse_proposal(world.daemon, buyer("an.web"), buyer("an.pos"), None)
    assert of_state("an.pos", LinkState.PROPOSED) == of_state("an.web", LinkState.PROPOSED) == []
    linking.link(world.daemon, buyer("an.web"), buyer("an.pos"), None, "đúng là một người")
    assert customer("an.web") == customer("an.pos")
    linking.split(world.daemon, buyer("an.pos"), None, "không phải")
    assert customer("an.web") != customer("an.pos")


def test_what_was_written_and_blocked_follows_the_profile_it_was_meant_for(world: World) -> None:
    an = person_by_id(world.packer)
    assert an is not None
    world.arrive(an_order("A-1", buyer=called("an.web", phone="")), shop=WEB)
    world.arrive(an_order("A-2", buyer=called("an.pos", phone="")), shop=POS)
    code = customer("an.pos")
    write_note(world.daemon, an, customer("an.web"), "hẹn giao tối")
    write_note(world.daemon, an, code, "trả góp")
    block_buyer(world.daemon, "kiotviet", "an.pos", "bom ba lần")
    linking.link(world.daemon, buyer("an.web"), buyer("an.pos"), None, "một người")

    def notes(external_id: str) -> list[str]:
        return [note.text for note in customer_at(customer(external_id))[0].card.notes]

    assert notes("an.web") == ["trả góp", "hẹn giao tối"]
    assert checked("A-1") == ("stop", ["blocked"])
    assert [found.id for found in find_customers(f"#{code}")] == [customer("an.web")]
    linking.split(world.daemon, buyer("an.web"), None, "hai người")
    assert (notes("an.web"), notes("an.pos")) == (["hẹn giao tối"], ["trả góp"])
    assert checked("A-1") == ("pack", [])


def test_a_link_that_a_supervisor_made_holds_between_split_buyers_and_over_a_hub(world: World) -> None:
    for number, shop in enumerate((WEB, POS, WEB, POS)):
        world.arrive(an_order(f"A-{number}", buyer=called(f"b{number}")), shop=shop)
    for external_id in ("b2", "b3"):
        linking.split(world.daemon, buyer(external_id), None, "con gái")
    linking.link(world.daemon, buyer("b2"), buyer("b3"), None, "đều của con gái")
    assert customer("b0") == customer("b1") != customer("b2") == customer("b3")


def test_other_limits_hold_for_everybody_after_a_rebuild(world: World) -> None:
    world.arrive(failed_before(buyer=called("a")), shop=WEB)
    world.arrive(an_order("A-1", buyer=called("b", "Trần Thị Bình")), shop=POS)
    assert checked("A-1")[0] == "call"
    assert rebuild(world.daemon, LinkRules(hub_limit=1), None) == 2
    assert customer("a") != customer("b")
    assert checked("A-1") == ("pack", [])
    world.arrive(an_order("A-2", buyer=called("c", "Lê Cường")), shop=WEB)
    assert len({customer(each) for each in "abc"}) == 3
    assert rebuild(world.daemon, LinkRules(), None) == 3


def test_what_makes_no_sense_is_refused(world: World) -> None:
    world.arrive(an_order("A-1", buyer=called("a")), shop=WEB)
    one = buyer("a")
    with pytest.raises(SameBuyerError):
        linking.link(world.daemon, one, one, None, "một người")
    with pytest.raises(ReasonMissingError):
        linking.split(world.daemon, one, None, " ")
    with pytest.raises(UnknownBuyerError):
        linking.link(world.daemon, one, 999, None, "một người")
    with pytest.raises(NotSplitError):
        linking.put_back(world.daemon, one, None)
    assert rows_of("SELECT count(*) FROM link_decision") == [(0,)]
