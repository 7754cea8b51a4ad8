"""Parcels as channels report them: matched by package or tracking number, or adopted by the order's implicit parcel."""

from __future__ import annotations

from collections.abc import Sequence

from packstation.domain.orders import IncomingParcel
from packstation.domain.packing import ParcelState
from packstation.store.database import execute_many, reserve_ids, rows_of

_Known = tuple[int, str | None, str | None, str | None]


def take_in_parcels(shop_id: int, orders: Sequence[tuple[int, tuple[IncomingParcel, ...]]]) -> None:
    """Store the parcels of changed orders, given as (order id, parcels). Inside the transaction that stored the orders."""
    reported = [(order_id, parcels) for order_id, parcels in orders if parcels]
    known = _known_parcels([order_id for order_id, _parcels in reported])
    fresh: list[tuple[int, IncomingParcel]] = []
    for order_id, parcels in reported:
        have = known.get(order_id, [])
        for parcel in parcels:
            match = _match(have, parcel)
            if match is None:
                fresh.append((order_id, parcel))
            else:
                _fill(match, parcel)
    _link(shop_id, fresh)


def _known_parcels(order_ids: Sequence[int]) -> dict[int, list[_Known]]:
    found: dict[int, list[_Known]] = {}
    for start in range(0, len(order_ids), 500):
        some = order_ids[start : start + 500]
        marks = ",".join("?" * len(some))
        for order_id, *parcel in rows_of(
            "SELECT po.order_id, p.id, p.package, p.tracking, p.carrier FROM parcel_order po "
            f"JOIN parcel p ON p.id = po.parcel_id WHERE po.order_id IN ({marks}) ORDER BY p.id",
            some,
        ):
            found.setdefault(order_id, []).append((parcel[0], parcel[1], parcel[2], parcel[3]))
    return found


def _match(known: Sequence[_Known], parcel: IncomingParcel) -> _Known | None:
    for have in known:
        _id, package, tracking, _carrier = have
        if parcel.package and package:
            if parcel.package == package:
                return have
        elif parcel.tracking and tracking and parcel.tracking == tracking:
            return have
    for have in known:
        # The implicit parcel, or one that so far had a package number only, is adopted by the first that fits.
        _id, package, tracking, _carrier = have
        if (package is None and tracking is None) or (tracking is None and package == parcel.package):
            return have
    if parcel.package is None and parcel.tracking is None:
        return known[0] if known else None
    return None


def _fill(known: _Known, parcel: IncomingParcel) -> None:
    parcel_id, package, tracking, carrier = known
    better = (parcel.package or package, parcel.tracking or tracking, parcel.carrier or carrier)
    if better != (package, tracking, carrier):
        execute_many("UPDATE parcel SET package = ?, tracking = ?, carrier = ? WHERE id = ?", [(*better, parcel_id)])
    if parcel.tracking and tracking and parcel.tracking != tracking:
        # A new tracking number is a new label, made for the address as it is now.
        execute_many(
            "UPDATE orders SET label_address_key = address_key WHERE id IN (SELECT order_id FROM parcel_order WHERE parcel_id = ?)",
            [(parcel_id,)],
        )


def _link(shop_id: int, fresh: Sequence[tuple[int, IncomingParcel]]) -> None:
    """Make the parcels that are new; a package that other orders of the shop already share is joined, not made again."""
    shared = _by_package(shop_id, sorted({parcel.package for _order, parcel in fresh if parcel.package}))
    new_rows: list[tuple[object, ...]] = []
    links: list[tuple[int, int]] = []
    ids = iter(reserve_ids("parcel", len(fresh)) if fresh else ())
    for order_id, parcel in fresh:
        parcel_id = shared.get(parcel.package) if parcel.package else None
        if parcel_id is None:
            parcel_id = next(ids)
            new_rows.append(
                (parcel_id, shop_id, parcel.package, parcel.tracking, parcel.carrier, str(ParcelState.UNSEEN))
            )
            if parcel.package:
                shared[parcel.package] = parcel_id
        links.append((order_id, parcel_id))
    execute_many(
        "INSERT INTO parcel (id, shop_id, package, tracking, carrier, state) VALUES (?, ?, ?, ?, ?, ?)",
        new_rows,
    )
    execute_many(
        "INSERT INTO parcel_order (order_id, parcel_id) VALUES (?, ?) ON CONFLICT DO NOTHING", sorted(set(links))
    )


def _by_package(shop_id: int, packages: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(packages), 500):
        some = packages[start : start + 500]
        marks = ",".join("?" * len(some))
        sql = f"SELECT package, id FROM parcel WHERE shop_id = ? AND package IN ({marks})"
        found.update(rows_of(sql, (shop_id, *some)))
    return found
