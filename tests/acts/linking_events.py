"""Buyers who arrive, are linked, split off, put back, erased, denied a number; and, counted the long way, who must be one customer then."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import combinations

from hypothesis import strategies as st

from packstation.acts import linking
from packstation.acts.linking import NotSplitError
from packstation.acts.workplace import Workplace
from packstation.domain.identities import LinkRules, Use, name_form, sharing
from packstation.domain.orders import Address, Outcome, Status
from packstation.domain.times import DAY
from packstation.store.database import rows_of, transaction
from packstation.store.erasing import erase
from packstation.store.relinking import part_from_number
from tests.factories import NOW, a_buyer, a_shop, an_order, hand_in

SHOPS = {
    shop.name: shop for shop in (a_shop("web", "woocommerce"), a_shop("pos", "kiotviet"), a_shop("market", "shopee"))
}
PHONES = ("0912345678", "0387654322")
SPELLED = {
    "0912345678": ("0912345678", "+84 912 345 678", "(+84)912.345.678", "84912345678", "0084 912-345-678"),
    "0387654322": ("0387654322", "01687654322", "+84 168 7654322", "038 765 4322", "84387654322"),
}
NAMES = ("Nguyễn Văn An", "Trần Thị Bình", "Lê Hoàng Cường", "Phạm Dung", "Vũ Em", "Đỗ Gia Phúc", "")
STREETS = ("12 Lý Thường Kiệt", "5/7 Hai Bà Trưng", "")
RULES = LinkRules(hub_limit=2, handed_on_days=365)


@dataclass(frozen=True)
class Arrives:
    """An order of a buyer (shop and id there)."""

    buyer: tuple[str, str]
    phone: str
    spelling: int
    email: str
    name: str
    street: str
    years_ago: int


@dataclass(frozen=True)
class Decides:
    """What a supervisor does with one buyer, or with two; or (deny) the owner of a number that a buyer ordered with."""

    what: str
    buyer: tuple[str, str]
    other: tuple[str, str]

    @property
    def phone(self) -> str:
        """The number whose owner denies an order."""
        return PHONES[self.other[1] == "1"]


Event = Arrives | Decides
buyers = st.tuples(st.sampled_from(sorted(SHOPS)), st.sampled_from("123"))
arrivals = st.builds(
    Arrives,
    buyers,
    st.sampled_from([*PHONES, PHONES[0], ""]),
    st.integers(0, 4),
    st.sampled_from(["an@example.vn", "", ""]),
    st.sampled_from(NAMES),
    st.sampled_from(STREETS),
    st.integers(0, 5),
)
decisions = st.builds(
    Decides, st.sampled_from(["link", "split", "put_back", "refuse", "erase", "deny"]), buyers, buyers
)
histories = st.lists(st.one_of(arrivals, arrivals, decisions), min_size=4, max_size=14)


def happen(place: Workplace, number: int, event: Event) -> None:
    """Let something happen; what cannot be done yet is not done."""
    if isinstance(event, Arrives):
        shop, external = event.buyer
        phone = SPELLED[event.phone][event.spelling] if event.phone else ""
        order = an_order(
            f"{shop}-{number}",
            buyer=a_buyer(external, name=event.name, phone=phone, email=event.email),
            address=Address(event.name, phone, event.street, "", "Hoàn Kiếm", "Hà Nội"),
            placed_at=NOW - event.years_ago * 400 * DAY,
            status=Status.CANCELLED if number % 3 == 0 else Status.TO_PACK,
            outcome=Outcome.BUYER_CANCELLED if number % 3 == 0 else None,
        )
        hand_in(order, shop=SHOPS[shop])
        return
    one, other = buyer_id(event.buyer), buyer_id(event.other)
    if one is None:
        return
    if event.what == "split":
        linking.split(place, one, None, "hai người")
    elif event.what == "put_back":
        with suppress(NotSplitError):
            linking.put_back(place, one, None)
    elif event.what == "deny":
        marks = ",".join("?" * len(SPELLED[event.phone]))
        order_id = rows_of(
            f"SELECT min(id) FROM orders WHERE buyer_id = ? AND phone IN ({marks})", (one, *SPELLED[event.phone])
        )[0][0]
        if order_id is not None:
            with transaction():
                part_from_number(order_id, None, NOW)
    elif event.what == "erase":
        with transaction():
            erase(rows_of("SELECT customer_id FROM buyer WHERE id = ?", (one,))[0][0], 1)
    elif other is not None and one != other:
        if event.what == "link":
            linking.link(place, one, other, None, "một người")
        else:
            linking.refuse_proposal(place, one, other, None)


def buyer_id(buyer: tuple[str, str]) -> int | None:
    """The id of the buyer whom a shop calls so."""
    shop, external = buyer
    scope = "shopee" if SHOPS[shop].channel == "shopee" else None
    rows = rows_of(
        "SELECT buyer_id FROM buyer_alias WHERE external_id = ? AND scope = coalesce(?, "
        "(SELECT 'shop:' || id FROM shop WHERE name = ?))",
        (external, scope, shop),
    )
    return rows[0][0] if rows else None


def customers() -> set[frozenset[tuple[str, str]]]:
    """Who is one customer with whom, of the buyers who were not erased."""
    found: dict[int, set[tuple[str, str]]] = {}
    for shop in SHOPS:
        for external in "123":
            one = buyer_id((shop, external))
            if one is not None:
                customer_id = rows_of("SELECT customer_id FROM buyer WHERE id = ?", (one,))[0][0]
                found.setdefault(customer_id, set()).add((shop, external))
    return {frozenset(members) for members in found.values()}


@dataclass
class Truth:
    """The facts that hold, and who is one customer by them; nothing here comes from the store."""

    arrived: list[Arrives] = field(default_factory=list)
    split: set[tuple[str, str]] = field(default_factory=set)
    linked: set[frozenset[tuple[str, str]]] = field(default_factory=set)
    denied: set[tuple[tuple[str, str], str]] = field(default_factory=set)

    def happen(self, event: Event) -> None:
        here = {arrival.buyer for arrival in self.arrived}
        if isinstance(event, Arrives):
            self.arrived.append(event)
        elif event.buyer not in here:
            return
        elif event.what == "split":
            self.split.add(event.buyer)
            self.linked = {pair for pair in self.linked if event.buyer not in pair}
        elif event.what == "put_back":
            self.split.discard(event.buyer)
            self._forget_denials({event.buyer})
        elif event.what == "deny":
            if any((one.buyer, one.phone) == (event.buyer, event.phone) for one in self.arrived):
                self.denied.add((event.buyer, event.phone))
        elif event.what == "link" and event.other in here and event.other != event.buyer:
            self.linked.add(frozenset((event.buyer, event.other)))
        elif event.what == "erase":
            gone = next(members for members in self.customers() if event.buyer in members)
            self.arrived = [arrival for arrival in self.arrived if arrival.buyer not in gone]
            self.split -= gone
            self._forget_denials(gone)
            self.linked = {pair for pair in self.linked if not pair & gone}

    def _forget_denials(self, buyers: Collection[tuple[str, str]]) -> None:
        self.denied = {(buyer, phone) for buyer, phone in self.denied if buyer not in buyers}

    def customers(self) -> set[frozenset[tuple[str, str]]]:
        """Every buyer with all who are the same customer."""
        here = sorted({arrival.buyer for arrival in self.arrived})
        pairs = {tuple(sorted(pair)) for pair in self.linked}
        for key in (*PHONES, "an@example.vn"):
            pairs |= {pair for group in self._groups(key, here) for pair in combinations(sorted(group), 2)}
        parts = {buyer: {buyer} for buyer in here}
        for one, other in sorted(pairs):
            joined = parts[one] | parts[other]
            for buyer in joined:
                parts[buyer] = joined
        return {frozenset(part) for part in parts.values()}

    def _groups(self, key: str, here: list[tuple[str, str]]) -> Iterable[list[tuple[str, str]]]:
        uses: dict[tuple[str, str], Use] = {}
        for arrival in self.arrived:
            is_out = arrival.buyer in self.split or (arrival.buyer, key) in self.denied
            if key in (arrival.phone, arrival.email) and not is_out:
                uses[arrival.buyer] = _seen(here.index(arrival.buyer), arrival, uses.get(arrival.buyer))
        return [[here[place] for place in group] for group in sharing(uses.values(), RULES).groups]


def _seen(place: int, arrival: Arrives, before: Use | None) -> Use:
    day = (NOW - arrival.years_ago * 400 * DAY) // DAY
    use = Use(place, name_form(arrival.name), arrival.street, day, day)
    return before.seen_also(use) if before else use
