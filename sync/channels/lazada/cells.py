"""Lazada's times and amounts: three shapes of times, decimal texts of money."""

from __future__ import annotations

from packstation.domain.money import UnreadableMoneyError
from packstation.locale import said
from sync.channels.errors import UnreadableRecordError
from sync.files.cells import ClockReader, MoneyReader
from sync.files.result import BadCellError

_SPACED = "%Y-%m-%d %H:%M:%S %z"
_FIRST_MS, _LAST_MS = 631_152_000_000, 4_102_444_800_000  # the years 1990 to 2100, as for the other shapes


def is_currency(text: str) -> bool:
    """Whether this looks like an ISO 4217 code."""
    return len(text) == 3 and text.isascii() and text.isalpha() and text.isupper()


class Cells:
    """Reads the cells of one shop.

    Args:
        zone: IANA name, for times without an offset.
        currency: ISO 4217.
    """

    def __init__(self, zone: str, currency: str) -> None:
        self._clock = ClockReader(zone, (_SPACED,), iso=True, serials=False)
        self._currency = currency
        self._money = {currency: MoneyReader(currency, ".", ",")}

    def time(self, text: str, field: str) -> int | None:
        """Ms UTC of `2018-02-09T22:44:30+08:00`, `2014-10-15 18:36:05 +0800` or epoch ms; None where there is none.

        Raises:
            UnreadableRecordError: none of these.
        """
        if text in ("", "0"):
            return None
        if text.isascii() and text.isdigit() and len(text) in (10, 13):
            ms = int(text) * (1000 if len(text) == 10 else 1)
            if _FIRST_MS <= ms <= _LAST_MS:
                return ms
        try:
            return self._clock.read_if_any(text, field)
        except BadCellError:
            raise UnreadableRecordError(said("{field}: no time", field=field)) from None

    def time_if_readable(self, text: str) -> int | None:
        """The time, or None also where it is unreadable: for what an order can do without."""
        try:
            return self.time(text, "")
        except UnreadableRecordError:
            return None

    def money(self, text: str, field: str, currency: str = "") -> int | None:
        """Minor units of an amount such as `159000.00`; None where there is none.

        Raises:
            UnreadableRecordError: no amount, or one too large.
        """
        code = currency if is_currency(currency) else self._currency
        if code not in self._money:
            self._money[code] = MoneyReader(code, ".", ",")
        try:
            return self._money[code].read_if_any(text, field)
        except (BadCellError, UnreadableMoneyError):
            raise UnreadableRecordError(said("{field}: no amount", field=field)) from None
