"""A supervisor decides: who, which way, why, and the PIN last, so that nothing is decided by a stray key."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Input

from packstation.domain.people import Person
from packstation.domain.plain_text import plain
from packstation.locale import _
from packstation.tui.decisions import KEYS, Decision, HeldFor, Stage, number_words
from packstation.tui.screens.dialog import Dialog, closing_key, dialog_key
from packstation.tui.screens.sign_in import LONGEST_PIN
from packstation.tui.views.deciding import ASK_KEY, COPY_KEY, Asked, deciding_rows
from packstation.tui.widgets.key_bar import KeyBar, KeyShown
from packstation.tui.widgets.panel import Panel
from packstation.tui.widgets.text import Shown

_ROWS, _ROWS_BESIDE_FIELD = 12, 8
"""The rows of the steps, so that all of the dialog fits into 24."""
_FIELDS = {Stage.ASK_BOARD: "ask", Stage.TEXT: "reason", Stage.NUMBER: "number", Stage.PIN: "pin"}


class Override(Dialog):
    """Asks one thing after the other; Escape closes it undecided at any of them.

    Args:
        held: what is to be decided.
        reasons: what can be given as the reason of a decision in favour, and of one against; the last of each is free text.
        person: who is signed in.
    """

    wants_badge = True

    class Decided(Message):
        """Everything was answered. `number`: days, or how many holds; None where none was asked for or given."""

        def __init__(
            self, dialog: Override, person: Person, pin: str, decision: Decision, reason: str, number: int | None
        ) -> None:
            super().__init__()
            self.dialog = dialog
            self.person = person
            self.pin = pin
            self.decision = decision
            self.reason = reason
            self.number = number

    class BoardAsked(Message):
        """No supervisor is here: the board is to be asked."""

        def __init__(self, dialog: Override, why: str) -> None:
            super().__init__()
            self.dialog = dialog
            self.why = why

    class BadgeTaken(Message):
        """A badge was scanned."""

        def __init__(self, dialog: Override, secret: str) -> None:
            super().__init__()
            self.dialog = dialog
            self.secret = secret

    def __init__(self, held: HeldFor, reasons: tuple[Sequence[str], Sequence[str]], person: Person | None) -> None:
        super().__init__()
        self.held = held
        self._for, self._against = (tuple(each) for each in reasons)
        self._person = person if person and person.supervises else None
        self._reason = ""
        self._number: int | None = None
        self._decision = held.choices[0] if len(held.choices) == 1 else None
        self._stage = Stage.WHO

    def title_text(self) -> str:
        """The title."""
        return _("Supervisor: {number}").format(number=plain(self.held.number, 60))

    def compose_content(self) -> ComposeResult:
        """The steps, and the fields that some of them need."""
        yield Panel(self._draw, id="steps")
        yield Input(placeholder=_("why it should go"), id="ask", max_length=200)
        yield Input(placeholder=_("reason in your own words"), id="reason", max_length=200)
        yield Input(restrict=r"[0-9]*", max_length=4, id="number")
        yield Input(placeholder=_("PIN"), password=True, restrict=r"[0-9]*", max_length=LONGEST_PIN, id="pin")

    def keys(self) -> Sequence[KeyShown]:
        """The keys of the stage."""
        closing = closing_key()
        match self._stage:
            case Stage.WHO if self.held.can_ask_board:
                return (dialog_key(ASK_KEY.upper(), _("ask the board"), "ask_board"), closing)
            case Stage.COST:
                return (
                    dialog_key("Enter", _("go on"), "go_on"),
                    dialog_key(COPY_KEY.upper(), _("copy the text"), "copy"),
                    closing,
                )
            case Stage.REASON:
                return (dialog_key(f"1-{len(self._reasons)}", _("reason"), "nothing"), closing)
            case Stage.ASK_BOARD | Stage.TEXT | Stage.NUMBER | Stage.PIN:
                return (dialog_key("Enter", _("go on"), "nothing"), closing)
            case _:
                return (closing,)

    def on_mount(self) -> None:
        """Show the first step."""
        self._go(Stage.WHO if self._person is None else self._after_who())

    def signed_by(self, person: Person) -> None:
        """A badge was a supervisor's."""
        self._person = person
        self.complain("")
        if self._stage in (Stage.WHO, Stage.ASK_BOARD):
            self._go(self._after_who())
        else:
            self._show()

    def take_badge(self, secret: str) -> None:
        """A badge says who decides."""
        self.post_message(self.BadgeTaken(self, secret))

    def complain(self, text: str) -> None:
        """Say what is wrong, and let the PIN be typed again."""
        super().complain(text)
        self.query_one("#pin", Input).clear()

    def ask_number_again(self, text: str) -> None:
        """The number was wrong: say so and let it be typed again."""
        self._go(Stage.NUMBER)
        super().complain(text)

    def on_key(self, event: events.Key) -> None:
        """Number keys give the reason, letters decide; in the fields keys are text."""
        key = event.key
        if self._stage is Stage.REASON and key.isdigit() and 1 <= int(key) <= len(self._reasons):
            event.stop()
            self._take_reason(int(key) - 1)
        elif self._stage is Stage.WHO and key == ASK_KEY and self.held.can_ask_board:
            event.stop()
            self.action_ask_board()
        elif self._stage is Stage.COST and key in ("enter", COPY_KEY):
            event.stop()
            self.action_go_on() if key == "enter" else self.action_copy()
        elif self._stage is Stage.DECISION:
            for choice in self.held.choices:
                if key in KEYS[choice]:
                    event.stop()
                    self.action_decide(choice.name)
                    break

    def action_decide(self, name: str) -> None:
        """Take a decision between which there was a choice."""
        self._decision = Decision[name]
        self._go(self._after_decision())

    def action_ask_board(self) -> None:
        """Nobody here may decide: the board is asked."""
        self._go(Stage.ASK_BOARD)

    def action_go_on(self) -> None:
        """The cost was read."""
        self._go(Stage.REASON)

    def action_copy(self) -> None:
        """Copy the text that asks the buyer to cancel, where the terminal lets programs do that."""
        self.app.copy_to_clipboard("\n".join(self.held.asks_buyer))
        super().complain(_("Copied, if this terminal allows it; else read it from the screen"))

    def action_nothing(self) -> None:
        """A key that only explains itself."""

    @on(Input.Submitted, "#ask")
    def _asked(self, message: Input.Submitted) -> None:
        if message.value.strip():
            self.post_message(self.BoardAsked(self, message.value.strip()))

    @on(Input.Submitted, "#reason")
    def _reason_typed(self, message: Input.Submitted) -> None:
        if message.value.strip():
            self._reason = message.value.strip()
            self._after_reason()

    @on(Input.Submitted, "#number")
    def _number_typed(self, message: Input.Submitted) -> None:
        if not message.value and self._decision is not Decision.BLOCK:
            return
        self._number = int(message.value) if message.value else None
        self._go(Stage.PIN)

    @on(Input.Submitted, "#pin")
    def _pin_typed(self, message: Input.Submitted) -> None:
        if self._person and self._decision and self._stage is Stage.PIN and message.value:
            decided = self.Decided(self, self._person, message.value, self._decision, self._reason, self._number)
            self.post_message(decided)

    @property
    def _reasons(self) -> tuple[str, ...]:
        return self._against if self._decision and self._decision.is_against else self._for

    def _after_who(self) -> Stage:
        return Stage.DECISION if self._decision is None else self._after_decision()

    def _after_decision(self) -> Stage:
        return Stage.COST if self._decision and self._decision.cancels else Stage.REASON

    def _take_reason(self, index: int) -> None:
        if index == len(self._reasons) - 1:
            self._go(Stage.TEXT)
            return
        self._reason = self._reasons[index]
        self._after_reason()

    def _after_reason(self) -> None:
        self._go(Stage.NUMBER if self._decision and self._decision.wants_number else Stage.PIN)

    def _go(self, stage: Stage) -> None:
        self._stage = stage
        self.complain("")
        self._show()

    def _show(self) -> None:
        for stage, name in _FIELDS.items():
            self.query_one(f"#{name}", Input).display = self._stage is stage
        if self._stage is Stage.NUMBER and self._decision:
            field = self.query_one("#number", Input)
            field.placeholder = number_words(self._decision)[1]
            field.clear()
        if self._stage in _FIELDS:
            self.query_one(f"#{_FIELDS[self._stage]}", Input).focus()
        else:
            self.set_focus(None)
        self.query_one("#dialog-keys", KeyBar).show(self.keys())
        steps = self.query_one("#steps", Panel)
        steps.styles.height = _ROWS_BESIDE_FIELD if self._stage in _FIELDS else _ROWS
        steps.show(self._draw)

    def _draw(self, width: int, _height: int) -> Sequence[Shown]:
        asked = Asked(self._stage, self._person, self._decision, self._reason, self._reasons)
        return deciding_rows(self.held, asked, width)
