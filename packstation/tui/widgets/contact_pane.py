"""The contact panel's place on the desk: it has the keyboard while a contact is on screen."""

from __future__ import annotations

from textual import events
from textual.message import Message
from textual.timer import Timer

from packstation.tui.input.capture import ScanningApp
from packstation.tui.widgets.panel import Panel

_LETTERS = frozenset("0123456789npchzsei")
_KEYS = frozenset({"space", "up", "down", "enter"})
_ASKING_ONLY = frozenset("58")
"""Keys that log nothing but ask for more: nothing is lost by taking them at once."""
_ALONE_SECONDS = 0.6
"""A letter or digit counts as a key of the panel once nothing followed it for so long; before, it may begin a typed code."""


class ContactPane(Panel, can_focus=True):
    """Takes its own keys, and those only while no code is being typed.

    `asking`: a question about the last result is on screen, so that every digit answers it.

    Args:
        id: the widget's.
        more: further keys that it takes, letters and others.
    """

    class Pressed(Message):
        """One of the panel's keys was pressed."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, *, id: str | None = None, more: frozenset[str] = frozenset()) -> None:
        super().__init__(id=id)
        self._letters = _LETTERS | {key for key in more if len(key) == 1}
        self._keys = _KEYS | _LETTERS | more
        self.asking = False
        self._before = ""
        self._held: str | None = None
        self._alone: Timer | None = None

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether the panel wants this key, so that it does not begin a typed code."""
        return key in self._keys and not self._code_is_typed

    def on_key(self, event: events.Key) -> None:
        """Pass on the panel's keys."""
        if event.key not in self._keys or self._code_is_typed:
            return
        event.stop()
        held = self._let_go()
        if event.key not in self._letters:
            self.post_message(self.Pressed(held if held and event.key == "enter" else event.key))
        elif held is not None and isinstance(self.app, ScanningApp):
            self.app.type_by_hand(self._before + held + event.key)
            self._before = ""
        elif event.key in _ASKING_ONLY and not self.asking:
            self._before = event.key
            self.post_message(self.Pressed(event.key))
        else:
            self._held = event.key
            self._alone = self.set_timer(_ALONE_SECONDS, self._press)

    def take_held(self) -> str | None:
        """The key that waits whether a typed code follows, for who knows that none does; it is not told again."""
        self._before = ""
        return self._let_go()

    def on_blur(self) -> None:
        """Without the keyboard no key of the panel is pending."""
        self._let_go()

    def _press(self) -> None:
        if held := self.take_held():
            self.post_message(self.Pressed(held))

    def _let_go(self) -> str | None:
        held, self._held = self._held, None
        if self._alone:
            self._alone.stop()
            self._alone = None
        return held

    @property
    def _code_is_typed(self) -> bool:
        return isinstance(self.app, ScanningApp) and bool(self.app.typed_line)
