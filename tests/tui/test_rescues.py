from __future__ import annotations

from packstation.acts.waybills import take_in_waybills
from packstation.acts.workplace import open_command
from packstation.domain.carriers import NONE_CONFIGURED
from packstation.domain.orders import FailureCause, IncomingParcel, Status
from packstation.domain.times import HOUR
from packstation.domain.waybills import IncomingWaybill, WaybillMeaning
from packstation.store.database import database_now, rows_of
from packstation.tui.screens.call_desk import CallDesk
from packstation.tui.screens.rescues import Rescues
from packstation.tui.widgets.text import Label
from tests.factories import an_order
from tests.tui.test_alarms import screen_of
from tests.tui.worlds import Hands, World, at_desk, settings_for


def fail(world: World, *numbers: str) -> None:
    """Parcels on their way whose delivery failed an hour ago, each a minute later than the one before."""
    at = database_now() - HOUR
    events = []
    for place, number in enumerate(numbers):
        parcels = (IncomingParcel(None, f"T-{number}", "GHN"),)
        world.bring(an_order(number, buyer=f"buyer {number}", status=Status.SHIPPED, parcels=parcels))
        meaning, cause = WaybillMeaning.FAILED_ONCE, FailureCause.UNREACHABLE
        reason = "Không nghe [b]máy[/b]"
        events.append(IncomingWaybill(f"T-{number}", "", "Giao lại", reason, meaning, cause, at + place * 60_000))
    take_in_waybills(open_command("import"), "GHN", "", events, NONE_CONFIGURED)


def text(hands: Hands, id: str) -> str:
    return hands.app.screen.query_one(f"#{id}", Label).shown


def states() -> list[tuple[str, str]]:
    return rows_of("SELECT o.number, r.state FROM rescue r JOIN orders o ON o.id = r.order_id ORDER BY o.number")


async def test_a_caller_rescues_parcels_by_the_keys_on_screen_and_tells_the_courier(world: World) -> None:
    fail(world, "R-1", "R-2")
    async with at_desk(settings_for(world.url), world.packer_badge, size=(80, 24)) as hands:
        await hands.press("f3")
        assert any("V  Rescue calls: 2, the first R-1 until" in row for row in screen_of(hands))
        await hands.press("v")
        assert text(hands, "title") == "Rescue calls: 2"
        await hands.press("enter")
        assert "0912345678" not in text(hands, "rescue").replace(" ", "")
        assert "Không nghe [b]máy[/b]" in text(hands, "rescue")
        await hands.press("2")
        assert states()[0] == ("R-1", "waiting"), "a result needs a contact"
        await hands.press("c")
        assert "0912345678" in text(hands, "rescue").replace(" ", "")
        await hands.press("1", "1")
        await hands.type("gọi trước")
        await hands.press("enter")
        assert states() == [("R-1", "will_take"), ("R-2", "waiting")]
        assert text(hands, "above") == "will take it"
        assert rows_of("SELECT instruction, wanted_at IS NULL FROM rescue ORDER BY id LIMIT 1") == [("gọi trước", 0)]
        await hands.press("down", "enter", "c", "8")
        assert states()[1] == ("R-2", "refused")
        await hands.press("escape")
        assert isinstance(hands.app.screen, CallDesk)


async def test_questions_are_left_by_escape_and_an_empty_list_says_so(world: World) -> None:
    fail(world, "R-1")
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.press("f3", "v", "c", "5", "escape")
        assert "no answer" in text(hands, "rescue")
        await hands.press("5", "3")
        assert rows_of("SELECT tries, state FROM rescue") == [(1, "waiting")]
        await hands.press("c", "8", "escape", "v")
        assert isinstance(hands.app.screen, Rescues)
        assert text(hands, "above") == "No delivery that failed waits for a call."
