"""What a supervisor can decide, by which key, and how it is said."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from packstation.locale import _
from packstation.tui.theme import BAD, GOOD, WARNING


class Decision(Enum):
    """Which way a supervisor decides."""

    RELEASE = auto()
    RELEASE_CUSTOMER = auto()
    RELEASE_MARKED = auto()
    REJECT = auto()
    REJECT_AND_CANCEL = auto()
    REFUSE = auto()
    REOPEN = auto()
    CANCEL = auto()
    CLEAR_ADDRESS = auto()
    BLOCK = auto()
    UNBLOCK = auto()
    REOPEN_PACK = auto()

    @property
    def is_against(self) -> bool:
        """Whether it is given against an order or a buyer, with reasons of that kind."""
        return self in _AGAINST

    @property
    def cancels(self) -> bool:
        """Whether the channel is asked to cancel the order, of which the cost is told before."""
        return self in (Decision.REJECT_AND_CANCEL, Decision.CANCEL)

    @property
    def wants_number(self) -> bool:
        """Whether a number is asked for: days, or how many holds."""
        return self in (Decision.RELEASE_CUSTOMER, Decision.RELEASE_MARKED, Decision.BLOCK)


_AGAINST = frozenset({Decision.REJECT, Decision.REJECT_AND_CANCEL, Decision.REFUSE, Decision.CANCEL, Decision.BLOCK})

KEYS = {
    Decision.RELEASE: ("r", "d"),
    Decision.RELEASE_CUSTOMER: ("t", "n"),
    Decision.REJECT: ("x", "k"),
    Decision.REJECT_AND_CANCEL: ("c", "h"),
    Decision.REFUSE: ("n",),
    Decision.REOPEN: ("o", "m"),
    Decision.CANCEL: ("c", "h"),
    Decision.BLOCK: ("b",),
    Decision.UNBLOCK: ("b",),
}
"""The keys of the decisions between which there is a choice in the dialog; the first one is shown."""


class Stage(Enum):
    """What the dialog asks."""

    WHO = auto()
    ASK_BOARD = auto()
    DECISION = auto()
    COST = auto()
    REASON = auto()
    TEXT = auto()
    NUMBER = auto()
    PIN = auto()


@dataclass(frozen=True, slots=True)
class HeldFor:
    """What is to be decided.

    Attributes:
        order_id: the order; 0 where several are decided.
        hold_id: its hold; None where there is none to decide.
        number: the order's number, or what several are called.
        shop: the order's shop.
        why: why it is held.
        choices: the decisions there are; a single one is not asked for.
        holds: the marked holds that are decided together.
        request_id: what a desk asked.
        parcel_id: the packed parcel.
        cost: what a cancellation by the seller costs at the order's channel.
        asks_buyer: the text that asks the buyer to cancel, line by line.
        can_ask_board: whether somebody who may not decide can ask the board instead.
    """

    order_id: int
    hold_id: int | None
    number: str
    shop: str
    why: str
    choices: tuple[Decision, ...]
    holds: tuple[int, ...] = ()
    request_id: int | None = None
    parcel_id: int | None = None
    cost: str = ""
    asks_buyer: tuple[str, ...] = ()
    can_ask_board: bool = False


def decision_words(decision: Decision) -> tuple[str, str]:
    """What a decision means, and the style of its words."""
    return {
        Decision.RELEASE: (_("OVERRIDE: it may be packed"), GOOD),
        Decision.RELEASE_CUSTOMER: (_("OVERRIDE for this customer, for some days"), GOOD),
        Decision.RELEASE_MARKED: (_("OVERRIDE all that are marked"), GOOD),
        Decision.REJECT: (_("REJECT: it does not go"), BAD),
        Decision.REJECT_AND_CANCEL: (_("REJECT, and ask the channel to cancel the order"), BAD),
        Decision.REFUSE: (_("REFUSE what the desk asks: it stays on hold"), WARNING),
        Decision.REOPEN: (_("OPEN AGAIN: for the supervisor"), WARNING),
        Decision.CANCEL: (_("ASK THE CHANNEL to cancel the order"), BAD),
        Decision.CLEAR_ADDRESS: (_("THE LABEL IS RIGHT: the new address is on it"), WARNING),
        Decision.BLOCK: (_("BLOCK THE BUYER: none of their orders goes"), BAD),
        Decision.UNBLOCK: (_("UNBLOCK THE BUYER"), GOOD),
        Decision.REOPEN_PACK: (_("OPEN THE PACK AGAIN: the parcel is packed anew"), WARNING),
    }[decision]


def number_words(decision: Decision) -> tuple[str, str]:
    """What number is asked for, and what stands in its empty field."""
    return {
        Decision.RELEASE_CUSTOMER: (_("For how many days? (1 to 365)"), _("days")),
        Decision.RELEASE_MARKED: (_("How many orders are that? Count them and type it"), _("how many")),
        Decision.BLOCK: (_("For how many days? Only Enter: for good"), _("days")),
    }[decision]
