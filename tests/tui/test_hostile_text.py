from __future__ import annotations

import pytest

from packstation.domain.orders import Address
from tests.factories import a_buyer, a_shop, an_item
from tests.tui.worlds import World, at_desk, fresh, risky, settings_for

HOSTILE = [
    "[@click=app.quit]x[/]",
    "[/b] [bold",
    "[red]PACK[/red]\\",
    "\x1b[2J\x1b]0;title\x07 \x9b31m \x00\x7f",
    "\u202eTIOHTOX\u202c \u200b\u2066 a\u0301\u0301\u0301\u0301\u0301\u0301",
    "{shop} {recipient.__class__} %s $name",
    "x" * 10_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_hostile_text_in_every_outside_field_neither_acts_nor_breaks(world: World, text: str) -> None:
    address = Address(text, "0912345678", text, text, text, text, "VN")
    orders = risky(
        "ORD4001",
        buyer=a_buyer("evil", name=text),  # type: ignore[arg-type]
        address=address,
        items=[an_item(text, name=text)],
        buyer_note=text,
        seller_note=text,
        vouchers=(text,),
        source=text,
    )
    world.bring(*orders, shop=a_shop(f"Shop {text}"[:60].replace("\x00", ""), "shopee"))
    async with at_desk(settings_for(world.url), world.packer_badge, size=(80, 24)) as hands:
        await hands.scan("ORD4001")
        assert hands.tone == "call"
        await hands.press("f2", "f2")
        await hands.press("escape", "f6", "2", "enter", "escape", "3", "4", "5", "6", "n", "escape", "7", "escape")
        await hands.press("ctrl+f")
        await hands.type("evi")
        await hands.press("escape", "f3", "escape")
        picture = hands.app.export_screenshot()
        assert not any(control in picture for control in "\x1b\x9b\x00\x07\u202e\u200b")
        await hands.scan("ORD4001")
        assert hands.tone == "call"


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_a_hostile_code_is_an_unknown_one(world: World, text: str) -> None:
    code = "".join(character for character in text if character.isprintable())
    async with at_desk(settings_for(world.url), world.packer_badge, size=(80, 24)) as hands:
        await hands.scan(code)
        assert hands.tone == "unknown"


async def test_words_in_braces_from_outside_are_not_filled_in(world: World) -> None:
    address = Address("{to_collect}", "0912345678", "{shop}", "", "", "Hà Nội", "VN")
    world.bring(*risky("ORD4001", address=address))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD4001")
        await hands.press("f2", "f2")
        assert "Am I speaking with {to_collect}?" in hands.panel("contact")


async def test_a_profile_that_is_a_phone_is_masked(world: World) -> None:
    world.bring(fresh("ORD4001", buyer=a_buyer(None, phone="0987654321")))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD4001")
        assert "•••" in hands.panel("customer")
        assert "987654" not in hands.panel("customer")
