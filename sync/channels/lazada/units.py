"""What one unit sold tells: where it stands, how its return goes, and units gathered into lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from packstation.domain.orders import Item, Refund, Status
from sync.channels.lazada.cells import Cells
from sync.channels.lazada.statuses import FAILED_WORDS, ReturnStage, return_stage, status_of
from sync.channels.lazada.wire import ReverseLineWire, ReverseWire, UnitWire


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit, understood. Money in minor units, times in ms UTC.

    Attributes:
        wire: as Lazada told it.
        status: where it stands, its return considered.
        was_delivered: the buyer had it.
        paid: what was paid for it, its share of vouchers taken off.
        updated_at: when it last changed.
        returned_at: when its return was last heard of; None without one.
        refund: what was paid back; None where nobody says.
    """

    wire: UnitWire
    status: Status
    was_delivered: bool
    price: int
    paid: int
    updated_at: int | None
    returned_at: int | None = None
    refund: int | None = None

    @property
    def sku(self) -> str:
        """The seller's SKU, else Lazada's."""
        return self.wire.sku or self.wire.shop_sku or self.wire.sku_id

    @property
    def name(self) -> str:
        """The product's name with the variation."""
        return " · ".join(part for part in (self.wire.name, self.wire.variation) if part)

    @property
    def line(self) -> tuple[str, int, str]:
        """What makes units one line."""
        return (self.sku, self.price, self.name)

    @property
    def asks_to_cancel(self) -> bool:
        """Whether a cancellation waits for the seller's answer, or was granted and waits for the carrier."""
        return self.wire.need_cancel_confirm or self.wire.is_cancel_pending


def may_have_returns(units: Iterable[UnitWire]) -> bool:
    """Whether reverse orders are worth asking for: only then does Lazada know more of them than the units tell.

    That `reverse_order_id` and `return_status` are filled for returns, not for cancellations alone, is not confirmed.
    """
    return any(
        unit.status.casefold() in ("delivered", "confirmed", "completed", "returned")
        and (unit.status.casefold() == "returned" or unit.reverse_order_id.strip("0") or unit.return_status.strip("0"))
        for unit in units
    )


def unit_of(
    wire: UnitWire, returns: Sequence[tuple[str, ReverseLineWire]], more: Mapping[str, Status], cells: Cells
) -> Unit:
    """A unit, understood.

    Args:
        wire: as Lazada told it.
        returns: its lines of reverse orders, each with the request's type.
        more: `statuses` of channels.toml.
        cells: reads times and amounts.

    Raises:
        UnreadableRecordError: a price that is none.
    """
    status = status_of(wire.status, more)
    price = cells.money(wire.item_price, "item_price", wire.currency) or 0
    paid = cells.money(wire.paid_price, "paid_price", wire.currency)
    updated_at = cells.time_if_readable(wire.updated_at)
    was_delivered = status in (Status.DELIVERED, Status.COMPLETED) or wire.status.casefold() == "returned"
    returned_at: int | None = None
    refund: int | None = None
    for request, line in returns:
        stage = return_stage(line.reverse_status)
        if stage is ReturnStage.VOID or not was_delivered:
            continue
        at = cells.time_if_readable(line.return_order_line_gmt_modified)
        if stage is ReturnStage.DONE:
            refund = _minor(line.refund_amount)
            returned_at = at if at is not None else updated_at
        if "REFUND" not in request.upper() and status is not Status.RETURNED:
            status = Status.RETURNED if stage is ReturnStage.DONE else Status.RETURNING
    status = _held_back(wire, status)
    return Unit(wire, status, was_delivered, price, price if paid is None else paid, updated_at, returned_at, refund)


def _held_back(wire: UnitWire, status: Status) -> Status:
    """A pre-sale whose rest is not paid may not be packed; what Lazada's own warehouse sends (FBL) is not ours to pack."""
    unpaid_rest = wire.stage_pay_status.casefold().startswith("unpaid")
    if status in (Status.TO_PACK, Status.LABEL_READY) and (unpaid_rest or wire.is_fbl):
        return Status.CHANNEL_HOLD
    return status


def lines_of(units: Sequence[Unit]) -> tuple[Item, ...]:
    """Equal units as one line, in the order in which they first came."""
    lines: dict[tuple[str, int, str], Item] = {}
    for unit in units:
        before = lines.get(unit.line)
        quantity, total = (before.quantity, before.total) if before is not None else (0, 0)
        lines[unit.line] = Item(unit.sku, unit.name, quantity + 1, unit.price, total + unit.paid)
    return tuple(lines.values())


def refunds_of(units: Sequence[Unit], record_at: int) -> tuple[Refund, ...]:
    """What was given back of an order whose other units are with the buyer: returned, refused or lost units, and refunds alone.

    Args:
        units: those that were not cancelled, in the order of `lines_of`.
        record_at: when the order last changed, for units that tell no time.
    """
    places = {line: place for place, line in enumerate(dict.fromkeys(unit.line for unit in units))}
    sums: dict[tuple[int, int], tuple[int, int]] = {}
    for unit in units:
        failed = unit.wire.status.casefold() in FAILED_WORDS or unit.status is Status.LOST
        came_back = failed or unit.status is Status.RETURNED
        if not came_back and unit.refund is None:
            continue
        amount = unit.paid if unit.refund is None else unit.refund
        at = unit.returned_at if unit.returned_at is not None else unit.updated_at
        key = (places[unit.line], record_at if at is None else at)
        pieces, money = sums.get(key, (0, 0))
        sums[key] = (pieces + came_back, money + amount)
    return tuple(Refund(place, pieces, amount, at) for (place, at), (pieces, amount) in sums.items())


def returns_of(reverses: Iterable[ReverseWire]) -> dict[str, list[tuple[str, ReverseLineWire]]]:
    """The lines of returns and refunds by the unit that they are about; cancellations are told by the units."""
    found: dict[str, list[tuple[str, ReverseLineWire]]] = {}
    for reverse in reverses:
        if reverse.request_type.upper().startswith("CANCEL"):
            continue
        for line in reverse.reverse_order_lines:
            found.setdefault(line.trade_order_line_id, []).append((reverse.request_type, line))
    return found


def _minor(text: str) -> int | None:
    """A reverse order's amount, which is in minor units already."""
    whole = text.partition(".")[0]
    return int(whole) if whole.isascii() and whole.isdigit() and len(whole) <= 15 else None
