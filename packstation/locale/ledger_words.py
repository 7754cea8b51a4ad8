"""What is wrong with the ledger, in the reader's language."""

from __future__ import annotations

from packstation.locale import _


def break_word(what: str) -> str:
    """How a chain of the ledger is broken, by the `what` of a `packstation.domain.ledger.Broken`."""
    return {
        "missing": _("missing"),
        "altered": _("altered"),
        "its text or evidence altered": _("its text or evidence altered"),
        "replaced since it was recorded elsewhere": _("replaced since it was recorded elsewhere"),
        "cut off after it was recorded elsewhere": _("cut off after it was recorded elsewhere"),
    }[what]
