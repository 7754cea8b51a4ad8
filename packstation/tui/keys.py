"""The keys of the desk and the command codes that do the same: one list for the bindings, the last line and the help."""

from __future__ import annotations

from dataclasses import dataclass

from packstation.domain.plain_text import plain
from packstation.locale import _
from packstation.tui.widgets.key_bar import KeyShown


@dataclass(frozen=True, slots=True)
class DeskKey:
    """A function key: the action it starts, and the command code that does the same."""

    key: str
    action: str
    command: str = ""


DESK_KEYS = (
    DeskKey("f1", "help", "HELP"),
    DeskKey("f2", "contact", "CONTACT"),
    DeskKey("f3", "holds"),
    DeskKey("f4", "hold", "HOLD"),
    DeskKey("f5", "supervisor", "SUPERVISOR"),
    DeskKey("f6", "past_orders"),
    DeskKey("f7", "undo", "UNDO"),
    DeskKey("f8", "packed", "PACKED"),
    DeskKey("f9", "next", "NEXT"),
    DeskKey("f10", "person", "PERSON"),
    DeskKey("f12", "demo_card"),
)


def key_words(action: str) -> tuple[str, str, str]:
    """What an action does: in a short word, in a longer one, and in a sentence."""
    return {
        "help": (_("Help"), _("Help"), _("this page")),
        "contact": (_("Call"), _("Call the buyer"), _("phone or chat, script, results")),
        "holds": (_("List"), _("Open holds"), _("orders waiting for a yes, by decide-by")),
        "hold": (_("Hold"), _("To the hold shelf"), _("hold by hand; again: take it back")),
        "supervisor": (_("Sup."), _("Supervisor"), _("override or reject, with reason and PIN")),
        "past_orders": (_("Past"), _("Past orders"), _("the buyer's past orders; Enter opens one")),
        "undo": (_("Undo"), _("Scanned wrongly"), _("take the last finish back")),
        "packed": (_("Done"), _("Packed"), _("finish, as a second scan does")),
        "next": (_("Next"), _("Next parcel"), _("leave the parcel unfinished")),
        "person": (_("Who"), _("Change person"), _("a badge does it at once")),
        "demo_card": (_("Try"), _("Codes to try"), _("the codes of the demo")),
    }[action]


def keys_shown(*, with_demo: bool) -> tuple[KeyShown, ...]:
    """The keys of the desk's last line."""
    shown = []
    for key in DESK_KEYS:
        if key.action == "demo_card" and not with_demo:
            continue
        short, long, _sentence = key_words(key.action)
        shown.append(KeyShown(plain(key.key.upper()), plain(short), plain(long), f"app.{key.action}"))
    return tuple(shown)
