"""A circuit breaker: a channel that is down is left alone for a while instead of being asked again and again."""

from __future__ import annotations

from time import monotonic

from sync.channels.errors import Advice, ChannelError

_FAILURES_BEFORE_OPEN = 5
_FIRST_REST = 5.0
_LONGEST_REST = 300.0


class Breaker:
    """Opens after so many failures in a row, lets one call through after a rest that doubles each time it fails again."""

    def __init__(self) -> None:
        self._failures = 0
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
        if left > 0:
            raise ChannelError(
                "the channel failed several times in a row and is left alone for a while",
                Advice.RETRY,
                retry_after=left,
                code="breaker",
            )

    def succeeded(self) -> None:
        """The channel answered."""
        self._failures = 0
        self._rest = _FIRST_REST

    def failed(self) -> None:
        """The channel did not answer, or failed."""
        self._failures += 1
        if self._failures >= _FAILURES_BEFORE_OPEN:
            self._closed_again_at = monotonic() + self._rest
            self._rest = min(self._rest * 2, _LONGEST_REST)
