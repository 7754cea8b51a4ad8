"""The orders of a page as they become: merged with what is stored, joined with the copies of them that turn out to be the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from packstation.domain.addresses import address_key, is_same_place
from packstation.domain.erasing import without_person
from packstation.domain.merging import KeptOrder, change_known_to_label, fill, first_kept, is_older, merge
from packstation.domain.orders import IncomingOrder, IncomingParcel, OrderKind, Status
from packstation.domain.times import day_of
from packstation.store.buyer_intake import take_in_buyers
from packstation.store.database import lock_orders, reserve_ids
from packstation.store.erased_buyers import pseudonyms_of
from packstation.store.identities import Sighting
from packstation.store.linking import link_seen
from packstation.store.order_codes import CodeKind, OrderCode
from packstation.store.order_rows import StoredOrder, load_orders
from packstation.store.parcel_intake import ReportedParcels
from packstation.store.same_orders import Known, Links, booking_owners, find_links

Handed = tuple[IncomingOrder, str]
"""An order with its digest."""


@dataclass(slots=True)
class PageOrders:
    """What a page makes of the stored orders, nothing of it written yet.

    Attributes:
        before: the stored orders as they were, by id.
        after: the same and the new ones as they become.
        created: the ids of new orders.
        moved: by id, the copies' rows that become an order's own, as the copies were.
        joined: the copies that keep a row of their own, each with the id of its order.
        filled: the orders that a copy told something.
        codes: codes that mean orders.
        parcels: parcels reported of orders.
        relinked: the buyers of the customers that gained or lost a buyer; this is written already.
    """

    before: dict[int, StoredOrder]
    after: dict[int, StoredOrder]
    created: list[int] = field(default_factory=list)
    moved: dict[int, StoredOrder] = field(default_factory=dict)
    joined: dict[int, int] = field(default_factory=dict)
    filled: set[int] = field(default_factory=set)
    codes: list[OrderCode] = field(default_factory=list)
    parcels: list[ReportedParcels] = field(default_factory=list)
    relinked: frozenset[int] = frozenset()

    def base(self, order_id: int) -> int:
        """The order itself, or the one that it was joined with."""
        while order_id in self.joined:
            order_id = self.joined[order_id]
        return order_id

    def changed(self) -> list[int]:
        """The stored orders that the page touches, in id order, copies left out."""
        touched = {self.base(report.order_id) for report in self.parcels}
        return sorted(touched.difference(self.created))


def work_out(shop_id: int, channel: str, known: dict[str, Known], fresh: Sequence[Handed], seen_at: int) -> PageOrders:
    """Work out a page; the orders that it touches are locked, the buyers that it brings are stored and linked."""
    orders = [order for order, _digest in fresh]
    links = find_links(shop_id, channel, orders, known)
    before = _locked(_touched(orders, known, links))
    page = PageOrders(before, dict(before))
    copies = {number: found.order_id for number, found in known.items() if found.copied} | links.copy_of
    buyers = take_in_buyers(
        channel, shop_id, [None if _has_buyer(copies.get(order.number), before) else order.buyer for order in orders]
    )
    page.relinked = frozenset(
        link_seen(
            shop_id,
            [
                Sighting(buyer_id, order.buyer, order.address, day_of(order.placed_at))
                for order, buyer_id in zip(orders, buyers, strict=True)
                if buyer_id is not None and order.buyer is not None
            ],
        )
    )
    unseen = [order for order in orders if order.number not in known and order.number not in copies]
    new_ids = iter(reserve_ids("orders", sum(not links.absorbs.get(order.number) for order in unseen)))
    owners = booking_owners(shop_id, [order.booking for order in orders if order.booking])
    for handed, buyer_id in zip(fresh, buyers, strict=True):
        number = handed[0].number
        if number in copies:
            _fill_in(page, shop_id, handed, buyer_id, copies[number], known.get(number))
        else:
            _store(page, shop_id, handed, buyer_id, known.get(number), links, new_ids, owners, seen_at)
    _leave_out_erased(page)
    return page


def _leave_out_erased(page: PageOrders) -> None:
    """What a copy tells of a person fills no order of a buyer who was erased, nor stays in the copy's own row."""
    owners = {order_id: page.after[page.base(order_id)].buyer_id for order_id in {*page.filled, *page.joined}}
    erased = pseudonyms_of(buyer_id for buyer_id in owners.values() if buyer_id is not None)
    for order_id, buyer_id in owners.items():
        if buyer_id in erased:
            order = page.after[order_id]
            kept = replace(order.kept, incoming=without_person(order.kept.incoming))
            page.after[order_id] = replace(order, kept=kept, label_address_key=None)


def _touched(orders: Iterable[IncomingOrder], known: dict[str, Known], links: Links) -> set[int]:
    mine = [known[order.number] for order in orders if order.number in known]
    rows = {found.row_id for found in mine if found.row_id is not None}
    return links.order_ids() | rows | {found.order_id for found in mine}


def _locked(ids: Iterable[int]) -> dict[int, StoredOrder]:
    every = sorted(ids)
    lock_orders(every)
    found: dict[int, StoredOrder] = {}
    for start in range(0, len(every), 500):
        some = every[start : start + 500]
        found.update((order.id, order) for order in load_orders(f"id IN ({','.join('?' * len(some))})", some))
    return found


def _has_buyer(order_id: int | None, orders: dict[int, StoredOrder]) -> bool:
    return order_id is not None and orders[order_id].buyer_id is not None


def _store(
    page: PageOrders,
    shop_id: int,
    handed: Handed,
    buyer_id: int | None,
    known: Known | None,
    links: Links,
    new_ids: Iterator[int],
    owners: dict[str, int],
    seen_at: int,
) -> None:
    """An order of its own: new, handed in again, or the one that stored copies stood for."""
    order, digest = handed
    copies = [page.base(copy_id) for copy_id in links.absorbs.get(order.number, [])]
    older = False
    if known is not None:
        order_id = page.base(known.order_id)
        old = page.after[order_id]
        older = is_older(order, old.kept.incoming)
        buyer = old.buyer_id or buyer_id if older else buyer_id or old.buyer_id
        _become(page, order_id, merge(old.kept, order, seen_at), buyer, digest)
    elif copies:
        order_id = copies[0]
        copy = page.after[order_id]
        page.moved[order_id] = copy
        page.codes.append(_code_of(copy, order_id))
        kept = fill(first_kept(order, seen_at), copy.kept.incoming)
        own = StoredOrder(order_id, shop_id, buyer_id or copy.buyer_id, kept, False, copy.seen_at, None, digest)
        page.after[order_id] = _with_label(None, own)
    else:
        order_id = next(new_ids)
        own = StoredOrder(order_id, shop_id, buyer_id, first_kept(order, seen_at), False, seen_at, None, digest)
        page.after[order_id] = _with_label(None, own)
        page.created.append(order_id)
    for copy_id in copies:
        _join(page, copy_id, order_id)
    if order.booking and owners.setdefault(order.booking, order_id) == order_id:
        page.codes.append(OrderCode(order.booking, shop_id, order_id, CodeKind.BOOKING))
    page.codes += _other_codes(order, order.also, shop_id, order_id)
    page.parcels.append(ReportedParcels(order_id, order.parcels, older=older))


def _fill_in(
    page: PageOrders, shop_id: int, handed: Handed, buyer_id: int | None, order_id: int, known: Known | None
) -> None:
    """A copy of an order: it fills what is empty there, and its codes mean the order."""
    copy, digest = handed
    order_id = page.base(order_id)
    old = page.after[order_id]
    _become(page, order_id, fill(old.kept, copy), old.buyer_id or buyer_id, old.digest)
    page.filled.add(order_id)
    kind = CodeKind.BOOKING if copy.kind is OrderKind.BOOKING else CodeKind.HUB
    page.codes.append(OrderCode(copy.number, shop_id, order_id, kind, digest))
    packages = [parcel.package for parcel in copy.parcels if parcel.package]
    page.codes += _other_codes(copy, (*copy.also, *packages), shop_id, order_id)
    carried = tuple(IncomingParcel(None, parcel.tracking, parcel.carrier) for parcel in copy.parcels if parcel.tracking)
    page.parcels.append(ReportedParcels(order_id, carried, older=True))
    if known is not None and known.row_id is not None and page.after[known.row_id].became is None:
        _join(page, known.row_id, order_id)


def _join(page: PageOrders, copy_id: int, order_id: int) -> None:
    """A stored order that is a copy of another one, which is stored too."""
    if copy_id == order_id or page.base(copy_id) == order_id:
        return
    copy, old = page.after[copy_id], page.after[order_id]
    page.codes.append(_code_of(copy, order_id))
    _become(page, order_id, fill(old.kept, copy.kept.incoming), old.buyer_id or copy.buyer_id, old.digest)
    page.after[copy_id] = replace(copy, buyer_id=None, replaced=False, became=order_id)
    page.joined[copy_id] = order_id
    page.filled.add(order_id)


def _code_of(copy: StoredOrder, order_id: int) -> OrderCode:
    incoming = copy.kept.incoming
    kind = CodeKind.BOOKING if incoming.kind is OrderKind.BOOKING else CodeKind.HUB
    return OrderCode(incoming.number, copy.shop_id, order_id, kind, copy.digest)


def _other_codes(order: IncomingOrder, codes: Iterable[str], shop_id: int, order_id: int) -> list[OrderCode]:
    return [OrderCode(code, shop_id, order_id, CodeKind.ALSO) for code in codes if code and code != order.number]


def _become(page: PageOrders, order_id: int, kept: KeptOrder, buyer_id: int | None, digest: str) -> None:
    old = page.after[order_id]
    new = replace(old, kept=kept, buyer_id=buyer_id, digest=digest, replaced=False)
    page.after[order_id] = _with_label(old, new)


def _with_label(old: StoredOrder | None, new: StoredOrder) -> StoredOrder:
    """Remember the address that the label was made for; learning more of the same address makes it no other one."""
    address = new.kept.incoming.address
    if new.label_address_changed_at is None and new.kept.status.status is Status.LABEL_READY:
        new = replace(new, label_address_changed_at=change_known_to_label(new.kept))
    if new.label_address_key is None:
        if new.kept.status.status is Status.LABEL_READY:
            return replace(new, label_address_key=address_key(address))
    elif old is not None and old.kept.incoming.address != address:
        before = old.kept.incoming.address
        if new.label_address_key == address_key(before) and is_same_place(before, address):
            return replace(new, label_address_key=address_key(address) or new.label_address_key)
    return new
