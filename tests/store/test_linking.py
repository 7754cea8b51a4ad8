from __future__ import annotations

from packstation.domain.identities import LinkRules
from packstation.store.blocks import buyers_named
from packstation.store.check import FindingKind, check
from packstation.store.customers import find_customers
from packstation.store.database import execute_many, rows_of, transaction
from packstation.store.link_rules import keep_link_rules, link_rules
from packstation.store.relinking import link_from_buyers, rebuild_links
from tests.factories import a_buyer, a_shop, an_order, hand_in

WEB, POS = a_shop("web", "woocommerce"), a_shop("pos", "kiotviet")


def three_profiles() -> None:
    hand_in(an_order("A-1", buyer=a_buyer("1", phone="0912345678")), shop=WEB)
    hand_in(an_order("A-2", buyer=a_buyer("2", phone="+84 912345678", email="An@example.vn")), shop=POS)
    hand_in(an_order("A-3", buyer=a_buyer("3", phone="", email="an@example.vn")), shop=WEB)


def customers() -> list[int]:
    return [row[0] for row in rows_of("SELECT customer_id FROM buyer ORDER BY id")]


def test_profiles_are_linked_by_way_of_others_under_the_number_of_the_oldest(database: str) -> None:
    three_profiles()
    assert customers() == [1, 1, 1]
    queries = ("#1", "#3", "0912345678", "an@example.vn", "kiotviet:2")
    assert [found.id for query in queries for found in find_customers(query)] == [1] * 5
    assert find_customers("kiotviet:1") == []
    assert buyers_named("kiotviet", "2") == buyers_named("pos", "2") == {2: "pos"}
    assert check() == []


def test_a_database_from_before_is_linked_by_what_its_buyers_tell(database: str) -> None:
    three_profiles()
    execute_many("DELETE FROM identity_key WHERE ? = 1", [(1,)])
    execute_many("UPDATE buyer SET customer_id = home_id WHERE ? = 1", [(1,)])
    link_from_buyers()
    assert customers() == [1, 1, 1]
    assert rows_of("SELECT count(*) FROM identity_key WHERE first_day IS NOT NULL") == [(4,)]
    assert check() == []


def test_the_check_finds_who_is_with_the_wrong_customer_and_a_rebuild_mends_it(database: str) -> None:
    three_profiles()
    execute_many("UPDATE buyer SET customer_id = home_id WHERE id = ?", [(3,)])
    assert [(one.kind, one.key) for one in check()] == [(FindingKind.CUSTOMER, (3,))]
    with transaction():
        assert rebuild_links() == {1, 2, 3}
    assert check() == []


def test_neither_phones_emails_nor_addresses_can_be_read_where_identities_are_kept(database: str) -> None:
    three_profiles()
    kept = repr(rows_of("SELECT * FROM identity_key"))
    assert [text for text in ("912345678", "example", "Kiệt", "kiet") if text in kept] == []


def test_the_limits_are_the_installations(database: str) -> None:
    assert link_rules() == LinkRules()
    keep_link_rules(LinkRules(2, 90))
    keep_link_rules(LinkRules(3, 60))
    assert link_rules() == LinkRules(3, 60)
