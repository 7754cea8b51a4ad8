"""The parameters of GET /orders, checked and understood as WordPress does; those that it does not know are ignored."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from packstation.domain.times import to_ms, zone
from sync.sandbox.channels.woocommerce.answers import invalid_parameters

STATUSES = (
    "pending",
    "processing",
    "on-hold",
    "completed",
    "cancelled",
    "refunded",
    "failed",
    "checkout-draft",
    "shipped",
    "returning",
    "returned",
    "waiting-for-moon",
    "trang-thai-moi",
    "z-99",
)
"""Those of WooCommerce and those that this shop's plugins registered."""

ORDERINGS = ("date", "id", "include", "title", "slug", "modified")
_DATES = ("after", "before", "modified_after", "modified_before")
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d(?::\d\d)?)?")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a listing is asked for. Dates are ms UTC of whole seconds and exclusive."""

    page: int = 1
    per_page: int = 10
    offset: int | None = None
    order: str = "desc"
    orderby: str = "date"
    statuses: frozenset[str] = frozenset({"any"})
    include: tuple[int, ...] = ()
    exclude: frozenset[int] = frozenset()
    search: str = ""
    customer: int | None = None
    after: int | None = None
    before: int | None = None
    modified_after: int | None = None
    modified_before: int | None = None


def wanted(query: str, site_zone: str) -> Wanted:
    """What the query asks for.

    Args:
        query: the address's part behind the question mark.
        site_zone: the IANA name of the site's own zone.

    Raises:
        WordPressError: 400 `rest_invalid_param` with every parameter that is wrong.
    """
    reader = _Reader(query)
    are_gmt = reader.one("dates_are_gmt", "false").lower() in ("true", "1")
    dates = {name: reader.date(name, site_zone, are_gmt=are_gmt) for name in _DATES}
    found = Wanted(
        page=reader.number("page", 1, _at_least_one) or 1,
        per_page=reader.number("per_page", 10, _one_to_hundred) or 10,
        offset=reader.number("offset", None, lambda _number: ""),
        order=reader.choice("order", ("asc", "desc"), "desc"),
        orderby=reader.choice("orderby", ORDERINGS, "date"),
        statuses=reader.statuses(),
        include=reader.numbers("include"),
        exclude=frozenset(reader.numbers("exclude")),
        search=reader.one("search", ""),
        customer=reader.number("customer", None, lambda _number: ""),
        after=dates["after"],
        before=dates["before"],
        modified_after=dates["modified_after"],
        modified_before=dates["modified_before"],
    )
    if reader.wrong:
        raise invalid_parameters(reader.wrong)
    return found


class _Reader:
    """Reads parameters one by one and remembers what is wrong with them: by name, a code and a text."""

    def __init__(self, query: str) -> None:
        self._given: dict[str, list[str]] = {}
        for name, value in parse_qsl(query, keep_blank_values=True):
            self._given.setdefault(name.partition("[")[0], []).append(value)
        self.wrong: dict[str, tuple[str, str]] = {}

    def one(self, name: str, otherwise: str) -> str:
        return self._given.get(name, [otherwise])[-1]

    def several(self, name: str) -> list[str]:
        given = self._given.get(name, [])
        return [part.strip() for text in given for part in text.split(",") if part.strip()]

    def number(self, name: str, otherwise: int | None, objection: Callable[[int], str]) -> int | None:
        text = self.one(name, "")
        if not text:
            return otherwise
        if not re.fullmatch(r"-?\d{1,12}", text):
            self.wrong[name] = ("rest_invalid_type", f"{name} is not of type integer.")
            return otherwise
        if objection(int(text)):
            self.wrong[name] = ("rest_out_of_bounds", f"{name} {objection(int(text))}")
            return otherwise
        return int(text)

    def numbers(self, name: str) -> tuple[int, ...]:
        found = []
        for place, text in enumerate(self.several(name)):
            if re.fullmatch(r"\d{1,18}", text):
                found.append(int(text))
            else:
                self.wrong[name] = ("rest_invalid_type", f"{name}[{place}] is not of type integer.")
        return tuple(found)

    def choice(self, name: str, allowed: tuple[str, ...], otherwise: str) -> str:
        text = self.one(name, otherwise)
        if text not in allowed:
            self.wrong[name] = ("rest_not_in_enum", f"{name} is not one of {', '.join(allowed)}.")
        return text

    def statuses(self) -> frozenset[str]:
        allowed = ("any", "trash", *STATUSES)
        given = self.several("status") or ["any"]
        for place, text in enumerate(given):
            if text not in allowed:
                self.wrong["status"] = ("rest_not_in_enum", f"status[{place}] is not one of {', '.join(allowed)}.")
        return frozenset(given)

    def date(self, name: str, site_zone: str, *, are_gmt: bool) -> int | None:
        if name not in self._given:
            return None
        found = _DATE.fullmatch(self.one(name, ""))
        try:
            bare = datetime.fromisoformat(f"{found[1]}T{found[2]}") if found else None
        except ValueError:
            bare = None
        if found is None or bare is None:
            self.wrong[name] = ("rest_invalid_date", "Invalid date.")
            return None
        if are_gmt:
            return to_ms(bare.replace(tzinfo=UTC))
        if found[3] or not found[4]:
            return to_ms(bare.replace(tzinfo=zone(site_zone)))
        return to_ms(datetime.fromisoformat(f"{found[1]}T{found[2]}{'+00:00' if found[4] == 'Z' else found[4]}"))


def _at_least_one(number: int) -> str:
    return "" if number >= 1 else "must be greater than or equal to 1"


def _one_to_hundred(number: int) -> str:
    return "" if 1 <= number <= 100 else "must be between 1 (inclusive) and 100 (inclusive)"
