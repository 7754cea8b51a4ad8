from __future__ import annotations

from pathlib import Path

import pytest

from packstation.settings import (
    load_settings,
)
from packstation.settings_errors import SettingsError


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
