from __future__ import annotations

from pathlib import Path

import pytest

from packstation.domain.orders import IncomingOrder, Outcome, Status
from packstation.store.database import rows_of
from tests.cli.conftest import CommandLine
from tests.factories import a_buyer, an_order

PHONE = "0912345678"


def ended() -> IncomingOrder:
    return an_order("P-1", buyer=a_buyer(phone=PHONE), status=Status.COMPLETED, outcome=Outcome.DELIVERED)


def with_supervisor(packstation: CommandLine, *orders: IncomingOrder) -> None:
    packstation.hand_in(*(orders or (ended(),)))
    assert packstation("people", "add", "Mai", "--role", "supervisor", stdin="2468\n").code == 0


def test_a_customer_is_exported_as_one_document(packstation: CommandLine) -> None:
    with_supervisor(packstation)
    document = packstation("db", "export", PHONE, stdin="2468\n").document
    assert document["buyer"][0]["phone"] == PHONE
    assert document["orders"][0]["number"] == "P-1"
    mai = rows_of("SELECT id FROM person WHERE name = 'Mai'")[0][0]
    assert rows_of("SELECT person_id FROM ledger WHERE kind = 'customer_exported'") == [(mai,)]


def test_a_customer_is_erased_and_everything_still_fits(packstation: CommandLine, tmp_path: Path) -> None:
    with_supervisor(packstation)
    ran = packstation("db", "erase", PHONE, stdin="2468\n")
    assert (ran.code, ran.out) == (0, "customer #1 is erased: 1 orders name nobody any more, 0 texts are gone\n")
    assert packstation("customer", PHONE).code == 4
    assert packstation("customer", "#1", "--json").document["customer"]["delivered"] == 1
    assert packstation("db", "check").code == 0
    assert packstation("ledger", "verify").code == 0
    again = packstation("db", "erase", "#1", stdin="2468\n")
    assert (again.code, again.err) == (1, "packstation: customer #1 is erased already\n")
    packstation("db", "backup", tmp_path / "copy")
    packstation.url = f"sqlite:///{tmp_path / 'second.db'}"
    assert packstation("db", "restore", tmp_path / "copy").code == 0
    packstation.hand_in(ended())
    assert packstation("customer", PHONE).code == 4


@pytest.mark.parametrize("command", ["export", "erase"])
def test_neither_is_done_without_a_supervisors_pin(packstation: CommandLine, command: str) -> None:
    with_supervisor(packstation)
    for pin in ("", "1111"):
        ran = packstation("db", command, PHONE, stdin=f"{pin}\n")
        assert (ran.code, ran.out) == (1, "")
    assert packstation("customer", PHONE).code == 0


def test_orders_that_are_still_to_pack_are_named(packstation: CommandLine) -> None:
    with_supervisor(packstation, an_order("P-7", buyer=a_buyer(phone=PHONE)))
    ran = packstation("db", "erase", PHONE, stdin="2468\n")
    assert ran.code == 1
    assert "P-7" in ran.err
    assert packstation("db", "erase", PHONE, "--even-open", stdin="2468\n").code == 0


@pytest.mark.parametrize("command", ["export", "erase"])
def test_nobody_is_not_found(packstation: CommandLine, command: str) -> None:
    with_supervisor(packstation)
    assert packstation("db", command, "0999999999", stdin="2468\n").code == 4


def test_purge_forgets_what_the_configuration_keeps_no_longer(
    packstation: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_supervisor(packstation)
    assert packstation("db", "purge", stdin="1111\n").code == 1
    assert rows_of("SELECT street FROM orders") != [("",)]
    monkeypatch.setenv("PACKSTATION_RETENTION__ADDRESSES_DAYS", "0")
    kept = packstation("db", "purge", stdin="2468\n")
    assert kept.out.splitlines()[0] == "forgotten: 0 scans, the addresses of 0 orders, 0 texts, 0 recordings"
    monkeypatch.setenv("PACKSTATION_RETENTION__ADDRESSES_DAYS", "30")
    assert "the addresses of 1 orders" in packstation("db", "purge", stdin="2468\n").out
    assert rows_of("SELECT street FROM orders") == [("",)]
    assert packstation("db", "check").code == 0


def test_a_negative_or_unknown_retention_is_refused_with_file_and_key(packstation: CommandLine, tmp_path: Path) -> None:
    for line, told in (("scans_days = -1", "retention.scans_days = -1"), ("scan_days = 1", "retention.scan_days")):
        (tmp_path / "packstation.toml").write_text(f"[retention]\n{line}\n", encoding="utf-8")
        ran = packstation("--config", tmp_path, "db", "purge")
        assert (ran.code, ran.err.count("\n")) == (2, 1)
        assert f"{tmp_path / 'packstation.toml'}: {told}" in ran.err


PRIVATE = (PHONE, "+84912345678", "912345678", "an@example.com", "Lý Thường Kiệt")


def test_the_shell_shows_no_phone_email_or_street_in_any_form(packstation: CommandLine) -> None:
    guest = a_buyer(None, phone="0987654321", email="")
    with_supervisor(
        packstation,
        an_order("P-1", buyer=a_buyer(phone=PHONE, email="an@example.com")),
        an_order("P-2", buyer=guest),
    )
    told = ""
    for words in (("check", "P-1"), ("check", "P-2"), ("orders",), ("holds",), ("customer", "#1"), ("customer", "#2")):
        told += packstation(*words).out + packstation(*words, "--json").out
    assert {private for private in (*PRIVATE, "987654321") if private in told} == set()
    lines = packstation("customer", PHONE).out
    assert "phone: ••• ••• 678" in lines
    assert "email: •••@example.com" in lines
    assert "address: •••" in lines
    assert rows_of("SELECT count(*) FROM ledger WHERE kind = 'customer_shown'") == [(0,)]


def test_what_is_masked_is_revealed_to_a_supervisor_and_that_is_recorded(packstation: CommandLine) -> None:
    with_supervisor(packstation, an_order("P-1", buyer=a_buyer(phone=PHONE, email="an@example.com")))
    refused = packstation("customer", PHONE, "--reveal", stdin="1111\n")
    assert (refused.code, refused.out) == (1, "")
    fields = packstation("customer", PHONE, "--reveal", "--json", stdin="2468\n").document["customer"]["profile"][
        "fields"
    ]
    assert fields["phone"]["value"] == PHONE
    lines = packstation("customer", PHONE, "--reveal", stdin="2468\n").out
    assert f"phone: {PHONE}" in lines
    assert "email: an@example.com" in lines
    assert "12 Lý Thường Kiệt" in lines
    mai = rows_of("SELECT id FROM person WHERE name = 'Mai'")[0][0]
    assert rows_of("SELECT person_id FROM ledger WHERE kind = 'customer_shown'") == [(mai,), (mai,)]


def test_without_a_supervisor_nothing_is_revealed(packstation: CommandLine) -> None:
    packstation.hand_in(ended())
    ran = packstation("customer", PHONE, "--reveal", stdin="2468\n")
    assert (ran.code, ran.out) == (1, "")
    assert "people add NAME --role supervisor" in ran.err
