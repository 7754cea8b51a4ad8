from __future__ import annotations

from packstation.acts.approving import ask_approval
from packstation.acts.people import add_person, new_badge
from packstation.acts.ticking import tick
from packstation.acts.workplace import open_station
from packstation.domain.codes import badge_code
from packstation.domain.desk_flow import DeskRules
from packstation.domain.outbox import DecisionKind
from packstation.domain.people import Role
from packstation.store import outbox
from packstation.store.database import execute_many, rows_of
from packstation.tui.screens.board import SupervisorsBoard
from packstation.tui.widgets.key_bar import KeyBar
from packstation.tui.widgets.line_table import LineTable
from tests.tui.worlds import PIN, Hands, World, at_desk, fresh, risky, settings_for

NASTY = "[@click=app.quit]x[/] \x1b[2J\u202egọi\u200b[/b]"


def board_of(hands: Hands) -> SupervisorsBoard:
    board = hands.app.parts.overlays.find(SupervisorsBoard)
    assert board is not None
    return board


def listed(hands: Hands) -> list[str]:
    """The rows of the board, each as one text."""
    table = board_of(hands).query_one("#list", LineTable)
    return [" ".join(str(getattr(cell, "text", cell)) for cell in row) for row in table._rows]


def keys(hands: Hands) -> str:
    return board_of(hands).query_one("#dialog-keys", KeyBar).text


def label(hands: Hands, name: str) -> str:
    return str(hands.app.screen.query_one(f"#{name}").shown)  # type: ignore[attr-defined]


def steps(hands: Hands) -> str:
    return str(hands.app.screen.query_one("#steps").text)  # type: ignore[attr-defined]


def holds() -> list[tuple[str, str]]:
    return [
        (row[0], row[1])
        for row in rows_of(
            "SELECT o.number, h.state FROM hold h JOIN orders o ON o.id = h.order_id ORDER BY o.number, h.id"
        )
    ]


async def give_pin(hands: Hands, pin: str = PIN) -> None:
    await hands.type(pin)
    await hands.press("enter")


async def test_a_supervisor_decides_at_the_board_by_the_keys_that_it_shows(world: World) -> None:
    world.bring(*risky("ORD3001"), *risky("ORD3002", buyer="other"))
    async with at_desk(settings_for(world.url), world.supervisor_badge, size=(80, 24)) as hands:
        await hands.press("ctrl+b")
        assert hands.dialog == "SupervisorsBoard"
        assert len(listed(hands)) == 2
        assert "R Release" in keys(hands)
        assert "P Reopen a pack" in keys(hands)
        assert "2 failed deliveries" in str(board_of(hands).query_one("#detail").text)  # type: ignore[attr-defined]
        await hands.press("r")
        assert "2 failed deliveries in 90 days" in " ".join(steps(hands).split())
        await hands.press("1")
        await give_pin(hands, "9999")
        assert label(hands, "complaint") == "Wrong PIN"
        await give_pin(hands)
        assert hands.dialog == "SupervisorsBoard"
        assert label(hands, "above") == "ORD3001: overridden"
        assert len(listed(hands)) == 1
        await hands.press("x", "2")
        await give_pin(hands)
        assert "stopped: rejected by the supervisor" in listed(hands)[0]
        assert "O Open the hold again" in keys(hands)
        await hands.press("o", "1")
        await give_pin(hands)
        assert "▲ opened again" in listed(hands)[0]
    assert holds() == [("ORD3001", "released"), ("ORD3002", "escalated")]


async def test_who_decides_one_after_the_other_goes_on_from_there(world: World) -> None:
    world.bring(*risky("ORD3001"), *risky("ORD3002", buyer="b"), *risky("ORD3003", buyer="c"))
    async with at_desk(settings_for(world.url), world.supervisor_badge) as hands:
        await hands.press("ctrl+b", "x", "2")
        await give_pin(hands)
        assert "ORD3001" in listed(hands)[-1], "it is stopped, and below the others"
        assert "ORD3002" in str(board_of(hands).query_one("#detail").text)  # type: ignore[attr-defined]
        await hands.press("r", "1")
        await give_pin(hands)
    assert holds() == [("ORD3001", "closed"), ("ORD3002", "released"), ("ORD3003", "waiting")]


async def test_escalated_holds_come_first_and_what_a_desk_asks_before_them(world: World) -> None:
    world.bring(*risky("ORD3001"), *risky("ORD3002", buyer="b"), *risky("ORD3003", buyer="c"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD3002")
        for _try in range(3):
            await hands.scan(world.command("CONTACT:CALL"), world.command("RESULT:BUSY"), "ORD3002")
        await hands.scan("ORD3003")
        await hands.press("f5", "a")
        await hands.type("khach quen")
        await hands.press("enter")
        assert "The board is asked about ORD3003" in hands.status
        await hands.scan(world.supervisor_badge)
        await hands.press("ctrl+b")
        numbers = [next(word for word in row.split() if word.startswith("ORD")) for row in listed(hands)]
        assert numbers == ["ORD3003", "ORD3002", "ORD3001"]
        assert "ASKED by Desk 1" in listed(hands)[0]


async def test_packers_do_not_see_the_board_and_a_packers_badge_closes_it(world: World) -> None:
    world.bring(*risky("ORD3001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.press("ctrl+b")
        assert hands.dialog == ""
        assert "for supervisors" in hands.status
        await hands.scan(world.supervisor_badge)
        await hands.press("ctrl+b")
        assert hands.dialog == "SupervisorsBoard"
        await hands.scan(world.packer_badge)
        assert hands.dialog == ""
        await hands.press("r", "1")
        await hands.scan("PS:AAAAAA:SUPERVISOR")
        assert hands.dialog == ""
    assert holds() == [("ORD3001", "waiting")]


async def test_marked_holds_go_together_once_they_are_counted(world: World) -> None:
    world.bring(*(order for n in (1, 2, 3) for order in risky(f"ORD300{n}", buyer=f"b{n}")))
    async with at_desk(settings_for(world.url), world.supervisor_badge) as hands:
        await hands.press("ctrl+b", "space", "space")
        assert "M Release the marked" in keys(hands)
        await hands.press("m", "1")
        await hands.type("3")
        await hands.press("enter")
        await give_pin(hands)
        assert "not how many are marked" in label(hands, "complaint")
        assert holds() == [("ORD3001", "waiting"), ("ORD3002", "waiting"), ("ORD3003", "waiting")]
        await hands.type("2")
        await hands.press("enter")
        await give_pin(hands)
        assert label(hands, "above") == "2 overridden"
    assert holds() == [("ORD3001", "released"), ("ORD3002", "released"), ("ORD3003", "waiting")]


async def test_a_customer_goes_for_some_days_and_a_buyer_is_blocked_and_unblocked(world: World) -> None:
    world.bring(*risky("ORD3001"), *risky("ORD3002", buyer="b"))
    async with at_desk(settings_for(world.url), world.supervisor_badge) as hands:
        await hands.press("ctrl+b", "t", "1")
        await hands.type("400")
        await hands.press("enter")
        await give_pin(hands)
        assert label(hands, "complaint") == "From 1 to 365 days"
        await hands.type("7")
        await hands.press("enter")
        await give_pin(hands)
        assert "further orders go" in label(hands, "above")
        await hands.press("b", "1", "enter")
        await give_pin(hands)
        assert "is blocked" in label(hands, "above")
        assert "B Unblock" in keys(hands)
        await hands.press("b", "1")
        await give_pin(hands)
        assert "not blocked any more" in label(hands, "above")
        await hands.press("escape")
        await hands.scan("ORD3001")
        assert hands.tone == "pack"
        world.bring(fresh("ORD3003", buyer="bom.nguyen"))
        await hands.scan("ORD3003")
        assert hands.tone == "pack"
        assert "This customer's orders go: Mai" in hands.panel("reasons")


async def test_a_packed_parcel_is_opened_again_at_the_board_by_a_scan(world: World) -> None:
    world.bring(fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.supervisor_badge) as hands:
        await hands.scan("ORD1001")
        hands.later(2)
        await hands.scan("ORD1001")
        assert "PACKED" in hands.banner
        await hands.press("ctrl+b", "p")
        await hands.scan("NOPE1001")
        assert "No packed parcel" in label(hands, "complaint")
        await hands.scan("ORD1001")
        assert hands.dialog == "Override"
        await hands.press("1")
        await give_pin(hands)
        assert hands.dialog == "SupervisorsBoard"
        await hands.press("escape")
        await hands.scan("ORD1001")
        assert hands.tone == "pack"


async def test_before_the_channel_is_asked_it_says_what_that_costs_and_offers_a_text_for_the_buyer(
    world: World,
) -> None:
    world.bring(*risky("ORD3001"))
    for (shop_id,) in rows_of("SELECT id FROM shop"):
        outbox.set_switched_on(shop_id, [DecisionKind.CANCELLATION])
    async with at_desk(settings_for(world.url), world.supervisor_badge, size=(80, 24)) as hands:
        await hands.press("ctrl+b", "c")
        told = " ".join(steps(hands).split())
        assert "counts as non-fulfilment" in told
        assert "order ORD3001" in told
        await hands.press("y")
        assert "ORD3001" in hands.app.clipboard
        assert rows_of("SELECT count(*) FROM outbox") == [(0,)]
        await hands.press("enter", "2")
        await give_pin(hands)
        assert "asked to cancel it" in label(hands, "above")
    assert [row[0] for row in rows_of("SELECT kind FROM outbox")] == ["cancellation"]


async def test_the_shops_own_words_about_the_cost_go_before(world: World) -> None:
    world.bring(*risky("ORD3001"))
    own = settings_for(world.url, cancellation_cost={"en": {"shopee": "Two more and we are fined."}})
    async with at_desk(own, world.supervisor_badge) as hands:
        await hands.press("ctrl+b", "c")
        assert "Two more and we are fined." in steps(hands)


async def test_reasons_and_requests_are_shown_as_text_whatever_they_hold(world: World) -> None:
    world.bring(*risky("ORD3001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD3001")
        await hands.press("f5", "a")
        field = hands.app.screen.query_one("#ask")
        field.value = NASTY  # type: ignore[attr-defined]
        await hands.press("enter")
        await hands.scan(world.supervisor_badge)
        await hands.look()
        await hands.press("ctrl+b")
        shown = str(board_of(hands).query_one("#detail").text)  # type: ignore[attr-defined]
        assert "Lan asks from Desk 1: [@click=app.quit]x[/] [2Jgọi[/b]" in shown
        assert not set("\x1b\u202e\u200b") & set(shown + str(hands.app.desk.alarms))
    assert rows_of("SELECT why FROM approval_request") == [("[@click=app.quit]x[/] [2Jgọi[/b]",)]


async def test_escalations_and_requests_ring_and_show_where_a_supervisor_is_signed_in(world: World) -> None:
    world.bring(*risky("ORD3001"))
    async with at_desk(settings_for(world.url), world.supervisor_badge) as hands:
        await hands.look()
        assert not hands.app.desk.alarms
        rows = rows_of("SELECT id FROM hold")
        other = open_station("Desk 2", DeskRules(slots=()))
        ask_approval(other, world.packer.id, rows[0][0], "khách ở đây")
        await hands.look()
        assert ", ".join(hands.app.desk.alarms) == "ASKED ORD3001 by Lan, Desk 2: khách ở đây"
        await hands.press("escape")
        assert not hands.app.desk.alarms
        assert "BOARD 1" in hands.app.desk.header.text
        await hands.press("ctrl+b", "n", "1")
        await give_pin(hands)
        await hands.press("escape")
        await hands.look()
        assert "BOARD" not in hands.app.desk.header.text
    async with at_desk(settings_for(world.url, station={"name": "Desk 2"}), world.packer_badge) as hands:
        await hands.look()
        assert "REFUSED ORD3001 by Mai" in str(hands.app.desk.alarms[0])
        await hands.press("escape")
        await hands.look()
        assert hands.app.desk.alarms == ()


async def test_where_four_eyes_are_always_wanted_the_asker_grants_nothing(world: World) -> None:
    world.bring(*risky("ORD3001"))
    second = add_person(world.place, "Tú", Role.SUPERVISOR, PIN)
    second_badge = badge_code(new_badge(world.place, second.id))
    strict = settings_for(world.url, supervision={"four_eyes": "always"})
    async with at_desk(strict, world.supervisor_badge) as hands:
        ask_approval(hands.app.station.place, world.supervisor.id, rows_of("SELECT id FROM hold")[0][0], "tôi xin")
        await hands.press("ctrl+b", "r", "1")
        await give_pin(hands)
        assert "a second person has to decide it" in label(hands, "complaint")
        await hands.scan(second_badge)
        await give_pin(hands)
        assert label(hands, "above") == "ORD3001: overridden"


async def test_a_request_that_ran_out_meanwhile_is_said_to_be_over(world: World) -> None:
    world.bring(*risky("ORD3001"))
    async with at_desk(settings_for(world.url), world.supervisor_badge) as hands:
        ask_approval(hands.app.station.place, world.packer.id, rows_of("SELECT id FROM hold")[0][0], "xin")
        await hands.press("ctrl+b", "r", "1")
        execute_many("UPDATE approval_request SET expires_at = ?", [(1,)])
        tick(world.place)
        await give_pin(hands)
        assert "ran out" in label(hands, "complaint")
    assert holds() == [("ORD3001", "waiting")]


async def test_a_scanned_parcel_goes_to_the_desk_and_the_board_gives_way(world: World) -> None:
    world.bring(*risky("ORD3001"), fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.supervisor_badge) as hands:
        await hands.press("ctrl+b", "r")
        await hands.scan("ORD1001")
        assert hands.dialog == ""
        assert hands.tone == "pack"
