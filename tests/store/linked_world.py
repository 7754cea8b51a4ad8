"""People whose profiles at several channels are known, written down as channels show them: spelled, shared, masked, mistyped."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations, pairwise
from random import Random

from packstation.domain.buyers import fold
from packstation.domain.identities import LinkRules
from packstation.domain.orders import Address, IncomingBuyer
from packstation.domain.times import day_of
from packstation.store.buyer_intake import take_in_buyers
from packstation.store.database import rows_of, transaction
from packstation.store.identities import Sighting
from packstation.store.linking import link_seen
from packstation.store.shops import shop_id_of
from sync.sandbox.people import full_name, nickname
from sync.sandbox.places import address
from tests.factories import NOW, a_shop

TODAY = day_of(NOW)
RULES = LinkRules()
SHOPS = (
    a_shop("market", "shopee"),
    a_shop("mall", "tiktok"),
    a_shop("web", "woocommerce"),
    a_shop("pos", "kiotviet"),
    a_shop("web 2", "haravan"),
)
_PREFIXES = "032 033 034 035 036 037 038 039 070 076 077 078 079 081 082 083 084 085 086 088 089 090 091 093 094 096 097 098".split()
_OLD = {"038": "0168", "039": "0169", "070": "0120", "079": "0121", "083": "0123", "085": "0125"}


@dataclass
class Human:
    """Somebody, with what is really theirs; `era` 0 used a number before those of era 1 got it."""

    name: str
    home: Address
    phone: str
    email: str
    era: int = 0


@dataclass(frozen=True)
class Written:
    """One profile as a channel shows it, and what it truly is.

    `phone` and `email` are what it tells clearly, however spelled; empty where it tells nothing. `as_meant`: not mistyped.
    """

    shop: int
    buyer: IncomingBuyer
    address: Address
    day: int
    human: int
    phone: str
    email: str
    as_meant: bool


@dataclass
class World:
    """Everybody and their profiles."""

    humans: list[Human] = field(default_factory=list)
    profiles: list[Written] = field(default_factory=list)
    buyers: list[int] = field(default_factory=list)

    def users(self) -> dict[str, set[int]]:
        """Of each phone and email the humans who use it, as it is written."""
        found: defaultdict[str, set[int]] = defaultdict(set)
        for profile in self.profiles:
            for key in (profile.phone, profile.email):
                if key:
                    found[key].add(profile.human)
        return found


def make_world(profiles: int, seed: int = 1) -> World:
    """So many profiles, in the order in which they come in."""
    luck = Random(seed)
    world = World()
    numbers = _numbers(luck)
    while len(world.profiles) < profiles:
        home, number = address(luck), next(numbers)
        kind = luck.random()
        if kind < 0.05:
            _family(world, luck, home, number)
        elif kind < 0.052:
            for _ in range(luck.randrange(5, 60)):
                _human(world, luck, full_name(luck), address(luck), number, profiles=1)
        elif kind < 0.075:
            _human(world, luck, full_name(luck), home, number)
            _human(world, luck, full_name(luck), address(luck), number, era=1)
        else:
            _human(world, luck, full_name(luck), home, number)
    luck.shuffle(world.profiles)
    return world


def _numbers(luck: Random) -> Iterator[str]:
    given: set[str] = set()
    while True:
        number = f"{luck.choice(_PREFIXES)}{luck.randrange(10**7):07d}"
        if number not in given:
            given.add(number)
            yield number


def _family(world: World, luck: Random, home: Address, number: str) -> None:
    surname = full_name(luck).split()[0]
    for _ in range(luck.randrange(2, 5)):
        _human(world, luck, " ".join([surname, *full_name(luck).split()[1:]]), home, number)


def _human(
    world: World, luck: Random, name: str, home: Address, phone: str, *, era: int = 0, profiles: int | None = None
) -> None:
    email = f"{fold(name).replace(' ', '')}{len(world.humans)}@example.com"
    world.humans.append(Human(name, home, phone, email, era))
    for number in range(profiles or luck.choices((1, 2, 3, 4), (40, 30, 20, 10))[0]):
        world.profiles.append(_profile(luck, world.humans[-1], len(world.humans) - 1, number))


def _profile(luck: Random, human: Human, place: int, number: int) -> Written:
    shop = luck.randrange(len(SHOPS))
    masked = luck.random() < 0.15
    meant = luck.random() >= 0.02
    phone = human.phone if meant else _mistyped(luck, human.phone)
    shows_phone, shows_email = luck.random() < 0.9, luck.random() < 0.3
    name = _written_name(luck, human.name)
    home = replace(human.home, recipient=name, phone=phone)
    if masked:
        name, phone_text = f"{name[0]}******{name[-1]}", f"{'*' * 8}{phone[-2:]}"
        home = replace(home, recipient=name, street=f"{home.street[:2]}******", phone=phone_text)
    else:
        phone_text = _spelled(luck, phone) if shows_phone else ""
    if SHOPS[shop].channel == "shopee" and not masked:
        name = nickname(human.name, luck)
    email_text = _any_case(luck, human.email) if shows_email and not masked else ""
    # Whoever got the number later did so after nobody had it for a year and more.
    day = TODAY - (luck.randrange(0, 300) if human.era else luck.randrange(800, 1200))
    return Written(
        shop,
        IncomingBuyer(f"{place}-{number}", name, phone_text, email_text),
        home,
        day,
        place,
        phone if shows_phone and not masked else "",
        human.email if email_text else "",
        meant,
    )


def _written_name(luck: Random, name: str) -> str:
    how = luck.random()
    if how < 0.2:
        return fold(name)
    if how < 0.25:
        return name.upper()
    if how < 0.3:
        return " ".join(reversed(name.split()))
    if how < 0.33:
        at = luck.randrange(1, len(name) - 1)
        return name[:at] + name[at + 1 :]
    return name


def _spelled(luck: Random, phone: str) -> str:
    """One of the spellings of a number; where it had eleven digits once, those too."""
    rest = phone[1:]
    ways = [
        phone,
        f"{phone[:4]} {phone[4:7]} {phone[7:]}",
        f"+84{rest}",
        f"84{rest}",
        f"0084 {rest[:3]}.{rest[3:6]}.{rest[6:]}",
        f"(+84) 0{rest[:2]}-{rest[2:]}",
    ]
    if phone[:3] in _OLD:
        ways.append(_OLD[phone[:3]] + phone[3:])
    return luck.choice(ways)


def _mistyped(luck: Random, phone: str) -> str:
    at = luck.randrange(3, len(phone))
    return phone[:at] + str((int(phone[at]) + luck.randrange(1, 10)) % 10) + phone[at + 1 :]


def _any_case(luck: Random, email: str) -> str:
    return luck.choice((email, email.upper(), f" {email.title()} "))


def store(world: World, batch: int = 500) -> None:
    """Let the profiles come in, some at a time; `world.buyers` are theirs afterwards."""
    for start in range(0, len(world.profiles), batch):
        some = world.profiles[start : start + batch]
        ids: dict[int, int] = {}
        with transaction():
            for shop in range(len(SHOPS)):
                mine = [(at, one) for at, one in enumerate(some) if one.shop == shop]
                shop_id = shop_id_of(SHOPS[shop])
                taken = take_in_buyers(SHOPS[shop].channel, shop_id, [one.buyer for _at, one in mine])
                seen = []
                for (at, one), buyer_id in zip(mine, taken, strict=True):
                    assert buyer_id is not None
                    ids[at] = buyer_id
                    seen.append(Sighting(buyer_id, one.buyer, one.address, one.day))
                link_seen(shop_id, seen)
        world.buyers += [ids[at] for at in range(len(some))]


@dataclass(frozen=True)
class Measured:
    """How well the profiles were linked.

    Attributes:
        identified: pairs of profiles of one human that write the same phone or email, which is no hub.
        found: those of them that are linked.
        wrong: pairs of different humans' profiles that are linked,
        unshared: and those of them whose humans do not share a phone or email below the limit, not even by way of others.
        handed_on: pairs linked across a number's earlier and later owners.
    """

    identified: int
    found: int
    wrong: int
    unshared: int
    handed_on: int

    @property
    def recall(self) -> float:
        return self.found / self.identified

    @property
    def precision(self) -> float:
        return self.found / (self.found + self.wrong)


def measure(world: World) -> Measured:
    """Compare the stored customers with what is true."""
    customers = dict(rows_of("SELECT id, customer_id FROM buyer"))
    of_profile = [customers[buyer_id] for buyer_id in world.buyers]
    users = world.users()
    hubs = {key for key, humans in users.items() if len(humans) > RULES.hub_limit}
    identified: set[tuple[int, int]] = set()
    by_key: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
    for at, profile in enumerate(world.profiles):
        for key in {profile.phone, profile.email} - hubs - {""}:
            by_key[profile.human, key].append(at)
    for members in by_key.values():
        identified.update(combinations(members, 2))
    near = _connected(users, hubs)
    members_of: defaultdict[int, list[int]] = defaultdict(list)
    for at, customer in enumerate(of_profile):
        members_of[customer].append(at)
    wrong: Counter[str] = Counter()
    for members in members_of.values():
        for one, other in combinations(members, 2):
            mine, theirs = world.profiles[one], world.profiles[other]
            if mine.human != theirs.human:
                wrong["all"] += 1
                wrong["unshared"] += near[mine.human] != near[theirs.human]
                wrong["handed_on"] += _handed_on(world, mine.human, theirs.human)
    found = sum(of_profile[one] == of_profile[other] for one, other in identified)
    return Measured(len(identified), found, wrong["all"], wrong["unshared"], wrong["handed_on"])


def _handed_on(world: World, one: int, other: int) -> bool:
    mine, theirs = world.humans[one], world.humans[other]
    return mine.phone == theirs.phone and mine.era != theirs.era


def _connected(users: dict[str, set[int]], hubs: set[str]) -> dict[int, int]:
    """Of each human the smallest one who shares a phone or email with them, directly or by way of others."""
    above: dict[int, int] = {}

    def root(human: int) -> int:
        while human in above:
            human = above[human]
        return human

    for key, humans in users.items():
        if key not in hubs:
            for one, other in pairwise(sorted(humans)):
                low, high = sorted((root(one), root(other)))
                if low != high:
                    above[high] = low
    return {human: root(human) for humans in users.values() for human in humans} | {
        human: root(human) for human in list(above)
    }
