from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.main

from packstation.acts.intake import store_orders
from packstation.acts.workplace import open_command
from packstation.cli import main
from packstation.cli.first_start import open_prepared
from packstation.domain.orders import IncomingOrder, Shop
from packstation.locale import use_language
from packstation.settings import Settings, default_config_folder
from packstation.store.database import close_database, open_database
from tests.factories import a_shop


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


class CommandLine:
    """The real command line on a database of its own, run in this process."""

    def __init__(
        self,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        ready: Path | None = None,
    ) -> None:
        self._file = folder / "cli.db"
        self.url = f"sqlite:///{self._file}"
        self._ready = ready
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *arguments: object, stdin: str = "", lang: str = "en") -> Ran:
        words = ["packstation", "--database", self.url, "--lang", lang, *map(str, arguments)]
        self._monkeypatch.setattr(sys, "argv", words)
        self._monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        captured = self._capsys.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 0, captured.out, captured.err)

    def hand_in(self, *orders: IncomingOrder, shop: Shop | None = None) -> None:
        """Store and judge orders, as a channel would, in the database as `db init` leaves it."""
        if not self._file.exists():
            assert self._ready is not None
            shutil.copyfile(self._ready, self._file)
        open_database(self.url, patient=True)
        store_orders(open_command("test"), shop or a_shop(), orders)


@pytest.fixture(scope="session", autouse=True)
def one_tree() -> Iterator[None]:
    """The tree of commands, which every start builds and no command changes, is built once for all that run in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.main, "get_command", cache(typer.main.get_command))
        yield


@pytest.fixture(scope="session")
def ready_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as `db init` leaves it, to be copied."""
    file = tmp_path_factory.mktemp("ready") / "cli.db"
    open_prepared(Settings(database=f"sqlite:///{file}"), default_config_folder(), patient=True)
    close_database()
    return file


@pytest.fixture
def packstation(
    tmp_path: Path, ready_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[CommandLine]:
    monkeypatch.setenv("PACKSTATION_CONFIG", str(Path(__file__).parents[2] / "config"))
    yield CommandLine(tmp_path, monkeypatch, capsys, ready_file)
    close_database()
    use_language("en")


@pytest.fixture
def csv_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes the lines of a file in the format of the shipped mapping for orders with outcomes."""

    def write(*lines: str, name: str = "orders.csv") -> Path:
        file = tmp_path / name
        header = "order_id,buyer,t,amount,lines,units,country,t_any,t_major,credited"
        file.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
        return file

    return write
