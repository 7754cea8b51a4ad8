"""Money, numbers and times as the reader writes them."""

from __future__ import annotations

from packstation.domain.money import format_money
from packstation.domain.times import DAY, HOUR, MINUTE, SECOND, from_ms
from packstation.locale import _, language


def money(amount: int, currency: str) -> str:
    """The amount as the reader writes it."""
    return format_money(amount, currency, comma_decimals=language() == "vi")


def percent(ratio: float) -> str:
    """The ratio in whole percent, one decimal where it is not whole."""
    return f"{decimal(ratio * 100)} %"


def decimal(number: float) -> str:
    """The number with one decimal where it is not whole, as the reader writes it."""
    text = f"{number:.1f}".removesuffix(".0")
    return text.replace(".", ",") if language() == "vi" else text


def moment(ms: int, zone: str, *, now: int | None = None) -> str:
    """Day and time in a zone; the time alone when it is on the same day as `now`."""
    local = from_ms(ms, zone)
    if now is not None and from_ms(now, zone).date() == local.date():
        return local.strftime("%H:%M")
    return local.strftime("%d/%m %H:%M") if language() == "vi" else local.strftime("%d %b %H:%M")


def day(ms: int, zone: str) -> str:
    """The day in a zone."""
    return from_ms(ms, zone).strftime("%d/%m/%Y")


def day_and_time(ms: int, zone: str) -> str:
    """The day with its year and the time in a zone."""
    return from_ms(ms, zone).strftime("%d/%m/%Y %H:%M")


def span(ms: int) -> str:
    """A length of time, roughly: minutes, hours or days."""
    if ms < HOUR:
        return _("{count} min").format(count=ms // MINUTE)
    if ms < 2 * DAY:
        return _("{count} h").format(count=ms // HOUR)
    return _("{count} days").format(count=ms // DAY)


def age(ms: int) -> str:
    """How old something is: seconds under 2 minutes, minutes under 2 hours, then hours and days."""
    if ms < 2 * MINUTE:
        return _("{count} s").format(count=ms // SECOND)
    if ms < 2 * HOUR:
        return _("{count} min").format(count=ms // MINUTE)
    return span(ms)
