"""Voucher codes added to a list."""

from __future__ import annotations

from collections.abc import Sequence

from packstation.acts.workplace import Workplace
from packstation.domain.ledger import EntryKind
from packstation.domain.vouchers import NewVoucher
from packstation.store import care
from packstation.store.database import database_now, transaction


def add_vouchers(place: Workplace, list_name: str, vouchers: Sequence[NewVoucher], person_id: int | None) -> int:
    """Add codes to a list; how many were new. A code that is there already stays as it is."""
    with transaction():
        now = database_now()
        added = care.add_vouchers(list_name, vouchers, now)
        place.ledger.write(
            EntryKind.VOUCHERS_ADDED, now, person_id=person_id, facts={"list": list_name, "added": added}
        )
    return added
