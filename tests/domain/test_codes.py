from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.codes import (
    IME_PROOF_ALPHABET,
    LONGEST_CODE,
    Badge,
    CodeFormat,
    Command,
    CommandName,
    OrderCode,
    badge_code,
    command_code,
    glued_halves,
    look_up_candidates,
    normalise,
    parse,
)
from packstation.domain.holds import AttemptResult, ContactMethod, RefusalWhy

TOKEN = "K7QHV2"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("  SPXVN062621518857\t", "SPXVN062621518857"),
        ("SPX VN0 626 215 188 57", "SPXVN062621518857"),
        ("]C1SPXVN0626", "SPXVN0626"),
        ("]C10012345\x1d99", "001234599"),
        ("\ufeff250805\u200bKY14", "250805KY14"),
        ("000123", "000123"),
        ("Hd000123", "Hd000123"),
        ("A\x00B\x11C", "ABC"),
        ("GA\u0302N", "GÂN"),
        (" \r\n", ""),
    ],
)
def test_a_code_is_freed_of_what_was_added_to_it(raw: str, code: str) -> None:
    assert normalise(raw) == code


def test_the_scanner_s_own_prefix_and_suffix_are_taken_off() -> None:
    scanner = CodeFormat(prefix="*", suffix="#")
    assert normalise("*GHN123#", scanner) == "GHN123"
    assert normalise("]C1*GHN123#", scanner) == "GHN123"
    assert normalise("*]C1GHN123#", scanner) == "GHN123"
    assert normalise("GHN123", scanner) == "GHN123"


def test_a_shop_can_keep_what_belongs_to_its_numbers() -> None:
    kept = CodeFormat(strip_inner_spaces=False, strip_aim=False, strip_separators=False)
    assert normalise("]A0 INV\x1d 12", kept) == "]A0 INV 12"


def test_a_code_of_ten_thousand_characters_is_cut() -> None:
    assert len(normalise("9" * 10_000)) == LONGEST_CODE


def test_candidates_come_in_order_of_trust() -> None:
    assert look_up_candidates("Inv 12a") == ("Inv 12a", "INV 12A", "Inv12a", "INV12A")
    assert look_up_candidates("GHN123") == ("GHN123",)
    assert look_up_candidates("") == ()


def test_a_lazada_composite_names_its_parcel_before_its_order() -> None:
    assert look_up_candidates("260422900198363_LEXVN123a") == (
        "260422900198363_LEXVN123a",
        "260422900198363_LEXVN123A",
        "LEXVN123a",
        "LEXVN123A",
        "260422900198363",
    )
    assert look_up_candidates("12345_LEXVN123") == ("12345_LEXVN123",)


def test_glued_codes_are_cut_in_the_middle_first() -> None:
    assert glued_halves("ORD001ORD002")[0] == ("ORD001", "ORD002")
    assert ("ORD0", "01ORD002") in glued_halves("ORD001ORD002")
    assert glued_halves("ORD0012") == ()
    assert glued_halves("9" * LONGEST_CODE) == ()


@pytest.mark.parametrize("command", [Command(name) for name in CommandName if name not in ("CONTACT", "RESULT")])
def test_a_printed_command_is_read_back(command: Command) -> None:
    assert parse(command_code(TOKEN, command), TOKEN) == command


@pytest.mark.parametrize(
    ("code", "command"),
    [
        (f"PS:{TOKEN}:CONTACT:ZALO", Command(CommandName.CONTACT, method=ContactMethod.ZALO)),
        (f"PS:{TOKEN}:RESULT:NO_ANSWER", Command(CommandName.RESULT, result=AttemptResult.NO_ANSWER)),
        (
            f"PS:{TOKEN}:RESULT:REFUSED:TOO_SLOW",
            Command(CommandName.RESULT, result=AttemptResult.REFUSED, why=RefusalWhy.TOO_SLOW),
        ),
    ],
)
def test_a_command_brings_its_value(code: str, command: Command) -> None:
    assert parse(code, TOKEN) == command
    assert parse(code.swapcase(), TOKEN) == command, "caps lock was on"
    assert command_code(TOKEN, command) == code


@pytest.mark.parametrize(
    "code",
    [
        "PS:WRONG1:PACKED",
        "PS::PACKED",
        f"PS:{TOKEN}",
        f"PS:{TOKEN}:",
        f"PS:{TOKEN}:APPROVE",
        f"PS:{TOKEN}:PACKED:NOW",
        f"PS:{TOKEN}:CONTACT",
        f"PS:{TOKEN}:CONTACT:VISIT",
        f"PS:{TOKEN}:CONTACT:CALL:TWICE",
        f"PS:{TOKEN}:RESULT",
        f"PS:{TOKEN}:RESULT:MAYBE",
        f"PS:{TOKEN}:RESULT:ABANDONED",
        f"PS:{TOKEN}:RESULT:CONFIRMED:PRICE",
        f"PS:{TOKEN}:RESULT:REFUSED:MOOD",
        f"PS:{TOKEN}:RESULT:REFUSED:PRICE:TOO",
        f" PS:{TOKEN}:PACKED",
        f"PS;{TOKEN};PACKED",
        "PB:",
        "PB:12 34",
        "PB:ĐÂY",
        "PB:ab:cd",
        "PACKED",
        "",
        "\ud800PS",
    ],
)
def test_anything_else_is_an_order_code(code: str) -> None:
    assert parse(code, TOKEN) == OrderCode(code)


def test_without_a_token_no_code_is_a_command() -> None:
    assert parse("PS::PACKED", "") == OrderCode("PS::PACKED")


@pytest.mark.parametrize(
    ("shown", "name"), [("HANDOVẺ", "HANDOVER"), ("REPRINT", "REPRINT"), ("RETÚRN", "RETURNS"), ("SUPẺVISO", None)]
)
def test_a_command_that_an_input_method_rewrote_is_still_read(shown: str, name: str | None) -> None:
    meant = parse(f"PS:{TOKEN}:{shown}", TOKEN)
    assert meant == (Command(CommandName(name)) if name else OrderCode(f"PS:{TOKEN}:{shown}"))


def test_a_badge_is_known_by_its_prefix() -> None:
    assert parse(badge_code("K7QHV2BB"), TOKEN) == Badge("K7QHV2BB")
    assert parse("pb:k7qhv2bb", TOKEN) == Badge("K7QHV2BB")


def test_no_input_method_touches_the_alphabet_of_tokens_and_badges() -> None:
    assert not set("AEIOUYDW") & set(IME_PROOF_ALPHABET)


@given(st.text(max_size=80))
def test_normalising_twice_changes_nothing_more(raw: str) -> None:
    once = normalise(raw, CodeFormat(strip_aim=False))
    assert normalise(once, CodeFormat(strip_aim=False)) == once


@given(st.text(max_size=80), st.text(max_size=8))
def test_any_text_is_something_and_a_command_only_with_the_token(raw: str, token: str) -> None:
    meant = parse(normalise(raw), token)
    if isinstance(meant, Command):
        assert token.upper() in raw.upper()


@given(st.text(min_size=8, max_size=60, alphabet="ABC019"))
def test_every_cut_puts_the_code_together_again(code: str) -> None:
    assert all(first + second == code for first, second in glued_halves(code))
