from __future__ import annotations

from pathlib import Path

import pytest

from packstation import cli
from packstation.domain.expressions import Value
from packstation.domain.holds import HoldReason, HoldState
from packstation.domain.policy import FIGURES
from packstation.locale import use_language, words
from packstation.store.tables.base import database
from tests.cli.conftest import CommandLine
from tests.cli.test_orders import CANCELLER
from tests.factories import an_order

GUEST = an_order("G-1", buyer=None)


def vietnamese(packstation: CommandLine, *arguments: object) -> str:
    ran = packstation(*arguments, lang="vi")
    return ran.out + ran.err


def test_explain_answers_and_names_its_figures(packstation: CommandLine) -> None:
    packstation.hand_in(*CANCELLER, GUEST)
    said = vietnamese(packstation, "policy", "explain", "C-3")
    assert "áp dụng             cancel-ratio: cod and cancel_ratio > 0.5" in said
    assert "cancel_ratio = 100 % (tỉ lệ hủy/bom)" in said
    assert "cod = có (COD)" in said
    assert " ₫ (thu)" in said
    assert "không áp dụng" in said
    assert "thiếu số liệu" in vietnamese(packstation, "policy", "explain", "G-1")


def test_explain_as_json_is_the_same_in_every_language(packstation: CommandLine) -> None:
    packstation.hand_in(*CANCELLER)
    explained = [packstation("policy", "explain", "C-3", "--json", lang=lang).out for lang in ("vi", "en")]
    assert explained[0] == explained[1]
    assert '"does not hold"' in explained[0]


def test_orders_and_holds_show_the_verdict_and_the_shops_own_time(packstation: CommandLine) -> None:
    packstation.hand_in(an_order("P-1"), *CANCELLER)
    listed = packstation("orders", "--json").document["orders"]
    lines = vietnamese(packstation, "orders").splitlines()
    assert [line[:9] for line in lines] == ["OK – ĐÓNG", "GỌI KHÁCH"]
    assert not any(order["decide_by"] in line for order, line in zip(listed, lines, strict=True))
    held = vietnamese(packstation, "holds")
    assert held.split()[:2] == lines[1].split()[2:4]
    assert f"{words.hold_state_word(HoldState.WAITING)} ({words.hold_reason_word(HoldReason.RULE)})" in held


def test_what_is_wrong_with_the_ledger(packstation: CommandLine) -> None:
    packstation.hand_in(*CANCELLER)
    packstation("status")
    database.execute_sql("DROP TRIGGER ledger_no_update")
    database.execute_sql("UPDATE ledger SET facts = '{}' WHERE kind = 'hold_opened'")
    assert "đã bị sửa" in vietnamese(packstation, "ledger", "verify")


def test_doctor_marks_what_is_good_and_what_is_not(packstation: CommandLine) -> None:
    packstation.hand_in(an_order("P-1"))
    marks = {line.split()[0] for line in vietnamese(packstation, "doctor").splitlines()}
    assert marks == {"ổn", "LỖI"}


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KeyboardInterrupt(), "đã bị ngắt"),
        (BrokenPipeError(), "không còn ai đọc kết quả"),
        (RuntimeError("pop"), "lỗi bên trong, hãy báo lại (--debug cho thấy chỗ lỗi): RuntimeError: pop"),
    ],
)
def test_what_ends_a_command(
    packstation: CommandLine, monkeypatch: pytest.MonkeyPatch, error: BaseException, said: str
) -> None:
    use_language("vi")

    def ends(**_arguments: object) -> None:
        raise error

    monkeypatch.setattr(cli, "app", ends)
    ran = packstation("status", lang="vi")
    assert (ran.code, ran.err) == (1, f"packstation: {said}\n")


def test_a_language_that_is_not_there_is_refused_in_the_configured_one(
    packstation: CommandLine, tmp_path: Path
) -> None:
    for language, said in (("vi", "phải là vi hoặc en"), ("en", "must be vi or en")):
        (tmp_path / "packstation.toml").write_text(f'[station]\nlanguage = "{language}"\n')
        ran = packstation("--config", tmp_path, "--lang", "fr", "status")
        assert (ran.code, ran.err) == (2, f"packstation: --lang 'fr': {said}\n")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_figure_of_a_rule_has_a_word_of_its_own(packstation: CommandLine, language: str) -> None:
    use_language(language)
    named = [words.figure_word(name) for name in FIGURES]
    assert len(set(named)) == len(FIGURES)
    assert not any("_" in word for word in named)


def test_a_figure_reads_by_its_kind(packstation: CommandLine) -> None:
    use_language("vi")
    shown: list[tuple[str, Value, str]] = [
        ("cancel_ratio", 0.75, "75 %"),
        ("to_collect", 250000, "250.000 ₫"),
        ("has_customer", False, "không"),
        ("label", "never_received", "đặt rồi, chưa nhận lần nào"),
        ("days_between_orders", 3.5, "3,5"),
        ("judged", 4, "4"),
        ("province", None, "–"),
    ]
    for name, value, text in shown:
        assert words.figure_value(name, value, "VND") == text
