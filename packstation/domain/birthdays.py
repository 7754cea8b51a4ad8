"""Birthdays, as far as somebody says them. Pure."""

from __future__ import annotations

from datetime import date


def days_until(born: date, today: date) -> int:
    """Days until the next birthday, 0 on the day itself; who was born on 29 February has it on the 28th in other years."""
    return min((day - today).days for year in (today.year, today.year + 1) if (day := _in_year(born, year)) >= today)


def _in_year(born: date, year: int) -> date:
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 2, 28)
