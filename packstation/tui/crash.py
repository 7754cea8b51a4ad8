"""What is left behind when the program fails: a traceback without the values in it, and one line for who stands there."""

from __future__ import annotations

import traceback
from datetime import UTC, datetime
from pathlib import Path

import platformdirs


def crash_folder() -> Path:
    """Where crash files go: this user's folder for logs."""
    return platformdirs.user_log_path("packstation", appauthor=False)


def write_crash(error: BaseException, folder: Path) -> Path | None:
    """Write the traceback, without local variables, into a new file; None where nothing can be written."""
    now = datetime.now(UTC)
    file = folder / f"crash-{now:%Y%m%d-%H%M%S-%f}.log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{now.isoformat()}\n" + "".join(traceback.format_exception(error)), encoding="utf-8")
    except OSError:
        return None
    return file
