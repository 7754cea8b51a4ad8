"""Kept orders as rows of the order tables, and back."""

from __future__ import annotations

import hashlib
import json
import marshal
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from packstation.domain.addresses import address_key
from packstation.domain.merging import KeptOrder, SeenOutcome, SeenStatus, refunded, units
from packstation.domain.order_counts import Counts, contribution
from packstation.domain.orders import (
    Address,
    BuyerFacts,
    FailureCause,
    IncomingBuyer,
    IncomingOrder,
    Item,
    OrderKind,
    Origin,
    Outcome,
    Refund,
    Status,
)
from packstation.domain.phones import phone_key
from packstation.store.database import rows_of

ORDER_COLUMNS = (
    "id shop_id number buyer_id source kind status channel_status outcome cause outcome_known_at replaced currency total "
    "first_total refunded cod counts_as_cod to_collect vouchers placed_at paid_at updated_at seen_at ship_by recipient phone "
    "street ward district province country address_key label_address_key buyer_note seller_note lines units digest "
    "arrange_by cancels_at answer_by address_changed_at label_address_changed_at origin_channel origin_number became "
    "sold_by created_by phone_key"
).split()
ITEM_COLUMNS = "order_id line sku name quantity price total".split()
REFUND_COLUMNS = "order_id place line quantity amount known_at".split()
STATUS_COLUMNS = "order_id place status channel_status known_at seen_at".split()
OUTCOME_COLUMNS = "order_id place outcome cause known_at seen_at source".split()

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What one order adds to its buyer's summaries: nothing for guests and for orders that do not count."""

    buyer_id: int | None
    shop_id: int
    counts: Counts
    currency: str
    placed_at: int
    worth: int

    @property
    def arrived(self) -> int:
        """1 when the order reached the buyer."""
        return self.counts.arrived


@dataclass(frozen=True, slots=True)
class StoredOrder:
    """An order in the store: what was kept of it, and what the store itself adds.

    `label_address_key` and `label_address_changed_at` are the address as its label has it: the latter the change that the label
    was made or kept after, 0 for none, None until a label was seen.
    `became`: the order that this row turned out to be a copy or the booking of.
    """

    id: int
    shop_id: int
    buyer_id: int | None
    kept: KeptOrder
    replaced: bool
    seen_at: int
    label_address_key: str | None
    digest: str
    became: int | None = None
    label_address_changed_at: int | None = None


def standing_of(order: StoredOrder) -> Standing | None:
    """What the order adds to summaries, None when it does not count for a customer."""
    kept = order.kept
    if order.buyer_id is None or kept.incoming.kind is not OrderKind.NORMAL:
        return None
    ended = kept.ended
    counts = contribution(
        ended.outcome if ended else Outcome.OPEN,
        ended.cause if ended else None,
        replaced=order.replaced,
        has_voucher=bool(kept.incoming.vouchers),
        cod=kept.cod,
    )
    worth = kept.first_total - refunded(kept.incoming.refunds) if counts.arrived else 0
    return Standing(order.buyer_id, order.shop_id, counts, kept.incoming.currency, kept.incoming.placed_at, worth)


def order_row(order: StoredOrder) -> Row:
    """The order as a row of ORDER_COLUMNS."""
    kept, incoming = order.kept, order.kept.incoming
    status, ended, address = kept.status, kept.ended, incoming.address
    return (
        order.id,
        order.shop_id,
        incoming.number,
        order.buyer_id,
        incoming.source,
        str(incoming.kind),
        str(status.status),
        status.channel_status,
        str(ended.outcome if ended else Outcome.OPEN),
        str(ended.cause) if ended and ended.cause else None,
        ended.known_at if ended else None,
        order.replaced,
        incoming.currency,
        incoming.total,
        kept.first_total,
        refunded(incoming.refunds),
        incoming.cod,
        kept.cod,
        incoming.to_collect,
        json.dumps(incoming.vouchers, ensure_ascii=False) if incoming.vouchers else "[]",
        incoming.placed_at,
        incoming.paid_at,
        incoming.updated_at,
        order.seen_at,
        incoming.ship_by,
        address.recipient,
        address.phone,
        address.street,
        address.ward,
        address.district,
        address.province,
        address.country,
        address_key(address),
        order.label_address_key,
        incoming.buyer_note,
        incoming.seller_note,
        len(incoming.items),
        units(incoming.items),
        order.digest,
        incoming.arrange_by,
        incoming.cancels_at,
        incoming.answer_by,
        incoming.address_changed_at,
        order.label_address_changed_at,
        incoming.origin.channel if incoming.origin else None,
        incoming.origin.number if incoming.origin else None,
        order.became,
        incoming.sold_by or None,
        incoming.created_by or None,
        phone_key(address.phone) or None,
    )


def item_rows(order_id: int, items: Sequence[Item]) -> list[Row]:
    """The items as rows of ITEM_COLUMNS."""
    return [
        (order_id, line, item.sku, item.name, item.quantity, item.price, item.total) for line, item in enumerate(items)
    ]


def refund_rows(order_id: int, refunds: Sequence[Refund]) -> list[Row]:
    """The refunds as rows of REFUND_COLUMNS."""
    return [
        (order_id, place, refund.line, refund.quantity, refund.amount, refund.known_at)
        for place, refund in enumerate(refunds)
    ]


def status_rows(order_id: int, statuses: Sequence[SeenStatus], start: int = 0) -> list[Row]:
    """The status timeline from place `start` on, as rows of STATUS_COLUMNS."""
    return [
        (order_id, place, str(seen.status), seen.channel_status, seen.known_at, seen.seen_at)
        for place, seen in enumerate(statuses[start:], start)
    ]


def outcome_rows(order_id: int, outcomes: Sequence[SeenOutcome], start: int = 0) -> list[Row]:
    """The outcome timeline from place `start` on, as rows of OUTCOME_COLUMNS."""
    return [
        (
            order_id,
            place,
            str(seen.outcome),
            str(seen.cause) if seen.cause else None,
            seen.known_at,
            seen.seen_at,
            seen.source,
        )
        for place, seen in enumerate(outcomes[start:], start)
    ]


def digest_of(order: IncomingOrder) -> str:
    """A digest of the order as handed in: an equal one changes nothing."""
    buyer, address = order.buyer, order.address
    facts = (
        (order.number, order.placed_at, order.currency, order.total, order.source, str(order.kind)),
        [(str(timed.status), timed.channel_status, timed.known_at) for timed in order.statuses],
        [(str(timed.outcome), str(timed.cause), timed.known_at) for timed in order.outcomes],
        [(item.sku, item.name, item.quantity, item.price, item.total) for item in order.items],
        [
            *((refund.line, refund.quantity, refund.amount, refund.known_at) for refund in order.refunds),
            *(("complete",) if order.refunds_are_complete else ()),
        ],
        _of_buyer(buyer) if buyer else None,
        (
            address.recipient,
            address.phone,
            address.street,
            address.ward,
            address.district,
            address.province,
            address.country,
        ),
        [(parcel.package, parcel.tracking, parcel.carrier) for parcel in order.parcels],
        (order.vouchers, order.cod, order.to_collect, order.paid_at, order.updated_at),
        (order.arrange_by, order.ship_by, order.cancels_at, order.answer_by, order.address_changed_at),
        (order.buyer_note, order.seller_note, order.also, order.booking),
        (order.origin.channel, order.origin.number) if order.origin else None,
        *((order.sold_by, order.created_by) if order.sold_by or order.created_by else ()),
    )
    # Version 2 of the format has no references, so that equal values give equal bytes.
    return hashlib.blake2b(marshal.dumps(facts, 2), digest_size=16).hexdigest()


def _of_buyer(buyer: IncomingBuyer) -> tuple[str | tuple[str, ...] | None, ...]:
    told = (buyer.external_id, buyer.name, buyer.phone, buyer.email, buyer.also)
    return (*told, tuple(str(getattr(buyer.facts, name)) for name in BuyerFacts.__slots__)) if buyer.facts else told


def load_orders(where: str, values: Sequence[Any]) -> list[StoredOrder]:
    """The stored orders that a condition over table `orders` finds, in id order, with items, refunds and timelines."""
    columns = ", ".join(ORDER_COLUMNS)
    rows = rows_of(f"SELECT {columns} FROM orders WHERE {where} ORDER BY id", values)
    ids = [row[0] for row in rows]
    items = grouped("order_item", ITEM_COLUMNS, "line", ids)
    refunds = grouped("order_refund", REFUND_COLUMNS, "place", ids)
    statuses = grouped("status_change", STATUS_COLUMNS, "place", ids)
    outcomes = grouped("outcome_change", OUTCOME_COLUMNS, "place", ids)
    return [
        _stored(
            dict(zip(ORDER_COLUMNS, row, strict=True)),
            items[row[0]],
            refunds[row[0]],
            statuses[row[0]],
            outcomes[row[0]],
        )
        for row in rows
    ]


def grouped(table: str, columns: Sequence[str], order: str, ids: Iterable[int]) -> defaultdict[int, list[Row]]:
    """The rows of a table that belong to orders, by order id, without the id itself."""
    found: defaultdict[int, list[Row]] = defaultdict(list)
    every = list(ids)
    for start in range(0, len(every), 500):
        some = every[start : start + 500]
        marks = ",".join("?" * len(some))
        sql = f"SELECT {', '.join(columns)} FROM {table} WHERE order_id IN ({marks}) ORDER BY order_id, {order}"
        for order_id, *rest in rows_of(sql, some):
            found[order_id].append(tuple(rest))
    return found


def _stored(
    row: dict[str, Any], items: list[Row], refunds: list[Row], statuses: list[Row], outcomes: list[Row]
) -> StoredOrder:
    incoming = IncomingOrder(
        number=row["number"],
        placed_at=row["placed_at"],
        currency=row["currency"],
        total=row["total"],
        statuses=(),
        items=tuple(Item(*rest) for _line, *rest in items),
        refunds=tuple(Refund(*rest) for _place, *rest in refunds),
        address=Address(*(row[name] for name in Address.__dataclass_fields__)),
        vouchers=tuple(json.loads(row["vouchers"])),
        cod=None if row["cod"] is None else bool(row["cod"]),
        to_collect=row["to_collect"],
        paid_at=row["paid_at"],
        updated_at=row["updated_at"],
        arrange_by=row["arrange_by"],
        ship_by=row["ship_by"],
        cancels_at=row["cancels_at"],
        answer_by=row["answer_by"],
        address_changed_at=row["address_changed_at"],
        source=row["source"],
        kind=OrderKind(row["kind"]),
        buyer_note=row["buyer_note"],
        seller_note=row["seller_note"],
        origin=Origin(row["origin_channel"], row["origin_number"]) if row["origin_channel"] is not None else None,
        sold_by=row["sold_by"] or "",
        created_by=row["created_by"] or "",
    )
    kept = KeptOrder(
        incoming,
        row["first_total"],
        tuple(
            SeenStatus(Status(status), word, known_at, seen_at) for _place, status, word, known_at, seen_at in statuses
        ),
        tuple(
            SeenOutcome(Outcome(outcome), FailureCause(cause) if cause else None, known_at, seen_at, source)
            for _place, outcome, cause, known_at, seen_at, source in outcomes
        ),
    )
    return StoredOrder(
        row["id"],
        row["shop_id"],
        row["buyer_id"],
        kept,
        bool(row["replaced"]),
        row["seen_at"],
        row["label_address_key"],
        row["digest"],
        row["became"],
        row["label_address_changed_at"],
    )
