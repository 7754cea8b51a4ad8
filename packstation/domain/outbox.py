"""The outbox's rules: which decisions are told to a channel, when one that failed goes again, and when it is parked. Pure."""

from __future__ import annotations

import json
import random
import uuid
from dataclasses import dataclass
from enum import StrEnum

from packstation.domain.holds import Hold, covers, stops
from packstation.domain.times import MINUTE

_WAITS = tuple(minutes * MINUTE for minutes in (1, 3, 9, 27, 81, 243, 360))
"""After each failed try but the last: three times as long as before, up to six hours, twelve hours together."""

MOST_TRIES = len(_WAITS) + 1
"""After so many failed tries in a row a decision is parked until a person asks for it again."""

_LONGEST_TEXT = 500
_KEYS = uuid.UUID("5d0d6f4e-4b7e-4f0c-9a53-0f1b8c1f2a77")


class DecisionKind(StrEnum):
    """What a channel can be told."""

    PACKED = "packed"
    HOLD_RELEASED = "hold_released"
    HOLD_REJECTED = "hold_rejected"
    NOTE = "note"
    CANCELLATION = "cancellation"


class OutboxState(StrEnum):
    """Where a decision is on its way to the channel. The later ones of an order wait for it until it is delivered or dropped."""

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    PARKED = "parked"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Announcement:
    """A decision for a channel.

    Attributes:
        kind: what was decided.
        subject: the id of what it is about: the parcel for PACKED, the hold for HOLD_RELEASED and HOLD_REJECTED, else the order.
        text: a note, or why a cancellation is asked for, in a person's words.
        packages: the channel's package numbers; empty for the whole order.
        reason: a hold's reason, or why a cancellation is asked for; empty for the other kinds.
    """

    kind: DecisionKind
    subject: int
    text: str = ""
    packages: tuple[str, ...] = ()
    reason: str = ""

    def payload(self) -> str:
        """What is kept of it beside kind and subject, as JSON; an overlong text is cut."""
        kept = {"text": self.text[:_LONGEST_TEXT], "packages": list(self.packages), "reason": self.reason}
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))

    def key(self, order_id: int, at: int) -> str:
        """The idempotency key: one decision, taken at `at` (ms UTC), has the same one however often it is handed in or sent."""
        name = "\n".join((str(self.kind), str(order_id), str(self.subject), str(at), self.text))
        return str(uuid.uuid5(_KEYS, name))


def announcement_of(kind: DecisionKind, subject: int, payload: str) -> Announcement:
    """The announcement that `payload` was made of."""
    kept = json.loads(payload)
    return Announcement(kind, subject, kept["text"], tuple(kept["packages"]), kept["reason"])


def announced_hold(hold_id: int, before: Hold, after: Hold) -> Announcement | None:
    """What a channel is told when a hold moves: that the order may go, or that it must not; None for everything else.

    A release that covers nothing (rejudged, withdrawn) decided nothing about the buyer, and the channel knows itself of an order
    that was cancelled or shipped.
    """
    if after.state is before.state:
        return None
    if covers(after):
        return Announcement(DecisionKind.HOLD_RELEASED, hold_id, reason=str(after.reason))
    if stops(after):
        return Announcement(DecisionKind.HOLD_REJECTED, hold_id, reason=str(after.reason))
    return None


def opens_again(before: Hold, after: Hold) -> bool:
    """Whether a decided hold is open again: what the channel was to be told of it no longer holds."""
    return after.is_open and not before.is_open


def next_wait(failed_tries: int, chance: random.Random) -> int | None:
    """How long to wait after so many failed tries in a row, ms; None: no more, the decision is parked.

    A fifth of jitter either way. All tries together span half a day, so that a channel's night of maintenance parks nothing.
    """
    if failed_tries > len(_WAITS):
        return None
    return round(_WAITS[failed_tries - 1] * chance.uniform(0.8, 1.2))
