"""The daemon's log: JSON lines on standard error, with shops, order numbers and counts, and nothing of buyers."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_LONGEST = 300
_PRIVATE = frozenset({"name", "phone", "email", "address", "recipient", "note", "token", "secret", "buyer"})


def log_as_json() -> None:
    """Write this process's log as JSON lines."""
    # Its lines hold whole addresses, and some channels take secrets there.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_private,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )


def _without_private(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop what could be a buyer's or a secret, whoever logged it, and cut what is too long."""
    for key in list(event):
        value = event[key]
        if key in _PRIVATE:
            event[key] = "[left out]"
        elif isinstance(value, str) and len(value) > _LONGEST:
            event[key] = value[:_LONGEST] + "…"
    return event
