"""What a desk asks of the daemon, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from packstation.acts.looking_up import look_up
from packstation.acts.workplace import Workplace
from packstation.domain.times import SECOND
from packstation.store import refreshes
from packstation.store.database import answering, database_now, transaction
from packstation.store.refreshes import RefreshOutcome, RefreshState

PATIENCE = 20 * SECOND
"""How long a desk waits for an unknown code to be found, ms."""
_CARDS = ("PS:", "PB:")
"""How printed commands and badges begin, those of another installation too: no channel knows them."""


def ask_for_orders(place: Workplace, order_ids: Iterable[int], code: str, now: int) -> None:
    """Ask, inside the transaction of a scan, that its orders are read anew; those of shops that do not sync are left out."""
    if place.station_id is not None:
        for order_id in order_ids:
            refreshes.ask_for_order(order_id, code, place.station_id, now)


def ask_for_code(place: Workplace, code: str, now: int) -> tuple[int, ...]:
    """Ask every shop that syncs, inside the transaction of a scan, for a code that nothing here has.

    Returns:
        What to wait for; nothing when nobody is asked.
    """
    if place.station_id is None or code.upper().startswith(_CARDS):
        return ()
    return refreshes.ask_for_code(code, place.station_id, now)


def outcome(code: str, asked: Sequence[int], shop: str | None = None) -> RefreshOutcome:
    """What became of asking for a code; found as soon as it means something here, however it came in.

    Args:
        code: as scanned.
        asked: what `ask_for_code` returned.
        shop: only this shop's orders.
    """
    with answering():
        told = refreshes.outcome_of(asked, database_now(), PATIENCE)
        if look_up(code, shop).found:
            return RefreshOutcome(RefreshState.FOUND)
    return RefreshOutcome(RefreshState.NOT_FOUND) if told.state is RefreshState.FOUND else told


def forget_old() -> None:
    """Delete the questions of which nobody wants to know any more."""
    with transaction():
        refreshes.forget_old(database_now())
