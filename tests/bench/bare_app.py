"""The floor: a bare Textual app of the desk's own panels that takes keys the same way and only echoes the code."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen

from packstation.domain.plain_text import plain
from packstation.tui.input.capture import ScanningApp
from packstation.tui.input.scans import Scanned
from packstation.tui.keys import keys_shown
from packstation.tui.screens.desk import Desk
from packstation.tui.theme import THEME, Tone
from packstation.tui.widgets.banner import BannerText


class BareApp(ScanningApp[None]):
    """Echoes each code in the banner."""

    CSS_PATH = "../../packstation/tui/station.tcss"
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None

    def __init__(self) -> None:
        super().__init__()
        self.register_theme(THEME)
        self.theme = THEME.name
        self.desk = Desk(keys_shown(with_demo=False))

    def get_default_screen(self) -> Screen[Any]:
        return self.desk

    def on_mount(self) -> None:
        self.desk.call_after_refresh(self.echo, "READY")

    def on_scanned(self, message: Scanned) -> None:
        self.echo(message.code)

    def echo(self, code: str) -> None:
        self.desk.banner.show(BannerText(Tone.IDLE, (plain("SCAN"),), (plain(code),)))


if __name__ == "__main__":
    BareApp().run()
