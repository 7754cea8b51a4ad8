from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from packstation.acts.intake import store_orders
from packstation.acts.workplace import open_command
from packstation.cli import main
from packstation.domain.orders import IncomingOrder, Shop
from packstation.locale import use_language
from packstation.store.database import close_database
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

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.url = f"sqlite:///{folder / 'cli.db'}"
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
        """Store and judge orders, as a channel would."""
        assert self("db", "init").code == 0
        store_orders(open_command("test"), shop or a_shop(), orders)


@pytest.fixture
def packstation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[CommandLine]:
    monkeypatch.setenv("PACKSTATION_CONFIG", str(Path(__file__).parents[2] / "config"))
    yield CommandLine(tmp_path, monkeypatch, capsys)
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
