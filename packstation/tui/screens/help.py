"""All keys and command words."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from packstation.domain.codes import CommandName
from packstation.domain.plain_text import plain
from packstation.domain.verdict import VerdictKind
from packstation.locale import _, words
from packstation.tui.keys import desk_keys, key_words
from packstation.tui.screens.dialog import Dialog, closing_key, dialog_key
from packstation.tui.theme import KEY, MUTED, PAINTS, STRONG, TITLE, Tone
from packstation.tui.widgets.cells import fitted
from packstation.tui.widgets.key_bar import KeyShown
from packstation.tui.widgets.text import Label, Shown, lines, styled

VERDICT_TONES = {
    VerdictKind.PACK: Tone.PACK,
    VerdictKind.CALL: Tone.CALL,
    VerdictKind.STOP: Tone.STOP,
    VerdictKind.UNKNOWN: Tone.UNKNOWN,
}


class Help(Dialog):
    """One page. `with_demo`: whether there is a card of codes to try."""

    def __init__(self, *, with_demo: bool) -> None:
        super().__init__()
        self._with_demo = with_demo

    def title_text(self) -> str:
        """The title."""
        return _("Help")

    def compose_content(self) -> ComposeResult:
        """The page, which scrolls."""
        with VerticalScroll(id="page"):
            yield Label(lines(*help_rows(with_demo=self._with_demo)))

    def keys(self) -> Sequence[KeyShown]:
        """The keys."""
        return (dialog_key("↑↓", _("scroll"), "nothing"), closing_key())

    def on_mount(self) -> None:
        """Let the arrow keys scroll."""
        self.query_one("#page").focus()

    def action_nothing(self) -> None:
        """A key that only explains itself."""


def verdict_rows() -> list[Shown]:
    """The four verdicts, each in its colour with what the packer does."""
    meaning = {
        VerdictKind.PACK: _("pack it; scan it again when done"),
        VerdictKind.CALL: _("hold shelf: call the buyer first"),
        VerdictKind.STOP: _("put it aside"),
        VerdictKind.UNKNOWN: _("scan again, or type it"),
    }
    rows: list[Shown] = []
    for kind, text in meaning.items():
        paint = PAINTS[VERDICT_TONES[kind]]
        chip = plain(fitted(plain(f" {words.verdict_word(kind)}"), 15))
        rows.append(styled((chip, f"bold {paint.letters} on {paint.background}"), plain(f"  {text}")))
    return rows


def help_rows(*, with_demo: bool) -> list[Shown]:
    """Verdicts, keys and commands."""
    rows = [*verdict_rows(), plain(""), styled((plain(_("Keys, and printed commands that do the same")), TITLE))]
    for key in desk_keys(with_demo=with_demo):
        _short, long, sentence = key_words(key.action)
        rows.append(
            styled(
                (plain(fitted(plain(f" {key.cap}"), 5)), KEY),
                (plain(fitted(plain(f" {long}"), 20)), STRONG),
                plain(sentence),
                (plain(f"  {key.command}"), MUTED),
            )
        )
    rows.append(
        styled(
            (plain(fitted(plain(" Esc"), 5)), KEY),
            (plain(fitted(plain(" " + _("Back")), 20)), STRONG),
            plain(_("close, clear, put the alarms aside")),
        )
    )
    rows += [plain(""), styled((plain(_("Commands without a key")), TITLE))]
    for name, text in _commands().items():
        rows.append(styled((plain(fitted(plain(f" {name}"), 11)), STRONG), plain(f" {text}")))
    rows += [plain(""), plain(_("A damaged code can always be typed: letters and digits, then Enter."))]
    return rows


def _commands() -> dict[str, str]:
    return {
        CommandName.ACK: _("a STOP or an alarm was noticed"),
        CommandName.RESULT: _("how a contact ended, one code a result"),
        CommandName.SHORT: _("goods are missing: to the hold shelf"),
        CommandName.DAMAGED: _("goods are damaged: to the hold shelf"),
        CommandName.REPRINT: _("the slip of what is on screen once more"),
    }
