"""Buyers who do not exist: who they are at one channel, and how they are used to end their orders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from random import Random

from packstation.domain.orders import Address, IncomingBuyer
from sync.sandbox.counters import Counter
from sync.sandbox.journeys import Fate
from sync.sandbox.masking import as_shown
from sync.sandbox.people import email_of, full_name, nickname, phone_number, respelled
from sync.sandbox.places import address


class Habit(Enum):
    """How a buyer is used to behave."""

    LOYAL = auto()
    ORDINARY = auto()
    FICKLE = auto()
    REFUSER = auto()


HABITS: Mapping[Habit, int] = {Habit.LOYAL: 12, Habit.ORDINARY: 76, Habit.FICKLE: 8, Habit.REFUSER: 4}
"""How many buyers of a hundred behave like that."""

_ORDER_COUNTS: Mapping[Habit, tuple[int, int]] = {
    Habit.LOYAL: (6, 26),
    Habit.ORDINARY: (1, 4),
    Habit.FICKLE: (2, 7),
    Habit.REFUSER: (1, 5),
}
_COD_FATES: Mapping[Habit, Mapping[Fate, int]] = {
    Habit.LOYAL: {Fate.DELIVERED: 960, Fate.SENT_BACK: 15, Fate.BUYER_CANCELS: 10, Fate.COURIER_FAILS: 5, Fate.LOST: 3},
    Habit.ORDINARY: {
        Fate.DELIVERED: 850,
        Fate.SENT_BACK: 25,
        Fate.BUYER_CANCELS: 45,
        Fate.BUYER_CANCELS_AFTER_LABEL: 15,
        Fate.REFUSED: 20,
        Fate.UNREACHABLE: 12,
        Fate.COURIER_FAILS: 8,
        Fate.SELLER_CANCELS: 12,
        Fate.SYSTEM_CANCELS: 5,
        Fate.LOST: 3,
    },
    Habit.FICKLE: {Fate.DELIVERED: 420, Fate.BUYER_CANCELS: 360, Fate.BUYER_CANCELS_AFTER_LABEL: 120, Fate.REFUSED: 60},
    Habit.REFUSER: {Fate.DELIVERED: 330, Fate.REFUSED: 420, Fate.UNREACHABLE: 200, Fate.BUYER_CANCELS: 50},
}
_PREPAID_FATES: Mapping[Fate, int] = {
    Fate.DELIVERED: 890,
    Fate.SENT_BACK: 25,
    Fate.BUYER_CANCELS: 25,
    Fate.NEVER_PAID: 40,
    Fate.SELLER_CANCELS: 12,
    Fate.COURIER_FAILS: 4,
    Fate.UNREACHABLE: 1,
    Fate.LOST: 3,
}


@dataclass(frozen=True, slots=True)
class DemoBuyer:
    """A person at one shop, as they are; what the channel shows of them is told by `profile` and `destination`."""

    counter: Counter
    name: str
    phone: str
    home: Address
    habit: Habit
    external_id: str | None
    username: str = ""
    email: str = ""

    def profile(self, shown: Address) -> IncomingBuyer:
        """The buyer as the channel names them on one order that goes to `shown`."""
        channel = self.counter.shop.channel
        if channel == "shopee":
            return IncomingBuyer(self.external_id, self.username, also=(self.username,))
        if channel in ("lazada", "tiktok", "tiki"):
            return IncomingBuyer(self.external_id, shown.recipient)
        return IncomingBuyer(self.external_id, self.name, shown.phone, self.email)

    def destination(self, rng: Random) -> Address:
        """Where one order goes, as the channel shows it."""
        phone = self.phone
        if self.counter.shop.channel in ("woocommerce", "file") and phone:
            phone = respelled(phone, rng)
        return as_shown(replace(self.home, recipient=self.name, phone=phone), self.counter.shop.channel)

    def order_count(self, rng: Random) -> int:
        """How many orders such a buyer places in about a year."""
        least, most = _ORDER_COUNTS[self.habit]
        return rng.randint(least, most)

    def fate(self, rng: Random, *, prepaid: bool) -> Fate:
        """What becomes of one order of such a buyer."""
        fates = _PREPAID_FATES if prepaid else _COD_FATES[self.habit]
        return rng.choices(list(fates), list(fates.values()))[0]


def walk_in(counter: Counter) -> DemoBuyer:
    """Whoever bought at the counter and left no name."""
    return DemoBuyer(counter, "Khách lẻ", "", Address(), Habit.ORDINARY, None)


def new_buyer(counter: Counter, rng: Random, habit: Habit | None = None, *, guest: bool | None = None) -> DemoBuyer:
    """A buyer whom nobody saw before.

    Args:
        counter: the shop where they buy.
        rng: makes them.
        habit: how they behave; drawn when not given.
        guest: whether they buy without an account where that is possible; drawn when not given.
    """
    habit = habit or rng.choices(list(HABITS), list(HABITS.values()))[0]
    name, phone, home = full_name(rng), phone_number(rng), address(rng)
    channel = counter.shop.channel
    guest = rng.random() < 0.5 if guest is None else guest
    external_id: str | None = None
    username = email = ""
    if channel == "shopee":
        external_id, username = str(rng.randrange(10**8, 10**9)), nickname(name, rng)
    elif channel == "tiktok":
        external_id = f"7494{rng.randrange(10**15):015d}"
    elif channel in ("lazada", "tiki"):
        external_id = str(rng.randrange(10**7, 10**9))
    elif channel == "woocommerce":
        external_id = None if guest else str(rng.randrange(10**5, 10**7))
        email = email_of(name, rng)
    elif channel == "kiotviet":
        external_id = f"KH{rng.randrange(10**7):07d}"
    elif channel != "file":
        external_id = str(rng.randrange(10**8, 10**9))
        email = email_of(name, rng)
    return DemoBuyer(counter, name, phone, home, habit, external_id, username, email)
