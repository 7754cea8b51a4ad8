"""The daemon's log says what happened and nothing of buyers."""

from __future__ import annotations

import json
import subprocess
import sys

PROGRAM = """
import structlog
from sync.logs import begin_log
from sync.web.messages import excerpt
begin_log()
heard = excerpt("Khach Nguyen Van A 0912345678 a@b.vn")
structlog.get_logger().warning("trouble", code="400", text=f"Tiki refuses the call (HTTP 400: {heard})", phone="0912345678")
"""


def test_the_log_has_our_words_and_the_code_and_nothing_that_a_channel_wrote() -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    (line,) = run.stderr.splitlines()
    told = json.loads(line)
    assert (told["text"], told["code"], told["phone"]) == ("Tiki refuses the call (HTTP 400: “…”)", "400", "[left out]")
