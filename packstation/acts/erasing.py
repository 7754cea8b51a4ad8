"""What a person may ask for: everything that is kept about them, and that nothing that names them is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from packstation.acts.judging import judge_relinked
from packstation.acts.reporting_buyers import remove_letter
from packstation.acts.workplace import Workplace
from packstation.domain.ledger import EntryKind
from packstation.store import erasing
from packstation.store.customer_rows import everything_of
from packstation.store.database import database_now, transaction
from packstation.store.erasing import Erased


class OpenOrdersError(Exception):
    """Orders of the customer, `numbers`, are still to pack or on hold: without an address nobody can be called."""

    def __init__(self, numbers: Sequence[str]) -> None:
        super().__init__(", ".join(numbers))
        self.numbers = tuple(numbers)


class ErasedAlreadyError(Exception):
    """Nothing is kept any more that names the customer."""


def erase_customer(place: Workplace, customer_id: int, by: int | None, *, even_open: bool = False) -> Erased:
    """Erase what identifies a customer; counts, summaries and the ledger's chains stay whole.

    Args:
        place: who acts.
        customer_id: the customer.
        by: the supervisor.
        even_open: though orders are still to pack or on hold.

    Raises:
        OpenOrdersError: there are such, and nobody said that they do not matter.
        ErasedAlreadyError: it was done before.
    """
    erasing.overwrite_what_is_deleted()
    with transaction():
        numbers = erasing.open_numbers(customer_id)
        if numbers and not even_open:
            raise OpenOrdersError(numbers)
        now = database_now()
        erased = erasing.erase(customer_id, now, by)
        if not erased.buyers:
            raise ErasedAlreadyError
        place.ledger.write(
            EntryKind.CUSTOMER_ERASED,
            now,
            person_id=by,
            station_id=place.station_id,
            facts={"customer": customer_id, "orders": erased.orders, "texts": erased.texts},
        )
    judge_relinked(place, erased.relinked)
    erasing.empty_the_journal()
    for name in erased.files:
        remove_letter(name)
    return erased


def export_customer(place: Workplace, customer_id: int, by: int | None) -> dict[str, Any]:
    """Everything that is kept about a customer, as `everything_of` tells it; that it was shown is recorded."""
    with transaction():
        place.ledger.write(
            EntryKind.CUSTOMER_EXPORTED,
            database_now(),
            person_id=by,
            station_id=place.station_id,
            facts={"customer": customer_id},
        )
        return everything_of(customer_id)
