from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from packstation.tui.input.bursts import Bursts, BurstTiming, ByHand, Code, Stroke, StrokeKind

TIMING = BurstTiming()
NAMED = {
    "⏎": (StrokeKind.END, "enter"),
    "⇥": (StrokeKind.END, "tab"),
    "⌫": (StrokeKind.ERASE, "backspace"),
    "↓": (StrokeKind.PLAIN, "down"),
    "^": (StrokeKind.CHORD, "ctrl+q"),
    "✱": (StrokeKind.POINTER, "pointer"),
}


class Desk:
    """Feeds strokes written as characters and collects what they turned out to be."""

    def __init__(self) -> None:
        self.bursts: Bursts[str] = Bursts(TIMING)
        self.now = 100.0
        self.seen: list[str | tuple[str, ...]] = []

    def strokes(self, keys: str, gap: float) -> Desk:
        for key in keys:
            kind, name = NAMED.get(key, (StrokeKind.CHARACTER, key))
            character = key if kind is StrokeKind.CHARACTER else ""
            self._note(self.bursts.feed(Stroke(self.now, kind, name, character, key)))
            self.now += gap
        return self

    def scan(self, keys: str) -> Desk:
        return self.strokes(keys, 0.0005)

    def type(self, keys: str) -> Desk:
        return self.strokes(keys, 0.12)

    def wait(self, seconds: float) -> Desk:
        self.now += seconds
        return self

    def rest(self) -> list[str | tuple[str, ...]]:
        """Codes as strings and typing as tuples, after a long silence."""
        self._note(self.bursts.quiet_at(self.now + 1))
        return self.seen

    def _note(self, outcomes: list[Code | ByHand[str]]) -> None:
        self.seen += [outcome.text if isinstance(outcome, Code) else outcome.events for outcome in outcomes]


def typed(keys: str) -> list[tuple[str, ...]]:
    return [(key,) for key in keys]


def test_a_burst_with_an_end_is_a_code() -> None:
    assert Desk().scan("SPX0626⏎").rest() == ["SPX0626"]


def test_a_burst_without_an_end_is_a_code_after_a_silence() -> None:
    desk = Desk().scan("SPX0626")
    assert desk.seen == []
    assert desk.rest() == ["SPX0626"]


def test_codes_back_to_back_stay_apart() -> None:
    assert Desk().scan("SPX0626⏎SPX0627⏎GHN1⇥").rest() == ["SPX0626", "SPX0627", "GHN1"]


def test_typing_is_handed_back_key_by_key() -> None:
    assert Desk().type("Lan 42⏎").rest() == typed("Lan 42⏎")


def test_a_key_typed_by_hand_waits_one_gap_only() -> None:
    desk = Desk().strokes("a", 0.0)
    assert desk.bursts.deadline == desk.now + TIMING.gap


def test_two_keys_rolled_quickly_keep_their_order() -> None:
    assert Desk().strokes("ab", 0.02).rest() == [("a", "b")]


def test_gaps_of_a_busy_machine_do_not_cut_a_code() -> None:
    assert Desk().strokes("SPXVN0626215188571⏎", 0.03).rest() == ["SPXVN0626215188571"]


def test_a_code_once_known_as_one_may_pause_longer() -> None:
    assert Desk().scan("SPX062").wait(0.08).scan("6215⏎").rest() == ["SPX0626215"]


def test_an_end_that_comes_late_belongs_to_its_code() -> None:
    assert Desk().scan("SPX0626").wait(0.12).scan("⏎").rest() == ["SPX0626"]


def test_a_second_end_is_no_second_code_and_no_key() -> None:
    assert Desk().scan("SPX0626⏎⏎").wait(0.3).scan("SPX0627⇥⏎").rest() == ["SPX0626", "SPX0627"]


def test_enter_long_after_a_code_is_a_key() -> None:
    assert Desk().scan("SPX0626⏎").wait(0.3).type("⏎").rest() == ["SPX0626", ("⏎",)]


def test_a_short_code_needs_an_end() -> None:
    assert Desk().scan("A12⏎").wait(1).scan("A12").rest() == ["A12", ("A", "1", "2")]


def test_chords_and_clicks_inside_a_code_are_dropped() -> None:
    assert Desk().scan("^A✱B✱C^D⏎").rest() == ["ABCD"]


def test_a_chord_or_click_within_a_gap_of_another_key_is_dropped() -> None:
    assert Desk().scan("^⏎").wait(1).scan("✱✱⏎").wait(1).scan("A✱").rest() == [("⏎",), ("⏎",), ("A",)]


def test_a_chord_or_click_of_its_own_is_handed_back() -> None:
    assert Desk().type("^").wait(1).scan("✱✱").rest() == [("^",), ("✱", "✱")]


def test_what_an_input_method_erases_is_erased() -> None:
    assert Desk().scan("GDD⌫⌫Đ123⏎").rest() == ["GĐ123"]


def test_blank_codes_are_nothing() -> None:
    assert Desk().scan("    ⏎").rest() == []


def test_a_key_held_down_is_typing() -> None:
    assert Desk().strokes("x", 0.4).strokes("x" * 12, 0.03).rest() == [
        ("x",),
        ("x",) * 4,
        *typed("x" * 8),
    ]


def test_an_arrow_held_down_moves_on_steadily() -> None:
    desk = Desk().strokes("↓" * 6, 0.03)
    assert sum(len(each) for each in desk.seen) >= 5


def test_a_code_of_equal_digits_is_a_code() -> None:
    assert Desk().scan("00000000⏎").rest() == ["00000000"]


def test_settling_hands_out_what_is_held_at_once() -> None:
    desk = Desk().scan("SPX0626")
    assert desk.bursts.settle() == [Code("SPX0626")]
    assert desk.bursts.deadline is None


CODES = st.lists(st.text(alphabet="ABC0189-", min_size=3, max_size=30), min_size=1, max_size=8)


@given(CODES, st.floats(0.0, 0.03), st.sampled_from("⏎⇥"))
def test_any_row_of_scans_comes_out_as_it_went_in(codes: list[str], gap: float, end: str) -> None:
    scans = [code for code in codes if gap < 0.01 or len(set(code[:4])) > 1]
    assert Desk().strokes("".join(code + end for code in scans), gap).rest() == scans


@given(st.text(alphabet="ab1 ⏎⇥⌫↓^✱", max_size=30))
def test_everything_typed_slowly_comes_back_in_order(keys: str) -> None:
    assert Desk().type(keys).rest() == typed(keys)
