"""`python -m tests.end_to_end.screenshot FOLDER`: the README's picture, exported from the running app on the demo's orders."""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from pathlib import Path

from textual.app import App

from packstation.cli.demo import fill
from packstation.cli.first_start import open_prepared
from packstation.locale import use_language
from packstation.settings import default_config_folder, load_settings
from packstation.tui.app import StationApp
from packstation.tui.input.scans import Scanned, ScanOrigin

_COLUMNS, _ROWS = 120, 36
_PAUSE_SECONDS = 1.5


async def take(folder: Path, language: str) -> Path:
    """Sign in, scan the demo's first CALL, and write what the screen shows."""
    use_language(language)
    with tempfile.TemporaryDirectory() as scratch:
        settings = load_settings(
            default_config_folder(), database=f"sqlite:///{Path(scratch) / 'demo.db'}", language=language
        )
        open_prepared(settings, default_config_folder(), patient=True)
        card = fill()
        call = next(line for line in card if line.expected == "call")
        app = StationApp(settings.model_copy(update={"station": settings.station.model_copy(update={"name": "Bàn 1"})}))
        async with app.run_test(size=(_COLUMNS, _ROWS)) as pilot:
            await pilot.pause(_PAUSE_SECONDS)
            await pilot.press("down", "enter")
            await pilot.pause(_PAUSE_SECONDS)
            app.post_message(Scanned(call.code, 1, ScanOrigin.SCANNER))
            await pilot.pause(_PAUSE_SECONDS)
            return _written(app, folder / "desk-call.svg")


def _written(app: App[None], file: Path) -> Path:
    # The exporter names a font to be loaded from the network; the reader's own monospaced one serves.
    picture = re.sub(r"@font-face \{.*?\}", "", app.export_screenshot(title="packstation"), flags=re.DOTALL)
    file.write_text(picture, encoding="utf-8")
    return file


if __name__ == "__main__":
    sys.stdout.write(f"{asyncio.run(take(Path(sys.argv[1]), 'en'))}\n")
