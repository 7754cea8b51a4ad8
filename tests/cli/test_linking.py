from __future__ import annotations

from packstation.store.database import rows_of
from tests.cli.conftest import CommandLine
from tests.factories import a_buyer, a_shop, an_order

PIN = "2468\n"


def shops(packstation: CommandLine) -> None:
    packstation.hand_in(an_order("W-1", buyer=a_buyer("an.web", phone="0912345678")), shop=a_shop("web", "woocommerce"))
    packstation.hand_in(an_order("P-1", buyer=a_buyer("an.pos", phone="+84912345678")), shop=a_shop("pos", "kiotviet"))
    packstation.hand_in(an_order("S-1", buyer=a_buyer("an.shopee")))
    assert packstation("people", "add", "Mai", "--role", "supervisor", stdin=PIN).code == 0


def test_profiles_are_shown_linked_split_and_put_back(packstation: CommandLine) -> None:
    shops(packstation)
    shown = packstation("link", "show", "0912345678")
    assert shown.out.splitlines() == [
        "woocommerce:an.web  Nguyễn Văn An  linked: same phone",
        "kiotviet:an.pos  Nguyễn Văn An  linked: same phone",
        "shopee:an.shopee  Nguyễn Văn An  perhaps (95 %): name and address",
    ]
    added = packstation("link", "add", "woocommerce:an.web", "shopee:an.shopee", "--why", "đã hỏi", stdin=PIN)
    assert (added.code, added.out) == (0, "linked; 3 open orders were judged anew\n")
    split = packstation("link", "split", "kiotviet:an.pos", "--why", "con gái", stdin=PIN)
    assert (split.code, split.out) == (0, "split off; 3 open orders were judged anew\n")
    document = packstation("link", "show", "an.web", "--json").document
    assert [(one["id"], one["state"], one["reasons"]) for one in document["buyers"]] == [
        ("an.web", "linked", ["supervisor"]),
        ("an.shopee", "linked", ["supervisor"]),
        ("an.pos", "split_off", []),
    ]
    assert packstation("link", "put-back", "kiotviet:an.pos", stdin=PIN).code == 0
    assert len(packstation("link", "show", "kiotviet:an.pos", "--json").document["buyers"]) == 3
    assert packstation("db", "check").code == 0


def test_what_is_not_clear_or_not_allowed_changes_nothing(packstation: CommandLine) -> None:
    shops(packstation)
    several = packstation("link", "split", "0912345678", "--why", "con gái", stdin=PIN)
    assert (several.code, "woocommerce:an.web; kiotviet:an.pos" in several.err) == (4, True)
    assert packstation("link", "split", "kiotviet:an.pos", "--why", "con gái", stdin="1111\n").code == 1
    assert packstation("link", "split", "kiotviet:an.pos", "--why", " ", stdin=PIN).code == 2
    assert packstation("link", "put-back", "kiotviet:an.pos", stdin=PIN).code == 1
    assert packstation("link", "add", "an.web", "an.pos", "--why", "một", stdin=PIN).code == 2
    assert packstation("link", "show", "nobody at all").code == 4
    assert rows_of("SELECT count(*) FROM link_decision") == [(0,)]


def test_whom_two_shops_call_the_same_is_named_with_the_shop(packstation: CommandLine) -> None:
    for shop in ("sổ Đà Lạt", "sổ Huế"):
        packstation.hand_in(
            an_order("F-1", buyer=a_buyer("K1", name=shop, phone="0912345678")), shop=a_shop(shop, "file")
        )
    packstation("people", "add", "Mai", "--role", "supervisor", stdin=PIN)
    unclear = packstation("link", "split", "file:K1", "--why", "khác người", stdin=PIN)
    assert (unclear.code, unclear.err.strip().endswith("name one: sổ Đà Lạt:K1; sổ Huế:K1")) == (4, True)
    assert packstation("link", "split", "sổ Huế:K1", "--why", "khác người", stdin=PIN).code == 0
    document = packstation("link", "show", "#1", "--json").document
    assert [(one["name"], one["state"]) for one in document["buyers"]] == [
        ("sổ Đà Lạt", "linked"),
        ("sổ Huế", "split_off"),
    ]


def test_a_proposal_is_refused_and_everybody_linked_anew_by_other_limits(packstation: CommandLine) -> None:
    shops(packstation)
    assert packstation("link", "refuse", "an.web", "shopee:an.shopee", stdin=PIN).code == 0
    assert packstation("link", "refuse", "kiotviet:an.pos", "shopee:an.shopee", stdin=PIN).code == 0
    assert len(packstation("link", "show", "an.web", "--json").document["buyers"]) == 2
    rebuilt = packstation("link", "rebuild", stdin=PIN)
    assert (rebuilt.code, rebuilt.out) == (0, "linked anew; 0 profiles are with other ones than before\n")
