"""What carriers say and pay, in the reader's language."""

from __future__ import annotations

from packstation.domain.cod import CodKind
from packstation.locale import _


def cod_word(kind: CodKind) -> str:
    """What a line of a statement is."""
    return {
        CodKind.OK: _("as it should be"),
        CodKind.SHORT: _("paid short"),
        CodKind.OVER: _("paid over"),
        CodKind.TWICE: _("paid twice"),
        CodKind.UNKNOWN: _("unknown parcel"),
        CodKind.NOT_DELIVERED: _("not delivered"),
        CodKind.MISSING: _("not paid out"),
    }[kind]
