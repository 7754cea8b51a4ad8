from __future__ import annotations

from pathlib import Path

import pytest

from packstation.settings import (
    load_settings,
)
from packstation.settings_errors import SettingsError
from tests.settings.files import mistake, write


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[station]\nlanguage = "fr"', "station.language = \"fr\": allowed: 'vi' or 'en'"),
        ('[station]\nlangauge = "vi"', "station.langauge: no such key; did you mean language?"),
        ("[zebra]\nx = 1", "zebra: no such key; allowed: database, station, scanner, desk"),
        ("[desk]\nundo_seconds = 601", "desk.undo_seconds = 601: allowed: less than or equal to 600"),
        ("[desk]\nundo_seconds = nan", "desk.undo_seconds = NaN: allowed: "),
        ('[desk]\nundo_seconds = "long"', 'desk.undo_seconds = "long": allowed: a number'),
        ('[contact]\ndial = ["softphone"]', ": allowed: a dial command first and {phone} in one of its arguments"),
        ('[contact]\ndial = ["{phone}", "{phone}"]', ": allowed: a dial command first"),
        ('[contact]\ndial = ["softphone", "{number}"]', ": allowed: arguments with {phone} and no other { or }"),
        ('[contact]\ndial = "softphone {phone}"', "contact.dial"),
        ("[contact]\nlease_minutes = -1", "contact.lease_minutes = -1: allowed: greater than 0"),
        ('[privacy]\nmasked_roles = ["boss"]', "privacy.masked_roles"),
        ("[retention]\nrecordings_days = -1", "retention.recordings_days = -1"),
        ('[mail]\nhost = "smtp.example.vn"', ": allowed: a host together with a sender's address"),
        ('[mail]\nhost = "smtp example"', 'mail.host = "smtp example": allowed: a server\'s name or address'),
        ('[mail]\nsender = "An <a@b.vn>"', 'mail.sender = "An <a@b.vn>": allowed: one mail address'),
        ('[mail]\nuser = "người bán"', 'mail.user = "người bán": allowed: letters without accents'),
        (
            '[mail]\nhost = "a"\nsender = "a@b.vn"\nuser = "x"\nsecurity = "none"',
            "the password could be read on its way",
        ),
        ('[cases]\nrecipients = { shopee = "x" }', 'cases.recipients.shopee = "x": allowed: one mail address'),
        ('[shelf]\nrows = "many"', 'shelf.rows = "many": allowed: a whole number'),
        (
            "[mail]\nhost = 'smtp.example.vn:25'",
            'mail.host = "smtp.example.vn:25": allowed: a server\'s name or address',
        ),
        ('[shelf]\nslip_command = [""]', 'shelf.slip_command.0 = "": allowed: arguments that are not empty'),
        ("[override.reasons]\nvi = []", "override.reasons.vi = []: allowed: 1 to 9 reasons, none of them empty"),
        ('[override.reasons]\nen = ["x", " "]', ": allowed: 1 to 9 reasons, none of them empty"),
        (f"[override.reasons_against]\nvi = {['x'] * 10}", ": allowed: 1 to 9 reasons, none of them empty"),
        ("[shelf]\nslots = []", "shelf.slots = []: allowed: at least one name, or no such key"),
        ('[shelf]\nslots = ["A1", "a1"]', ": allowed: each name once; a1 stands there twice"),
        ('[shelf]\nslots = ["A 1"]', ": allowed: names of 1 to 8 letters, digits, dots and hyphens"),
        ('[supervision]\nfour_eyes = "never"', "supervision.four_eyes = \"never\": allowed: 'by_hand' or 'always'"),
        ('[station]\nkiosk = "perhaps"', 'station.kiosk = "perhaps": allowed: true or false'),
        ("[station]\nname = 5", "station.name = 5: allowed: text in quotes"),
        ("station = 5", "station = 5: allowed: a section"),
        ('[privacy]\nmasked_roles = "packer"', 'privacy.masked_roles = "packer": allowed: a list'),
        ('[privacy]\nmasked_roles = ["boss"]', "privacy.masked_roles.0 = \"boss\": allowed: 'packer', "),
        ('[sounds]\npack = "beep"', 'sounds.pack = "beep": allowed: * for a ring and . for a pause'),
        ('[override.reasons]\nvi = ["một"]', ": allowed: lists vi and en of the same length"),
        (
            '[contact.script]\nvi = ["{phone}"]',
            'contact.script.vi.0 = "{phone}": allowed: text with {shop}, {recipient}',
        ),
        (
            '[contact.script]\nvi = ["{shop"]',
            'contact.script.vi.0 = "{shop": allowed: text whose { and } come in pairs',
        ),
        ("[contact.script]\nfr = []", "contact.script.fr: no such key; allowed: vi, en"),
        (
            'database = "mysql://x"',
            'database = "mysql://x": allowed: a URL that begins with sqlite:/// or postgresql://',
        ),
        ("[station", "is not TOML: Expected"),
        ('[station]\nname = "\\u009b2J"', 'station.name = "?2J": allowed: text without control characters'),
        ('[station]\nkiosk = "a\\nb"', 'station.kiosk = "a\\nb": allowed: true or false'),
    ],
)
def test_a_mistake_in_the_file_is_one_line_naming_file_key_value_and_what_is_allowed(
    folder: Path, text: str, says: str
) -> None:
    file = write(folder, text)
    line = mistake(folder)
    assert line.startswith(f"{file}: ")
    assert says in line


def test_a_file_in_another_encoding_is_one_line(folder: Path) -> None:
    file = folder / "packstation.toml"
    file.write_bytes('[station]\nname = "Bàn"'.encode("utf-16"))
    assert mistake(folder) == f"{file}: is not UTF-8 text"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PACKSTATION_STATION__LANGUAGE", "fr", "= \"fr\": allowed: 'vi' or 'en'"),
        ("PACKSTATION_STATION__NAEM", "x", ": no such key; did you mean name?"),
        ("PACKSTATION_STATOIN__NAME", "x", ": no such section; did you mean station?"),
        ("PACKSTATION_STATION", "x", ": allowed: JSON, or one variable a key"),
        ("PACKSTATION_DATABASE", "oracle://x", '= "oracle://x": allowed: a URL'),
    ],
)
def test_a_mistake_in_the_environment_names_the_variable(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    write(folder, '[station]\nname = "fine"')
    monkeypatch.setenv(name, value)
    line = mistake(folder)
    assert line.startswith(f"environment: {name}")
    assert says in line


def test_a_mistake_on_the_command_line_says_so() -> None:
    with pytest.raises(SettingsError, match=r"^command line: station\.language = \"fr\": "):
        load_settings(language="fr")


def test_a_password_is_never_part_of_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACKSTATION_DATABASE", "postgres://packer:s3cret@host/db")
    line = mistake()
    assert "s3cret" not in line
    assert "packer:***@host" in line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[carriers.ghn]\npayout_days = -1\n", ["carriers.ghn.payout_days", "-1"]),
        ("[carriers.ghn]\npay_days = 1\n", ["carriers.ghn.pay_days", "payout_days"]),
        ("[carriers.ghn]\nclaim_after_days = 9\nclaim_until_days = 8\n", ["carriers.ghn", "claim_until_days"]),
        ('[carriers.ghn]\n[carriers.fast]\nnames = ["GHN"]\n', ["carriers", "ghn stands there twice"]),
    ],
)
def test_a_mistake_about_a_carrier_is_one_line(folder: Path, text: str, said: list[str]) -> None:
    write(folder, text)
    line = mistake(folder)
    for part in ["packstation.toml", *said]:
        assert part in line
