"""The returns of a shop: nothing lists them by their invoices, so all since a moment are read."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

from sync.channels.kiotviet.gateway import Gateway
from sync.channels.kiotviet.records import read_records
from sync.channels.kiotviet.walking import PAGE_SIZE, local
from sync.channels.kiotviet.wire import ListingWire, ReturnWire

_VOID = 2
_MOST_PAGES = 200
_REMEMBERED_FOR = 60.0
"""Seconds for which the pages of orders and invoices share one list of returns: each page would list them all again."""


@dataclass(frozen=True, slots=True)
class _Listed:
    """All returns since a moment, ms UTC; `at` on this computer's rising clock, s."""

    since: int
    at: float
    returns: list[ReturnWire]


class Returns:
    """Reads the returns of one shop."""

    def __init__(self, zone: str, gateway: Gateway) -> None:
        self._zone = zone
        self._gateway = gateway
        self._listed: _Listed | None = None

    async def since(self, since: int, *, remembered: bool) -> list[ReturnWire]:
        """The returns that were changed since a moment, but void ones.

        Args:
            since: ms UTC.
            remembered: whether those that were listed within the last minute do.

        Raises:
            ChannelError: as `Connection.ask`.
        """
        known, now = self._listed, monotonic()
        if not remembered or known is None or since < known.since or now - known.at > _REMEMBERED_FOR:
            known = self._listed = _Listed(since, now, await self._list(since))
        return known.returns

    async def _list(self, since: int) -> list[ReturnWire]:
        found: list[ReturnWire] = []
        for number in range(_MOST_PAGES):
            query = [
                ("lastModifiedFrom", local(since, self._zone)),
                ("orderBy", "modifiedDate"),
                ("orderDirection", "Asc"),
                ("pageSize", str(PAGE_SIZE)),
                ("currentItem", str(number * PAGE_SIZE)),
            ]
            page: ListingWire = await self._gateway.page("/returns", query)
            found += read_records(page.data, ReturnWire, [])
            more = len(page.data) >= PAGE_SIZE if page.total is None else (number + 1) * PAGE_SIZE < page.total
            if not page.data or not more:
                break
        return [one for one in found if one.status != _VOID]
