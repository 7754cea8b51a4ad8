"""A small shop in a real SQLite file, a station on it, and hands that scan and type as the terminal does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual import events
from textual.pilot import Pilot

from packstation.acts.intake import store_orders
from packstation.acts.people import add_person, new_badge
from packstation.acts.policies import publish_policy
from packstation.acts.workplace import Workplace, open_command
from packstation.domain.codes import badge_code
from packstation.domain.orders import FailureCause, IncomingOrder, Outcome, Shop, Status, TimedStatus
from packstation.domain.people import Person, Role
from packstation.domain.times import DAY, HOUR
from packstation.settings import Settings, default_config_folder
from packstation.store.database import database_now
from packstation.store.schema import installation_token
from packstation.tui.app import DemoLine, StationApp
from packstation.tui.widgets.contact_pane import ContactPane
from tests.factories import a_shop, an_order

PIN = "2468"
_PATIENCE = 30.0
SHOP = a_shop("Trà Lan", "shopee")
OTHER_SHOP = a_shop("Trà Hùng", "lazada")
HIDDEN_PHONE_SHOP = a_shop("Trà TikTok", "tiktok")


class Clock:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class People:
    """A packer, a supervisor who has a PIN, and what their badges say."""

    packer: Person
    supervisor: Person
    packer_badge: str
    supervisor_badge: str


class World:
    """The shop in the open database, with its people, and a way to bring orders in."""

    def __init__(self, url: str, people: People) -> None:
        self.url = url
        self.place: Workplace = open_command("tests")
        self.packer = people.packer
        self.supervisor = people.supervisor
        self.packer_badge = people.packer_badge
        self.supervisor_badge = people.supervisor_badge

    def bring(self, *orders: IncomingOrder, shop: Shop = SHOP) -> None:
        """Orders come in from a channel."""
        store_orders(self.place, shop, orders)

    def command(self, text: str) -> str:
        """A printed command code of this installation."""
        return f"PS:{installation_token()}:{text}"


def publish_shipped_policy() -> Workplace:
    """Publish the shipped policy into the open database."""
    place = open_command("tests")
    publish_policy(place, (default_config_folder() / "risk.toml").read_text(encoding="utf-8"), None)
    return place


def found_people() -> People:
    """Put the people and the shipped policy into the open, empty database."""
    place = publish_shipped_policy()
    packer = add_person(place, "Lan", Role.PACKER, None)
    supervisor = add_person(place, "Mai", Role.SUPERVISOR, PIN)
    badges = [badge_code(new_badge(place, person.id)) for person in (packer, supervisor)]
    return People(packer, supervisor, *badges)


def fresh(number: str, **more: Any) -> IncomingOrder:
    """An order placed an hour ago by a buyer without a history."""
    more.setdefault("buyer", f"buyer-of-{number}")
    return an_order(number, placed_at=database_now() - HOUR, **more)


def risky(number: str, buyer: str = "bom.nguyen", **more: Any) -> list[IncomingOrder]:
    """An order of a buyer who refused two parcels before, with those two."""
    now = database_now()
    past = [
        an_order(
            f"{number}-PAST{place}",
            buyer=buyer,
            placed_at=now - (20 + place) * DAY,
            status=Status.RETURNED,
            outcome=Outcome.DELIVERY_FAILED,
            cause=FailureCause.REFUSED,
            known_at=now - (15 + place) * DAY,
        )
        for place in range(2)
    ]
    return [*past, fresh(number, buyer=buyer, **more)]


def cancelled(number: str) -> IncomingOrder:
    """The order of `fresh`, cancelled since."""
    now = database_now()
    statuses = (TimedStatus(Status.TO_PACK, "READY", now - HOUR), TimedStatus(Status.CANCELLED, "CANCELLED", now))
    return an_order(
        number,
        buyer=f"buyer-of-{number}",
        placed_at=now - HOUR,
        statuses=statuses,
        outcome=Outcome.BUYER_CANCELLED,
        known_at=now,
    )


def settings_for(url: str, *, language: str = "en", **sections: dict[str, Any]) -> Settings:
    """Settings of a station called Desk 1 that makes no sound and takes fast typing for typing."""
    given: dict[str, Any] = {
        "sounds": {"on": False},
        "scanner": {"key_gap_ms": 5, "silence_ms": 20},
        **sections,
        "database": url,
        "station": {"name": "Desk 1", "language": language, **sections.get("station", {})},
    }
    return Settings(**given)


class Hands:
    """A scanner, a keyboard and eyes at a running station."""

    def __init__(self, app: StationApp, pilot: Pilot[None], clock: Clock) -> None:
        self.app = app
        self.pilot = pilot
        self.clock = clock

    async def scan(self, *codes: str) -> None:
        """Scan codes back to back, and wait until all is answered and painted."""
        strokes: list[events.Key] = []
        for code in codes:
            strokes += [events.Key(_key_name(character), character) for character in code]
            strokes.append(events.Key("enter", "\r"))
        for stroke in strokes:
            # A scanner is as fast on a busy machine: only what is written down here was slow.
            stroke.time = strokes[-1].time
            self.app.post_message(stroke)
        await self.settle()

    async def press(self, *keys: str) -> None:
        """Press keys as slowly as a person does."""
        for key in keys:
            character = key if len(key) == 1 else {"space": " ", "enter": "\r"}.get(key)
            self.app.post_message(events.Key(key, character))
            # In the contact panel a letter counts once nothing followed it for a while.
            alone = len(key) == 1 and isinstance(self.app.focused, ContactPane)
            await asyncio.sleep(0.7 if alone else self._gap)
            await self.settle()

    async def type(self, text: str) -> None:
        """Type text by hand."""
        for character in text:
            self.app.post_message(events.Key(_key_name(character), character))
            await asyncio.sleep(self._gap)
        await self.settle()

    async def look(self) -> None:
        """Have the station look at what was written elsewhere, as it does every second."""
        self.app.parts.watching.be_due()
        await self.settle()

    async def be_idle(self) -> None:
        """Have the station ask itself whether anybody is there, as it does every half minute."""
        self.app.parts.idle_lock.be_due()
        await self.settle()

    def later(self, seconds: float) -> None:
        """Let time pass on the station's clock."""
        self.clock.now += seconds

    async def settle(self) -> None:
        """Wait until nothing is left to do."""
        await asyncio.wait_for(self._calm(), _PATIENCE)

    async def _calm(self) -> None:
        calm = 0
        while calm < 2 and not self.app._exit:
            self._raise_failure()
            for _hop in range(3):
                for pump in (self.app, self.app.screen, self.app.focused or self.app.desk):
                    await _reached(pump.call_later)
            busy = not self.app.queue.is_idle
            while not self.app.queue.is_idle:
                self._raise_failure()
                await asyncio.sleep(0.002)
            for screen in (self.app.desk, self.app.screen):
                await _reached(screen.call_after_refresh)
            calm = 0 if busy else calm + 1

    def _raise_failure(self) -> None:
        if self.app.failure is not None:
            raise self.app.failure

    @property
    def banner(self) -> str:
        """The words and lines of the banner."""
        says = self.app.desk.banner.says
        return "\n".join((says.words[0], *says.lines))

    @property
    def tone(self) -> str:
        """The banner's colour by its meaning."""
        return str(self.app.desk.banner.says.tone)

    @property
    def status(self) -> str:
        """The status line."""
        return self.app.desk.status.text

    def panel(self, name: str) -> str:
        """The text of a panel of the desk."""
        return str(self.app.desk.query_one(f"#{name}").text)  # type: ignore[attr-defined]

    @property
    def dialog(self) -> str:
        """The kind of the dialog on top, empty for the desk."""
        return "" if self.app.screen is self.app.desk else type(self.app.screen).__name__

    @property
    def _gap(self) -> float:
        return self.app.settings.scanner.key_gap_ms / 1_000 + 0.01


@asynccontextmanager
async def at_desk(
    settings: Settings,
    sign_in: str | None = None,
    *,
    size: tuple[int, int] = (120, 36),
    demo_card: Sequence[DemoLine] = (),
    crash_logs: Path | None = None,
    watches: bool = False,
) -> AsyncIterator[Hands]:
    """A running station; `sign_in` is a badge to begin with. It looks for what is new when a test says so, else with `watches`."""
    clock = Clock()
    app = StationApp(settings, demo_card, clock=clock, crash_logs=crash_logs, watches=watches)
    async with app.run_test(size=size) as pilot:
        hands = Hands(app, pilot, clock)
        if sign_in:
            await hands.scan(sign_in)
        else:
            await hands.settle()
        yield hands


async def _reached(call: Callable[..., object]) -> None:
    """Wait until a message pump came to what was put into its queue now; one that was closed meanwhile never does."""
    done = asyncio.Event()
    call(done.set)
    with suppress(TimeoutError):
        await asyncio.wait_for(done.wait(), 0.5)


def _key_name(character: str) -> str:
    return {":": "colon", "-": "minus", " ": "space", "_": "underscore"}.get(character, character)
