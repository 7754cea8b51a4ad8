"""What is wrong with one shop, in one line that says what to do, as `status` shows it."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass

import structlog

from packstation.domain.times import MINUTE, SECOND
from packstation.locale import said
from packstation.locale.shop_words import other_shop
from packstation.store import sync_state
from packstation.store.database import DatabaseAwayError, database_now, transaction
from packstation.store.shops import OtherShopError
from sync.bulk_storing import StoringError
from sync.channels.errors import STUMBLES, ChannelError
from sync.channels.registry import UnknownChannelError
from sync.database_thread import DatabaseThread
from sync.logs import place_of
from sync.pull import LostShopError

POLL = "poll"
"""The work that brings changes in: whatever else is in trouble, the shop is synced while it goes well."""

_CLOCK_IS_OFF = 60 * SECOND
"""From this difference on the computer's clock is worth a word to people, ms."""
_TOLD = (ChannelError, LostShopError, StoringError, UnknownChannelError)
"""Errors whose text is written for people."""
_FULL = re.compile(r"\bfull\b|no space left", re.IGNORECASE)
_LOCKED = re.compile(r"\block(ed| timeout)\b", re.IGNORECASE)
"""How SQLite and PostgreSQL say so."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Trouble:
    """What a piece of work has failed with since a moment, ms UTC by the database's clock."""

    text: str
    code: str
    since: int


class Troubles:
    """The troubles of one shop, by the piece of work that has them; one is shown at a time. `counts` has the errors by their code."""

    def __init__(self, shop: str, in_db: DatabaseThread) -> None:
        self.counts: dict[str, int] = {}
        self._shop = shop
        self._in_db = in_db
        self._of_work: dict[str, _Trouble] = {}

    async def report(self, shop_id: int, error: Exception, job: str = POLL) -> None:
        """Log what went wrong with a piece of work, and show it.

        Args:
            shop_id: the shop; 0 while the database does not know it, which then cannot show anything.
            error: what was raised.
            job: the piece of work.
        """
        code = error.code if isinstance(error, ChannelError) else type(error).__name__
        text = str(error)
        if isinstance(error, STUMBLES):
            text = said(
                "packstation does not understand an answer of the channel ({kind}): please report it", kind=code
            )
            log.error("stumbled", shop=self._shop, where=place_of(error))
        elif isinstance(error, DatabaseAwayError):
            text = _of_database(str(error))
        elif isinstance(error, OtherShopError):
            text = other_shop(error.shop, error.wanted)
        elif not isinstance(error, _TOLD):
            text = said("internal error, please report it ({kind}); the daemon's log shows where", kind=code)
            log.error("stumbled", shop=self._shop, where=place_of(error))
        self.counts[code] = self.counts.get(code, 0) + 1
        log.warning("trouble", shop=self._shop, code=code, text=text)
        if shop_id != 0:
            await self.show(shop_id, text, code, job)

    async def show(self, shop_id: int, text: str, code: str, job: str = POLL) -> None:
        """Show a trouble of a piece of work; a database that is away cannot show it, and says so itself."""

        def note() -> None:
            with transaction():
                now = database_now()
                if job != POLL:
                    self._remember(job, text, code, now)
                sync_state.troubled(shop_id, text, code, now)

        with suppress(DatabaseAwayError):
            await self._in_db(note)

    def over(self, job: str) -> None:
        """A piece of work went well again."""
        self._of_work.pop(job, None)

    async def synced(self, shop_id: int, clock_is_off_by: int) -> None:
        """Changes came in, which clears what was shown; what other work still has trouble with is shown on.

        Args:
            shop_id: the shop.
            clock_is_off_by: the channel's clock less this computer's, ms; much of it is a trouble by itself.
        """

        def note() -> None:
            with transaction():
                now = database_now()
                sync_state.synced(shop_id, now)
                if abs(clock_is_off_by) < _CLOCK_IS_OFF:
                    self.over("clock")
                else:
                    minutes = round(abs(clock_is_off_by) / MINUTE)
                    line = said(
                        "this computer's clock differs from the channel's by {minutes} minutes: set it", minutes=minutes
                    )
                    self._remember("clock", line, "clock", now)
                for trouble in list(self._of_work.values())[:1]:
                    sync_state.troubled(shop_id, trouble.text, trouble.code, trouble.since)

        await self._in_db(note)

    def _remember(self, job: str, text: str, code: str, now: int) -> None:
        since = self._of_work[job].since if job in self._of_work else now
        self._of_work[job] = _Trouble(text, code, since)


def _of_database(reason: str) -> str:
    """What the database's engine said, and what to do where that can be told from it."""
    if _FULL.search(reason):
        return said(
            "the database does not answer ({reason}): make room on the disk; the rest comes by itself", reason=reason
        )
    if _LOCKED.search(reason):
        return said(
            "the database does not answer ({reason}): end what keeps it locked; the rest comes by itself", reason=reason
        )
    return said("the database does not answer: {reason}", reason=reason)
