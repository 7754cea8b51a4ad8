"""What is kept no longer is taken out a piece at a time, so that a desk next door goes on working."""

from __future__ import annotations

from collections.abc import Sequence

from packstation.domain.ledger import ABOUT_BUYERS, ABOUT_CUSTOMERS, digests_in
from packstation.domain.retention import DataKind
from packstation.store import cases, mails
from packstation.store.database import execute_many, lock_orders, rows_of
from packstation.store.erasing import forget_profile

Position = tuple[int, ...]
"""How far a table was looked through: the key of the last row that was looked at."""

_FORGET_ADDRESS = (
    "UPDATE orders SET recipient = '', phone = '', street = '', ward = '', district = '', address_key = NULL, phone_key = NULL, "
    "label_address_key = NULL, buyer_note = '', seller_note = '' WHERE id = ?"
)
_EMPTY = "''"
_WORDS = {
    DataKind.REASONS: ("hold_event", "at", ("why",)),
    DataKind.REQUESTS: ("approval_request", "asked_at", ("why",)),
    DataKind.RECORDINGS: ("attempt", "opened_at", ("recording",)),
    DataKind.WAYBILLS: ("waybill_event", "known_at", ("reason",)),
    DataKind.RESCUES: ("rescue", "changed_at", ("reason", "instruction")),
    DataKind.SETTLED_COD: ("cod_settled", "settled_at", ("why",)),
    DataKind.SETTLED_RETURNS: ("return_settled", "settled_at", ("why",)),
}
"""By kind, the table, when a row was written, and its columns with people's words."""
_HAS_PERSON = "(recipient <> '' OR phone <> '' OR street <> '' OR ward <> '' OR district <> '' OR buyer_note <> '' OR seller_note <> '')"


def forget(kind: DataKind, before: int, after: Position, size: int) -> tuple[int, Position | None]:
    """Take out what is kept no longer of one piece of a table, inside the caller's transaction.

    Args:
        kind: what.
        before: what is older, ms UTC, goes.
        after: where the piece begins; empty for the first.
        size: how many rows are looked at, at most.

    Returns:
        How much was taken out, and where the next piece begins, None when nothing is left to look at.
    """
    match kind:
        case DataKind.SCANS:
            return _scans(before, after, size)
        case DataKind.ADDRESSES:
            return _addresses(before, after, size)
        case DataKind.TEXTS:
            return _texts(before, after, size)
        case DataKind.MAILS:
            return _mails(before, after, size)
        case DataKind.CASES:
            return _cases(before, after, size)
        case DataKind.PROFILES:
            return _profiles(before, after, size)
        case _:
            return _words(*_WORDS[kind], before, after, size)


def _scans(before: int, after: Position, size: int) -> tuple[int, Position | None]:
    rows = rows_of("SELECT id, at FROM scan WHERE id > ? ORDER BY id LIMIT ?", (*(after or (0,)), size))
    old = [(scan_id,) for scan_id, at in rows if at < before]
    execute_many("DELETE FROM scan WHERE id = ?", old)
    # They stand in the order in which they were made: what follows one that is kept is kept too.
    return len(old), (rows[-1][0],) if len(rows) == size == len(old) else None


def _addresses(before: int, after: Position, size: int) -> tuple[int, Position | None]:
    start = (after or (0,))[0]
    found = rows_of("SELECT max(id) FROM (SELECT id FROM orders WHERE id > ? ORDER BY id LIMIT ?) piece", (start, size))
    last = found[0][0]
    if last is None:
        return 0, None
    old = f"SELECT id FROM orders WHERE id > ? AND id <= ? AND outcome <> 'open' AND outcome_known_at < ? AND {_HAS_PERSON}"
    lock_orders(row[0] for row in rows_of(old, (start, last, before)))
    # Read again under the locks: a channel can take an end back.
    ids = rows_of(f"{old} ORDER BY id", (start, last, before))
    execute_many(_FORGET_ADDRESS, ids)
    return len(ids), (last,)


def _texts(before: int, after: Position, size: int) -> tuple[int, Position | None]:
    rows = rows_of(
        "SELECT writer_id, sequence, at, kind, order_id, facts FROM ledger WHERE writer_id > ? OR (writer_id = ? AND sequence > ?) "
        "ORDER BY writer_id, sequence LIMIT ?",
        (*_thrice(after or (0, 0)), size),
    )
    digests = []
    for _writer, _sequence, at, kind, order_id, facts in rows:
        if at < before and (order_id is not None or kind in ABOUT_BUYERS | ABOUT_CUSTOMERS):
            digests += [(digest,) for digest in digests_in(facts)]
    there = [digest for digest in digests if rows_of("SELECT 1 FROM ledger_text WHERE digest = ?", digest)]
    execute_many("DELETE FROM ledger_text WHERE digest = ?", there)
    return len(there), tuple(rows[-1][:2]) if len(rows) == size else None


def _thrice(after: Sequence[int]) -> tuple[int, int, int]:
    writer_id, sequence = after
    return writer_id, writer_id, sequence


def _words(
    table: str, when: str, columns: tuple[str, ...], before: int, after: Position, size: int
) -> tuple[int, Position | None]:
    """Empty the columns of a table in rows that are older."""
    rows = rows_of(
        f"SELECT id, {when}, {', '.join(columns)} FROM {table} WHERE id > ? ORDER BY id LIMIT ?",
        (*(after or (0,)), size),
    )
    old = [(row_id,) for row_id, at, *texts in rows if at < before and any(texts)]
    execute_many(f"UPDATE {table} SET {', '.join(f'{name} = {_EMPTY}' for name in columns)} WHERE id = ?", old)
    return len(old), (rows[-1][0],) if len(rows) == size else None


def _mails(before: int, after: Position, size: int) -> tuple[int, Position | None]:
    rows = rows_of(
        "SELECT id, queued_at, recipient FROM mail WHERE id > ? ORDER BY id LIMIT ?", (*(after or (0,)), size)
    )
    old = [mail_id for mail_id, at, recipient in rows if at < before and recipient]
    mails.empty(old)
    return len(old), (rows[-1][0],) if len(rows) == size else None


def _cases(before: int, after: Position, size: int) -> tuple[int, Position | None]:
    rows = rows_of(
        "SELECT id, closed_at, letter FROM buyer_case WHERE id > ? ORDER BY id LIMIT ?", (*(after or (0,)), size)
    )
    old = [case_id for case_id, at, letter in rows if at is not None and at < before and letter]
    cases.empty(old)
    return len(old), (rows[-1][0],) if len(rows) == size else None


def _profiles(before: int, after: Position, size: int) -> tuple[int, Position | None]:
    """Of customers who ordered, all of whose orders are old; one who never ordered may be new."""
    rows = rows_of("SELECT id FROM customer WHERE id > ? ORDER BY id LIMIT ?", (*(after or (0,)), size))
    if not rows:
        return 0, None
    of_customer = "FROM orders o JOIN buyer b ON b.id = o.buyer_id WHERE b.customer_id = c.id"
    old = rows_of(
        f"SELECT c.id FROM customer c WHERE c.id > ? AND c.id <= ? AND EXISTS (SELECT 1 {of_customer}) "
        f"AND NOT EXISTS (SELECT 1 {of_customer} AND (o.placed_at >= ? OR o.outcome = 'open')) ORDER BY c.id",
        (*(after or (0,)), rows[-1][0], before),
    )
    count = sum(forget_profile(customer_id) for (customer_id,) in old)
    return count, (rows[-1][0],) if len(rows) == size else None
