from __future__ import annotations

import csv
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from packstation.reports.tables import Value, write_csv, write_xlsx

ROWS: list[tuple[Value, ...]] = [("=1+1", 12), ("+84912", 1.5), ("@SUM(A1)", None), ("http://x.vn", -3), ("Đơn", 0)]


def test_a_workbook_has_numbers_as_numbers_and_texts_as_texts(tmp_path: Path) -> None:
    file = tmp_path / "bảng.xlsx"
    write_xlsx(file, ("chữ", "số"), ROWS)
    [sheet] = CalamineWorkbook.from_path(file).sheet_names
    rows = CalamineWorkbook.from_path(file).get_sheet_by_name(sheet).to_python()
    assert rows == [["chữ", "số"], ["=1+1", 12], ["+84912", 1.5], ["@SUM(A1)", ""], ["http://x.vn", -3], ["Đơn", 0]]


def test_a_csv_file_has_no_cell_that_a_spreadsheet_program_would_compute(tmp_path: Path) -> None:
    file = tmp_path / "bảng.csv"
    write_csv(file, ("chữ", "số"), ROWS)
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(file.read_text("utf-8-sig").splitlines()))
    assert [row[0] for row in rows] == ["chữ", "'=1+1", "+84912", "'@SUM(A1)", "http://x.vn", "Đơn"]
    assert [row[1] for row in rows] == ["số", "12", "1.5", "", "-3", "0"]


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_a_file_that_cannot_be_written_is_the_systems_error(tmp_path: Path, write: object) -> None:
    assert callable(write)
    with pytest.raises(OSError, match="directory") as refused:
        write(tmp_path / "no" / "bảng", ("a",), [("b",)])
    assert refused.value.strerror
