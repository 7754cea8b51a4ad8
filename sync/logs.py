"""The daemon's log on standard error: JSON lines, or lines for a person at a terminal; nothing of buyers in it."""

from __future__ import annotations

import asyncio
import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

from packstation.domain.plain_text import plain
from sync.web.messages import own_words

_LONGEST = 300
_BAR = 20
_TOLD_EVERY = 60.0
"""Seconds between two lines of one kind that anybody on the network can cause."""
_PRIVATE = frozenset({"name", "phone", "email", "address", "recipient", "note", "token", "secret", "buyer"})


def begin_log() -> None:
    """Write this process's log: for a person where standard error is a terminal, else as JSON lines."""
    at_terminal = sys.stderr.isatty()
    # Its lines hold whole addresses, and some channels take secrets there.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.basicConfig(handlers=[_Librarys(logging.WARNING)], force=True)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_private,
            _as_line if at_terminal else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )


def place_of(error: BaseException) -> str:
    """Where in the code an error came up, without any value."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""


class CountedLine:
    """A line of the log that anybody on the network can cause: at most one a minute, with how often it was meant."""

    def __init__(self, event: str, shop: str) -> None:
        self._event = event
        self._shop = shop
        self._count = 0
        self._timer: asyncio.TimerHandle | None = None

    def add(self) -> None:
        """It happened once more."""
        self._count += 1
        if self._timer is None:
            self._tell()

    def end(self) -> None:
        """Tell what was not told yet."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._count:
            structlog.get_logger().warning(self._event, shop=self._shop, count=self._count)
            self._count = 0

    def _tell(self) -> None:
        again = self._count > 0
        self.end()
        if again:
            self._timer = asyncio.get_running_loop().call_later(_TOLD_EVERY, self._tell)


class _Librarys(logging.Handler):
    """Puts what libraries log into the same lines; of an error its kind and place alone, as its text may hold anything."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        error = record.exc_info[1] if record.exc_info else None
        what = {"kind": type(error).__name__, "where": place_of(error)} if error is not None else {}
        structlog.get_logger().warning(
            "a library's word", library=record.name, text=str(record.msg).partition("\n")[0], **what
        )


def _without_private(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop what could be a buyer's or a secret, whoever logged it, and what a channel wrote; cut what is too long."""
    for key in list(event):
        value = event[key]
        if key in _PRIVATE:
            event[key] = "[left out]"
        elif isinstance(value, str):
            told = own_words(value)
            event[key] = told if len(told) <= _LONGEST else told[:_LONGEST] + "…"
    return event


def _as_line(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    """Time, event and what belongs to it; the share of a history that is fetched as a bar."""
    moment = str(event.pop("timestamp", ""))[11:19]
    level, words = event.pop("level", "info"), str(event.pop("event", ""))
    share = event.pop("share", None)
    bar = ""
    if isinstance(share, float):
        filled = round(share * _BAR)
        bar = f" {'█' * filled}{'░' * (_BAR - filled)} {share:4.0%}"
    rest = " ".join(f"{key}={plain(str(value), _LONGEST)}" for key, value in event.items())
    mark = "" if level == "info" else f"{str(level).upper()} "
    return f"{moment} {mark}{words}{bar} {rest}".rstrip()
