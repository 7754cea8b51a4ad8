from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from packstation.domain.codes import CodeFormat
from packstation.domain.times import DAY
from packstation.settings import (
    Settings,
    config_file,
    config_folder,
    default_config_folder,
    default_database,
    load_settings,
)
from packstation.settings_errors import SettingsError

CHECKOUT = Path(__file__).parent.parent
SHIPPED = default_config_folder() / "packstation.toml"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.upper().startswith("PACKSTATION_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr("packstation.settings.user_config_folder", lambda: tmp_path / "users")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "config"
    made.mkdir()
    return made


def write(folder: Path, text: str) -> Path:
    file = folder / "packstation.toml"
    file.write_text(text, encoding="utf-8")
    return file


def mistake(folder: Path | None = None) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(folder)
    text = str(caught.value)
    assert "\n" not in text
    return text


def _is_section(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def keys(model: type[BaseModel], path: str = "") -> Iterator[str]:
    for name, about in model.model_fields.items():
        if isinstance(about.annotation, type) and issubclass(about.annotation, BaseModel):
            yield from keys(about.annotation, f"{path}{name}.")
        elif (of_each := get_args(about.annotation)[-1:]) and _is_section(of_each[0]):
            yield from keys(of_each[0], f"{path}{name}.carrier.")
        else:
            yield path + name


def test_the_shipped_file_says_what_the_defaults_are() -> None:
    assert Settings(**tomllib.loads(SHIPPED.read_text(encoding="utf-8"))) == Settings()
    assert load_settings() == Settings()


def test_the_shipped_file_has_every_key_with_a_comment_above_it() -> None:
    found, section, above = set(), "", ""
    for line in SHIPPED.read_text(encoding="utf-8").splitlines():
        if header := re.fullmatch(r"(?:# )?\[([a-z_.]+)\]", line):
            section = header[1] + "."
        elif key := re.match(r"(?:# )?([a-z_0-9]+) = ", line):
            found.add(section + key[1])
            assert above.startswith("#"), line
        above = line
    assert found == set(keys(Settings))


def test_without_a_word_about_it_the_database_is_a_file_in_the_users_data_folder() -> None:
    assert load_settings().database == default_database()
    assert re.fullmatch(r"sqlite:///.+/packstation\.db", default_database())


def test_the_command_line_beats_the_environment_which_beats_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, '[station]\nname = "file"\nlanguage = "en"\n[desk]\nundo_seconds = 7')
    assert load_settings(folder).station.name == "file"
    monkeypatch.setenv("PACKSTATION_STATION__NAME", "environment")
    monkeypatch.setenv("PACKSTATION_DATABASE", "sqlite:///environment.db")
    from_environment = load_settings(folder)
    assert (from_environment.station.name, from_environment.station.language) == ("environment", "en")
    assert (from_environment.database, from_environment.desk.undo_ms) == ("sqlite:///environment.db", 7_000)
    given = load_settings(folder, database="sqlite:///given.db", station="given", language="vi")
    assert (given.database, given.station.name, given.station.language) == ("sqlite:///given.db", "given", "vi")


def test_lists_and_switches_can_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACKSTATION_PRIVACY__MASKED_ROLES", '["packer"]')
    monkeypatch.setenv("PACKSTATION_STATION__KIOSK", "false")
    monkeypatch.setenv("PACKSTATION_OVERRIDE__REASONS__EN", '["one", "two", "three", "four", "five"]')
    settings = load_settings()
    assert (settings.privacy.masked_roles, settings.station.kiosk) == (("packer",), False)
    assert settings.override.reasons.en[0] == "one"


def test_other_programs_variables_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACKSTATION_KEY", "secret")
    monkeypatch.setenv("STATION__NAME", "not ours")
    assert load_settings().station.name == Settings().station.name


def test_the_scanners_settings_are_the_form_of_its_codes(folder: Path) -> None:
    write(folder, '[scanner]\nprefix = "~"\nstrip_aim = false')
    code_format = load_settings(folder).scanner.code_format
    assert (code_format.prefix, code_format.suffix, code_format.strip_aim) == ("~", "", False)
    assert load_settings().scanner.code_format == CodeFormat()


def test_shelf_slots_are_named_by_row_and_column(folder: Path) -> None:
    write(folder, "[shelf]\nrows = 2\ncolumns = 3")
    assert load_settings(folder).shelf.slot_names == ("A1", "A2", "A3", "B1", "B2", "B3")


def test_shelf_slots_can_have_names_of_their_own(folder: Path) -> None:
    write(folder, '[shelf]\nslots = ["Kệ-2", "Kệ-1"]')
    assert load_settings(folder).shelf.slot_names == ("Kệ-2", "Kệ-1")


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


def test_the_folder_is_the_given_one_then_the_environments_then_the_users_then_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named, users, given = (tmp_path / name for name in ("named", "users", "given"))
    assert config_folder() == default_config_folder()
    for folder in (users, named, given):
        folder.mkdir()
    assert config_folder() == users
    monkeypatch.setenv("PACKSTATION_CONFIG", str(named))
    assert config_folder() == named
    assert config_folder(given) == given


def test_a_file_that_the_folder_lacks_is_the_shipped_one(folder: Path) -> None:
    assert config_file("risk.toml", folder) == default_config_folder() / "risk.toml"
    own = write(folder, "")
    assert config_file("packstation.toml", folder) == own


def test_a_named_folder_that_is_not_there_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert mistake(tmp_path / "nowhere").startswith("--config = ")
    monkeypatch.setenv("PACKSTATION_CONFIG", str(tmp_path / "nowhere"))
    assert mistake().startswith("PACKSTATION_CONFIG = ")


def test_a_checkout_has_the_defaults_beside_the_package() -> None:
    assert default_config_folder() == CHECKOUT / "config"


ASK_WHERE = "from packstation import settings; print(settings.default_config_folder()); settings.load_settings()"


def where_defaults_are(site: Path) -> Path:
    environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONSAFEPATH": "1"}
    done = subprocess.run(
        [sys.executable, "-c", ASK_WHERE], cwd=site, env=environment, capture_output=True, text=True, check=True
    )
    return Path(done.stdout.strip())


def test_an_installed_package_has_the_defaults_inside(tmp_path: Path) -> None:
    package = tmp_path / "packstation"
    shutil.copytree(CHECKOUT / "packstation", package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(CHECKOUT / "config", package / "config")
    assert where_defaults_are(tmp_path) == package / "config"


@pytest.mark.long
def test_a_wheel_brings_the_defaults_along(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(tmp_path), str(CHECKOUT)]
    subprocess.run(pip, check=True, capture_output=True)
    folder = where_defaults_are(tmp_path)
    assert folder == tmp_path / "packstation" / "config"
    shipped = {file.relative_to(CHECKOUT / "config") for file in (CHECKOUT / "config").rglob("*") if file.is_file()}
    assert {file.relative_to(folder) for file in folder.rglob("*") if file.is_file()} == shipped


def test_a_carrier_is_what_its_section_says_and_every_other_one_has_the_standard_terms(folder: Path) -> None:
    write(folder, '[carriers.ghn]\nnames = ["Giao Hàng Nhanh"]\npayout_days = 3\n')
    carriers = load_settings(folder).carrier_terms
    assert carriers.name("GIAO HANG NHANH - Hàng nặng") == "ghn"
    assert carriers.terms("GHN").payout_ms == 3 * DAY
    assert carriers.terms("Nhà xe Phương Trang").payout_ms == 7 * DAY


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
