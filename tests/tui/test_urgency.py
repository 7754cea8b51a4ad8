"""How near a decide-by is can be told by colour, by sign and by word."""

from __future__ import annotations

import pytest

from packstation.acts.calling import queue_now
from packstation.acts.judging import judge_all_packable
from packstation.acts.policies import publish_policy
from packstation.domain.call_sharing import CallRules
from packstation.domain.times import HOUR
from packstation.locale import words
from packstation.settings import default_config_folder
from packstation.store.database import database_now
from packstation.tui.theme import BAD, OVERDUE, WARNING
from packstation.tui.views.call_queue import queue_row
from packstation.tui.widgets.line_table import Cell
from packstation.tui.widgets.panel import Panel
from tests.tui.test_alarms import SMALL, screen_of
from tests.tui.worlds import World, at_desk, risky, settings_for


def bring_holds(world: World) -> None:
    """One hold of each urgency: packing takes half an hour, soon is 4 hours and near 2 hours before."""
    now = database_now()
    for place, hours in enumerate((9, 4, 2, -1)):
        world.bring(*risky(f"ORD200{place}", f"buyer-{place}", ship_by=now + hours * HOUR))


def test_each_hold_has_the_colour_and_the_sign_of_its_urgency_most_urgent_first(world: World) -> None:
    bring_holds(world)
    queue = queue_now(None, CallRules())
    first_cells = [queue_row(waiting, queue, None)[0] for waiting in queue.waiting]
    assert all(isinstance(cell, Cell) for cell in first_cells)
    told = [(cell.text.split()[0], cell.style) for cell in first_cells if isinstance(cell, Cell)]
    assert told == [("×", OVERDUE), ("!!", BAD), ("!", WARNING), ("·", "")]


@pytest.mark.parametrize(
    ("language", "counts"),
    [
        ("en", "CALL DESK  Open holds: 4  × 1 overdue   !! 1 urgent   ! 1 due soon"),
        ("vi", "BÀN GỌI KHÁCH  Đang giữ: 4  × 1 quá hạn   !! 1 gấp   ! 1 sắp đến hạn"),
    ],
)
async def test_the_queue_says_what_its_signs_mean_on_the_smallest_screen(
    world: World, language: str, counts: str
) -> None:
    bring_holds(world)
    async with at_desk(settings_for(world.url, language=language), world.packer_badge, size=SMALL) as hands:
        await hands.press("escape", "f3")
        assert hands.app.screen.query_one("#call-title", Panel).text.split() == counts.split()
        rows = screen_of(hands)
        assert any(counts.split("   ")[-1] in row for row in rows), "all of it has room"
        assert [row.split()[0] for row in rows if "ORD200" in row] == ["×", "!!", "!", "·"]
        assert all(words.money(150_000, "VND") in row for row in rows if "ORD200" in row), "nothing is cut off for it"


async def test_the_order_on_screen_says_how_near_its_decide_by_is_and_when_its_truck_leaves(world: World) -> None:
    shipped = (default_config_folder() / "risk.toml").read_text(encoding="utf-8")
    publish_policy(world.place, shipped + '[holds.cut_offs."*"]\nmon-sun = ["00:00", "12:00"]\n', None)
    world.bring(*risky("ORD2001", ship_by=database_now() + 20 * HOUR))
    judge_all_packable(world.place)
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD2001")
        assert "truck leaves" in hands.panel("order")
    publish_policy(world.place, shipped, None)
    world.bring(*risky("ORD2002", "other.buyer", ship_by=database_now() + 2 * HOUR))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD2002")
        assert "!! urgent" in hands.panel("order")
        assert "truck leaves" not in hands.panel("order")
