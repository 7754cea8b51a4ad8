"""`python -m tests.bench [importing|scanning|starting|backfilling|refreshing|searching|customer_screen|linking]`: all without a name."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.bench import backfilling, customer_screen, importing, linking, refreshing, scanning, searching, starting

_BENCHES = {
    "importing": importing.run,
    "starting": starting.run,
    "scanning": scanning.run,
    "backfilling": backfilling.run,
    "refreshing": refreshing.run,
    "searching": searching.run,
    "customer_screen": customer_screen.run,
    "linking": linking.run,
}


def main() -> None:
    """Run the benchmarks named, each in a throwaway folder."""
    for name in sys.argv[1:] or _BENCHES:
        with tempfile.TemporaryDirectory(prefix="packstation-bench-") as folder:
            _BENCHES[name](Path(folder))


if __name__ == "__main__":
    main()
