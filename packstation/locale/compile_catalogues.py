"""Compiles the gettext catalogues: as a build hook of the wheel, and by hand with `python -m` while translating."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def compile_catalogues(folder: Path) -> list[Path]:
    """Write each `packstation.po` below `folder` as the `.mo` beside it; the files written."""
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/packstation.po")):
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3], abort_invalid=True)
        target = source.with_suffix(".mo")
        with target.open("wb") as file:
            write_mo(file, catalogue)
        written.append(target)
    return written


class CataloguesBuildHook(BuildHookInterface[BuilderConfig]):
    """Compiles the catalogues before the wheel's files are gathered."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling, for wheels and for editable installs alike."""
        compile_catalogues(Path(self.root) / "packstation" / "locale")


if __name__ == "__main__":
    for path in compile_catalogues(Path(__file__).parent):
        sys.stdout.write(f"{path.name} <- {path.with_suffix('.po')}\n")
