"""One day at the desk, in a real terminal: what a packer, a caller and a supervisor do, and what they see."""

from __future__ import annotations

from pathlib import Path

from packstation.domain.orders import Address, Outcome, Status
from packstation.domain.people import Role
from packstation.domain.times import DAY
from packstation.store.database import close_database, database_now, open_database, rows_of, transaction
from packstation.tui.theme import Tone
from tests.end_to_end.real_desk import (
    desk_of,
    hold_of,
    ledger_kinds,
    program,
    scans,
    states_of,
)
from tests.end_to_end.shop import HIDDEN_PHONE_SHOP, OTHER_SHOP, PIN, World, a_world, cancelled, order, risky
from tests.factories import an_item, an_order

CLEAR_PHONE = "0912 345 678"
MASKED = Address("N***n", "(+84)9*****78", "1* ***", "", "Hoàn Kiếm", "Hà Nội", "VN")
MASKED_PHONE = "••• 678"


def test_the_first_start_asks_for_the_first_supervisor_and_signs_them_in(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    with program(url, tmp_path, executed=True) as desk:
        desk.sees("Welcome to packstation")
        desk.type("Mai")
        desk.press("enter")
        desk.type("2468")
        desk.press("enter")
        desk.type("2469")
        desk.press("enter")
        desk.sees("The two PINs differ")
        desk.press("\x7f")
        desk.type("8")
        desk.press("enter")
        desk.sees("Mai (supervisor)")
        desk.scan("ANYTHING-1")
        desk.answers("UNKNOWN", Tone.UNKNOWN, "ANYTHING-1")
    open_database(url)
    try:
        assert rows_of("SELECT name, role FROM person") == [("Mai", "supervisor")]
        assert rows_of("SELECT version FROM policy_version") == [(1,)]
        assert "2468" not in str(rows_of("SELECT * FROM person"))
    finally:
        close_database()


def test_people_sign_in_by_name_by_pin_and_by_badge(world: World, tmp_path: Path) -> None:
    with program(world.url, tmp_path) as desk:
        desk.sees("Who is working here?", "Lan", "Mai")
        desk.press("escape")
        desk.sees("Who is working here?")
        desk.type("la")
        desk.press("enter")
        desk.answers("SCAN A PARCEL", Tone.IDLE, "desk-1  Lan (packer)")
        desk.press("f10")
        desk.sees("Who is working here?")
        desk.press("down", "enter")
        desk.sees("PIN of Mai")
        desk.type("1111")
        desk.press("enter")
        desk.sees("Wrong PIN", "Lan (packer)")
        desk.type(PIN)
        desk.press("enter")
        desk.sees("desk-1  Mai (supervisor)")
        desk.scan(world.packer_badge)
        desk.sees("desk-1  Lan (packer)")
        desk.scan("PB:NOBODYSBADGE00000001")
        desk.sees("Nobody's badge", "desk-1  Lan (packer)")
    assert PIN.encode() not in desk.terminal.received()


def test_the_same_scan_at_once_does_nothing_and_later_it_finishes(world: World, tmp_path: Path) -> None:
    world.bring(order("A-1"))
    with desk_of(world, tmp_path, guard=1.5) as desk:
        desk.scan("A-1", "A-1")
        desk.wait(lambda: len(scans()) == 2)
        desk.answers("PACK", Tone.PACK, "A-1", "collect 150,000")
        assert scans() == [("A-1", "pack"), ("A-1", "repeat")]
        assert states_of("A-1") == ["on_desk"]
        desk.looks("A-1")
        desk.scan("A-1")
        desk.answers("PACKED", Tone.DONE, "A-1", "packed today 1")
        assert states_of("A-1") == ["packed"]


def test_a_packed_parcel_says_who_where_and_when_and_can_be_taken_back(world: World, tmp_path: Path) -> None:
    world.bring(order("A-1"))
    with desk_of(world, tmp_path) as desk:
        desk.packs("A-1")
        desk.scan("A-1")
        desk.answers("WAS PACKED", Tone.PACKED_ALREADY, "ALREADY PACKED – Lan, desk-1, ", "A-1")
        assert states_of("A-1") == ["packed"]
        desk.press("f7")
        desk.answers("TAKEN BACK", Tone.SAID, "A-1", "packed today 0", "Unfinished: A-1")
        assert states_of("A-1") == ["reopened"]
        desk.press("f7")
        desk.sees("Nothing to take back")
        desk.scan("A-1")
        desk.answers("PACK", Tone.PACK, "A-1")
        desk.looks("A-1")
        desk.press("f8")
        desk.answers("PACKED", Tone.DONE, "A-1")
        desk.sees_no("Unfinished")
    assert [kind for kind in ledger_kinds() if kind in ("packed", "undone")] == ["packed", "undone", "packed"]


def test_a_risky_order_is_called_confirmed_and_then_packed(world: World, tmp_path: Path) -> None:
    world.bring(*risky("R-1"))
    with desk_of(world, tmp_path) as desk:
        desk.scan("R-1")
        desk.answers("CALL", Tone.CALL, "R-1", "put on hold shelf A1", "failed deliveries 2")
        assert "345" not in desk.terminal.text()
        desk.press("f2")
        desk.sees("CALL THE BUYER", "slot A1", MASKED_PHONE)
        assert CLEAR_PHONE not in desk.terminal.text()
        assert "12 Lý Thường Kiệt" not in desk.terminal.text()
        assert ledger_kinds().count("contact_opened") == 0
        desk.press("f2")
        desk.sees(CLEAR_PHONE, "12 Lý Thường Kiệt", "You placed order R-1", "confirmed")
        assert ledger_kinds().count("contact_opened") == 1
        desk.press("1")
        desk.answers("CONFIRMED", Tone.DONE, "R-1", "fetch it from slot A1 and scan it again")
        assert hold_of("R-1") == ("released", "confirmed")
        desk.packs("R-1")
        assert states_of("R-1") == ["packed"]


def test_a_buyer_who_refuses_ends_in_stop(world: World, tmp_path: Path) -> None:
    world.bring(*risky("R-1"))
    with desk_of(world, tmp_path) as desk:
        desk.scan("R-1")
        desk.answers("CALL", Tone.CALL, "R-1")
        desk.press("f2", "f2")
        desk.sees(CLEAR_PHONE)
        desk.press("8")
        desk.sees("Why does the buyer not want it?", "changed mind", "too slow")
        assert hold_of("R-1")[0] == "waiting"
        desk.press("3")
        desk.sees("ask the buyer to cancel in the app first")
        assert hold_of("R-1") == ("closed", "refused")
        assert rows_of("SELECT result, why FROM attempt") == [("refused", "price")]
        desk.scan("R-1")
        desk.answers("BUYER REFUSES", Tone.STOP, "R-1", "the buyer refuses")


def test_nobody_answers_three_times_and_the_supervisor_overrides(world: World, tmp_path: Path) -> None:
    world.bring(*risky("R-1"))
    with desk_of(world, tmp_path) as desk:
        for tries in range(1, 4):
            desk.scan("R-1")
            desk.answers("CALL", Tone.CALL, "R-1")
            desk.press("f2", "f2")
            desk.sees(CLEAR_PHONE)
            desk.press("2")
            desk.answers("NO ANSWER", Tone.SAID, "R-1", "next try" if tries < 3 else "the supervisor decides")
        assert hold_of("R-1") == ("escalated", "tries_used")
        desk.scan("R-1")
        desk.answers("CALL", Tone.CALL, "R-1")
        desk.press("f5")
        desk.sees("Scan a supervisor's badge")
        desk.scan(world.packer_badge)
        desk.sees("Lan is no supervisor")
        desk.scan(world.supervisor_badge)
        desk.sees("Who: Mai", "OVERRIDE: it may be packed", "Lan (packer)")
        desk.press("r")
        desk.sees("Known customer")
        desk.press("2")
        desk.sees("PIN, then Enter")
        desk.type("1111")
        desk.press("enter")
        desk.sees("Wrong PIN")
        assert hold_of("R-1")[0] == "escalated"
        desk.type(PIN)
        desk.press("enter")
        desk.answers("OVERRIDDEN", Tone.DONE, "R-1", "scan it again")
        assert hold_of("R-1") == ("released", "overridden")
        assert "Buyer confirmed by message" in str(rows_of("SELECT text FROM ledger_text"))
        desk.packs("R-1")


def test_nobody_overrides_a_hold_that_they_asked_for_by_hand(world: World, tmp_path: Path) -> None:
    world.bring(order("A-1"))
    second_badge = world.person("Tú", Role.SUPERVISOR, "1357")
    with desk_of(world, tmp_path, badge=world.supervisor_badge) as desk:
        desk.sees("Mai (supervisor)")
        desk.scan("A-1")
        desk.answers("PACK", Tone.PACK, "A-1")
        desk.press("f4")
        desk.answers("CALL", Tone.CALL, "A-1", "On hold: ")
        desk.press("f5")
        desk.sees("Who: Mai")
        desk.press("r", "1")
        desk.type(PIN)
        desk.press("enter")
        desk.sees("a second person has to decide it")
        assert hold_of("A-1") == ("waiting", "by_hand")
        desk.scan(second_badge)
        desk.sees("Who: Tú")
        desk.type("1357")
        desk.press("enter")
        desk.answers("OVERRIDDEN", Tone.DONE, "A-1")
        assert hold_of("A-1") == ("released", "overridden")
        desk.sees("Mai (supervisor)")


def test_who_asked_for_a_hold_by_hand_takes_it_back(world: World, tmp_path: Path) -> None:
    world.bring(order("A-1"))
    with desk_of(world, tmp_path) as desk:
        desk.scan("A-1")
        desk.answers("PACK", Tone.PACK, "A-1")
        desk.press("f4")
        desk.answers("CALL", Tone.CALL, "A-1", "put on hold shelf A1")
        assert states_of("A-1") == ["unseen"]
        desk.press("f3")
        desk.sees("Open holds: 1", "A-1", "A1")
        desk.press("o")
        desk.answers("CALL", Tone.CALL, "A-1")
        desk.press("f4")
        desk.sees("Your hold is taken back")
        assert hold_of("A-1") == ("released", "withdrawn")
        desk.packs("A-1")


def test_an_order_cancelled_since_the_first_scan_is_not_packed(postgres_database: str, tmp_path: Path) -> None:
    world = a_world(postgres_database)
    world.bring(order("A-1"), order("B-1"))
    with desk_of(world, tmp_path) as desk:
        desk.scan("A-1")
        desk.answers("PACK", Tone.PACK, "A-1")
        desk.looks("A-1")
        # The second scan waits for the order while it is being cancelled, so that the desk cannot have seen that before.
        with transaction():
            world.bring(cancelled("A-1"))
            desk.scan("A-1")
            desk.wait(lambda: rows_of("SELECT count(*) FROM pg_locks WHERE NOT granted") == [(1,)])
        desk.answers("CANCELLED", Tone.STOP, "NOT PACKED: A-1", "STOP – CANCELLED", "Unfinished: A-1")
        assert states_of("A-1") == ["unseen"]
        assert rows_of("SELECT count(*) FROM alarm WHERE ended_at IS NULL") == [(0,)]
        desk.packs("B-1")
        desk.sees("NOT PACKED: A-1")
        desk.scan(world.command("ACK"))
        desk.sees_no("NOT PACKED: A-1")
    assert scans()[-1] == ("B-1", "packed")


def test_an_order_cancelled_while_it_lies_on_the_desk_turns_red_and_is_pulled_by_its_scan(
    world: World, tmp_path: Path
) -> None:
    world.bring(order("A-1"))
    with desk_of(world, tmp_path) as desk:
        desk.scan("A-1")
        desk.answers("PACK", Tone.PACK, "A-1")
        world.bring(cancelled("A-1"))
        desk.answers("CANCELLED", Tone.STOP, "changed while it lay", "PULL PARCEL A-1", "Unfinished: A-1")
        assert states_of("A-1") == ["unseen"]
        desk.scan("A-1")
        desk.answers("CANCELLED", Tone.STOP, "the alarm is over", "STOP – CANCELLED", "Unfinished: A-1")
        desk.sees_no("PULL PARCEL")
    assert states_of("A-1") == ["unseen"]
    assert scans()[-1] == ("A-1", "stop")


def test_the_customer_s_other_open_order_and_past_orders_are_opened(world: World, tmp_path: Path) -> None:
    now = database_now()
    past = an_order(
        "OLD-1",
        buyer="lan",
        placed_at=now - 40 * DAY,
        status=Status.CANCELLED,
        outcome=Outcome.BUYER_CANCELLED,
        known_at=now - 39 * DAY,
        items=[an_item("TEA-01", 2, name="Trà sen Tây Hồ"), an_item("CUP-7", 1, name="Chén sứ")],
    )
    world.bring(past, order("A-1", buyer="lan"), order("A-2", buyer="lan", items=["CUP-9"]))
    with desk_of(world, tmp_path, columns=120, rows=36) as desk:
        desk.scan("A-1")
        desk.answers("PACK", Tone.PACK, "A-1", "Same buyer, another open order: A-2", "OLD-1")
        desk.press("f6")
        desk.sees("1 Overview")
        desk.press("2")
        desk.sees("what became of it: all", "OLD-1")
        desk.press("end", "enter")
        desk.sees("Order OLD-1", "Trà sen Tây Hồ", "Chén sứ", "this very product again")
        desk.press("escape")
        desk.sees_no("Trà sen Tây Hồ")
        desk.press("escape")
        desk.answers("PACK", Tone.PACK, "A-1")
        desk.scan("A-1")
        desk.answers("PACKED", Tone.DONE, "A-1")


def test_a_code_of_two_shops_is_chosen_and_then_packed(world: World, tmp_path: Path) -> None:
    world.bring(order("HD-77"))
    world.bring(order("HD-77", buyer="somebody"), shop=OTHER_SHOP)
    with desk_of(world, tmp_path) as desk:
        desk.scan("HD-77")
        desk.sees("Which order is HD-77?", "Trà Lan", "Trà Hùng")
        assert states_of("HD-77") == []
        desk.press("2")
        desk.answers("PACK", Tone.PACK, "HD-77")
        desk.looks("HD-77")
        desk.press("f8")
        desk.answers("PACKED", Tone.DONE, "HD-77")
    assert states_of("HD-77") == ["packed"]


def test_unknown_and_damaged_codes_and_those_of_other_installations(world: World, tmp_path: Path) -> None:
    world.bring(order("A-1"), order("HD0451"))
    with desk_of(world, tmp_path, columns=120, rows=36) as desk:
        desk.scan("A-1")
        desk.answers("PACK", Tone.PACK, "A-1")
        desk.looks("A-1")
        desk.scan("NOSUCHCODE1")
        desk.answers("UNKNOWN", Tone.UNKNOWN, "NOSUCHCODE1", "A-1 is still on the desk")
        desk.scan("NOSUCHCODE1")
        desk.answers("NOT FOUND", Tone.UNKNOWN, "NOSUCHCODE1")
        desk.scan("PS:ANOTHERTOKEN:PACKED")
        desk.answers("UNKNOWN", Tone.UNKNOWN, "PS:ANOTHERTOKEN:PACKED")
        assert states_of("A-1") == ["on_desk"]
        desk.type("HD045")
        desk.sees("Code:  HD045")
        desk.press("9", "\x7f", "1")
        desk.sees("Code:  HD0451")
        desk.press("enter")
        desk.answers("PACK", Tone.PACK, "HD0451", "Unfinished: A-1")
        desk.sees_no("Code:")
    assert states_of("A-1") == ["unseen"]
    assert states_of("HD0451") == ["on_desk"]


def test_everything_can_be_done_with_printed_command_codes(world: World, tmp_path: Path) -> None:
    world.bring(order("A-1"), order("B-1"), order("C-1"), *risky("R-1"))
    with desk_of(world, tmp_path, guard=1.5) as desk:
        desk.scan("A-1")
        desk.answers("PACK", Tone.PACK, "A-1")
        desk.scan(world.command("PACKED"))
        desk.sees("Too soon")
        desk.looks("A-1")
        desk.scan(world.command("PACKED"))
        desk.answers("PACKED", Tone.DONE, "A-1")
        desk.scan(world.command("UNDO"))
        desk.answers("TAKEN BACK", Tone.SAID, "A-1")
        desk.packs("A-1")
        desk.scan("B-1")
        desk.answers("PACK", Tone.PACK, "B-1")
        desk.scan(world.command("HOLD"))
        desk.answers("CALL", Tone.CALL, "B-1", "hold shelf A1")
        desk.scan("R-1")
        desk.answers("CALL", Tone.CALL, "R-1", "hold shelf A2")
        desk.scan(world.command("CONTACT:CALL"))
        desk.sees(CLEAR_PHONE)
        desk.scan(world.command("RESULT:CONFIRMED"))
        desk.answers("CONFIRMED", Tone.DONE, "R-1")
        desk.scan("C-1")
        desk.answers("PACK", Tone.PACK, "C-1")
        desk.scan(world.command("NEXT"))
        desk.answers("SCAN A PARCEL", Tone.IDLE, "Unfinished: C-1")
        desk.scan(world.command("HELP"))
        desk.sees("Keys, and printed commands that do the same")
        desk.scan(world.command("PERSON"))
        desk.sees("Who is working here?")
    assert hold_of("R-1") == ("released", "confirmed")
    assert [states_of(number) for number in ("A-1", "B-1", "C-1")] == [["packed"], ["unseen"], ["unseen"]]


def test_a_buyer_whose_phone_the_channel_hides_is_reached_by_chat(world: World, tmp_path: Path) -> None:
    hidden = risky("R-1", address=MASKED)
    world.bring(*hidden, shop=HIDDEN_PHONE_SHOP)
    with desk_of(world, tmp_path) as desk:
        desk.scan("R-1")
        desk.answers("MESSAGE", Tone.CALL, "R-1")
        desk.press("f2", "f2")
        desk.sees("MESSAGE THE BUYER", "use its chat", "message sent")
        desk.press("6")
        desk.answers("MESSAGE SENT", Tone.SAID, "R-1", "next try")
    assert rows_of("SELECT method, result FROM attempt") == [("chat", "message_sent")]


def test_the_desk_speaks_the_packers_vietnamese(world: World, tmp_path: Path) -> None:
    world.bring(order("A-1"), cancelled("C-1"), *risky("R-1"))
    with desk_of(world, tmp_path, language="vi", columns=120, rows=36) as desk:
        desk.scan("A-1")
        desk.answers("OK – ĐÓNG", Tone.PACK, "A-1", "đã đặt", "đã giao", "hạn quyết")
        desk.looks("A-1")
        desk.scan("A-1")
        desk.answers("ĐÓNG XONG", Tone.DONE, "A-1")
        desk.scan("A-1")
        desk.answers("ĐÃ ĐÓNG RỒI", Tone.PACKED_ALREADY, "Lan", "desk-1")
        desk.scan("C-1")
        desk.answers("BỎ RA – ĐÃ HỦY", Tone.STOP, "C-1")
        desk.scan("NOSUCHCODE")
        desk.answers("CHƯA THẤY ĐƠN", Tone.UNKNOWN, "NOSUCHCODE")
        desk.scan("NOSUCHCODE")
        desk.answers("QUÉT KHÔNG RA", Tone.UNKNOWN, "NOSUCHCODE")
        desk.scan("R-1")
        desk.answers("GỌI KHÁCH", Tone.CALL, "chưa đóng, để kệ chờ A1", "bom")
        desk.press("f2", "f2")
        desk.sees(CLEAR_PHONE)
        desk.sees("KHÁCH LẤY", "KHÔNG NGHE MÁY", "MÁY BẬN", "THUÊ BAO", "HẸN GỌI LẠI", "ĐÃ NHẮN", "SAI SỐ")
        desk.sees("KHÁCH KHÔNG LẤY", "KHÁCH ĐỔI", "TRÙNG ĐƠN", "KHÔNG ĐẶT ĐƠN NÀY", "CHUYỂN KHOẢN TRƯỚC")
        desk.press("1")
        desk.answers("KHÁCH LẤY", Tone.DONE, "R-1")
        assert "HOÀN TÁC" not in desk.terminal.text().upper()
        assert "DỪNG" not in desk.terminal.text().upper()
