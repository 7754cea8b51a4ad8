from __future__ import annotations

import asyncio

from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Button, Input

from packstation.tui.input.bursts import BurstTiming
from packstation.tui.input.capture import ScanningApp
from packstation.tui.input.scans import Scanned, ScanOrigin, TypedLineChanged

NAMES = {"\r": "enter", "\t": "tab", " ": "space", "\x7f": "backspace", "\x1b": "escape", "-": "minus"}
SETTLED = BurstTiming().silence + 0.1


class Counter(ScanningApp[None]):
    """A field and a button; keeps what it was told."""

    AUTO_FOCUS = None
    BINDINGS = [("f", "noted('f')", "")]  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self.scans: list[tuple[int, str, ScanOrigin]] = []
        self.noted: list[str] = []

    def compose(self) -> ComposeResult:
        yield Button("Approve")
        yield Input()

    def on_scanned(self, message: Scanned) -> None:
        self.scans.append((message.sequence, message.code, message.origin))
        self.noted.append(f"scan {message.code}")

    def on_button_pressed(self) -> None:
        self.noted.append("pressed")

    def on_typed_line_changed(self, message: TypedLineChanged) -> None:
        self.noted.append(f"line {message.text}")

    def action_noted(self, what: str) -> None:
        self.noted.append(what)

    @property
    def codes(self) -> list[str]:
        return [code for _, code, _ in self.scans]


class Question(ModalScreen[None]):
    """A dialog with buttons only."""

    def compose(self) -> ComposeResult:
        yield Button("Yes")


def post(app: Counter, keys: str) -> None:
    """Post keys the way the driver does: all at once, nothing awaited between them."""
    for key in keys:
        app.post_message(events.Key(NAMES.get(key, key), key))


async def by_hand(app: Counter, keys: str) -> None:
    for key in keys:
        post(app, key)
        await asyncio.sleep(0.12)


async def test_scans_posted_at_once_arrive_in_order_with_running_numbers() -> None:
    app = Counter()
    async with app.run_test() as pilot:
        app.query_one(Input).focus()
        post(app, "".join(f"ORDER{n}\r" for n in range(30)))
        await pilot.pause()
        assert app.scans == [(n + 1, f"ORDER{n}", ScanOrigin.SCANNER) for n in range(30)]
        assert app.query_one(Input).value == ""


async def test_a_scan_and_the_typing_behind_it_keep_their_order() -> None:
    app = Counter()
    async with app.run_test():
        post(app, "ORDER1\r")
        await asyncio.sleep(0.2)
        post(app, "f")
        await asyncio.sleep(SETTLED)
        assert app.noted == ["scan ORDER1", "f"]


async def test_a_code_without_an_end_is_answered_after_a_silence() -> None:
    app = Counter()
    async with app.run_test():
        post(app, "ORDER1")
        await asyncio.sleep(SETTLED)
        assert app.codes == ["ORDER1"]


async def test_the_focused_field_gets_what_is_typed_and_the_typed_line_nothing() -> None:
    app = Counter()
    async with app.run_test():
        app.query_one(Input).focus()
        await by_hand(app, "fi 2")
        assert app.query_one(Input).value == "fi 2"
        assert app.noted == []


async def test_a_code_typed_without_a_field_is_sent_by_enter() -> None:
    app = Counter()
    async with app.run_test():
        app.query_one(Button).focus()
        await by_hand(app, "H-f\x7f7\r")
        assert app.scans == [(1, "H-7", ScanOrigin.HAND)]
        assert app.noted == ["line H", "line H-", "line H-f", "line H-", "line H-7", "line ", "scan H-7"]


async def test_escape_and_a_scan_empty_the_typed_line() -> None:
    app = Counter()
    async with app.run_test():
        await by_hand(app, "H7\x1b8")
        post(app, "ORDER1\r")
        await asyncio.sleep(SETTLED)
        assert app.typed_line == ""
        assert app.codes == ["ORDER1"]


async def test_a_shortcut_works_until_a_code_is_being_typed() -> None:
    app = Counter()
    async with app.run_test():
        await by_hand(app, "fHf")
        assert app.noted == ["f", "line H", "line Hf"]


async def test_enter_on_a_button_presses_it_while_nothing_is_typed() -> None:
    app = Counter()
    async with app.run_test():
        app.query_one(Button).focus()
        await by_hand(app, "\r")
        await asyncio.sleep(SETTLED)
        assert app.noted == ["pressed"]


async def test_a_dialog_is_not_typed_past() -> None:
    app = Counter()
    async with app.run_test() as pilot:
        await app.push_screen(Question())
        await pilot.pause()
        await by_hand(app, "H7")
        assert app.typed_line == ""


async def test_a_paste_is_a_scan_a_line_without_control_characters() -> None:
    app = Counter()
    async with app.run_test() as pilot:
        app.query_one(Input).focus()
        app.post_message(events.Paste("ORDER1\r\n \nOR\x1b\x11DER2\tGHN3"))
        await pilot.pause()
        assert app.codes == ["ORDER1", "ORDER2", "GHN3"]
        assert app.query_one(Input).value == ""


async def test_a_paste_does_not_overtake_the_keys_before_it() -> None:
    app = Counter()
    async with app.run_test() as pilot:
        post(app, "ORDER1")
        app.post_message(events.Paste("ORDER2"))
        await pilot.pause()
        assert app.codes == ["ORDER1", "ORDER2"]
