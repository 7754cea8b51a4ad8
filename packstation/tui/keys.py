"""The keys of the desk and the command codes that do the same: one list for the bindings, the last line and the help."""

from __future__ import annotations

from dataclasses import dataclass

from packstation.domain.plain_text import plain
from packstation.locale import _
from packstation.tui.widgets.key_bar import KeyShown


@dataclass(frozen=True, slots=True)
class DeskKey:
    """A key: the action it starts, and the command code that does the same.

    Attributes:
        key: as Textual calls it.
        action: the app's.
        command: empty for none.
        worth: what it is worth on the last line without an order on screen; None for nothing.
        worth_with_order: what it is worth there with one.
    """

    key: str
    action: str
    command: str = ""
    worth: int | None = 2
    worth_with_order: int | None = 2

    @property
    def cap(self) -> str:
        """What is printed on the key."""
        return self.key.upper().replace("CTRL+", "^")


DESK_KEYS = (
    DeskKey("f1", "help", "HELP"),
    DeskKey("f2", "contact", "CONTACT", worth=1),
    DeskKey("f3", "holds", worth_with_order=1),
    DeskKey("f4", "hold", "HOLD"),
    DeskKey("f5", "supervisor", "SUPERVISOR"),
    DeskKey("f6", "customer", worth=0),
    DeskKey("f7", "undo", "UNDO"),
    DeskKey("f8", "packed", "PACKED"),
    DeskKey("f9", "next", "NEXT", worth=1),
    DeskKey("f10", "person", "PERSON"),
    DeskKey("f11", "shops", worth_with_order=0),
    DeskKey("f12", "demo_card"),
    DeskKey("ctrl+n", "note", worth=None),
    DeskKey("ctrl+l", "shelf", worth=None),
    DeskKey("ctrl+b", "board", worth=None),
    DeskKey("ctrl+f", "search", worth=None),
    DeskKey("ctrl+o", "cases", worth=None, worth_with_order=None),
    DeskKey("ctrl+t", "care", worth=None),
    DeskKey("ctrl+d", "due", worth=None),
)


def desk_keys(*, with_demo: bool) -> tuple[DeskKey, ...]:
    """The keys that there are; `with_demo` whether there is a card of codes to try."""
    return tuple(key for key in DESK_KEYS if with_demo or key.action != "demo_card")


def key_words(action: str) -> tuple[str, str, str]:
    """What an action does: in a short word, in a longer one, and in a sentence."""
    return {
        "help": (_("Help"), _("Help"), _("this page")),
        "contact": (_("Call"), _("Call the buyer"), _("phone or chat, script, results")),
        "holds": (_("Calls"), _("Call desk"), _("whom to call next, results, who rings back")),
        "hold": (_("Hold"), _("To the hold shelf"), _("hold by hand; again: take it back")),
        "supervisor": (_("Sup."), _("Supervisor"), _("override or reject, with reason and PIN")),
        "customer": (_("Cust."), _("Customer"), _("all figures and orders of the customer on screen")),
        "search": (_("Find"), _("Find a customer"), _("by name, phone, last digits, email or code")),
        "undo": (_("Undo"), _("Scanned wrongly"), _("take the last finish back")),
        "packed": (_("Done"), _("Packed"), _("finish, as a second scan does")),
        "next": (_("Next"), _("Next parcel"), _("leave the parcel unfinished")),
        "person": (_("Who"), _("Change person"), _("a badge does it at once")),
        "shops": (_("Shops"), _("Shops"), _("age of the data, trouble (or click line 1)")),
        "note": (_("Note"), _("Note"), _("a note to the order, sent to its channel")),
        "shelf": (_("Shelf"), _("Hold shelf"), _("what to fetch back, to pull, what lies there")),
        "board": (_("Board"), _("Supervisor's board"), _("all holds, decided with reason and PIN")),
        "cases": (_("Cases"), _("Reported buyers"), _("buyers reported to their channel, for the supervisor")),
        "due": (_("Due"), _("Who is due"), _("who runs out, has not come back, has a birthday")),
        "care": (_("Put in"), _("What to put in"), _("card, gift, voucher: take out what is not put in")),
        "demo_card": (_("Try"), _("Codes to try"), _("the codes of the demo")),
    }[action]


def keys_shown(*, with_demo: bool, with_order: bool = False) -> tuple[KeyShown, ...]:
    """The keys of the desk's last line.

    Args:
        with_demo: whether there is a card of codes to try.
        with_order: whether an order is on screen.
    """
    shown = []
    for key in desk_keys(with_demo=with_demo):
        worth = key.worth_with_order if with_order else key.worth
        if worth is None:
            continue
        short, long, _sentence = key_words(key.action)
        shown.append(KeyShown(plain(key.cap), plain(short), plain(long), f"app.{key.action}", worth))
    return tuple(shown)
