"""Parcels as channels report them: matched by package or tracking number, or adopted by the order's implicit parcel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from packstation.domain.orders import IncomingParcel
from packstation.domain.packing import ParcelState
from packstation.store.database import execute_many, reserve_ids, rows_of
from packstation.store.labels import LABEL_HOLDS_NOW

_DONE = frozenset({ParcelState.PACKED, ParcelState.HANDED_OVER})
_COLUMNS = "p.id, p.package, p.tracking, p.carrier, p.state"


@dataclass(frozen=True, slots=True)
class ReportedParcels:
    """All parcels that a channel reports of one order; `older` when the report is older than what is stored."""

    order_id: int
    parcels: tuple[IncomingParcel, ...]
    older: bool


@dataclass(frozen=True, slots=True)
class KnownParcel:
    """A parcel in the store."""

    id: int
    package: str | None
    tracking: str | None
    carrier: str | None
    state: ParcelState

    def is_reported_as(self, parcel: IncomingParcel) -> bool:
        """Whether the numbers say that it is this one."""
        if parcel.package and self.package:
            return parcel.package == self.package
        return bool(parcel.tracking) and parcel.tracking == self.tracking

    def may_be(self, parcel: IncomingParcel) -> bool:
        """Whether no number says that it is another one."""
        other_package = parcel.package and self.package and parcel.package != self.package
        other_tracking = parcel.tracking and self.tracking and parcel.tracking != self.tracking
        return not other_package and not other_tracking

    def may_have_a_new_label(self, parcel: IncomingParcel) -> bool:
        """Whether it may be this one under another tracking number: nothing but that number told it apart before."""
        return self.state not in _DONE and not (parcel.package or self.package)


def _known(row: Sequence[Any]) -> KnownParcel:
    return KnownParcel(row[0], row[1], row[2], row[3], ParcelState(row[4]))


def take_in_parcels(shop_id: int, reported: Sequence[ReportedParcels]) -> None:
    """Store the parcels of changed orders. Inside the transaction that stored the orders."""
    reported = [report for report in reported if report.parcels]
    known = known_parcels([report.order_id for report in reported])
    fresh: list[tuple[ReportedParcels, IncomingParcel]] = []
    for report in reported:
        have = known.get(report.order_id, [])
        matches, unmatched = matched(have, _folded(report.parcels))
        for parcel, offered in matches:
            _fill(parcel, _filled(parcel, offered, keep_known=report.older))
        if not report.older or not have:
            fresh += [(report, parcel) for parcel in unmatched]
    _link(shop_id, fresh)


def _folded(parcels: Sequence[IncomingParcel]) -> list[IncomingParcel]:
    """Parcels that stand several times in one report, once: exports repeat them with every product line."""
    folded: list[IncomingParcel] = []
    for parcel in parcels:
        for place, other in enumerate(folded):
            standing = KnownParcel(0, other.package, other.tracking, other.carrier, ParcelState.UNSEEN)
            if standing.is_reported_as(parcel):
                one = _filled(standing, parcel, keep_known=True)
                folded[place] = IncomingParcel(one.package, one.tracking, one.carrier)
                break
        else:
            folded.append(parcel)
    return folded


def known_parcels(order_ids: Sequence[int]) -> dict[int, list[KnownParcel]]:
    """The stored parcels of orders, by order id."""
    found: dict[int, list[KnownParcel]] = {}
    for start in range(0, len(order_ids), 500):
        some = order_ids[start : start + 500]
        marks = ",".join("?" * len(some))
        for order_id, *parcel in rows_of(
            f"SELECT po.order_id, {_COLUMNS} FROM parcel_order po JOIN parcel p ON p.id = po.parcel_id "
            f"WHERE po.order_id IN ({marks}) ORDER BY p.id",
            some,
        ):
            found.setdefault(order_id, []).append(_known(parcel))
    return found


def matched(
    known: Sequence[KnownParcel], parcels: Sequence[IncomingParcel]
) -> tuple[list[tuple[KnownParcel, IncomingParcel]], list[IncomingParcel]]:
    """Which stored parcel each reported one is, and those that are none: each is at most one, the surest match first."""
    left, unmatched = list(known), list(parcels)
    matches: list[tuple[KnownParcel, IncomingParcel]] = []
    for is_match in (KnownParcel.is_reported_as, KnownParcel.may_be, KnownParcel.may_have_a_new_label):
        for parcel in list(unmatched):
            match = next((have for have in left if is_match(have, parcel)), None)
            if match is not None:
                matches.append((match, parcel))
                left.remove(match)
                unmatched = [other for other in unmatched if other is not parcel]
    return matches, unmatched


def _filled(known: KnownParcel, parcel: IncomingParcel, *, keep_known: bool) -> KnownParcel:
    have, offered = (known.package, known.tracking, known.carrier), (parcel.package, parcel.tracking, parcel.carrier)
    first, second = (have, offered) if keep_known else (offered, have)
    package, tracking, carrier = (one or other for one, other in zip(first, second, strict=True))
    return KnownParcel(known.id, package, tracking, carrier, known.state)


def _fill(known: KnownParcel, better: KnownParcel) -> None:
    if better != known:
        execute_many(
            "UPDATE parcel SET package = ?, tracking = ?, carrier = ? WHERE id = ?",
            [(better.package, better.tracking, better.carrier, known.id)],
        )
    if known.tracking and better.tracking != known.tracking:
        # A new tracking number is a new label, made for the address as it is now.
        execute_many(
            f"UPDATE orders SET {LABEL_HOLDS_NOW} WHERE id IN (SELECT order_id FROM parcel_order WHERE parcel_id = ?)",
            [(known.id,)],
        )


def _link(shop_id: int, fresh: Sequence[tuple[ReportedParcels, IncomingParcel]]) -> None:
    """Make the parcels that are new; one that other orders of the shop already share is joined, not made again."""
    by_package = _in_shop(shop_id, "package", {parcel.package for _report, parcel in fresh if parcel.package})
    by_tracking = _in_shop(shop_id, "tracking", {parcel.tracking for _report, parcel in fresh if parcel.tracking})
    made: dict[int, KnownParcel] = {}
    links: set[tuple[int, int]] = set()
    ids = iter(reserve_ids("parcel", len(fresh)) if fresh else ())
    for report, parcel in fresh:
        there = by_package.get(parcel.package or "") or by_tracking.get(parcel.tracking or "")
        if there is None or not there.is_reported_as(parcel):
            there = KnownParcel(next(ids), parcel.package, parcel.tracking, parcel.carrier, ParcelState.UNSEEN)
            made[there.id] = there
        better = _filled(there, parcel, keep_known=report.older)
        if there.id in made:
            made[there.id] = better
        else:
            _fill(there, better)
        if better.package:
            by_package[better.package] = better
        if better.tracking:
            by_tracking[better.tracking] = better
        links.add((report.order_id, there.id))
    execute_many(
        "INSERT INTO parcel (id, shop_id, package, tracking, carrier, state) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (parcel.id, shop_id, parcel.package, parcel.tracking, parcel.carrier, str(parcel.state))
            for parcel in made.values()
        ],
    )
    execute_many("INSERT INTO parcel_order (order_id, parcel_id) VALUES (?, ?) ON CONFLICT DO NOTHING", sorted(links))


def _in_shop(shop_id: int, column: str, numbers: Iterable[str]) -> dict[str, KnownParcel]:
    """The shop's parcels of these package or tracking numbers. Carriers use a tracking number again: packed ones are not meant."""
    found: dict[str, KnownParcel] = {}
    every = sorted(numbers)
    for start in range(0, len(every), 500):
        some = every[start : start + 500]
        marks = ",".join("?" * len(some))
        for number, *parcel in rows_of(
            f"SELECT p.{column}, {_COLUMNS} FROM parcel p WHERE p.shop_id = ? AND p.{column} IN ({marks}) ORDER BY p.id",
            (shop_id, *some),
        ):
            known = _known(parcel)
            if column == "package" or known.state not in _DONE:
                found[number] = known
    return found
