"""Care at the desk: what to put into a parcel, told after its PACK; given by the transaction that packs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from packstation.acts.recording import facts_of
from packstation.acts.workplace import Workplace
from packstation.domain.birthdays import days_until
from packstation.domain.care import CareKnown, CareRules, Insert, InsertRule, inserts_for
from packstation.domain.expressions import Figure, Value
from packstation.domain.ledger import EntryKind
from packstation.domain.policy import evident
from packstation.domain.times import from_ms
from packstation.domain.verdict import figures_of
from packstation.store import care
from packstation.store.buyer_facts import profile_at
from packstation.store.database import answering, database_now, lock_orders, transaction
from packstation.store.histories import buyers_of
from packstation.store.judging import JudgingFacts
from packstation.store.order_cards import buyer_of
from packstation.store.standings import OrderInHand

_BIRTHDAY = frozenset({"birthday_month", "birthday_in_days"})


@dataclass(frozen=True, slots=True)
class Offer:
    """What to put into a parcel, and the lists of vouchers that have none left for it."""

    inserts: tuple[Insert, ...] = ()
    empty_lists: tuple[str, ...] = ()


def offer(order_id: int) -> Offer:
    """What an order's parcel gets, its vouchers kept for it for a while; read after the verdict is painted."""
    with answering():
        rules = care.current_care()
        if not rules.inserts:
            return Offer()
        now = database_now()
        chosen, currency = _chosen(rules, order_id, now)
    if not any(rule.list for rule in chosen):
        return Offer(tuple(_insert(rule, rules) for rule in chosen))
    inserts: list[Insert] = []
    empty: list[str] = []
    with transaction():
        lock_orders([order_id])
        for rule in chosen:
            voucher = care.keep_voucher(rule.list, currency, order_id, now) if rule.list else None
            if rule.list and voucher is None:
                empty.append(rule.list)
            else:
                inserts.append(replace(_insert(rule, rules), voucher=voucher))
    return Offer(tuple(inserts), tuple(dict.fromkeys(empty)))


def preview(order_id: int) -> Offer:
    """What an order's parcel would get; keeps nothing."""
    with answering():
        rules = care.current_care()
        now = database_now()
        chosen, currency = _chosen(rules, order_id, now)
        free = care.free_vouchers({rule.list for rule in chosen if rule.list}, currency, now)
    inserts = [replace(_insert(rule, rules), voucher=free.get(rule.list)) for rule in chosen]
    there = [insert for rule, insert in zip(chosen, inserts, strict=True) if not rule.list or insert.voucher]
    return Offer(tuple(there), tuple(sorted({rule.list for rule in chosen if rule.list} - free.keys())))


def give(place: Workplace, person_id: int, order_id: int, parcel_id: int, inserts: Sequence[Insert], now: int) -> None:
    """Record what was put into a parcel, inside the transaction that packs it."""
    where = care.GivenWhere(order_id, parcel_id, buyer_of(order_id), place.station_id, person_id)
    for insert in care.give(inserts, where, now):
        facts: dict[str, Value] = {"rule": insert.rule, "kind": str(insert.kind), "care_version": insert.version}
        if insert.voucher:
            facts["voucher"] = insert.voucher.id
        place.ledger.write(
            EntryKind.CARE_GIVEN,
            now,
            order_id=order_id,
            parcel_id=parcel_id,
            person_id=person_id,
            station_id=place.station_id,
            facts=facts,
        )


def take_back(place: Workplace, person_id: int | None, parcel_id: int, now: int) -> None:
    """A packed parcel is open again, inside the transaction that opens it: nothing was given with it."""
    for rule, kind in care.take_back(parcel_id, now):
        place.ledger.write(
            EntryKind.CARE_TAKEN_BACK,
            now,
            parcel_id=parcel_id,
            person_id=person_id,
            station_id=place.station_id,
            facts={"rule": rule, "kind": str(kind)},
        )


@dataclass(frozen=True, slots=True)
class CareLine:
    """What a rule says of an order: its id, whether it gives something, and the figures that it looked at."""

    rule: str
    gives: bool
    figures: Mapping[str, object]


def explain(order_id: int) -> list[CareLine]:
    """Rule by rule, whether an order gets something, and by which figures."""
    with answering():
        rules = care.current_care()
        now = database_now()
        figures, known, _currency = _read(rules, order_id, now)
    chosen = {rule.id for rule in inserts_for(rules, figures, known, now)}
    return [
        CareLine(rule.id, rule.id in chosen, {name: evident(figures[name]) for name in rule.when.names})
        for rule in rules.inserts
    ]


def _insert(rule: InsertRule, rules: CareRules) -> Insert:
    return Insert(rule.id, rule.kind, rule.texts, rules.version)


def _chosen(rules: CareRules, order_id: int, now: int) -> tuple[tuple[InsertRule, ...], str]:
    figures, known, currency = _read(rules, order_id, now)
    return inserts_for(rules, figures, known, now), currency


def _read(rules: CareRules, order_id: int, now: int) -> tuple[Mapping[str, Figure], CareKnown, str]:
    facts = facts_of(order_id, now)
    order = OrderInHand(facts.order.id, facts.order.placed_at)
    customer = facts.customer
    buyer_ids = [buyer_id for buyer_id, _channel, _external in buyers_of(customer.id)] if customer else []
    named = {name for rule in rules.inserts for name in rule.when.names}
    figures: dict[str, Figure] = {
        **figures_of(facts.judged, customer.history if customer else None),
        "products": tuple(dict.fromkeys(item.sku for item in facts.order.items if item.sku)),
        "nth_order": care.nth_order(order, buyer_ids) if buyer_ids else None,
        "days_from_usual": _days_from_usual(facts),
        **_birthday(facts, now, wanted=bool(named & _BIRTHDAY)),
    }
    return figures, care.known_of(rules, order, buyer_ids), facts.order.currency


def _days_from_usual(facts: JudgingFacts) -> float | None:
    """How many days after the usual gap this order comes; below 0 before it."""
    usual = facts.customer.history.days_between_orders if facts.customer else None
    gap = facts.judged.standing.dealings.days_since_previous_order
    return None if usual is None or gap is None else gap - usual


def _birthday(facts: JudgingFacts, now: int, *, wanted: bool) -> dict[str, Figure]:
    born: date | None = profile_at(facts.customer.id).birthday if wanted and facts.customer else None
    if born is None:
        return dict.fromkeys(_BIRTHDAY)
    today = from_ms(now, facts.order.zone).date()
    return {"birthday_month": born.month == today.month, "birthday_in_days": days_until(born, today)}
