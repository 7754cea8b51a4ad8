from __future__ import annotations

import pytest

from tests.end_to_end.pseudo_terminal import NeverShownError, PseudoTerminal


def terminal_with(output: str) -> PseudoTerminal:
    """A terminal whose program wrote this and waits."""
    return PseudoTerminal(["sh", "-c", f"printf '{output}'; read _"], columns=20, rows=3)


def test_what_is_never_shown_is_told_with_what_was() -> None:
    with terminal_with("READY") as terminal:
        terminal.wait_for("READY")
        with pytest.raises(NeverShownError, match="READY"):
            terminal.wait_for("NEVER", timeout=0.05)


@pytest.mark.parametrize(
    ("output", "shown"),
    [
        ("한국", "한국"),
        ("한국\\rx", "x 국"),
        ("한국\\r\\033[Cx", " x국"),
        ("한국\\r\\033[2Cxy", "한xy"),
        ("한\u0301국e\u0301", "한\u0301국é"),
    ],
    ids=["whole", "first half", "second half", "both halves", "with marks"],
)
def test_what_is_left_of_a_wide_character_is_a_blank(output: str, shown: str) -> None:
    with terminal_with(f"{output}\\n\\rDONE") as terminal:
        terminal.wait_for("DONE")
        assert terminal.row(0).rstrip() == shown
