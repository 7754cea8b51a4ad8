from __future__ import annotations

from pathlib import Path

import pytest

from packstation.domain.times import DAY
from packstation.store.cases import all_cases
from packstation.store.database import database_now, execute_many
from packstation.tui.screens.cases import Cases
from packstation.tui.widgets.key_bar import KeyBar
from packstation.tui.widgets.line_table import LineTable
from packstation.tui.widgets.text import Label
from tests.factories import an_item
from tests.tui.worlds import Hands, World, at_desk, fresh, risky, settings_for


def text(hands: Hands, id: str) -> str:
    return hands.app.screen.query_one(f"#{id}", Label).shown


def keys(hands: Hands) -> str:
    return hands.app.screen.query_one("#dialog-keys", KeyBar).text


def table(hands: Hands) -> str:
    """The list as it is painted."""
    shown = hands.app.screen.query_one("#list", LineTable)
    return "\n".join("".join(segment.text for segment in shown.render_line(y)) for y in range(6))


async def test_a_supervisor_reports_the_order_on_screen_reads_its_letter_notes_the_answer_and_closes(
    world: World, tmp_path: Path
) -> None:
    world.bring(fresh("A-1"))
    settings = settings_for(world.url, cases={"folder": str(tmp_path / "letters")})
    async with at_desk(settings, world.supervisor_badge) as hands:
        await hands.scan("A-1")
        await hands.press("ctrl+o")
        assert text(hands, "above") == "R reports the buyer of order A-1"
        await hands.press("r")
        assert f"Case 1: letter saved in {tmp_path}" in text(hands, "above")
        assert "A-1 Trà Lan" in table(hands)
        await hands.press("r")
        assert text(hands, "complaint") == "This buyer is reported already: case 1"
        await hands.press("enter")
        assert "Report about a buyer: order A-1, shop Trà Lan" in text(hands, "text")
        assert keys(hands).split() == ["↑↓", "scroll", "Esc", "back"]
        await hands.press("escape", "a")
        await hands.type("khóa 7 ngày")
        await hands.press("enter", "1", "enter")
        assert text(hands, "above") == "Case 1: the answer is noted"
        [card] = all_cases()
        assert (card.case.result, card.case.next_check_at is not None) == ("khóa 7 ngày", True)
        execute_many("UPDATE buyer_case SET next_check_at = ?", [(database_now() - DAY,)])
        await hands.press("escape", "ctrl+o")
        assert text(hands, "title") == "Reported buyers: 1 open, 1 to look at"
        assert "⚠ " in table(hands)
        await hands.press("c", "up", "c")
        assert all_cases()[0].case.is_open
        await hands.press("c")
        assert not all_cases()[0].case.is_open
        await hands.press("escape")
        assert not isinstance(hands.app.screen, Cases)


async def test_who_is_to_be_reported_stands_in_the_list_and_a_scan_goes_before_it(world: World, tmp_path: Path) -> None:
    world.bring(*risky("B-1"), fresh("A-1"))
    rules = {"folder": str(tmp_path), "refused_orders": 2}
    async with at_desk(settings_for(world.url, cases=rules), world.supervisor_badge) as hands:
        await hands.press("ctrl+o")
        assert "to report" in table(hands)
        await hands.press("enter")
        assert text(hands, "complaint") == "No letter yet: R reports this buyer"
        await hands.press("r")
        assert "keeps refusing" in table(hands)
        await hands.scan("A-1")
        assert not isinstance(hands.app.screen, Cases)
        assert "PACK" in hands.banner


async def test_the_list_is_not_for_packers(world: World) -> None:
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.press("ctrl+o")
        assert not isinstance(hands.app.screen, Cases)
        assert "for the supervisor" in hands.status


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_a_letter_of_hostile_words_is_plain_text(world: World, tmp_path: Path, language: str) -> None:
    world.bring(fresh("H-1", buyer="[/b]", items=[an_item(name="[@click=app.quit]x[/]\x1b[2J")]))
    settings = settings_for(world.url, language=language, cases={"folder": str(tmp_path)})
    async with at_desk(settings, world.supervisor_badge) as hands:
        await hands.scan("H-1")
        await hands.press("ctrl+o", "r", "enter")
        assert "[@click=app.quit]x[/]" in text(hands, "text")
        assert "\x1b" not in text(hands, "text")
