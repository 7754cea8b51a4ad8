"""Customers at the desk: found as one types, shown on every page, and written about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from packstation.acts.people import add_person, new_badge
from packstation.domain.codes import badge_code
from packstation.domain.orders import BuyerFacts, FailureCause, IncomingBalance, IncomingBuyer, Outcome
from packstation.domain.people import Role
from packstation.domain.times import DAY
from packstation.store.balances import keep_balances
from packstation.store.customer_edits import notes_of, tags_of
from packstation.store.database import database_now, rows_of, transaction
from packstation.store.shops import shop_id_of
from packstation.tui.screens.customer import CustomerScreen
from packstation.tui.widgets.line_table import LineTable
from tests.factories import HOME, a_shop, an_item, an_order
from tests.tui.worlds import PIN, Hands, World, at_desk, fresh, settings_for

POS = a_shop("Quầy 1", "kiotviet")
HOA = IncomingBuyer(
    "KH7",
    "Nguyễn Thị Hoa",
    "0912345678",
    "hoa@example.vn",
    facts=BuyerFacts(code="KH7", gender="female", birthday="1990-12-31", address="12 Lý Thường Kiệt, Hàng Bài, Hà Nội"),
)


def bring(world: World) -> None:
    now = database_now()
    world.bring(
        *(
            an_order(
                f"HD-{place}",
                buyer=HOA,
                placed_at=now - (place + 1) * 10 * DAY,
                outcome=Outcome.DELIVERY_FAILED if place == 3 else Outcome.DELIVERED,
                cause=FailureCause.REFUSED if place == 3 else None,
                items=[an_item("TEA-01", 2, name="Trà sen")],
                source="Zalo" if place % 2 else "POS",
                sold_by="Ngọc Trinh" if place == 3 else "",
                created_by="Thu Mai" if place == 3 else "",
            )
            for place in range(8)
        ),
        fresh("DH-1", buyer=HOA, cod=False),
        shop=POS,
    )
    world.bring(
        fresh("SP-1", buyer=IncomingBuyer("hoa.ng", "Hoa Ng", "0912345678")),
        fresh("SP-2", address=replace(HOME, phone="")),
    )
    with transaction():
        shop_id = shop_id_of(POS)
        keep_balances("kiotviet", shop_id, [IncomingBalance("KH7", 100_000, 10, now - 9 * DAY)])
        keep_balances("kiotviet", shop_id, [IncomingBalance("KH7", 250_000, 25, now - DAY, 9_000_000, 90)])


def seen(hands: Hands) -> str:
    """What is on screen."""
    strips = hands.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


def the_customer() -> int:
    return int(rows_of("SELECT customer_id FROM buyer WHERE external_id = 'KH7'")[0][0])


async def test_a_customer_is_found_as_one_types_and_opened_by_keyboard_alone(world: World) -> None:
    bring(world)
    async with at_desk(settings_for(world.url), world.packer_badge, size=(80, 24)) as hands:
        await hands.press("ctrl+f")
        assert hands.dialog == "CustomerSearch"
        await hands.type("hoa n")
        assert "2 fit" in seen(hands)
        assert "912345" not in seen(hands)
        await hands.type("guy")
        assert "1 fit" in seen(hands)
        await hands.press("enter")
        assert hands.dialog == "CustomerScreen"
        assert "#1" in seen(hands)


async def test_nobody_who_fits_is_said(world: World) -> None:
    bring(world)
    async with at_desk(settings_for(world.url), world.packer_badge, size=(80, 24)) as hands:
        await hands.press("ctrl+f")
        await hands.type("zzz")
        assert "Nobody fits." in seen(hands)
        await hands.press("enter")
        assert hands.dialog == "CustomerSearch"


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_every_page_shows_what_belongs_there(world: World, size: tuple[int, int]) -> None:
    bring(world)
    async with at_desk(settings_for(world.url), world.packer_badge, size=size) as hands:
        await hands.scan("DH-1")
        await hands.press("f6")
        overview = seen(hands)
        for text in (
            "#1",
            "KH7",
            "31/12/1990",
            "female",
            "failed deliveries 1",
            "lifetime revenue",
            "usual gap",
            "owes",
        ):
            assert text in " ".join(overview.split()), text
        assert ("orders by month" in overview) == (size[1] >= 32)
        pages = {
            "2": ("what became of it: all", "DH-1", "HD-0", "refused"),
            "3": ("Trà sen", "likes", "14"),
            "4": ("spent, by the POS 9,000,000", "250,000", "+150,000", "+15"),
            "5": ("same phone", "this custom", "Hoa Ng", "SP-2", "same address"),
            "6": ("birthday", "from kiotviet"),
            "7": ("days between",),
        }
        for key, texts in pages.items():
            await hands.press(key)
            for text in texts:
                assert text in " ".join(seen(hands).split()), (key, text)
            assert "0912345678" not in seen(hands)


async def test_orders_are_filtered_and_opened_to_lines_and_timeline(world: World) -> None:
    bring(world)
    async with at_desk(settings_for(world.url), world.packer_badge, size=(120, 36)) as hands:
        await hands.scan("DH-1")
        await hands.press("f6", "2", "o", "o")
        assert "source: Zalo" in seen(hands)
        assert "HD-1" in seen(hands)
        assert "HD-2" not in seen(hands)
        assert "Ngọc Trinh" in seen(hands)
        await hands.press("o", "s", "s", "s", "s", "s")
        assert "what became of it: delivery failed" in seen(hands)
        await hands.press("enter")
        assert hands.dialog == "OrderLines"
        story = " ".join(seen(hands).split())
        for text in (
            "Order HD-3",
            "sold by: Ngọc Trinh · created by: Thu Mai",
            "Trà sen",
            "placed",
            "ended: refused at the door",
        ):
            assert text in story
        await hands.press("escape", "escape")
        assert hands.dialog == ""


async def test_many_orders_come_as_the_cursor_nears_their_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("packstation.store.customer_orders.order_page.__defaults__", (3,))
    bring(world)
    async with at_desk(settings_for(world.url), world.packer_badge, size=(120, 36)) as hands:
        await hands.scan("DH-1")
        await hands.press("f6", "2", *["end"] * 4)
        assert hands.app.screen.query_one("#orders", LineTable).row_count == 10


async def test_a_scan_closes_whatever_is_open_of_a_customer_and_is_answered(world: World) -> None:
    bring(world)
    world.bring(fresh("ORD-2", cod=False))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        for keys in (("f6",), ("f6", "2", "enter"), ("f6", "n"), ("ctrl+f",)):
            await hands.scan("DH-1")
            await hands.press(*keys)
            assert hands.dialog
            await hands.scan("ORD-2")
            assert (hands.dialog, hands.tone) == ("", "pack")
            assert "ORD-2" in hands.banner
            hands.later(60)


async def test_notes_and_tags_are_written_by_anybody_fields_by_supervisors(world: World) -> None:
    bring(world)
    customer = the_customer()
    async with at_desk(settings_for(world.url), world.packer_badge, size=(100, 30)) as hands:
        await hands.scan("DH-1")
        await hands.press("f6", "n")
        await hands.type("goi sau 17 gio")
        await hands.press("enter")
        await hands.press("t")
        await hands.type("khach si")
        await hands.press("enter", "6")
        assert [note.text for note in notes_of(customer)] == ["goi sau 17 gio"]
        assert "#khach si" in seen(hands)
        await hands.press("down", "down", "enter")
        assert "for a supervisor" in seen(hands)
        await hands.press("up", "x")
        assert tags_of(customer) == ()
        await hands.press("home", "enter")
        await hands.type("!")
        await hands.press("enter")
        assert [note.text for note in notes_of(customer)] == ["goi sau 17 gio!"]
        assert "earlier note" in seen(hands)


async def test_a_channels_word_is_written_over_with_a_second_enter_only(world: World) -> None:
    bring(world)
    async with at_desk(settings_for(world.url), world.supervisor_badge, size=(100, 30)) as hands:
        await hands.scan("DH-1")
        await hands.press("f6", "6", *["down"] * 5, "enter")
        await hands.type("31/02/1991")
        await hands.press("enter")
        assert "That is no birthday" in seen(hands)
        await hands.press(*["backspace"] * 10)
        await hands.type("01/02/1991")
        await hands.press("enter")
        assert "kiotviet says 31/12/1990" in seen(hands)
        assert rows_of("SELECT * FROM customer_edit") == []
        await hands.press("enter")
        assert "was 31/12/1990 from kiotviet" in seen(hands)


async def test_a_supervisor_splits_a_profile_off_and_puts_it_back_with_reason_and_pin(world: World) -> None:
    bring(world)
    async with at_desk(settings_for(world.url), world.supervisor_badge, size=(120, 30)) as hands:
        await hands.scan("DH-1")
        await hands.press("f6")
        assert "ordered 10" in " ".join(seen(hands).split())
        await hands.press("5", "down", "enter")
        await hands.type("her sister")
        await hands.press("enter")
        await hands.type("9999")
        await hands.press("enter")
        assert "Wrong PIN" in seen(hands)
        await hands.press(*["backspace"] * 4)
        await hands.type(PIN)
        await hands.press("enter")
        assert "split off" in seen(hands)
        assert "her sister" in seen(hands)
        await hands.press("1")
        assert "ordered 9" in " ".join(seen(hands).split())
        await hands.press("5", "home", "down", "enter", "enter")
        await hands.type(PIN)
        await hands.press("enter", "1")
        assert "ordered 10" in " ".join(seen(hands).split())


@pytest.mark.parametrize(("role", "may"), [(Role.PACKER, False), (Role.CALLER, True)])
async def test_what_is_masked_is_shown_by_role_and_that_is_recorded(world: World, role: Role, may: bool) -> None:
    bring(world)
    badge = badge_code(new_badge(world.place, add_person(world.place, "Thu", role, None).id))
    async with at_desk(settings_for(world.url), badge, size=(100, 30)) as hands:
        await hands.scan("DH-1")
        await hands.press("f6", "v")
        assert ("0912345678" in seen(hands)) is may
    assert len(rows_of("SELECT * FROM ledger WHERE kind = 'customer_shown'")) == int(may)


async def test_a_customer_of_whom_nothing_is_known_has_a_page_too(world: World) -> None:
    world.bring(fresh("ORD-1", buyer=IncomingBuyer("u1")))
    async with at_desk(settings_for(world.url, language="vi"), world.packer_badge, size=(80, 24)) as hands:
        await hands.scan("ORD-1")
        await hands.press("f6", "2", "3", "4", "5", "6", "7", "1")
        assert isinstance(hands.app.screen, CustomerScreen)
        await hands.press("escape", "f6", "left", "right")
        assert hands.dialog == "CustomerScreen"


async def test_every_way_to_fail_and_what_it_is_worth_fit_a_small_terminal(world: World) -> None:
    now = database_now()
    ends = [*(outcome for outcome in Outcome if outcome is not Outcome.OPEN), Outcome.DELIVERY_FAILED]
    world.bring(
        *(
            an_order(
                f"E-{place}",
                buyer=HOA,
                placed_at=now - (place + 1) * DAY,
                outcome=outcome,
                cause=FailureCause.COURIER if place == len(ends) - 1 else None,
            )
            for place, outcome in enumerate(ends)
        ),
        fresh("ORD-1", buyer=HOA),
        shop=POS,
    )
    async with at_desk(settings_for(world.url), world.packer_badge, size=(80, 24)) as hands:
        await hands.scan("ORD-1")
        await hands.press("f6")
        overview = seen(hands)
    for words in (
        "cancelled by the shop",
        "cancelled by the channel",
        "failed by the courier",
        "cancelled, nobody says by whom",
        "never paid",
        "lost",
        "next 12 months",
        "by channel",
    ):
        assert words in overview, words
    assert "…" not in overview


async def test_the_customer_of_the_parcel_just_packed_opens_too_and_is_gone_with_the_panel(world: World) -> None:
    world.bring(fresh("ORD-1", buyer=IncomingBuyer("u1", "Hoa")))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD-1")
        hands.later(2)
        await hands.press("f8", "f6")
        assert hands.dialog == "CustomerScreen"
        await hands.press("escape", "f7", "f6")
        assert hands.dialog == "CustomerScreen"
        await hands.press("escape", "f9", "f6")
        assert (hands.dialog, "No customer on screen" in hands.status) == ("", True)


async def test_without_a_customer_on_screen_it_is_said(world: World) -> None:
    world.bring(fresh("ORD-1", buyer=None))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD-1")
        await hands.press("f6")
        assert (hands.dialog, "No customer on screen" in hands.status) == ("", True)
