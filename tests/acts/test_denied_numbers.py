from __future__ import annotations

from packstation.acts.linking import links_of, put_back
from packstation.domain.candidates import LinkReason, LinkState
from packstation.domain.holds import AttemptResult
from packstation.store.database import rows_of
from packstation.store.holds import latest_hold
from tests.acts.worlds import World, checked, failed_before, risky
from tests.factories import a_buyer, a_shop, an_order, order_id

WEB, POS = a_shop("web", "woocommerce"), a_shop("pos", "kiotviet")
PHONE = "0912345678"


def customers() -> list[int]:
    return [row[0] for row in rows_of("SELECT customer_id FROM buyer ORDER BY id")]


def test_not_my_order_parts_who_used_the_number_from_its_owner_and_from_nobody_else(world: World) -> None:
    boss = world.supervisor()
    world.arrive(failed_before("W-1", buyer=a_buyer("gian", phone=PHONE)), shop=WEB)
    world.arrive(an_order("W-2", buyer=a_buyer("an.web", phone="+84 912345678")), shop=WEB)
    world.arrive(an_order("P-1", buyer=a_buyer("an.pos", phone=PHONE)), shop=POS)
    world.arrive(risky("W-3", buyer=a_buyer("gian", phone="")), shop=WEB)
    assert checked("P-1")[0] == "call"
    held = latest_hold(order_id("W-3", shop="web"))
    assert held is not None
    world.contact(held.id, AttemptResult.NOT_MY_ORDER)
    assert checked("P-1") == checked("W-2") == ("pack", [])
    cheat, *owner = customers()
    assert cheat not in owner
    assert len(set(owner)) == 1
    [parted] = [link for link in links_of(owner[0]) if link.state is not LinkState.LINKED]
    assert (parted.external_id, parted.state, parted.reasons) == ("gian", LinkState.SPLIT_OFF, (LinkReason.DENIED,))
    assert [link.external_id for link in links_of(cheat) if link.reasons] == []
    world.arrive(an_order("W-4", buyer=a_buyer("gian", phone=PHONE)), shop=WEB)
    assert len(set(customers())) == 2, "it stays out whatever comes"
    put_back(world.daemon, parted.buyer_id, boss)
    assert len(set(customers())) == 1
    assert rows_of("SELECT count(*) FROM denied_number") == [(0,)]


def test_an_order_that_tells_of_no_buyer_or_no_clear_number_parts_nobody(world: World) -> None:
    held = world.held(buyer=None)
    world.contact(held.id, AttemptResult.NOT_MY_ORDER)
    assert rows_of("SELECT count(*) FROM marked_phone") == [(1,)]
    assert rows_of("SELECT count(*) FROM denied_number") == [(0,)]
