"""How often the daemon does what."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seconds between two times of the same work.

    Attributes:
        poll: between two readings of what changed.
        reconcile: between two looks through the last days.
        rereads: between two looks for single orders to be read again.
        outbox: between two rounds of deliveries.
        lease: for how long a daemon that says nothing more keeps a shop.
        seller_must_act: before trying again what only the seller can mend.
        longest_rest: at most, after failures.
    """

    poll: float = 30.0
    reconcile: float = 6 * 3600.0
    rereads: float = 5.0
    outbox: float = 5.0
    lease: float = 30.0
    seller_must_act: float = 120.0
    longest_rest: float = 300.0
