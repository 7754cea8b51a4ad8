"""The app base that takes keys before any widget sees them, so that a scan arrives whole whatever has focus."""

from __future__ import annotations

import asyncio
import re
from typing import TypeVar

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.screen import ModalScreen
from textual.types import CSSPathType

from packstation.tui import terminal
from packstation.tui.input.bursts import Bursts, BurstTiming, ByHand, Code
from packstation.tui.input.scans import Scanned, ScanOrigin, TypedLineChanged
from packstation.tui.input.strokes import is_modifier, key_stroke, pointer_stroke

ReturnT = TypeVar("ReturnT")

_SOON = 0.002
_FUNCTION_KEY = re.compile(r"f[0-9]{1,2}")


class _Quiet(events.Event, bubble=False):
    """No stroke came until `now`. Queued like the strokes, so that those read before it are seen before it."""

    def __init__(self, now: float) -> None:
        super().__init__()
        self.now = now


class _TypedByHand(events.Event, bubble=False):
    """Strokes to hand on. Queued like scans, so that scans and typing keep their order."""

    def __init__(self, strokes: tuple[events.Event, ...]) -> None:
        super().__init__()
        self.strokes = strokes


class ScanningApp(App[ReturnT]):
    """An app that posts `Scanned` to itself for every code, in order, once.

    Keys typed by hand reach the focused widget a moment later, as always in Textual. Where neither a text field, nor
    a binding, nor a dialog wants a printable key, it goes to the *typed line* instead: Enter sends that line as a
    scan, Backspace shortens it, Escape, a function key or a scan empties it. So a damaged code can be typed without a text field.

    Paste is a scan a line. A mouse press waits as long as a key does and is dropped when it turns out to be part of
    a barcode; the release of a press that never came is dropped too, else it would click where the pointer last was.
    """

    def __init__(
        self,
        *,
        timing: BurstTiming | None = None,
        driver_class: type[Driver] | None = None,
        css_path: CSSPathType | None = None,
        watch_css: bool = False,
    ) -> None:
        super().__init__(driver_class=driver_class or terminal.driver_class(), css_path=css_path, watch_css=watch_css)
        self._bursts: Bursts[events.Event] = Bursts(timing or BurstTiming())
        self._alarm: asyncio.TimerHandle | None = None
        self._sequence = 0
        self._typed_line = ""
        self._pressed: set[int] = set()

    @property
    def typed_line(self) -> str:
        """What has been typed by hand of a code so far."""
        return self._typed_line

    async def on_event(self, event: events.Event) -> None:
        """Take what comes from keyboard and mouse; everything else takes Textual's way."""
        if isinstance(event, _Quiet):
            self._decided(self._bursts.quiet_at(event.now))
        elif isinstance(event, _TypedByHand):
            for stroke in event.strokes:
                await self._hand_on(stroke)
        elif isinstance(event, events.Paste) and not event.is_forwarded:
            self._decided(self._bursts.settle())
            self._take_paste(event.text)
        elif isinstance(event, events.Key) and not event.is_forwarded and not is_modifier(event):
            self._decided(self._bursts.feed(key_stroke(event)))
        elif isinstance(event, events.MouseEvent) and not event.is_forwarded:
            await self._take_mouse(event)
        else:
            await super().on_event(event)

    async def _take_mouse(self, event: events.MouseEvent) -> None:
        if not self.size.contains(int(event.x), int(event.y)):
            return
        if isinstance(event, (events.MouseDown, events.MouseUp)) or self._bursts.holding:
            self._decided(self._bursts.feed(pointer_stroke(event)))
        else:
            await super().on_event(event)

    def _take_paste(self, text: str) -> None:
        for line in re.split(r"[\r\n\t]+", text):
            code = "".join(character for character in line if character.isprintable())
            if code.strip():
                self._scanned(code, ScanOrigin.PASTE)

    def _decided(self, outcomes: list[Code | ByHand[events.Event]]) -> None:
        for outcome in outcomes:
            if isinstance(outcome, Code):
                self._scanned(outcome.text, ScanOrigin.SCANNER)
            else:
                self.post_message(_TypedByHand(outcome.events))
        self._set_alarm()

    def _scanned(self, code: str, origin: ScanOrigin) -> None:
        self._change_typed_line("")
        self._sequence += 1
        self.post_message(Scanned(code, self._sequence, origin))

    async def _hand_on(self, event: events.Event) -> None:
        """Give a stroke typed by hand to the typed line or to Textual."""
        if isinstance(event, events.Key) and self._typed_line_takes(event):
            return
        if isinstance(event, events.MouseDown):
            self._pressed.add(event.button)
        elif isinstance(event, events.MouseUp):
            if event.button not in self._pressed:
                return
            self._pressed.discard(event.button)
        await super().on_event(event)

    def _typed_line_takes(self, key: events.Key) -> bool:
        focused = self.focused
        if isinstance(self.screen, ModalScreen) or (
            focused is not None and focused.check_consume_key(key.key, key.character)
        ):
            return False
        if key.is_printable and key.character is not None:
            if not self._typed_line and (key.character == " " or key.key in self.active_bindings):
                return False
            self._change_typed_line(self._typed_line + key.character)
            return True
        if not self._typed_line:
            return False
        if key.key == "enter":
            self._scanned(self._typed_line, ScanOrigin.HAND)
        elif key.key == "backspace":
            self._change_typed_line(self._typed_line[:-1])
        elif key.key == "escape":
            self._change_typed_line("")
        else:
            if _FUNCTION_KEY.fullmatch(key.key):
                # Something else is done now: what was left of a code would swallow the keys that follow.
                self._change_typed_line("")
            return False
        return True

    def type_by_hand(self, text: str) -> None:
        """Begin the typed line with what a widget took for keys of its own and now knows to be a code."""
        self._change_typed_line(self._typed_line + text)

    def _change_typed_line(self, text: str) -> None:
        if text != self._typed_line:
            self._typed_line = text
            self.post_message(TypedLineChanged(text))

    def _set_alarm(self) -> None:
        """Ring when the held strokes are due. One alarm at a time: most scans end long before it rings."""
        deadline = self._bursts.deadline
        if deadline is not None and self._alarm is None:
            seconds = max(deadline - terminal.input_time(self._driver), _SOON)
            self._alarm = asyncio.get_running_loop().call_later(seconds, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        deadline, now = self._bursts.deadline, terminal.input_time(self._driver)
        if deadline is None or now < deadline:
            self._set_alarm()
            return
        # Keys read before now may still be on their way through a callback and a task each. Two turns of the loop
        # later they are in the queue, and the silence lines up behind them.
        loop = asyncio.get_running_loop()
        loop.call_soon(loop.call_soon, self.post_message, _Quiet(now))
