"""A desk asks the board, and a supervisor who has only the keys that are shown decides there, in a real terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from packstation.store.database import rows_of
from packstation.tui.theme import Tone
from tests.end_to_end.real_desk import desk_of, hold_of, ledger_kinds
from tests.end_to_end.shop import PIN, World, risky


@pytest.mark.parametrize(
    ("language", "size", "says"),
    [
        (
            "en",
            (80, 24),
            (
                "A ask the board",
                "ASKED R-1 by Lan",
                "Supervisor's board",
                "R Release",
                "R-1: overridden",
                "FETCH BACK: 1",
            ),
        ),
        (
            "vi",
            (140, 40),
            ("A hỏi tổ trưởng", "XIN DUYỆT R-1, Lan", "Bảng tổ trưởng", "R Duyệt", "R-1: đã duyệt đóng", "LẤY VỀ: 1"),
        ),
    ],
)
def test_a_desk_asks_and_a_supervisor_grants_by_the_keys_that_are_shown(
    world: World, tmp_path: Path, language: str, size: tuple[int, int], says: tuple[str, ...]
) -> None:
    asks, asked, board, release, done, fetch = says
    world.bring(*risky("R-1"))
    columns, rows = size
    with desk_of(world, tmp_path, language=language, columns=columns, rows=rows) as desk:
        desk.scan("R-1")
        desk.sees("A1")
        desk.press("ctrl+b")
        desk.press("f5")
        desk.sees(asks)
        desk.press("a")
        desk.type("khach quen")
        desk.press("enter")
        desk.wait(lambda: "approval_asked" in ledger_kinds())
        desk.scan(world.supervisor_badge)
        desk.sees(asked)
        desk.press("ctrl+b")
        desk.sees(board, release, "khach quen")
        desk.press("r", "1")
        desk.type("1111")
        desk.press("enter")
        desk.wait(lambda: "pin_refused" in ledger_kinds())
        assert hold_of("R-1")[0] == "waiting"
        desk.type(PIN)
        desk.press("enter")
        desk.sees(done)
        desk.press("escape")
        desk.press("ctrl+l")
        desk.sees(fetch)
        if language == "en":
            desk.packs("R-1")
        else:
            desk.scan("R-1")
            desk.answers("OK – ĐÓNG", Tone.PACK, "R-1")
    assert hold_of("R-1") == ("released", "overridden")
    assert rows_of("SELECT state FROM approval_request") == [("granted",)]
