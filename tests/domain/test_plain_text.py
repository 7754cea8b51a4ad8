from __future__ import annotations

import copy
import pickle
import shlex
import subprocess
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.plain_text import MOST_MARKS, PlainText, joined, plain, plain_lines, shell_word

HOSTILE = {
    "terminal title": ("\x1b]0;owned\x07Lan", "]0;ownedLan"),
    "clear screen": ("\x1b[2JLan", "[2JLan"),
    "c1 control": ("La\x9b2Jn", "La2Jn"),
    "delete and nul": ("L\x7fa\x00n", "Lan"),
    "right to left": ("\u202enaL\u202c", "naL"),
    "isolates": ("\u2066Lan\u2069", "Lan"),
    "zero width": ("L\u200ba\u200dn\ufeff", "Lan"),
    "soft hyphen": ("La\u00adn", "Lan"),
    "tag letters": ("Lan\U000e0041\U000e007f", "Lan"),
    "lone surrogate": ("La\ud800n", "Lan"),
    "private use": ("La\ue000n", "Lan"),
    "unassigned": ("La\u0378n", "Lan"),
    "variation selector": ("☎\ufe0f", "☎"),
    "invisible filler": ("\u3164Lan", "Lan"),
    "tab and newline": ("Lan\tAnh\nHà", "Lan Anh Hà"),
    "line separator": ("Lan\u2028Anh", "Lan Anh"),
    "no-break space": ("Lan\u00a0Anh", "Lan Anh"),
    "a mark without a letter": ("\u0301Lan", "Lan"),
}


@pytest.mark.parametrize(("raw", "clean"), HOSTILE.values(), ids=HOSTILE.keys())
def test_what_could_act_on_a_terminal_is_gone(raw: str, clean: str) -> None:
    assert plain(raw) == clean


@pytest.mark.parametrize(
    "text", ["Nguyễn Thị Ánh", "SỐ 5 – ĐƯỜNG Ỷ LAN", "[@click=app.quit]x[/]", "50% [", "1.200 ₫", "田中"]
)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert plain(text) == text


def test_decomposed_vietnamese_is_composed() -> None:
    assert plain(unicodedata.normalize("NFD", "Nguyễn Thị Ánh")) == "Nguyễn Thị Ánh"


def test_a_tower_of_accents_keeps_three() -> None:
    assert plain("q" + "\u0323" * 40 + "w") == "q" + "\u0323" * 3 + "w"


def test_what_is_too_long_ends_in_an_ellipsis() -> None:
    assert plain("x" * 10_000, limit=10) == "x" * 9 + "…"
    assert plain("x" * 10, limit=10) == "x" * 10


def test_what_is_already_plain_is_cut_again_where_less_is_asked_for() -> None:
    assert plain(plain("Nguyễn Thị Ánh"), limit=7) == "Nguyễn…"


def test_numbers_and_nothing_are_shown_as_python_shows_them() -> None:
    assert plain(42) == "42"
    assert plain(None) == "None"


def test_lines_are_kept_apart_and_bounded() -> None:
    assert plain_lines("a\r\nb\tc\n\x1b[2Jd") == ("a", "b c", "[2Jd")
    assert plain_lines("1\n2\n3\n4", most_lines=3) == ("1", "2", "…")


def test_joining_keeps_everything() -> None:
    parts = [plain("x" * 400), plain("y" * 400)]
    assert joined(plain(" · "), parts) == "x" * 400 + " · " + "y" * 400


def test_nobody_makes_plain_text_without_cleaning() -> None:
    with pytest.raises(TypeError):
        PlainText("\x1b[2J")


def test_plain_text_survives_copying() -> None:
    text = plain("Ánh")
    assert type(copy.deepcopy(text)) is PlainText
    assert pickle.loads(pickle.dumps(text)) == text


@given(st.text(alphabet=st.characters(), max_size=60), st.integers(1, 40))
def test_any_text_becomes_one_bounded_composed_harmless_line(raw: str, limit: int) -> None:
    text = plain(raw, limit)
    assert len(text) <= limit
    assert unicodedata.is_normalized("NFC", text)
    assert all(unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for c in text)
    assert plain(str(text), limit) == text
    run = 0
    for character in text:
        run = run + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        assert run <= MOST_MARKS


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("shop-a", "shop-a"),
        ("Trà", "Trà"),
        ("Sóc Nâu", "'Sóc Nâu'"),
        ("Mẹ's", '"Mẹ\'s"'),
        ("50% $HOME", "'50% $HOME'"),
        ("", "''"),
        ("~", "'~'"),
    ],
)
def test_a_name_in_a_suggested_command_is_quoted_where_a_shell_needs_it(name: str, word: str) -> None:
    assert shell_word(name) == word


@given(st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" '\"$`\\!;&|<>*~#")))
def test_whatever_a_name_is_a_shell_takes_it_for_one_word(name: str) -> None:
    assert shlex.split(shell_word(name)) == [name]


def test_a_name_that_is_pasted_into_a_shell_runs_nothing() -> None:
    names = [
        "$(echo x)",
        "`echo x`",
        "a;echo x",
        "it's $(echo x)",
        "it's `echo x`\\",
        "\"'$HOME",
        "a'b\\'c",
        "*",
        "!!'",
    ]
    said = subprocess.run(
        ["sh", "-c", "printf '%s\\n' " + " ".join(map(shell_word, names))], capture_output=True, text=True, check=True
    )
    assert said.stdout.splitlines() == names
