from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from packstation.cli import app
from packstation.domain.orders import Status
from packstation.store.database import open_database, rows_of
from tests.cli.conftest import CommandLine
from tests.factories import a_buyer, an_order


def with_supervisor(packstation: CommandLine) -> None:
    assert packstation("people", "add", "Mai", "--role", "supervisor", stdin="2468\n").code == 0


def test_the_first_supervisor_needs_no_ones_pin(packstation: CommandLine) -> None:
    with_supervisor(packstation)
    assert "Mai" in packstation("people", "list").out


def test_afterwards_a_supervisors_pin_comes_first(packstation: CommandLine) -> None:
    with_supervisor(packstation)
    assert packstation("people", "add", "Lan", stdin="1111\n").code == 1
    assert "Lan" not in packstation("people", "list").out
    assert packstation("people", "add", "Lan", stdin="2468\n").code == 0
    assert packstation("people", "add", "Hoa", "--role", "supervisor", stdin="2468\n1357\n").code == 0
    assert packstation("people", "pin", "Lan", "--by", "Hoa", stdin="1357\n9999\n").code == 0


def test_wrong_pins_in_a_row_are_refused_even_when_the_next_is_right(packstation: CommandLine) -> None:
    with_supervisor(packstation)
    for _try in range(4):
        assert packstation("people", "add", "Lan", stdin="0000\n").code == 1
    ran = packstation("people", "add", "Lan", stdin="2468\n")
    assert ran.code == 1
    assert "wait" in ran.err


def test_a_name_is_taken_only_once_and_a_pin_has_digits(packstation: CommandLine) -> None:
    with_supervisor(packstation)
    assert packstation("people", "add", "Mai", stdin="2468\n").code == 2
    assert packstation("people", "add", "Hoa", "--role", "owner", stdin="2468\nabcd\n").code == 2


def test_the_last_supervisor_stays(packstation: CommandLine) -> None:
    with_supervisor(packstation)
    ran = packstation("people", "disable", "Mai", stdin="2468\n")
    assert ran.code == 1
    assert "last supervisor" in ran.err


def test_a_badge_is_written_to_a_file_of_a_known_kind_only(packstation: CommandLine, tmp_path: Path) -> None:
    with_supervisor(packstation)
    badge = tmp_path / "mai.svg"
    assert packstation("people", "badge", "Mai", "--to", badge, stdin="2468\n").code == 0
    assert badge.read_bytes().startswith(b"<svg")
    assert packstation("people", "badge", "Mai", "--to", tmp_path / "mai.gif", stdin="2468\n").code == 2


def test_nobody_of_that_name_is_not_found(packstation: CommandLine) -> None:
    with_supervisor(packstation)
    assert packstation("people", "disable", "Nobody", stdin="2468\n").code == 4


def test_command_cards_and_badges_are_printed(packstation: CommandLine, tmp_path: Path) -> None:
    with_supervisor(packstation)
    for kind, start in (("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF")):
        card = tmp_path / f"card.{kind}"
        assert packstation("print", "commands", "--to", card).code == 0
        assert card.read_bytes().startswith(start)
    badges = tmp_path / "badges.pdf"
    assert packstation("print", "badges", "--to", badges, stdin="2468\n").code == 0
    assert badges.read_bytes().startswith(b"%PDF")


def test_a_lost_badge_is_revoked_and_a_role_changed(packstation: CommandLine) -> None:
    with_supervisor(packstation)
    packstation("people", "add", "Lan", stdin="2468\n")
    assert packstation("people", "revoke", "Lan", stdin="2468\n").out == "Lan has no badge any more\n"
    assert packstation("people", "role", "Lan", "caller", stdin="2468\n").out == "Lan is now caller\n"
    assert "PIN" in packstation("people", "role", "Lan", "owner", stdin="2468\n").err
    assert "last supervisor" in packstation("people", "role", "Mai", "packer", stdin="2468\n").err
    refused = packstation("people", "role", "Lan", "boss", stdin="2468\n")
    assert (refused.code, refused.err.count("\n")) == (2, 1)


CHANGING = [
    "people add Chi",
    "people badge Lan --to {folder}/lan.svg",
    "people revoke Lan",
    "people pin Lan",
    "people role Lan caller",
    "people disable Lan",
    "people enable Lan",
    "print badges --to {folder}/badges.svg",
    "policy publish",
    "db restore {folder}/copy --overwrite",
    "db export Lan",
    "db erase Lan",
    "db purge",
    "customer Lan --reveal",
    "case open P-1",
    "sync retry",
    "block 0912345678 --reason bom",
]

ASKS_ELSEWHERE = {
    "care vouchers import",
    "case answered",
    "case close",
    "due",
    "link add",
    "link put-back",
    "link rebuild",
    "link refuse",
    "link split",
    "sync login",
    "unblock",
}
"""Commands there that ask for the PIN too, whose own tests try it."""

ASKS_NOBODY = {
    "care show",
    "care vouchers list",
    "case list",
    "case show",
    "customer",
    "db backup",
    "db check",
    "db init",
    "db migrate",
    "ledger export",
    "ledger verify",
    "link show",
    "people list",
    "policy check",
    "policy explain",
    "policy show",
}
"""Commands there that show what is masked, or look after the installation."""


def every_command(group: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Every command of the tree, by its words."""
    for name, command in getattr(group, "commands", {}).items():
        if hasattr(command, "commands"):
            yield from every_command(command, (*path, name))
        else:
            yield " ".join((*path, name))


GROUPS = {"block", "care", "case", "customer", "db", "due", "ledger", "link", "people", "policy", "sync", "unblock"}
"""Where people, policy, customers and the ledger are dealt with."""


def test_of_every_command_about_them_it_is_known_whether_it_asks_for_a_pin() -> None:
    known = {name for name in every_command(typer.main.get_command(app)) if name.split()[0] in GROUPS}
    asks = {name for name in known if any(f"{line} ".startswith(f"{name} ") for line in CHANGING)} - {"customer"}
    assert (asks | ASKS_ELSEWHERE) & ASKS_NOBODY == set()
    assert known == asks | ASKS_ELSEWHERE | ASKS_NOBODY


@pytest.mark.parametrize("command", CHANGING)
def test_nothing_of_people_policy_or_customers_is_changed_without_a_supervisors_pin(
    packstation: CommandLine, tmp_path: Path, command: str
) -> None:
    with_supervisor(packstation)
    packstation("people", "add", "Lan", stdin="2468\n")
    packstation.hand_in(an_order("P-1", buyer=a_buyer(name="Lan", phone="0912345678"), status=Status.COMPLETED))
    packstation("db", "backup", tmp_path / "copy")
    open_database(packstation.url)
    before = kept()
    for pin in ("", "1111"):
        ran = packstation(*command.format(folder=tmp_path).split(), stdin=f"{pin}\n1357\n")
        assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert kept() == before
    assert sorted(file.suffix for file in tmp_path.glob("*.svg")) == []


def kept() -> list[tuple[object, ...]]:
    """What such commands could change."""
    return [
        *rows_of("SELECT name, role, active, badge_digest, pin_hash FROM person ORDER BY id"),
        *rows_of("SELECT version FROM policy_version"),
        *rows_of("SELECT name, phone FROM buyer"),
        *rows_of("SELECT id FROM buyer_case"),
        *rows_of("SELECT id FROM buyer_block"),
        *rows_of("SELECT sequence FROM ledger WHERE kind = 'customer_shown'"),
    ]
