"""The small shop of the tests of the running program: its people, its orders, and where they come from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from packstation.acts.intake import store_orders
from packstation.acts.people import add_person, new_badge
from packstation.acts.policies import publish_policy
from packstation.acts.workplace import Workplace, open_command
from packstation.domain.codes import badge_code
from packstation.domain.orders import FailureCause, IncomingOrder, Outcome, Shop, Status, TimedStatus
from packstation.domain.people import Role
from packstation.domain.times import DAY, HOUR
from packstation.settings import default_config_folder
from packstation.store.database import database_now
from packstation.store.schema import installation_token
from tests.factories import HOME, a_shop, an_order

PIN = "2468"
SHOP = a_shop("Trà Lan", "shopee")
OTHER_SHOP = a_shop("Trà Hùng", "lazada")
HIDDEN_PHONE_SHOP = a_shop("Trà TikTok", "tiktok")


@dataclass(frozen=True, slots=True)
class World:
    """A shop in the database of a URL, which this process has open too: Lan packs, Mai supervises and has a PIN."""

    url: str
    place: Workplace
    packer_badge: str
    supervisor_badge: str

    def bring(self, *orders: IncomingOrder, shop: Shop = SHOP) -> None:
        """Orders come in from a channel."""
        store_orders(self.place, shop, orders)

    def person(self, name: str, role: Role, pin: str | None = None) -> str:
        """Somebody else works here too; their badge."""
        return badge_code(new_badge(self.place, add_person(self.place, name, role, pin).id))

    def command(self, text: str) -> str:
        """A printed command code of this installation."""
        return f"PS:{installation_token()}:{text}"


def a_world(url: str) -> World:
    """An empty shop in the migrated database of this URL, which is open."""
    place = open_command("tests")
    publish_policy(place, (default_config_folder() / "risk.toml").read_text(encoding="utf-8"), None)
    badges = [
        badge_code(new_badge(place, add_person(place, name, role, pin).id))
        for name, role, pin in (("Lan", Role.PACKER, None), ("Mai", Role.SUPERVISOR, PIN))
    ]
    return World(url, place, *badges)


def order(number: str, **more: Any) -> IncomingOrder:
    """An order of a new buyer at an address of its own, placed an hour ago, which gets PACK."""
    more.setdefault("buyer", f"buyer-of-{number}")
    more.setdefault("address", replace(HOME, street=f"{number} Hàng Bông"))
    more.setdefault("placed_at", database_now() - HOUR)
    return an_order(number, **more)


def risky(number: str, **more: Any) -> list[IncomingOrder]:
    """An order that gets CALL, at `HOME`, of a buyer who refused two parcels before, with those two."""
    now = database_now()
    past = [
        an_order(
            f"{number}-PAST{place}",
            buyer="bom.nguyen",
            placed_at=now - (20 + place) * DAY,
            status=Status.RETURNED,
            outcome=Outcome.DELIVERY_FAILED,
            cause=FailureCause.REFUSED,
            known_at=now - (15 + place) * DAY,
            **more,
        )
        for place in range(2)
    ]
    return [*past, an_order(number, buyer="bom.nguyen", placed_at=now - HOUR, **more)]


def cancelled(number: str) -> IncomingOrder:
    """The order of `order`, cancelled since."""
    now = database_now()
    placed = now - HOUR
    statuses = (TimedStatus(Status.TO_PACK, "READY", placed), TimedStatus(Status.CANCELLED, "CANCELLED", now))
    return order(number, placed_at=placed, statuses=statuses, outcome=Outcome.BUYER_CANCELLED, known_at=now)
