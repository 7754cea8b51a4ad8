from __future__ import annotations

from pathlib import Path

import pytest

from sync.files.errors import MappingError
from sync.files.mapping import load_mapping, mapping_names
from tests.sync.files.factories import FORMATS

SOUND = (FORMATS / "online-retail-items.toml").read_text("utf-8")


def test_the_shipped_mappings_are_sound() -> None:
    for name in mapping_names(FORMATS):
        assert load_mapping(FORMATS, name).as_shop().name == name


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('zone = "Europe/London"', 'zone = "Europe/Lodon"', ["shop.zone", "Europe/Lodon", "Asia/Ho_Chi_Minh"]),
        ('currency = "GBP"', 'currency = "pounds"', ["shop.currency", "pounds"]),
        ('row = "line"', 'row = "lines"', ["file.row", "lines", "'order' or 'line'"]),
        ('outcome = "delivered"', 'outcome = "arrived"', ["outcomes.0.outcome", "arrived", "delivery_failed"]),
        ("%Y-%m-%d %H:%M:%S", "%H:%M", ["time.formats.0", "%H:%M", "%d/%m/%Y"]),
        ('sku = "StockCode"', 'code = "StockCode"', ["columns.code", "no such key", "sku"]),
        ('sku = "StockCode"', "", ["columns.sku"]),
        ('number = "InvoiceNo"', "", ["columns.number", "missing"]),
        ('price = "UnitPrice"', "", ["columns.price"]),
        ("[file]", '[file]\nencoding = "utf-16"', ["file.encoding", "utf-16", "windows-1258"]),
        ("[file]", '[file]\nencoding = "rot13"', ["file.encoding", "rot13"]),
        ("[time]", '[money]\ndecimal = ","\nthousands = ","\n[time]', ["money", "two different"]),
        ("[time]", "[time", ["TOML"]),
    ],
)
def test_a_mistake_is_one_line_that_names_file_key_value_and_what_is_allowed(
    tmp_path: Path, before: str, after: str, said: list[str]
) -> None:
    assert before in SOUND
    path = tmp_path / "mine.toml"
    path.write_text(SOUND.replace(before, after, 1), "utf-8")
    with pytest.raises(MappingError) as refused:
        load_mapping(tmp_path, "mine")
    line = str(refused.value)
    assert "\n" not in line
    for part in ["mine.toml", *said]:
        assert part in line
