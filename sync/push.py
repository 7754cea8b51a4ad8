"""Decisions out: what the outbox holds for a shop is told to its channel, at least once and in order per order.

A decision is taken under a lease, sent outside any transaction, and what came of it is noted. A process that is killed between
sending and noting leaves a lease that ends; the decision is sent again then with the same idempotency key. No sending outlasts
its lease, so that no two processes send one decision at once.
"""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

import structlog

from packstation.domain.outbox import OutboxState, next_wait
from packstation.domain.times import HOUR, MINUTE, SECOND
from packstation.locale import said
from packstation.store import outbox
from packstation.store.database import database_now, transaction
from packstation.store.outbox import Taken
from sync.channels.errors import STUMBLES, Advice, ChannelError
from sync.channels.protocol import Abilities, Decision, Delivered

T = TypeVar("T")

LEASE = 5 * MINUTE
"""For how long a process has what it sends, ms; longer than a channel's call with all its own tries takes."""

_SENDING_AT_MOST = LEASE - 30 * SECOND
_UNTIL_SELLER_ACTED = 5 * MINUTE
_MOST_AT_ONCE = 100
_FAILED_IN_A_ROW = 3
_TOO_LATE_AFTER = 48 * HOUR
"""A decision that could have gone out for so long, ms, while its shop was away, may be wrong by now: a person is asked."""

log = structlog.get_logger(__name__)


class Told(Protocol):
    """As much of a channel as is needed to tell it something."""

    abilities: Abilities

    async def deliver(self, decision: Decision) -> Delivered:
        """Tell the channel."""
        ...


class InDatabase(Protocol):
    """Runs work that uses the database where it does not keep the event loop waiting."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]:
        """The work's result."""
        ...


@dataclass(frozen=True, slots=True)
class _Failure:
    """What becomes of a decision that was not delivered. `ends_round`: nothing else of this shop would go out now either."""

    state: OutboxState
    tries: int
    wait_ms: int
    trouble: str
    ends_round: bool = False


async def deliver_due(
    shop_id: int,
    channel: Told,
    run_in_db: InDatabase,
    now: Callable[[], int] = database_now,
    *,
    chance: random.Random | None = None,
) -> int:
    """Tell a shop's channel what is due, oldest first; how many decisions it took.

    Ends when nothing is due, after a hundred, when only the seller can help, and when several failed in a row: the rest has its
    turn the next time. What the channel has no way to be told is dropped, and what waited for more than two days is parked.

    Args:
        shop_id: the shop, by its id in the store.
        channel: its channel.
        run_in_db: where the store's work is done.
        now: the database's clock, ms UTC; called inside `run_in_db`.
        chance: for the jitter of the tries.

    Raises:
        DatabaseAwayError: the database does not answer; what was just sent is sent again when its lease has ended.
    """
    taker = uuid.uuid4().hex
    dice = chance or random.Random()  # noqa: S311 - jitter, no secret
    told = failed_in_a_row = 0
    for _turn in range(_MOST_AT_ONCE):
        taken = await run_in_db(partial(_take, shop_id, taker, now))
        if taken is None:
            break
        failure = await _send(channel, taken, dice)
        if failure is None:
            told += 1
            failed_in_a_row = 0
            await run_in_db(partial(_note_delivered, taken, taker, now))
            continue
        log.warning(
            "decision not delivered",
            shop_id=shop_id,
            order=taken.order_number,
            kind=str(taken.announcement.kind),
            becomes=str(failure.state),
            trouble=failure.trouble,
        )
        await run_in_db(partial(_note_failure, taken, taker, failure, now))
        failed_in_a_row += failure.state is OutboxState.WAITING
        if failure.ends_round or failed_in_a_row == _FAILED_IN_A_ROW:
            break
    return told


def _take(shop_id: int, taker: str, now: Callable[[], int]) -> Taken | None:
    return outbox.take_due(shop_id, taker, now(), LEASE)


def _note_delivered(taken: Taken, taker: str, now: Callable[[], int]) -> None:
    with transaction():
        outbox.delivered(taken.id, taker, now())


def _note_failure(taken: Taken, taker: str, failure: _Failure, now: Callable[[], int]) -> None:
    with transaction():
        outbox.not_delivered(
            taken.id,
            taker,
            failure.state,
            tries=failure.tries,
            next_try_at=now() + failure.wait_ms,
            trouble=failure.trouble,
        )


async def _send(channel: Told, taken: Taken, dice: random.Random) -> _Failure | None:
    """Tell the channel one decision; what went wrong, None when it took it."""
    told = taken.announcement
    if told.kind not in channel.abilities.decisions:
        return _Failure(OutboxState.DROPPED, taken.tries, 0, said("the channel has no way to be told this"))
    if taken.waited_ms > _TOO_LATE_AFTER:
        return _Failure(OutboxState.PARKED, taken.tries, 0, _too_late())
    decision = Decision(
        taken.order_number,
        told.kind,
        taken.idempotency_key,
        taken.decided_at,
        text=told.text,
        packages=told.packages,
        reason=told.reason,
    )
    try:
        async with asyncio.timeout(_SENDING_AT_MOST / SECOND):
            await channel.deliver(decision)
    except ChannelError as error:
        return _after_error(taken, error, dice)
    except TimeoutError:
        return _after_try(taken, said("the channel did not answer in time"), dice)
    except STUMBLES as error:
        return _after_try(taken, said("the answer was not understood ({kind})", kind=type(error).__name__), dice)
    return None


def _too_late() -> str:
    return said("it waited for more than two days; if it is still right, `packstation sync retry` sends it")


def _after_error(taken: Taken, error: ChannelError, dice: random.Random) -> _Failure:
    match error.advice:
        case Advice.SKIP | Advice.GIVE_UP:
            return _Failure(OutboxState.PARKED, taken.tries + 1, 0, str(error))
        case Advice.ASK_SELLER | Advice.RENEW:
            # No fault of this decision: it uses up no try, however long the seller takes.
            return _Failure(OutboxState.WAITING, taken.tries, _UNTIL_SELLER_ACTED, str(error), ends_round=True)
        case Advice.RETRY:
            return _after_try(taken, str(error), dice, round((error.retry_after or 0) * SECOND))


def _after_try(taken: Taken, trouble: str, dice: random.Random, at_least_ms: int = 0) -> _Failure:
    tries = taken.tries + 1
    wait = next_wait(tries, dice)
    if wait is None:
        return _Failure(OutboxState.PARKED, tries, 0, trouble)
    return _Failure(OutboxState.WAITING, tries, max(wait, at_least_ms), trouble)
