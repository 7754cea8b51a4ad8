"""The contact panel's place on the desk: it has the keyboard while a contact is on screen."""

from __future__ import annotations

from textual import events
from textual.message import Message

from packstation.tui.input.capture import ScanningApp
from packstation.tui.widgets.panel import Panel

_KEYS = frozenset({*"0123456789npchzsew", "space", "up", "down", "enter"})


class ContactPane(Panel, can_focus=True):
    """Takes its own keys, and those only while no code is being typed."""

    class Pressed(Message):
        """One of the panel's keys was pressed."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether the panel wants this key, so that it does not begin a typed code."""
        return key in _KEYS and not self._code_is_typed

    def on_key(self, event: events.Key) -> None:
        """Pass on the panel's keys."""
        if event.key in _KEYS and not self._code_is_typed:
            event.stop()
            self.post_message(self.Pressed(event.key))

    @property
    def _code_is_typed(self) -> bool:
        return isinstance(self.app, ScanningApp) and bool(self.app.typed_line)
