"""A circuit breaker: a channel that is down is left alone for a while instead of being asked again and again.

It opens after five failures in a row. Calls without an answer count each; failures of the server (HTTP 5xx) only when they are not
all of one path, so that one order at which a server fails every time shuts nobody out of the rest. (A channel with one path for
everything is asked on then, at the pace of its own tries.) After a rest one call is let through at a time; the first answer closes
the breaker, a failure doubles the rest. Whatever was already under way when it opened does not count once more.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from packstation.locale import said
from sync.channels.errors import Advice, ChannelError

_FAILURES_BEFORE_OPEN = 5
_FIRST_REST = 5.0
_LONGEST_REST = 300.0
_ASK_AGAIN_AFTER = 1.0
"""Seconds, while another call is trying whether the channel is there again."""


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A call under way: how often the breaker had opened when it began, and whether it is the one that tries again."""

    opened: int
    is_probe: bool


class Breaker:
    """Whether a channel may be asked, from what came of the calls before."""

    def __init__(self) -> None:
        self._opened = 0
        self._unanswered = 0
        self._failed_paths: list[str] = []
        self._is_broken = False
        self._probe: Call | None = None
        self._rest = _FIRST_REST
        self._closed_again_at = 0.0

    @property
    def is_open(self) -> bool:
        """Whether calls are refused right now."""
        return monotonic() < self._closed_again_at

    def guard(self) -> None:
        """Make sure that the channel may be asked.

        Raises:
            ChannelError: it failed too often; `retry_after` says when to come back.
        """
        left = self._closed_again_at - monotonic()
        if left <= 0 and self._probe is not None:
            left = _ASK_AGAIN_AFTER
        if left > 0:
            raise ChannelError(
                said("the channel failed several times in a row and is left alone for a while"),
                Advice.RETRY,
                retry_after=left,
                code="breaker",
            )

    @contextmanager
    def calling(self) -> Iterator[Call]:
        """Around a call from when it is sent, so that one at a time tries whether a channel that was down is there again.

        Raises:
            ChannelError: as `guard`.
        """
        self.guard()
        call = Call(self._opened, self._is_broken)
        if call.is_probe:
            self._probe = call
        try:
            yield call
        finally:
            if self._probe is call:
                self._probe = None

    def succeeded(self) -> None:
        """The channel answered."""
        self._unanswered = 0
        self._failed_paths.clear()
        self._is_broken = False
        self._probe = None
        self._rest = _FIRST_REST
        self._closed_again_at = 0.0

    def failed(self, call: Call, path: str | None = None) -> None:
        """The channel did not answer, or failed.

        Args:
            call: which one; one that began before the breaker last opened changes nothing.
            path: where the server answered that it fails; None when there was no answer.
        """
        if call.opened != self._opened:
            return
        if path is None:
            self._unanswered += 1
        else:
            self._failed_paths = [*self._failed_paths[1 - _FAILURES_BEFORE_OPEN :], path]
        of_server = len(self._failed_paths) if len(set(self._failed_paths)) > 1 else 0
        if call.is_probe or self._unanswered + of_server >= _FAILURES_BEFORE_OPEN:
            self._open()

    def _open(self) -> None:
        self._opened += 1
        self._unanswered = 0
        self._failed_paths.clear()
        self._is_broken = True
        self._closed_again_at = monotonic() + self._rest
        self._rest = min(self._rest * 2, _LONGEST_REST)
