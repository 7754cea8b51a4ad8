from __future__ import annotations

from pathlib import Path

from packstation.store.database import rows_of
from packstation.store.tables.base import database
from tests.cli.conftest import CommandLine
from tests.cli.test_orders import CANCELLER
from tests.factories import an_order


def test_status_counts_what_waits(packstation: CommandLine) -> None:
    packstation.hand_in(an_order("P-1"), *CANCELLER)
    document = packstation("status", "--json").document
    assert document["to_pack"] == 2
    assert document["holds"]["open"] == 1
    assert document["shops"][0]["orders"] == 4
    assert "2 orders to pack" in packstation("status").out


def test_doctor_names_what_is_missing_and_how_to_mend_it(packstation: CommandLine) -> None:
    packstation.hand_in(an_order("P-1"))
    ran = packstation("doctor")
    assert ran.code == 5
    assert "people add" in ran.out
    packstation("people", "add", "Mai", "--role", "supervisor", stdin="2468\n")
    assert "BAD" not in packstation("doctor").out.replace("BAD  the terminal", "")


def test_the_ledger_verifies_until_somebody_edits_it(packstation: CommandLine) -> None:
    packstation.hand_in(*CANCELLER)
    assert packstation("ledger", "verify").code == 0
    packstation("status")
    database.execute_sql("DROP TRIGGER ledger_no_update")
    database.execute_sql("UPDATE ledger SET facts = '{}' WHERE kind = 'hold_opened'")
    assert rows_of("SELECT count(*) FROM ledger WHERE facts = '{}'")[0][0] == 1
    ran = packstation("ledger", "verify")
    assert ran.code == 5
    assert "altered" in ran.out


def test_a_command_without_a_database_says_how_to_make_one(packstation: CommandLine) -> None:
    ran = packstation("status")
    assert ran.code == 1
    assert "db init" in ran.err


def test_wrong_use_is_one_line_and_exits_2(packstation: CommandLine, tmp_path: Path) -> None:
    for words in (
        ("nonsense",),
        ("check", "--nonsense", "A"),
        ("--lang", "fr", "status"),
        ("people", "add", "A", "--role", "king"),
    ):
        ran = packstation(*words)
        assert ran.code == 2, words
        assert ran.err.count("\n") == 1, ran.err
        assert "Traceback" not in ran.err


def test_a_config_mistake_names_file_key_value_and_what_is_allowed(packstation: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "packstation.toml").write_text("[desk]\nundo_seconds = -4\n")
    ran = packstation("--config", tmp_path, "status")
    assert ran.code == 2
    assert ran.err.count("\n") == 1
    for word in ("packstation.toml", "undo_seconds", "-4"):
        assert word in ran.err
