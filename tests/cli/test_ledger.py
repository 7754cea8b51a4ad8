from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from packstation.acts.workplace import open_command
from packstation.store.database import database_now, open_database, transaction
from packstation.store.engines import sqlite_path
from packstation.store.ledger import LedgerWriter
from packstation.store.tables.base import database
from tests.cli.conftest import CommandLine, Ran
from tests.cli.test_orders import CANCELLER
from tests.factories import an_order
from tests.test_documentation import DOCS

DOCUMENTED = re.findall(r"```python\n(.*?)```", DOCS["ledger.md"], re.DOTALL)[0]
"""The program that the document gives whoever does not trust ours."""


def by_the_document(exported: str) -> tuple[int, str]:
    """What the documented program says of an export: its exit code and its line."""
    ran = subprocess.run(
        [sys.executable, "-I", "-c", DOCUMENTED], input=exported, capture_output=True, text=True, check=False
    )
    return ran.returncode, (ran.stdout + ran.stderr).strip()


def forge(sql: str) -> None:
    """Change the ledger as somebody can who owns the file: its guards dropped first."""
    for guard in ("ledger_no_update", "ledger_no_delete"):
        database.execute_sql(f"DROP TRIGGER IF EXISTS {guard}")
    database.execute_sql(sql)


def with_chains(packstation: CommandLine) -> None:
    packstation.hand_in(*CANCELLER)
    open_command("another")


def verified_with(packstation: CommandLine, folder: Path, report: str) -> Ran:
    file = folder / "report.txt"
    file.write_text(report, encoding="utf-8")
    return packstation("ledger", "verify", "--anchors", file)


def test_an_export_is_verified_by_the_documented_program_with_sha_256_alone(packstation: CommandLine) -> None:
    with_chains(packstation)
    lines = packstation("ledger", "export").out.splitlines()
    whole = packstation("ledger", "verify").out
    assert f"{len(lines)} entries" in whole
    code, said = by_the_document("\n".join(lines))
    assert (code, said) == (0, whole.strip())


def test_the_documented_program_finds_what_was_changed_cut_off_or_left_out(packstation: CommandLine) -> None:
    with_chains(packstation)
    lines = packstation("ledger", "export").out.splitlines()
    held = next(place for place, line in enumerate(lines) if "hold_opened" in line)
    chain, sequence = json.loads(json.loads(lines[held])["entry"])[:2]
    changed = [*lines[:held], lines[held].replace("hold_opened", "hold_closed"), *lines[held + 1 :]]
    assert by_the_document("\n".join(changed)) == (
        1,
        f"line {held + 1}: chain {chain} is broken at entry {sequence}",
    )
    code, said = by_the_document("\n".join([*lines[:held], *lines[held + 1 :]]))
    assert code == 1
    assert f"chain {chain} is" in said


def test_an_export_names_no_person(packstation: CommandLine) -> None:
    with_chains(packstation)
    packstation("people", "add", "Mai", "--role", "supervisor", stdin="2468\n")
    out = packstation("ledger", "export").out
    assert "person_added" in out
    assert "Mai" not in out


def test_the_day_report_ends_with_the_heads_and_is_what_verify_takes(packstation: CommandLine, tmp_path: Path) -> None:
    with_chains(packstation)
    report = packstation("report", "day")
    assert "1 holds opened" in report.out
    assert packstation("report", "day", "--json").document["ledger_heads"] == report.out.splitlines()[-1:]
    ran = verified_with(packstation, tmp_path, report.out)
    assert (ran.code, ran.err) == (0, "")
    refused = verified_with(packstation, tmp_path, "nothing")
    assert refused.code == 2
    assert "no head" in refused.err
    assert packstation("ledger", "verify", "--anchors", tmp_path / "none").code == 2


def test_a_chain_that_is_gone_from_the_database_is_found_by_the_printed_heads_alone(
    packstation: CommandLine, tmp_path: Path
) -> None:
    assert packstation("db", "init").code == 0
    open_database(packstation.url)
    with transaction():
        LedgerWriter("desk", 0).record_heads(0)
    report = packstation("report", "day").out
    # It recorded the others, and nobody recorded it yet: within the database nothing contradicts this.
    forge("DELETE FROM ledger WHERE writer_id = (SELECT max(writer_id) FROM ledger)")
    assert packstation("ledger", "verify").code == 0
    ran = verified_with(packstation, tmp_path, report)
    assert ran.code == 5
    assert "cut off after it was recorded elsewhere" in ran.out


def test_what_a_running_chain_did_is_vouched_for_by_the_others_after_a_while(packstation: CommandLine) -> None:
    assert packstation("db", "init").code == 0
    open_database(packstation.url)
    with transaction():
        desk, daemon = LedgerWriter("desk", database_now()), LedgerWriter("daemon", database_now())
        desk.record_heads(database_now())
        daemon.record_heads(database_now())
    forge(f"DELETE FROM ledger WHERE writer_id = {desk.id}")
    ran = packstation("ledger", "verify")
    assert (ran.code, ran.out.splitlines()) == (
        5,
        [f"chain {desk.id}, entry 1: cut off after it was recorded elsewhere"],
    )


@pytest.mark.parametrize(
    "sql", ["UPDATE ledger SET at = 0", "DELETE FROM ledger", "REPLACE INTO ledger SELECT * FROM ledger"]
)
def test_whoever_opens_the_file_with_another_program_is_refused_too(packstation: CommandLine, sql: str) -> None:
    with_chains(packstation)
    with closing(sqlite3.connect(sqlite_path(packstation.url))) as shell:
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            shell.execute(sql)
        shell.commit()
    assert packstation("ledger", "verify").code == 0


def test_with_the_triggers_dropped_an_edit_before_the_last_head_is_named(packstation: CommandLine) -> None:
    with_chains(packstation)
    with closing(sqlite3.connect(sqlite_path(packstation.url))) as shell:
        [(writer, sequence)] = shell.execute("SELECT writer_id, sequence FROM ledger WHERE kind = 'hold_opened'")
        for (name,) in shell.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            shell.execute(f"DROP TRIGGER {name}")
        shell.execute("UPDATE ledger SET person_id = 7 WHERE kind = 'hold_opened'")
        shell.commit()
    ran = packstation("ledger", "verify")
    assert (ran.code, ran.out) == (5, f"chain {writer}, entry {sequence}: altered\n")
    assert packstation("db", "check").code == 5


def test_words_put_into_somebodys_mouth_are_named_by_their_entry_and_erased_ones_are_not(
    packstation: CommandLine,
) -> None:
    with_chains(packstation)
    with closing(sqlite3.connect(sqlite_path(packstation.url))) as shell:
        [(writer, sequence, facts)] = shell.execute(
            "SELECT writer_id, sequence, facts FROM ledger WHERE kind = 'hold_opened'"
        )
        digest = json.loads(facts)["evidence"]
        shell.execute("UPDATE ledger_text SET text = '{}' WHERE digest = ?", (digest,))
        shell.commit()
        ran = packstation("ledger", "verify")
        assert (ran.code, ran.out) == (5, f"chain {writer}, entry {sequence}: its text or evidence altered\n")
        shell.execute("DELETE FROM ledger_text WHERE digest = ?", (digest,))
        shell.commit()
    assert packstation("ledger", "verify").code == 0


def test_an_edit_past_the_last_printed_head_is_found_by_its_chain(packstation: CommandLine, tmp_path: Path) -> None:
    with_chains(packstation)
    printed = tmp_path / "report.txt"
    printed.write_text(packstation("report", "day").out, encoding="utf-8")
    packstation.hand_in(an_order("Z-1"))
    assert packstation("people", "add", "Lan").code == 0
    with closing(sqlite3.connect(sqlite_path(packstation.url))) as shell:
        [(writer, sequence)] = shell.execute("SELECT writer_id, sequence FROM ledger WHERE kind = 'person_added'")
        for (name,) in shell.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            shell.execute(f"DROP TRIGGER {name}")
        shell.execute("UPDATE ledger SET at = at - 60000 WHERE kind = 'person_added'")
        shell.commit()
    ran = packstation("ledger", "verify", "--anchors", printed)
    assert (ran.code, ran.out) == (5, f"chain {writer}, entry {sequence}: altered\n")


def test_the_report_of_the_day_is_written_for_spreadsheets_too(packstation: CommandLine, tmp_path: Path) -> None:
    packstation.hand_in(an_order("A-1"))
    table, book = tmp_path / "ngày.csv", tmp_path / "ngày.xlsx"
    ran = packstation("report", "day", "--csv", table, "--xlsx", book)
    assert (ran.code, ran.out) == (0, "")
    lines = table.read_text("utf-8-sig").splitlines()
    assert "parcels packed,0" in lines
    assert book.read_bytes().startswith(b"PK")
    (tmp_path / "anchors.txt").write_text("\n".join(lines), encoding="utf-8")
    assert packstation("ledger", "verify", "--anchors", tmp_path / "anchors.txt").code == 0
    refused = packstation("report", "day", "--xlsx", tmp_path / "no" / "ngày.xlsx")
    assert (refused.code, refused.err.count("\n")) == (1, 1)
