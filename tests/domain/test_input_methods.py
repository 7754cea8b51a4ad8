from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.input_methods import MOST_SPELLINGS, is_rewritten, unfold

TELEX = [("AA", "Â"), ("EE", "Ê"), ("OO", "Ô"), ("DD", "Đ"), ("AW", "Ă"), ("OW", "Ơ"), ("UW", "Ư"), ("W", "Ư")]
VNI = [("A6", "Â"), ("E6", "Ê"), ("O6", "Ô"), ("D9", "Đ"), ("A8", "Ă"), ("O7", "Ơ"), ("U7", "Ư")]
TELEX_TONES = {"F": "\u0300", "S": "\u0301", "R": "\u0309", "X": "\u0303", "J": "\u0323"}
VNI_TONES = {"2": "\u0300", "1": "\u0301", "3": "\u0309", "4": "\u0303", "5": "\u0323"}


def rewritten(code: str, shapes: list[tuple[str, str]], tones: dict[str, str]) -> str:
    """What an input method that only looks at neighbours makes of typed letters."""
    for typed, letter in shapes:
        code = code.replace(typed, letter)
    code = re.sub(f"([AEIOUYÂÊÔĂƠƯ])([{''.join(tones)}])", lambda match: match[1] + tones[match[2]], code)
    return unicodedata.normalize("NFC", code)


@pytest.mark.parametrize(
    ("shown", "scanned"),
    [
        ("ÂB12", "AAB12"),
        ("GĐ123", "GDD123"),
        ("SPXƯN01", "SPXWN01"),
        ("SPXƯN01", "SPXUWN01"),
        ("TỎ12", "TOR12"),
        ("HÁN5", "HASN5"),
        ("HÁN5", "HANS5"),
        ("ĐA7", "DAD7"),
        ("LẤY", "LAAYS"),
        ("LẤY", "LASAY"),
        ("NƯỚC", "NUOWSC"),
        ("đa7", "dda7"),
        ("ĐA7", "D9A7"),
        ("HÁN5", "HA1N5"),
        ("LẤY", "LA61Y"),
        ("ƯƠ", "UO7"),
    ],
)
def test_the_scanned_code_is_among_the_spellings(shown: str, scanned: str) -> None:
    assert scanned in unfold(shown)
    assert scanned in unfold(unicodedata.normalize("NFD", shown))


def test_the_likeliest_spelling_comes_first() -> None:
    assert unfold("GÂN5")[0] == "GAAN5"


@pytest.mark.parametrize("code", ["SPXVN062621518857", "", "AA", "MÜLLER", "編号12", "ÂÜ1"])
def test_a_code_that_no_vietnamese_method_wrote_has_no_spelling(code: str) -> None:
    assert unfold(code) == ()


def test_a_rewritten_code_is_known_as_such() -> None:
    assert is_rewritten("GĐ123")
    assert is_rewritten("TO\u0309")
    assert not is_rewritten("GHN123")


def test_a_wall_of_accents_gives_a_bounded_answer() -> None:
    spellings = unfold("ẤỖỰĐ" * 60)
    assert 0 < len(spellings) <= MOST_SPELLINGS


CODES = st.text(alphabet="ADEOUWSFRXJBGHN0123456789", min_size=1, max_size=14)


@given(CODES, st.booleans())
def test_what_a_method_rewrote_in_few_places_is_found_again(code: str, telex: bool) -> None:
    shown = rewritten(code, TELEX if telex else VNI, TELEX_TONES if telex else VNI_TONES)
    marks = [c for c in unicodedata.normalize("NFD", shown.replace("Đ", "D\u0302")) if unicodedata.combining(c)]
    if shown != code and len(marks) <= 3:
        assert code in unfold(shown)


@given(st.text(max_size=40))
def test_spellings_are_ascii_distinct_and_bounded(code: str) -> None:
    spellings = unfold(code)
    assert len(spellings) == len(set(spellings)) <= MOST_SPELLINGS
    assert all(spelling.isascii() for spelling in spellings)
