"""Text from outside and hostile barcodes at the running desk: nothing of them acts, and nothing leaves its place."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from packstation.domain.orders import Address, FailureCause, IncomingOrder, IncomingParcel, Outcome, Status
from packstation.domain.plain_text import plain
from packstation.domain.times import DAY, HOUR
from packstation.store.database import database_now, rows_of
from packstation.tui.theme import Tone
from packstation.tui.widgets.cells import width_of
from tests.end_to_end.pseudo_terminal import PseudoTerminal
from tests.end_to_end.real_desk import RealDesk, codes, desk_of
from tests.end_to_end.shop import World, order, risky
from tests.factories import a_buyer, an_item, an_order

TEXTS = {
    "markup": "[@click=app.quit]x[/] [red]y[/red] [/] [link=file:///etc/passwd]z[/link] \\[/",
    "escapes": "\x1b[31;41mRED\x1b[2J\x1b[H\x1b]0;pwned\x07\x1b]52;c;cHduZWQ=\x07\x1b]8;;http://evil\x1b\\link\x9b31m\x9d0;t\x9c",
    "direction": "\u202egnp.exe\u202c \u2066abc\u2069 \u200fתשובה العربية\u200b\ufeff\u2028next\u2029",
    "long": "Đ" * 10_000,
    "marks": "Z" + "\u0301\u0323\u0489" * 60 + "algo \u0300\u0301",
    "nothing": "a\x00b\x7fc\ud800d\udfffe\x08\x08\r\nf\tg",
    "emoji": "👨‍👩‍👧‍👦 👩🏽‍🚀 🇻🇳 ❤️ ﷽ 한국어 ｗｉｄｅ 𝕫 \u1160\u3164",
}
FORBIDDEN = (
    b"\x1b]0;pwned",
    b"\x1b]52",
    b"\x1b]8;",
    b"\x1b[31;41m",
    "\u202e".encode(),
    "\u2066".encode(),
    "\u200f".encode(),
    "\u2028".encode(),
    "\x9b".encode(),
    b"\x9b31m",
    b"\xed\xa0\x80",
    "\u0301\u0323\u0489\u0301".encode(),
)
"""What must not reach the terminal. The escapes' own letters may, as the harmless text they then are."""
SIZES = [(80, 24), pytest.param(120, 36, marks=pytest.mark.long)]


def hostile_order(number: str, text: str, placed_at: int, **more: object) -> IncomingOrder:
    """An order whose every outside field is the text."""
    return an_order(
        number,
        buyer=a_buyer("hostile" + text[:40], name=text, phone="0912345678", email=text),
        placed_at=placed_at,
        items=[an_item("SKU" + text, 2, name=text), an_item("S2", 1, name=text[::-1])],
        address=Address(text, "0912345678", text, text, text, text, text),
        parcels=(IncomingParcel(package=None, tracking=f"T{number}{text}"[:200], carrier=text),),
        vouchers=(text, text),
        source=text,
        buyer_note=text,
        seller_note=text,
        **more,  # type: ignore[arg-type]
    )


def bring_hostile(world: World, name: str, text: str) -> None:
    """An order on hold and its buyer's past, all of them hostile."""
    now = database_now()
    past = [
        hostile_order(
            f"PAST{place}{name}",
            text,
            now - (20 + place) * DAY,
            status=Status.RETURNED,
            outcome=Outcome.DELIVERY_FAILED,
            cause=FailureCause.REFUSED,
            known_at=now - (15 + place) * DAY,
        )
        for place in range(2)
    ]
    world.bring(*past, hostile_order(f"H-{name}", text, now - HOUR))


@pytest.mark.parametrize(("columns", "rows"), SIZES, ids=str)
def test_hostile_text_is_shown_in_every_panel_and_keeps_its_place(
    world: World, tmp_path: Path, columns: int, rows: int
) -> None:
    for name, text in TEXTS.items():
        bring_hostile(world, name, text)
    with desk_of(world, tmp_path, columns=columns, rows=rows) as desk:
        for name in TEXTS:
            desk.scan(f"H-{name}")
            desk.answers("CALL", Tone.CALL, f"H-{name}", f"PAST0{name}")
            _is_in_order(desk)
            desk.press("f6")
            desk.sees("1 Overview")
            desk.press("2")
            desk.sees("what became of it: all", "PAST0")
            desk.press("down", "enter")
            desk.sees(f"Order PAST0{name}")
            _box_is_whole(desk)
            desk.press("escape", "escape")
            desk.sees_no("Esc close")
            desk.press("f2", "f2")
            desk.sees("CALL THE BUYER", "confirmed")
            _is_in_order(desk)
            desk.press("f3")
            desk.sees("Open holds: 7")
            desk.terminal.wait_for(_queue_in_order)
            desk.press("escape")
        desk.scan("NOSUCHCODE")
        desk.answers("UNKNOWN", Tone.UNKNOWN, "NOSUCHCODE")
        received = desk.terminal.received()
    assert [bad for bad in FORBIDDEN if bad in received] == []
    assert rows_of("SELECT count(*) FROM hold WHERE state = 'waiting'") == [(len(TEXTS),)]


def test_a_long_name_of_a_recipient_leaves_the_phone_in_view(world: World, tmp_path: Path) -> None:
    name = "Công ty TNHH Thương mại Dịch vụ Nguyễn Thị Thanh Phương"
    world.bring(*risky("R-1", address=Address(name, "0912345678", "12 Hàng Bông", "", "", "Hà Nội", "VN")))
    with desk_of(world, tmp_path) as desk:
        desk.scan("R-1")
        desk.answers("CALL", Tone.CALL, "R-1")
        desk.press("f2", "f2")
        desk.sees("CALL THE BUYER", "0912 345 678", "confirmed")


def _is_in_order(desk: RealDesk) -> None:
    """The first and the last line of the screen are where they belong, and no row is wider than the screen."""
    desk.terminal.wait_for(_in_order)


def _in_order(terminal: PseudoTerminal) -> bool:
    rows = terminal.text().split("\n")
    return (
        rows[0].startswith(" desk-1  Lan (packer)")
        and re.search(r"\d\d:\d\d $", rows[0]) is not None
        and rows[-1].replace(" ", "").startswith("F1HelpF2")
        and all(width_of(plain(row)) <= terminal.columns for row in rows)
    )


def _queue_in_order(terminal: PseudoTerminal) -> bool:
    """The same at the call desk."""
    rows = terminal.text().split("\n")
    return (
        rows[0].startswith(" CALL DESK")
        and rows[-1].replace(" ", "").startswith("F9")
        and all(width_of(plain(row)) <= terminal.columns for row in rows)
    )


def _box_is_whole(desk: RealDesk) -> None:
    """Both edges of the dialog stand below each other on every row."""
    desk.sees("╰", "Esc close")
    desk.terminal.wait_for(_whole_box)


def _whole_box(terminal: PseudoTerminal) -> bool:
    top, bottom = terminal.find("╭"), terminal.find("╰")
    if top is None or bottom is None:
        return False
    left = next(column for column in range(terminal.columns) if terminal.cell(top[0], column).data == "╭")
    right = next((column for column in range(terminal.columns) if terminal.cell(top[0], column).data == "╮"), None)
    return right is not None and all(
        (terminal.cell(row, left).data, terminal.cell(row, right).data) == ("│", "│")
        for row in range(top[0] + 1, bottom[0])
    )


SCANNED = {
    "ctrl+q": b"ABC\x11DEF",
    "ctrl+c, ctrl+z, ctrl+backslash": b"ABC\x03\x1a\x1cDEF",
    "a function key": b"ABC\x1b[19~DEF",
    "a click on a key": b"ABC\x1b[<0;60;24M\x1b[<0;60;24mDEF",
    "an escape sequence": b"ABC\x1b[31mDEF\x1b]0;pwned\x07",
    "unfinished mouse": b"ABC\x1b[<0;5",
    "unfinished paste": b"ABC\x1b[200~DEF",
    "invalid utf-8": b"ABC\xff\xfeDEF\xe1\xba",
    "nul": b"A\x00BC\x00DEF",
    "markup": b"[@click=app.quit]x[/]",
    "sql": b"'; DROP TABLE scan; --",
    "bidi": "\u202eABC\u2066DEF".encode(),
    "ten thousand characters": b"A" * 10_000,
}


def test_behind_every_hostile_barcode_the_next_parcel_is_answered_exactly(world: World, tmp_path: Path) -> None:
    good = {name: f"GOODPARCEL{number:010d}" for number, name in enumerate(SCANNED)}
    world.bring(*(order(code) for code in good.values()), order("A-1"))
    with desk_of(world, tmp_path) as desk:
        for name, hostile in SCANNED.items():
            desk.terminal.send(hostile + b"\r")
            time.sleep(0.35)
            desk.scan(good[name])
            desk.answers("PACK", Tone.PACK, good[name])
            _is_in_order(desk)
        desk.scan("A-1")
        desk.answers("PACK", Tone.PACK, "A-1")
        received = desk.terminal.received()
    assert [code for code in codes() if code.startswith("GOOD")] == list(good.values())
    assert rows_of("SELECT count(*) FROM parcel WHERE state = 'packed'") == [(0,)]
    assert [bad for bad in (b"\x1b]0;pwned", "\u202e".encode()) if bad in received] == []
    assert max(len(code) for code in codes()) <= 256
