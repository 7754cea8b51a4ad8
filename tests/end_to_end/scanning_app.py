"""A small app on the real input layer: run in a pty, it writes what reached it to a file, a JSON document a line.

Usage: python -m tests.end_to_end.scanning_app LOG [--focus WIDGET] [--stall SECONDS] [--gap SECONDS] [--stock]
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path

from textual.app import App, ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Button, DataTable, Input, Static, TextArea

from packstation.tui.input.bursts import BurstTiming
from packstation.tui.input.capture import ScanningApp
from packstation.tui.input.scans import Scanned, TypedLineChanged

FOCUSES = ("input", "area", "button", "table", "modal", "nothing")


class Record:
    """The file that the test reads."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8", buffering=1)

    def write(self, kind: str, value: object) -> None:
        self._file.write(json.dumps([kind, value]) + "\n")


class Dialog(ModalScreen[None]):
    """A dialog with a field in it."""

    def compose(self) -> ComposeResult:
        yield Input(id="dialog-field")


class Recorder(ScanningApp[None]):
    """Shows one widget of each kind and records what reaches them."""

    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None
    BINDINGS = [("s", "shortcut", "Shortcut")]  # noqa: RUF012

    def __init__(self, record: Record, focus: str, stall: float, gap: float) -> None:
        usual = BurstTiming()
        super().__init__(timing=replace(usual, gap=gap or usual.gap, silence=max(gap, usual.silence)))
        self._record = record
        self._focus = focus
        self._stall = stall

    def compose(self) -> ComposeResult:
        yield Button("Approve", id="button")
        yield Input(id="input")
        yield TextArea(id="area")
        yield DataTable(id="table")
        yield Static("starting", id="state", markup=False)

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns("a")
        table.add_rows([["1"], ["2"]])
        if self._focus == "modal":
            self.push_screen(Dialog())
        elif self._focus != "nothing":
            self.query_one(f"#{self._focus}").focus()
        if self._stall:
            self.set_interval(self._stall * 1.3, self._stall_the_loop)
        self.call_after_refresh(lambda: self.screen.mount(Static("READY")))

    def _stall_the_loop(self) -> None:
        time.sleep(self._stall)

    def on_scanned(self, message: Scanned) -> None:
        self._record.write("scan", [message.sequence, message.code, message.origin])

    def on_typed_line_changed(self, message: TypedLineChanged) -> None:
        self._record.write("line", message.text)

    def on_input_changed(self, message: Input.Changed) -> None:
        self._record.write("input", message.value)

    def on_text_area_changed(self, message: TextArea.Changed) -> None:
        self._record.write("area", message.text_area.text)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        self._record.write("submitted", message.value)

    def on_button_pressed(self) -> None:
        self._record.write("pressed", "button")

    def on_data_table_row_selected(self) -> None:
        self._record.write("pressed", "table")

    def action_shortcut(self) -> None:
        self._record.write("pressed", "shortcut")


class StockInput(App[None]):
    """The same scans into Textual's own Input."""

    def __init__(self, record: Record) -> None:
        super().__init__()
        self._record = record

    def compose(self) -> ComposeResult:
        yield Static("READY")
        yield Input()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        self._record.write("submitted", message.value)
        message.input.clear()


def main() -> None:
    """Run one of the two apps."""
    parser = argparse.ArgumentParser()
    parser.add_argument("log", type=Path)
    parser.add_argument("--focus", choices=FOCUSES, default="nothing")
    parser.add_argument("--stall", type=float, default=0.0)
    parser.add_argument("--gap", type=float, default=0.0)
    parser.add_argument("--stock", action="store_true")
    arguments = parser.parse_args()
    record = Record(arguments.log)
    app: App[None] = (
        StockInput(record) if arguments.stock else Recorder(record, arguments.focus, arguments.stall, arguments.gap)
    )
    app.run()
    raise SystemExit(app.return_code)


if __name__ == "__main__":
    main()
