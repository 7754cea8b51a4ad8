from __future__ import annotations

import csv
from pathlib import Path

from sync.files.rejects import write_rejects
from sync.files.result import RejectReason, reject


def test_rejects_open_in_a_spreadsheet_without_running_anything(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    raws = ['=HYPERLINK("x")', "+A1", "-B2", "@SUM(A1)", "\t=1", " =1", "Đơn 1,2\nrest", "a\udcd4b\0c"]
    write_rejects(path, [reject(line, RejectReason.NUL, raw) for line, raw in enumerate(raws, 2)])
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        header, *rows = list(csv.reader(stream))
    assert header == ["line", "reason", "text", "raw"]
    assert rows[0][:2] == ["2", "nul"]
    assert [row[3] for row in rows[:6]] == ["'" + raw for raw in raws[:6]]
    assert rows[6][3] == "Đơn 1,2\nrest"
    assert rows[7][3] == "a\\xd4b\\x00c"
