"""What tells that two buyers are one person: the phones and emails that both use, and when a number is too many people's.

Everything here depends on the facts alone and not on the order in which they came (docs/linking.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from packstation.domain.buyers import fold, is_walk_in_name
from packstation.domain.orders import Address, IncomingBuyer, is_masked
from packstation.domain.phones import DEFAULT_REGION, identifying_phones

MOST_PROFILES = 50
"""A phone or email of more buyers than this links nobody, whatever they are called: what one change can touch stays bounded."""
_MOST_TOKENS = 8
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]{2,}")
_NOBODYS_MAILBOX = re.compile(
    r"(?:no-?_?reply|do-?not-?reply|none|null|khongco|noemail|no-?email|guest|khachle)(?:[+.\d].*)?"
)
_RELAYS = re.compile(
    r"(?:.+\.)?(?:privaterelay\.appleid\.com|relay\.firefox\.com"
    r"|marketplace\.amazon\.[a-z.]+|members\.ebay\.[a-z.]+|scs\d*\.tiktok[a-z]*\.com|tiktokshop\.com"
    r"|(?:buyer|relay|mail|marketplace|customer|guest)\.(?:shopee|lazada|tiki|sendo)\.[a-z.]+)"
)
_PLACE_WORDS = frozenset(
    (
        "duong pho so nha ngo ngach hem phuong xa thi tran quan huyen thanh tp tinh p q h x tt tx d "
        "street st ward district city province"
    ).split()
)


class KeyKind(StrEnum):
    """What kind of thing two buyers have in common."""

    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class LinkRules:
    """How many people may share a number, and after how many days without use it may be another person's.

    Attributes:
        hub_limit: a number of more people than this links nobody.
        handed_on_days: what nobody used for longer than this, and people of other names at other places use then, was handed on.
    """

    hub_limit: int = 4
    handed_on_days: int = 365


@dataclass(frozen=True, slots=True)
class Use:
    """That a buyer uses a phone or an email.

    Attributes:
        buyer_id: who.
        name: as `name_form` has it, the fullest one seen with it; empty where none is clear.
        place: names a clear address in any way that equal addresses share; empty where none is known.
        first_day: the first and the last day (UTC, since 1970) of the orders it was seen on; None where no order tells.
        last_day: see there.
    """

    buyer_id: int
    name: str = ""
    place: str = ""
    first_day: int | None = None
    last_day: int | None = None

    def seen_also(self, other: Use) -> Use:
        """The same use after another sighting of it; of many sightings their order does not matter."""
        name = self.name if _fullness(self.name) >= _fullness(other.name) else other.name
        first, last = self.first_day, self.last_day
        if first is None or (other.first_day is not None and other.first_day < first):
            first = other.first_day
        if last is None or (other.last_day is not None and other.last_day > last):
            last = other.last_day
        return Use(self.buyer_id, name, max(self.place, other.place), first, last)


def _fullness(name: str) -> tuple[int, int, str]:
    return name.count(" "), len(name), name


@dataclass(frozen=True, slots=True)
class Sharing:
    """Who is one person by a phone or an email: groups of two buyers or more; `is_hub` where it was too many people's."""

    groups: tuple[frozenset[int], ...] = ()
    is_hub: bool = False


def identity_keys(buyer: IncomingBuyer, region: str = DEFAULT_REGION) -> tuple[tuple[KeyKind, str], ...]:
    """The phones and emails that tell who a buyer is; nothing masked, made up, or a channel's own relay address."""
    return _identity_keys(buyer.phone, buyer.email, region) if buyer.phone or buyer.email else ()


@lru_cache(maxsize=65_536)
def _identity_keys(phone: str, email_text: str, region: str) -> tuple[tuple[KeyKind, str], ...]:
    phones = [(KeyKind.PHONE, number) for number in identifying_phones(phone, region)]
    email = email_key(email_text)
    return (*phones, (KeyKind.EMAIL, email)) if email else tuple(phones)


def email_key(text: str) -> str:
    """The email address without case and blanks; empty when it is none, masked, or reaches no particular person."""
    email = text.strip().casefold()
    if not _EMAIL.fullmatch(email) or is_masked(email):
        return ""
    mailbox, _at, domain = email.rpartition("@")
    if _NOBODYS_MAILBOX.fullmatch(mailbox) or _RELAYS.fullmatch(domain):
        return ""
    return email


@lru_cache(maxsize=65_536)
def name_form(text: str) -> str:
    """A name without accents, case and word order; empty when masked, a walk-in's, or a user name rather than a name."""
    if is_masked(text) or is_walk_in_name(text):
        return ""
    if len(text.split()) == 1 and re.search(r"[\d_.@]", text):
        return ""
    words = re.findall(r"\w+", fold(text))
    return " ".join(sorted(word for word in words if not word.isdigit())[:_MOST_TOKENS])


@lru_cache(maxsize=65_536)
def place_form(address: Address) -> str:
    """Street, district and province without accents, case, order and words such as "quận"; empty when not clear."""
    parts = (address.street, address.district, address.province)
    if not address.street.strip() or any(is_masked(part) for part in parts):
        return ""
    return " ".join(sorted({word for part in parts for word in re.findall(r"\w+", fold(part))} - _PLACE_WORDS))


def sharing(uses: Iterable[Use], rules: LinkRules) -> Sharing:
    """Which of the users of one phone or email are one person.

    Args:
        uses: all uses of it but those of buyers that a supervisor split off; a buyer at most once.
        rules: the limits.
    """
    every = list(uses)
    if len(every) < 2:
        return Sharing()
    if len(every) > MOST_PROFILES:
        return Sharing(is_hub=True)
    groups, is_hub = [], False
    for era in _eras(every, rules.handed_on_days):
        if len(era) < 2:
            continue
        if people(era) > rules.hub_limit:
            is_hub = True
        else:
            groups.append(frozenset(use.buyer_id for use in era))
    return Sharing(tuple(groups), is_hub)


def people(uses: Sequence[Use]) -> int:
    """How many people use it at least: names that differ, and places that differ where no name is known.

    A name that only leaves out words of another, or at the same place has one letter wrong, is that other one.
    """
    named: list[list[Use]] = []
    for use in sorted((use for use in uses if use.name), key=lambda use: (-len(use.name.split()), use.name, use.place)):
        person = next((one for one in named if any(_is_one_person(other, use) for other in one[:1])), None)
        if person is None:
            named.append([use])
        else:
            person.append(use)
    known = {use.place for use in uses if use.name}
    elsewhere = {use.place for use in uses if not use.name and use.place} - known
    return max(1, len(named) + len(elsewhere))


def _is_one_person(one: Use, other: Use) -> bool:
    if set(other.name.split()) <= set(one.name.split()):
        return True
    return bool(one.place) and one.place == other.place and is_slip(one.name, other.name)


def is_slip(one: str, other: str) -> bool:
    """Whether two names (of `name_form`) have the same words but for one, in which one letter is wrong, missing or too many."""
    ours, theirs = one.split(), other.split()
    if len(ours) != len(theirs):
        return False
    left, right = list(ours), list(theirs)
    for word in ours:
        if word in right:
            left.remove(word)
            right.remove(word)
    return not left or (len(left) == 1 and within_one_letter(left[0], right[0]))


def within_one_letter(one: str, other: str) -> bool:
    """Whether at most one letter was changed, left out, added, or swapped with the next."""
    if one == other:
        return True
    if abs(len(one) - len(other)) > 1:
        return False
    place = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, others = one[place:], other[place:]
    swapped = len(rest) >= 2 and rest[1] + rest[0] + rest[2:] == others
    return rest[1:] == others[1:] or rest[1:] == others or rest == others[1:] or swapped


def _eras(uses: Sequence[Use], handed_on_days: int) -> list[list[Use]]:
    """The uses parted where the number was handed on: unused for long, then used by nobody who could be one of those before."""
    if any(use.first_day is None or use.last_day is None for use in uses):
        return [list(uses)]
    by_time = sorted(uses, key=lambda use: (use.first_day, use.last_day, use.buyer_id))
    eras: list[list[Use]] = [[by_time[0]]]
    ended = by_time[0].last_day or 0
    for place, use in enumerate(by_time[1:], start=1):
        is_later = (use.first_day or 0) - ended > handed_on_days
        if is_later and all(_are_strangers(before, after) for before in eras[-1] for after in by_time[place:]):
            eras.append([])
        eras[-1].append(use)
        ended = max(ended, use.last_day or 0)
    return eras


def _are_strangers(one: Use, other: Use) -> bool:
    """Whether two uses are clearly two people's: full names with nothing but a surname in common, at two places."""
    ours, theirs = set(one.name.split()), set(other.name.split())
    if len(ours) < 2 or len(theirs) < 2 or ours <= theirs or theirs <= ours:
        return False
    return bool(one.place and other.place) and one.place != other.place and not is_slip(one.name, other.name)
