"""The due list: who is about to run out, who has not come back, whose birthday is near."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from packstation.acts.workplace import Workplace
from packstation.domain.customer_profile import Field
from packstation.domain.due import (
    LONGEST_WAIT,
    Basis,
    DueAt,
    DueKind,
    DueRules,
    VoucherGroup,
    birthday_in,
    is_listed,
    lapsed_at,
    run_out,
    voucher_group,
)
from packstation.domain.ledger import EntryKind
from packstation.domain.orders import is_masked
from packstation.domain.times import DAY, at_clock, from_ms
from packstation.store import dues
from packstation.store.buyer_facts import profile_at
from packstation.store.care import current_care
from packstation.store.customers import shop_of_customer
from packstation.store.database import answering, database_now, transaction
from packstation.store.marked_phones import marked_at

_ALL = tuple(DueKind)


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody who is due; times ms UTC.

    Attributes:
        kind: why.
        customer_id: who.
        name: as it is known; empty for nothing, likewise phone and email.
        phone: in clear; empty too where the channel hides it, or its owner said that it is not the buyer's.
        email: in clear.
        channels: where they order.
        zone: of the shop that they ordered at last.
        due_at: when they run out, since when they have not come back, the midnight at which the birthday begins.
        basis: what that was reckoned from; None for a birthday.
        last_at: their last purchase of the product, or their last order; None for a birthday.
        sku: of the product that runs out, likewise `product` and `quantity`, of its last purchase.
        product: its name.
        quantity: its pieces.
        vouchers: whether they buy mostly with vouchers.
    """

    kind: DueKind
    customer_id: int
    due_at: int
    basis: Basis | None = None
    last_at: int | None = None
    sku: str = ""
    product: str = ""
    quantity: int | None = None
    vouchers: VoucherGroup = VoucherGroup.FULL_PRICE
    name: str = ""
    phone: str = ""
    email: str = ""
    channels: tuple[str, ...] = ()
    zone: str = "UTC"

    def days_left(self, now: int) -> int:
        """Whole days until it is due, below 0 for days that it is overdue, by the calendar of the zone."""
        return (from_ms(self.due_at, self.zone).date() - from_ms(now, self.zone).date()).days


def due_list(
    kinds: Collection[DueKind] = _ALL, within_days: float | None = None, vouchers: VoucherGroup | None = None
) -> Iterator[Due]:
    """Everybody who is due now, by customer; read a block of customers at a time while the list is walked through.

    Erased and blocked customers, and those who are marked to get no messages, are never on it.

    Args:
        kinds: what for.
        within_days: the window; None for that of the published rules.
        vouchers: only these.
    """
    rules = current_care().due
    now = database_now()
    for block in dues.customer_blocks():
        yield from _of_block(block, rules, now, kinds, within_days, vouchers)


def due_piece(after: int, size: int = 200) -> tuple[list[Due], int | None]:
    """Who of the next so many customers is due, and after whom the next piece begins, None for the end.

    So few that a desk that wants something else meanwhile does not notice.
    """
    with answering():
        block = dues.block_after(after, size)
        if block is None:
            return [], None
        return list(_of_block(block, current_care().due, database_now(), _ALL, None, None)), block.until


def _of_block(
    block: dues.Block,
    rules: DueRules,
    now: int,
    kinds: Collection[DueKind],
    within: float | None,
    vouchers: VoucherGroup | None,
) -> Iterator[Due]:
    found = [one for kind in DueKind if kind in kinds for one in _of_kind(kind, block, rules, now, within)]
    silent = dues.not_to_hear({one.customer_id for one in found}, now)
    counts = dues.voucher_counts({one.customer_id for one in found} - silent)
    for one in sorted(found, key=lambda each: (each.customer_id, each.due_at)):
        if one.customer_id in silent:
            continue
        group = voucher_group(*counts.get(one.customer_id, (0, 0)), rules)
        if vouchers is None or group is vouchers:
            yield _reached(replace(one, vouchers=group))


def _of_kind(kind: DueKind, block: dues.Block, rules: DueRules, now: int, within: float | None) -> Iterator[Due]:
    window = rules.within(kind) if within is None else within
    match kind:
        case DueKind.RUN_OUT:
            return _running_out(block, rules, now, window)
        case DueKind.LAPSED:
            return _lapsed(block, rules, now, window)
        case DueKind.BIRTHDAY:
            return _birthdays(block, now, window)


def _running_out(block: dues.Block, rules: DueRules, now: int, window: float) -> Iterator[Due]:
    earliest = now - round((rules.longest + window) * DAY)
    for customer_id, products in dues.products_by_customer(dues.ordered_last_between(block, earliest, now)):
        for product in products:
            due = run_out(product.bought, product.sku, rules)
            if due and is_listed(DueKind.RUN_OUT, due.at, now, window):
                last = product.bought[-1]
                yield Due(
                    DueKind.RUN_OUT,
                    customer_id,
                    due.at,
                    due.basis,
                    last.at,
                    product.sku,
                    product.name,
                    last.quantity,
                )


def _lapsed(block: dues.Block, rules: DueRules, now: int, window: float) -> Iterator[Due]:
    earliest = now - round((LONGEST_WAIT + window) * DAY)
    latest = now - round(min(rules.lapsed_least, rules.lapsed_days) * DAY)
    for customer_id, placed in dues.placed_by_customer(dues.ordered_last_between(block, earliest, latest)).items():
        due: DueAt | None = lapsed_at(placed, rules)
        if due and is_listed(DueKind.LAPSED, due.at, now, window):
            yield Due(DueKind.LAPSED, customer_id, due.at, due.basis, max(placed))


def _birthdays(block: dues.Block, now: int, window: float) -> Iterator[Due]:
    # A day more on either side: the calendars of the shops differ, and 29 February is told on the 28th.
    today = from_ms(now).date()
    days = [today + timedelta(days=away) for away in range(-1, round(window) + 3)]
    for customer_id in dues.with_birthday_on(block, days):
        born = profile_at(customer_id).birthday
        _shop, _currency, zone = shop_of_customer(customer_id)
        left = birthday_in(born, now, zone, window) if born else None
        if left is not None:
            day = from_ms(now, zone).date() + timedelta(days=left)
            yield Due(DueKind.BIRTHDAY, customer_id, at_clock(day, 0, zone))


def _reached(due: Due) -> Due:
    """The same with how the customer is reached."""
    profile = profile_at(due.customer_id)
    _shop, _currency, zone = shop_of_customer(due.customer_id)
    phone = profile.value(Field.PHONE)
    return replace(
        due,
        name=profile.value(Field.NAME),
        phone="" if is_masked(phone) or marked_at(phone) is not None else phone,
        email=profile.value(Field.EMAIL),
        channels=dues.channels_of(due.customer_id),
        zone=zone,
    )


def record_export(place: Workplace, person_id: int | None, kinds: Collection[DueKind]) -> None:
    """Record that phones and emails of those who are due are written to a file, before they are."""
    with transaction():
        facts = {"kinds": ",".join(sorted(kinds))}
        place.ledger.write(EntryKind.DUE_EXPORTED, database_now(), person_id=person_id, facts=facts)
