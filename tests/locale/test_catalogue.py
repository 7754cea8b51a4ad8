from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po

import packstation
import sync
from packstation import locale
from packstation.locale.compile_catalogues import compile_catalogues

LOCALE = Path(locale.__file__).parent


def messages_of(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "said"):
            (message,) = node.args
            assert isinstance(message, ast.Constant), f"{file}:{node.lineno}: not a plain string"
            yield str(message.value)


def catalogue() -> dict[str, str]:
    with (LOCALE / "vi" / "LC_MESSAGES" / "packstation.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file, locale="vi") if message.id}


def test_everything_that_a_person_reads_is_there_in_vietnamese() -> None:
    known = catalogue()
    files = [path for part in (packstation, sync) for path in Path(part.__file__ or "").parent.rglob("*.py")]
    missing = {message for file in files for message in messages_of(file) if not known.get(message)}
    assert missing == set()


def test_translations_name_the_same_figures() -> None:
    for message, translation in catalogue().items():
        assert sorted(re.findall(r"\{\w*", message)) == sorted(re.findall(r"\{\w*", translation)), message


def test_words_that_mislead_on_this_floor_are_not_used() -> None:
    known = catalogue()
    assert not any("DỪNG" in translation for translation in known.values())
    assert not any(
        word in known[message] for message in ("Undo", "Scanned wrongly", "TAKEN BACK") for word in ("Hoàn tác", "Hủy")
    )


def test_the_compiled_catalogue_is_made_from_the_text(tmp_path: Path) -> None:
    folder = tmp_path / "vi" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = LOCALE / "vi" / "LC_MESSAGES" / "packstation.po"
    (folder / source.name).write_bytes(source.read_bytes())
    (compiled,) = compile_catalogues(tmp_path)
    assert "ĐÓNG XONG".encode() in compiled.read_bytes()
