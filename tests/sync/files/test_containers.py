from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.files import delimited, unpacking, workbook
from sync.files.errors import FileRefusedError, UnknownFormatError, UnreadableFileError
from sync.files.reading import read_file
from sync.files.result import ReadFile, RejectReason
from tests.sync.files.factories import FORMATS, ITEMS, SHOPEE, csv_bytes, item_line, shopee_row, write_csv, write_xlsx


def read(path: Path) -> ReadFile:
    return read_file(path, formats_folder=FORMATS)


def items_csv(*numbers: str) -> bytes:
    return csv_bytes(ITEMS, [item_line(number) for number in numbers])


def test_every_container_holds_the_same_orders(tmp_path: Path) -> None:
    rows = [item_line("1"), item_line("2", sku="0012")]
    paths = [
        write_csv(tmp_path / "comma.csv", ITEMS, rows),
        write_csv(tmp_path / "semicolon.csv", ITEMS, rows, ";"),
        write_csv(tmp_path / "tab.csv", ITEMS, rows, "\t"),
        write_csv(tmp_path / "packed.csv.gz", ITEMS, rows),
        write_xlsx(tmp_path / "book.xlsx", ITEMS, rows),
        write_xlsx(tmp_path / "book.xlsx.gz", ITEMS, rows),
        write_xlsx(tmp_path / "last.xlsx", ITEMS, rows, empty_sheets_before=2),
    ]
    marked = tmp_path / "bom.csv"
    marked.write_bytes(b"\xef\xbb\xbf" + csv_bytes(ITEMS, rows))
    first, *others = [read(path).orders for path in [*paths, marked]]
    assert [order.number for order in first] == ["1", "2"]
    assert first[1].items[0].sku == "0012"
    assert all(orders == first for orders in others)


def test_a_broken_row_costs_itself_and_is_listed_with_its_line(tmp_path: Path) -> None:
    lines = items_csv("1", "2", "3", "4", "5", "6").splitlines(keepends=True)
    lines[2] = lines[2].replace(b"HOLDER", b"H\xd4LDER")
    lines[3] = lines[3].replace(b"HOLDER", b"HOL\0DER")
    lines[4] = lines[4].replace(b",United Kingdom", b"")
    lines[5] = lines[5].rstrip() + b",,,\r\n"
    path = tmp_path / "items.csv"
    path.write_bytes(b"".join(lines))
    found = read(path)
    assert [order.number for order in found.orders] == ["1", "5", "6"]
    assert [(one.line, one.reason) for one in found.rejects] == [
        (3, RejectReason.BROKEN_ENCODING),
        (4, RejectReason.NUL),
        (5, RejectReason.WRONG_COLUMNS),
    ]
    assert found.rejects[2].raw.startswith("4,85123A")


def test_a_stray_quote_costs_one_line_and_not_the_rest_of_the_file(tmp_path: Path) -> None:
    lines = items_csv(*map(str, range(1, 3_000))).splitlines(keepends=True)
    lines[2] = lines[2].replace(b"HOLDER", b'"HOLDER')
    path = tmp_path / "items.csv"
    path.write_bytes(b"".join(lines))
    found = read(path)
    assert [one.line for one in found.rejects] == [3]
    assert [order.number for order in found.orders] == [str(n) for n in range(1, 3_000) if n != 2]


def test_a_cell_of_several_lines_is_one_row_and_later_line_numbers_stay_right(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "i.csv", ITEMS, [item_line("1", name="two\nlines"), item_line("2", quantity="-1")])
    found = read(path)
    assert found.orders[0].items[0].name == "two\nlines"
    assert [one.line for one in found.rejects] == [4]


def test_an_endless_line_is_one_reject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "_LONGEST_LINE", 5_000)
    monkeypatch.setattr(delimited, "_PIECE", 1_000)
    lines = items_csv("1", "2", "3").splitlines(keepends=True)
    lines[2] = lines[2].replace(b"HOLDER", b"H" * 50_000)
    path = tmp_path / "items.csv"
    path.write_bytes(b"".join(lines))
    found = read(path)
    assert [order.number for order in found.orders] == ["1", "3"]
    assert [(one.line, one.reason) for one in found.rejects] == [(3, RejectReason.TOO_LONG)]
    assert len(found.rejects[0].raw) <= 2_000


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("blank.csv", b"\n \n"),
        ("empty.csv.gz", gzip.compress(b"", mtime=0)),
        ("report.csv", b"%PDF-1.7\n1 0 obj"),
        ("page.csv", b"<html><table><tr><td>Order ID</td></tr></table></html>"),
        ("old.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512),
        ("text.xlsx", items_csv("1")),
        ("words.xlsx", b"PK\x03\x04 and then nothing of a workbook"),
        ("utf16.csv", "InvoiceNo,StockCode".encode("utf-16")),
        ("latin.csv", "Mã đơn hàng\n1\n".encode("utf-16-le")),
        ("header.csv", b"Invoice\xd4No,StockCode\n1,2\n"),
        ("cut.csv.gz", cut(gzip.compress(items_csv(*map(str, range(500))), mtime=0))),
        ("damaged.csv.gz", gzip.compress(items_csv("1"), mtime=0)[:20] + b"\0" * 400),
        ("notgz.csv.gz", items_csv("1")),
    ],
)
def test_a_file_that_is_not_what_it_claims_is_refused_in_one_line(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError) as refused:
        read_file(path, "online-retail-items", formats_folder=FORMATS)
    assert name in str(refused.value)
    assert "\n" not in str(refused.value)
    with pytest.raises(FileRefusedError):
        read(path)


def test_a_workbook_named_csv_and_a_zip_that_is_no_workbook_are_refused(tmp_path: Path) -> None:
    book = write_xlsx(tmp_path / "book.xlsx", ITEMS, [item_line("1")])
    renamed = tmp_path / "book.csv"
    renamed.write_bytes(book.read_bytes())
    other = tmp_path / "photos.xlsx"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("photo.jpg", b"\xff\xd8")
    for path in (renamed, other, tmp_path / "missing.csv", tmp_path):
        with pytest.raises(UnreadableFileError):
            read(path)


def bomb_with_a_lying_size(content: bytes) -> bytes:
    """The archive with every part's stated size cut to 10 bytes, in both of its directories."""
    changed = bytearray(content)
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = changed.find(signature)
        while at >= 0:
            struct.pack_into("<I", changed, at + offset, 10)
            at = changed.find(signature, at + 4)
    return bytes(changed)


@pytest.mark.parametrize("change", [lambda content: content, bomb_with_a_lying_size])
def test_a_workbook_that_unpacks_to_too_much_is_refused_whatever_size_it_states(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[bytes], bytes]
) -> None:
    monkeypatch.setattr(unpacking, "MOST_WORKBOOK_BYTES", 2_000_000)
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 10_000_000)
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(change(memory.getvalue()))
    with pytest.raises(UnreadableFileError, match="more than can be read"):
        read(path)


def test_a_text_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MOST_TEXT_BYTES", 1_000_000)
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(items_csv("1") + b"0" * 5_000_000))
    with pytest.raises(UnreadableFileError, match="more than can be read"):
        read_file(path, "online-retail-items", formats_folder=FORMATS)


def test_a_sheet_whose_cells_lie_too_far_apart_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "wide.xlsx", SHOPEE, [shopee_row()])
    spread = tmp_path / "spread.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(spread, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b'<c r="A2"', b'<c r="XFD1048576"'))
    with pytest.raises(UnreadableFileError, match="more than can be read"):
        read(spread)


def test_a_row_with_a_nul_in_a_workbook_is_rejected(tmp_path: Path) -> None:
    found = read(write_xlsx(tmp_path / "items.xlsx", ITEMS, [item_line("1", name="HOL\0DER"), item_line("2")]))
    assert [order.number for order in found.orders] == ["2"]
    assert [(one.line, one.reason) for one in found.rejects] == [(2, RejectReason.NUL)]


def test_numbers_of_a_workbook_become_the_text_a_person_sees() -> None:
    assert workbook.cell_text(6.0) == "6"
    assert workbook.cell_text(22.200000000000003) == "22.200000000000003"
    assert workbook.cell_text(5.764614130387858e17) == "5.76461413038786E+17"


def test_headers_that_nobody_knows_are_an_unknown_format(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_bytes(b"a,b\n1,2\n")
    with pytest.raises(UnknownFormatError, match="no known format"):
        read(path)
