from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from packstation.domain.orders import FailureCause
from packstation.domain.waybills import WaybillMeaning
from sync.files.any_file import read_any_file
from sync.files.carrier_mapping import (
    load_statement_mapping,
    load_waybill_mapping,
    statement_names,
    waybill_names,
)
from sync.files.errors import MappingError, NotThisFormatError, UnknownFormatError
from sync.files.mapping import mapping_names
from sync.files.result import ReadFile, ReadStatement, ReadWaybills
from tests.sync.files.factories import FORMATS, Cell, hanoi, write_csv, write_xlsx

COD = ("Mã vận đơn", "Mã đối soát", "Tiền COD đã trả", "Phí", "Ngày chuyển khoản")
WAYBILLS = ("Mã vận đơn", "Trạng thái", "Thời gian trạng thái", "Lý do")


def paid(tracking: Cell = "T1", amount: Cell = "1.250.000", **more: Cell) -> dict[str, Cell]:
    row: dict[str, Cell] = {
        "Mã vận đơn": tracking,
        "Mã đối soát": "DS-11",
        "Tiền COD đã trả": amount,
        "Phí": "22.000",
        "Ngày chuyển khoản": "09/11/2026 10:00",
    }
    return row | more


def status(word: str, reason: str = "", at: Cell = "09/11/2026 10:00") -> dict[str, Cell]:
    return dict(zip(WAYBILLS, ("T1", word, at, reason), strict=True))


def test_the_shipped_mappings_are_sound_and_of_one_kind_each() -> None:
    assert [load_statement_mapping(FORMATS, name).kind for name in statement_names(FORMATS)] == ["cod_statement"]
    assert [load_waybill_mapping(FORMATS, name).kind for name in waybill_names(FORMATS)] == ["waybills"]
    assert {*statement_names(FORMATS), *waybill_names(FORMATS)}.isdisjoint(mapping_names(FORMATS))


@pytest.mark.parametrize("name", ["doi-soat.csv", "doi-soat.xlsx", "doi-soat.csv.gz"])
def test_a_statement_is_recognised_and_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    as_date: Cell = datetime(2026, 11, 9, 10, 0) if name.endswith(".xlsx") else "09/11/2026 10:00"  # noqa: DTZ001
    rows = [paid(**{"Ngày chuyển khoản": as_date}), paid("T2", "-30.000", Phí="")]
    (write_xlsx if name.endswith(".xlsx") else write_csv)(path, COD, rows)
    read = read_any_file(path, formats_folder=FORMATS)
    assert isinstance(read, ReadStatement)
    first, second = read.lines
    assert (first.statement, first.tracking, first.amount, first.fee) == ("DS-11", "T1", 1_250_000, 22_000)
    assert first.paid_at == hanoi("2026-11-09T10:00")
    assert (second.amount, second.fee) == (-30_000, None)
    assert read.rejects == []


def test_bad_lines_of_a_statement_are_rejected_with_their_reason(tmp_path: Path) -> None:
    rows = [
        paid(),
        paid(""),
        paid("2.40409E+13"),
        paid(amount="nhiều"),
        paid(**{"Ngày chuyển khoản": "hôm qua"}),
        paid(**{"Mã đối soát": "-"}),
    ]
    read = read_any_file(write_csv(tmp_path / "a.csv", COD, rows), formats_folder=FORMATS)
    assert [(one.line, str(one.reason)) for one in read.rejects] == [
        (3, "no_parcel_number"),
        (4, "damaged_number"),
        (5, "unreadable_money"),
        (6, "unreadable_time"),
        (7, "no_statement"),
    ]
    assert "nhiều" in read.rejects[2].text


def test_without_a_column_for_it_a_days_payments_are_one_statement(tmp_path: Path) -> None:
    mapping = (FORMATS / "carrier-cod.toml").read_text("utf-8").replace('statement = "Mã đối soát"', "")
    (tmp_path / "mine.toml").write_text(mapping, "utf-8")
    read = read_any_file(write_csv(tmp_path / "a.csv", COD, [paid()]), "mine", formats_folder=tmp_path)
    assert isinstance(read, ReadStatement)
    assert read.lines[0].statement == "2026-11-09"


def test_words_of_a_status_file_mean_what_the_mapping_says_and_reasons_tell_the_cause(tmp_path: Path) -> None:
    rows = [
        status("giao KHONG thanh cong", "Không liên lạc được người nhận"),
        status("Giao không thành công", "Khách hẹn lại ngày giao 12/11"),
        status("Đang chuyển hoàn", "Khách từ chối nhận"),
        status("Đang chuyển hoàn"),
        status("Giao thành công", "Khách"),
        status("Chuyển tuyến trung gian"),
    ]
    read = read_any_file(write_csv(tmp_path / "a.csv", WAYBILLS, rows), formats_folder=FORMATS)
    assert isinstance(read, ReadWaybills)
    assert [(one.meaning, one.cause) for one in read.events] == [
        (WaybillMeaning.FAILED_ONCE, FailureCause.UNREACHABLE),
        (WaybillMeaning.FAILED_ONCE, FailureCause.UNREACHABLE),
        (WaybillMeaning.RETURNING, FailureCause.REFUSED),
        (WaybillMeaning.RETURNING, None),
        (WaybillMeaning.DELIVERED, None),
        (None, None),
    ]


def test_a_status_file_without_a_status_or_a_column_says_so(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", WAYBILLS, [status("")])
    assert [str(one.reason) for one in read_any_file(path, formats_folder=FORMATS).rejects] == ["no_status"]
    path = write_csv(tmp_path / "b.csv", WAYBILLS[:3], [])
    with pytest.raises(NotThisFormatError, match="Lý do"):
        read_any_file(path, formats_folder=FORMATS)


def test_order_files_are_read_as_ever_and_an_unknown_name_lists_all_formats(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(
        "order_id,buyer,t,amount,lines,units,country,t_any\n1,a,2011-01-01 10:00:00,1.0,1,1.0,UK,\n", "utf-8"
    )
    assert isinstance(read_any_file(file, formats_folder=FORMATS), ReadFile)
    with pytest.raises(UnknownFormatError) as refused:
        read_any_file(file, "excel", formats_folder=FORMATS)
    for name in ("carrier-cod", "carrier-waybills", "online-retail-orders", "shopee"):
        assert name in str(refused.value)


@pytest.mark.parametrize(
    ("name", "before", "after", "said"),
    [
        ("carrier-cod", 'tracking = "Mã vận đơn"', "", ["columns", "tracking, number or both"]),
        ("carrier-cod", 'currency = "VND"', "", ["carrier.currency", "missing"]),
        ("carrier-cod", 'amount = "Tiền COD đã trả"', 'money = "Tiền"', ["columns"]),
        ("carrier-waybills", '= "failed_once"', '= "failed"', ["words", "failed", "failed_once"]),
        ("carrier-waybills", '= "courier"', '= "bưu tá"', ["reasons", "unreachable"]),
        ("carrier-waybills", "[carrier]", "[[carriers]]\n[carrier]", ["carriers", "no such key", "carrier"]),
    ],
)
def test_a_mistake_in_a_carriers_mapping_is_one_line(
    tmp_path: Path, name: str, before: str, after: str, said: list[str]
) -> None:
    sound = (FORMATS / f"{name}.toml").read_text("utf-8")
    assert before in sound
    (tmp_path / "mine.toml").write_text(sound.replace(before, after), "utf-8")
    load = load_statement_mapping if name == "carrier-cod" else load_waybill_mapping
    with pytest.raises(MappingError) as refused:
        load(tmp_path, "mine")
    line = str(refused.value)
    assert "\n" not in line
    for part in ["mine.toml", *said]:
        assert part in line
