"""A supervisor decides a hold: who, why, which way, and the PIN last, so that nothing is decided by a stray key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Input

from packstation.domain.people import Person
from packstation.domain.plain_text import plain
from packstation.locale import _
from packstation.tui.screens.dialog import Dialog, closing_key, dialog_key
from packstation.tui.screens.sign_in import LONGEST_PIN
from packstation.tui.theme import BAD, GOOD, KEY, MUTED, STRONG, WARNING
from packstation.tui.widgets.key_bar import KeyShown
from packstation.tui.widgets.panel import Panel
from packstation.tui.widgets.text import Shown, styled


class Decision(Enum):
    """Which way a supervisor decides."""

    RELEASE = auto()
    REJECT = auto()
    REJECT_AND_CANCEL = auto()
    REOPEN = auto()
    CANCEL = auto()
    CLEAR_ADDRESS = auto()


_KEYS = {
    Decision.RELEASE: ("r", "d"),
    Decision.REJECT: ("x", "k"),
    Decision.REJECT_AND_CANCEL: ("c", "h"),
    Decision.REOPEN: ("o", "m"),
    Decision.CANCEL: ("c", "h"),
}
"""The keys of the decisions between which there is a choice; the first one is shown."""


@dataclass(frozen=True, slots=True)
class HeldFor:
    """What is to be decided: the order's number and shop, why it is held, and the hold, None where the address changed.

    `choices`: the decisions there are; a single one is not asked for.
    """

    order_id: int
    hold_id: int | None
    number: str
    shop: str
    why: str
    choices: tuple[Decision, ...]


class _Stage(Enum):
    WHO = auto()
    REASON = auto()
    TEXT = auto()
    DECISION = auto()
    PIN = auto()


class Override(Dialog):
    """Asks one thing after the other; Escape closes it undecided at any of them."""

    wants_badge = True

    class Decided(Message):
        """Everything was answered."""

        def __init__(self, dialog: Override, person: Person, pin: str, decision: Decision, reason: str) -> None:
            super().__init__()
            self.dialog = dialog
            self.person = person
            self.pin = pin
            self.decision = decision
            self.reason = reason

    class BadgeTaken(Message):
        """A badge was scanned."""

        def __init__(self, dialog: Override, secret: str) -> None:
            super().__init__()
            self.dialog = dialog
            self.secret = secret

    def __init__(self, held: HeldFor, reasons: Sequence[str], person: Person | None) -> None:
        super().__init__()
        self.held = held
        self._reasons = tuple(reasons)[:9]
        self._person = person if person and person.supervises else None
        self._reason = ""
        self._decision = held.choices[0] if len(held.choices) == 1 else None
        self._stage = _Stage.WHO if self._person is None else _Stage.REASON

    def title_text(self) -> str:
        """The title."""
        return _("Supervisor: {number}").format(number=plain(self.held.number, 60))

    def compose_content(self) -> ComposeResult:
        """The steps, and the fields that two of them need."""
        yield Panel(self._draw, id="steps")
        yield Input(placeholder=_("reason in your own words"), id="reason", max_length=200)
        yield Input(placeholder=_("PIN"), password=True, restrict=r"[0-9]*", max_length=LONGEST_PIN, id="pin")

    def keys(self) -> Sequence[KeyShown]:
        """The keys."""
        return (dialog_key("1-9", _("reason"), "nothing"), closing_key())

    def on_mount(self) -> None:
        """Show the first step."""
        self._show()

    def signed_by(self, person: Person) -> None:
        """A badge was a supervisor's."""
        self._person = person
        if self._stage is _Stage.WHO:
            self._stage = _Stage.REASON
        self.complain("")
        self._show()

    def take_badge(self, secret: str) -> None:
        """A badge says who decides."""
        self.post_message(self.BadgeTaken(self, secret))

    def complain(self, text: str) -> None:
        """Say what is wrong, and let the PIN be typed again."""
        super().complain(text)
        self.query_one("#pin", Input).clear()

    def on_key(self, event: events.Key) -> None:
        """Number keys give the reason, letters decide; in the fields keys are text."""
        key = event.key
        if self._stage is _Stage.REASON and key.isdigit() and 1 <= int(key) <= len(self._reasons):
            event.stop()
            self._take_reason(int(key) - 1)
        elif self._stage is _Stage.DECISION:
            for choice in self.held.choices:
                if key in _KEYS[choice]:
                    event.stop()
                    self._decision = choice
                    self._go(_Stage.PIN)

    def action_nothing(self) -> None:
        """A key that only explains itself."""

    @on(Input.Submitted, "#reason")
    def _reason_typed(self, message: Input.Submitted) -> None:
        if message.value.strip():
            self._reason = message.value.strip()
            self._after_reason()

    @on(Input.Submitted, "#pin")
    def _pin_typed(self, message: Input.Submitted) -> None:
        if self._person and self._decision and message.value:
            self.post_message(self.Decided(self, self._person, message.value, self._decision, self._reason))

    def _take_reason(self, index: int) -> None:
        if index == len(self._reasons) - 1:
            self._go(_Stage.TEXT)
            return
        self._reason = self._reasons[index]
        self._after_reason()

    def _after_reason(self) -> None:
        self._go(_Stage.PIN if self._decision else _Stage.DECISION)

    def _go(self, stage: _Stage) -> None:
        self._stage = stage
        self.complain("")
        self._show()

    def _show(self) -> None:
        for field, stage in (("reason", _Stage.TEXT), ("pin", _Stage.PIN)):
            self.query_one(f"#{field}", Input).display = self._stage is stage
        if self._stage is _Stage.TEXT:
            self.query_one("#reason", Input).focus()
        elif self._stage is _Stage.PIN:
            self.query_one("#pin", Input).focus()
        else:
            self.set_focus(None)
        self.query_one("#steps", Panel).show(self._draw)

    def _draw(self, _width: int, _height: int) -> Sequence[Shown]:
        rows: list[Shown] = [
            styled((plain(_("Why held:") + " "), MUTED), (plain(self.held.why, 200), WARNING)),
            plain(""),
        ]
        if self._person is None:
            rows.append(styled((plain(_("Scan a supervisor's badge")), STRONG)))
            rows.append(styled((plain(_("(or change person with F10 and ask again)")), MUTED)))
            return rows
        rows.append(styled((plain(_("Who:") + " "), MUTED), (plain(self._person.name, 60), STRONG)))
        if self._stage is _Stage.REASON:
            rows += [plain(""), styled((plain(_("Why?")), STRONG))]
            rows += [
                styled((plain(f" {place} "), KEY), plain(f" {plain(reason, 80)}"))
                for place, reason in enumerate(self._reasons, 1)
            ]
            return rows
        if self._reason:
            rows.append(styled((plain(_("Why:") + " "), MUTED), (plain(self._reason, 120), STRONG)))
        if self._stage is _Stage.DECISION:
            for choice in self.held.choices:
                text, style = _what(choice)
                key = plain(f" {_KEYS[choice][0].upper()} ")
                rows += [plain(""), styled((key, KEY), (plain(f"  {text}"), style))]
        elif self._stage is _Stage.PIN:
            if self._decision:
                text, style = _what(self._decision)
                rows.append(styled((plain(text), style)))
            rows += [plain(""), styled((plain(_("PIN, then Enter:")), MUTED))]
        return rows


def _what(decision: Decision) -> tuple[str, str]:
    """What a decision means, and the style of its words."""
    return {
        Decision.RELEASE: (_("OVERRIDE: it may be packed"), GOOD),
        Decision.REJECT: (_("REJECT: it does not go"), BAD),
        Decision.REJECT_AND_CANCEL: (_("REJECT, and ask the channel to cancel the order"), BAD),
        Decision.REOPEN: (_("OPEN AGAIN: for the supervisor"), WARNING),
        Decision.CANCEL: (_("ASK THE CHANNEL to cancel the order"), BAD),
        Decision.CLEAR_ADDRESS: (_("THE LABEL IS RIGHT: the new address is on it"), WARNING),
    }[decision]
