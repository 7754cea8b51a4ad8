from __future__ import annotations

import csv
from pathlib import Path

import pytest

from packstation.domain.orders import IncomingParcel, Status, TimedStatus
from packstation.domain.times import DAY, HOUR, MINUTE, from_ms
from packstation.store.database import database_now
from tests.cli.conftest import CommandLine
from tests.factories import a_shop, an_order

WEB = a_shop("web", "woocommerce")


@pytest.fixture
def waybills(packstation: CommandLine, tmp_path: Path) -> Path:
    """A status file of half an hour ago: one parcel could not be delivered, one has a word that nobody knows."""
    packstation.hand_in()
    now = database_now()
    for number in ("1", "2"):
        parcels = (IncomingParcel(None, f"T{number}", "carrier"),)
        packstation.hand_in(
            an_order(f"W-{number}", placed_at=now - DAY, status=Status.SHIPPED, parcels=parcels), shop=WEB
        )
    at = f"{from_ms(now - 30 * MINUTE, 'Asia/Ho_Chi_Minh'):%d/%m/%Y %H:%M}"
    file = tmp_path / "van-don.csv"
    rows = (f"T1,Giao không thành công,{at},Không nghe máy", f"T2,Đi lạc,{at},", f"T9,Giao thành công,{at},")
    file.write_text("\n".join(("Mã vận đơn,Trạng thái,Thời gian trạng thái,Lý do", *rows)) + "\n", encoding="utf-8")
    return file


def test_a_status_file_opens_rescues_and_lists_the_words_that_nobody_knows(
    packstation: CommandLine, waybills: Path
) -> None:
    assert packstation("rescues").out == "nobody has to be called\n"
    assert packstation("returns").out == "no parcel is on its way back\n"
    ran = packstation("import", waybills)
    assert ran.code == 0, ran.err
    assert "3 new, 0 as they were; 0 orders ended otherwise, 1 rescue calls opened" in ran.out
    assert "1 lines are about parcels that are not known here" in ran.out
    assert "the mapping does not know 'Đi lạc': 1 lines" in ran.out
    [rescue] = packstation("rescues", "--json").document["rescues"]
    assert (rescue["tracking"], rescue["cause"], rescue["state"]) == ("T1", "unreachable", "waiting")
    assert "cần gọi" in packstation("rescues", lang="vi").out
    assert packstation("status", "--json").document["rescues"]["to_call"] == 1
    assert "1 deliveries that failed can be rescued" in packstation("status").out
    assert "0 new, 3 as they were" in packstation("import", waybills).out


def test_overdue_returns_are_listed_told_in_status_and_report_and_settled(
    packstation: CommandLine, tmp_path: Path
) -> None:
    packstation.hand_in()
    now = database_now()
    at = now - 20 * DAY
    order = an_order(
        "W-1",
        placed_at=at - DAY,
        statuses=(TimedStatus(Status.RETURNING, "", at - HOUR),),
        parcels=(IncomingParcel(None, "T1", "GHN"),),
    )
    packstation.hand_in(order, shop=WEB)
    [one] = packstation("returns", "--overdue", "--json").document["returns"]
    assert (one["stage"], one["tracking"], one["age_days"], one["value"]) == ("overdue", "T1", 20, 150_000)
    assert "về trễ: khiếu nại" in packstation("returns", lang="vi").out
    packstation("returns", "--csv", tmp_path / "returns.csv")
    assert [row["number"] for row in csv.DictReader((tmp_path / "returns.csv").open(encoding="utf-8-sig"))] == ["W-1"]
    assert packstation("status", "--json").document["returns"]["overdue"] == 1
    assert packstation("report", "day", "--json").document["returns_overdue"] == 1
    assert packstation("returns", "received", "T7").code == 4
    assert packstation("returns", "claimed", "T1", "--why", " ").code == 2
    assert packstation("returns", "received", "T1").out == "1 parcels are listed no more\n"
    assert packstation("returns", "--json").document == {"returns": []}
