"""Care in the store: what customers got before, voucher codes that are kept, given and taken back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from packstation.domain.care import NO_CARE, CareKnown, CareRules, Insert, InsertKind, Voucher, parse_care
from packstation.domain.rule_kinds import RuleKind
from packstation.domain.times import MINUTE
from packstation.domain.vouchers import NewVoucher
from packstation.store.database import execute_many, is_sqlite, rows_of
from packstation.store.rule_versions import newest_rules
from packstation.store.standings import OrderInHand
from packstation.store.summaries import counts_of

KEPT = 15 * MINUTE
"""So long a voucher that a desk shows is kept for its order, ms."""
_VOUCHER = "id, code, amount, currency, expires_at, condition"

_compiled: dict[int, CareRules] = {}


def current_care() -> CareRules:
    """The newest published rules of care, compiled once per version and process; none where none are published."""
    newest = newest_rules(RuleKind.CARE)
    if newest is None:
        return NO_CARE
    version, text = newest
    if version not in _compiled or _compiled[version].text != text:
        _compiled[version] = parse_care(text, version, f"care version {version}")
    return _compiled[version]


def known_of(rules: CareRules, order: OrderInHand, buyer_ids: Sequence[int]) -> CareKnown:
    """What was given before to the customer, in the order, and of what is limited to whomever.

    Args:
        rules: the published ones.
        order: the order in hand.
        buyer_ids: the customer's; empty for a guest.
    """
    last: dict[str, int] = {}
    for buyer_id in buyer_ids:
        for rule, at in rows_of(
            "SELECT rule, max(given_at) FROM care_given WHERE buyer_id = ? AND ended_at IS NULL GROUP BY rule",
            (buyer_id,),
        ):
            last[rule] = max(at, last.get(rule, at))
    here = rows_of("SELECT rule FROM care_given WHERE order_id = ? AND ended_at IS NULL", (order.id,))
    used = {
        rule.id: int(rows_of("SELECT count(*) FROM care_given WHERE rule = ? AND ended_at IS NULL", (rule.id,))[0][0])
        for rule in rules.inserts
        if rule.stock is not None
    }
    return CareKnown(not buyer_ids, _after_refusal(order, buyer_ids), last, frozenset(row[0] for row in here), used)


def _after_refusal(order: OrderInHand, buyer_ids: Sequence[int]) -> bool:
    """Whether the last of the customer's earlier orders that came to a door was not taken there."""
    ends = [
        row
        for buyer_id in buyer_ids
        for row in rows_of(
            "SELECT placed_at, id, outcome FROM orders WHERE buyer_id = ? AND placed_at <= ? AND id <> ? AND kind = 'normal' "
            "AND (outcome IN ('delivered', 'returned') OR (outcome = 'delivery_failed' AND (cause IS NULL OR cause <> 'courier'))) "
            "ORDER BY placed_at DESC, id DESC LIMIT 1",
            (buyer_id, order.placed_at, order.id),
        )
    ]
    return max(ends)[2] == "delivery_failed" if ends else False


def nth_order(order: OrderInHand, buyer_ids: Sequence[int]) -> int:
    """The how-manieth of the customer's orders this is, of those that arrived or are under way."""
    bought = sum(counts.arrived + counts.open for counts in counts_of(buyer_ids).values())
    # Counted from the newest on: before the order in hand there may be thousands.
    from_here = sum(
        rows_of(
            "SELECT count(*) FROM orders WHERE buyer_id = ? AND placed_at >= ? AND (placed_at > ? OR id >= ?) "
            "AND kind = 'normal' AND outcome IN ('open', 'delivered', 'returned')",
            (buyer_id, order.placed_at, order.placed_at, order.id),
        )[0][0]
        for buyer_id in buyer_ids
    )
    return bought - int(from_here) + 1


def free_vouchers(lists: Collection[str], currency: str, now: int) -> dict[str, Voucher]:
    """For each list the voucher that would be given next, without keeping it; lists without one are missing."""
    found = {}
    for name in lists:
        rows = rows_of(f"SELECT {_VOUCHER} FROM care_voucher WHERE id IN ({_NEXT_FREE})", (name, currency, now, now))
        if rows:
            found[name] = Voucher(*rows[0])
    return found


_NEXT_FREE = (
    "SELECT id FROM care_voucher WHERE list = ? AND currency = ? AND (expires_at IS NULL OR expires_at > ?) "
    "AND (order_id IS NULL OR kept_until < ?) ORDER BY expires_at IS NULL, expires_at, id LIMIT 1"
)


def keep_voucher(list_name: str, currency: str, order_id: int, now: int) -> Voucher | None:
    """Keep a code for an order for a while, inside the caller's transaction; None when the list has none left.

    The one that expires first is taken; an order that has one kept already goes on with it.
    """
    until = now + KEPT
    again = rows_of(
        "UPDATE care_voucher SET kept_until = ? WHERE id = (SELECT min(id) FROM care_voucher WHERE order_id = ? AND list = ? "
        f"AND currency = ? AND kept_until IS NOT NULL AND (expires_at IS NULL OR expires_at > ?)) RETURNING {_VOUCHER}",
        (until, order_id, list_name, currency, now),
    )
    # Desks that ask at the same time do not wait for each other's, and never get the same one.
    unlocked = "" if is_sqlite() else " FOR UPDATE SKIP LOCKED"
    rows = again or rows_of(
        f"UPDATE care_voucher SET order_id = ?, kept_until = ? WHERE id = ({_NEXT_FREE}{unlocked}) RETURNING {_VOUCHER}",
        (order_id, until, list_name, currency, now, now),
    )
    return Voucher(*rows[0]) if rows else None


@dataclass(frozen=True, slots=True)
class GivenWhere:
    """Where something is put in: the order, its parcel and buyer, and who does it at which station."""

    order_id: int
    parcel_id: int
    buyer_id: int | None
    station_id: int | None
    person_id: int | None


def give(inserts: Sequence[Insert], where: GivenWhere, now: int) -> list[Insert]:
    """Keep what was put into a parcel, inside the transaction that packs it; vouchers kept for it but left out are free again.

    Returns:
        What was given: all but vouchers that were kept too long and went to another order, or expired.
    """
    given = [insert for insert in inserts if insert.voucher is None or _is_ours(insert.voucher, where.order_id, now)]
    execute_many(
        "INSERT INTO care_given (order_id, parcel_id, buyer_id, rule, kind, voucher_id, version, given_at, station_id, person_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                where.order_id,
                where.parcel_id,
                where.buyer_id,
                insert.rule,
                str(insert.kind),
                insert.voucher.id if insert.voucher else None,
                insert.version,
                now,
                where.station_id,
                where.person_id,
            )
            for insert in given
        ],
    )
    execute_many(
        "UPDATE care_voucher SET order_id = NULL, kept_until = NULL WHERE order_id = ? AND kept_until IS NOT NULL",
        [(where.order_id,)],
    )
    return given


def _is_ours(voucher: Voucher, order_id: int, now: int) -> bool:
    return bool(
        rows_of(
            "UPDATE care_voucher SET kept_until = NULL WHERE id = ? AND order_id = ? AND kept_until IS NOT NULL "
            "AND (expires_at IS NULL OR expires_at > ?) RETURNING id",
            (voucher.id, order_id, now),
        )
    )


def take_back(parcel_id: int, now: int) -> list[tuple[str, InsertKind]]:
    """A packed parcel is open again: what was put in is not given any more; its rules and kinds.

    A voucher stays with its order for a while, as its code lies in the parcel; then it is free.
    """
    rows = rows_of(
        "UPDATE care_given SET ended_at = ? WHERE parcel_id = ? AND ended_at IS NULL RETURNING rule, kind, voucher_id",
        (now, parcel_id),
    )
    execute_many(
        "UPDATE care_voucher SET kept_until = ? WHERE id = ?",
        [(now + KEPT, voucher_id) for _rule, _kind, voucher_id in rows if voucher_id is not None],
    )
    return [(rule, InsertKind(kind)) for rule, kind, _voucher in rows]


def add_vouchers(list_name: str, vouchers: Sequence[NewVoucher], now: int) -> int:
    """Add codes to a list, inside the caller's transaction; how many were new. A code that is there already stays as it is."""
    before = int(rows_of("SELECT count(*) FROM care_voucher")[0][0])
    execute_many(
        "INSERT INTO care_voucher (list, code, amount, currency, expires_at, condition, added_at) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (code) DO NOTHING",
        [(list_name, one.code, one.amount, one.currency, one.expires_at, one.condition, now) for one in vouchers],
    )
    return int(rows_of("SELECT count(*) FROM care_voucher")[0][0]) - before


@dataclass(frozen=True, slots=True)
class VoucherList:
    """A list of codes: how many were given, how many expired before that, and how many are left."""

    name: str
    given: int
    expired: int
    left: int


def voucher_lists(now: int) -> list[VoucherList]:
    """Every list of codes, by name."""
    given = "order_id IS NOT NULL AND kept_until IS NULL"
    return [
        VoucherList(row[0], int(row[1]), int(row[2]), int(row[3]))
        for row in rows_of(
            f"SELECT list, sum(CASE WHEN {given} THEN 1 ELSE 0 END), "
            f"sum(CASE WHEN NOT ({given}) AND expires_at <= ? THEN 1 ELSE 0 END), "
            f"sum(CASE WHEN NOT ({given}) AND (expires_at IS NULL OR expires_at > ?) THEN 1 ELSE 0 END) "
            "FROM care_voucher GROUP BY list ORDER BY list",
            (now, now),
        )
    ]


def counts_given(start: int, end: int) -> Mapping[InsertKind, int]:
    """How much of each kind was given from `start` until before `end`, ms UTC, and not taken back."""
    return {
        InsertKind(kind): int(count)
        for kind, count in rows_of(
            "SELECT kind, count(*) FROM care_given WHERE given_at >= ? AND given_at < ? AND ended_at IS NULL "
            "GROUP BY kind ORDER BY kind",
            (start, end),
        )
    }
