"""The JSON documents that commands print; their shape is in docs/definitions.md, "JSON documents"."""

from __future__ import annotations

from typing import Any

from packstation.domain.cards import CustomerCard, HoldCard, Judgement, OrderCard
from packstation.domain.masking import masked_profile
from packstation.domain.order_counts import COUNT_NAMES, Counts
from packstation.domain.times import SECOND, iso_utc
from packstation.domain.verdict import Reason
from packstation.locale.words import reason_text

Document = dict[str, Any]


def judgement_document(judgement: Judgement) -> Document:
    """A code judged, as `check --json` prints it."""
    verdict, order = judgement.verdict, judgement.order
    age = judgement.data_age_ms
    return {
        "code": judgement.code,
        "verdict": str(verdict.kind),
        "at": iso_utc(verdict.at),
        "policy_version": verdict.policy_version,
        "reasons": [_reason(reason, order) for reason in verdict.reasons],
        "candidates": [{"shop": candidate.shop, "number": candidate.number} for candidate in judgement.candidates],
        "order": order_document(order) if order else None,
        "customer": customer_document(judgement.customer) if judgement.customer else None,
        "hold": hold_document(judgement.hold) if judgement.hold else None,
        "data_age_seconds": None if age is None else age / SECOND,
    }


def _reason(reason: Reason, order: OrderCard | None) -> Document:
    evidence = {name: value for name, value in reason.evidence.items() if value is not None}
    return {"rule": str(reason.rule), "text": reason_text(reason, order), "evidence": evidence}


def order_document(order: OrderCard) -> Document:
    """An order; money in minor units, times ISO 8601 UTC."""
    notes = (("buyer", order.buyer_note), ("seller", order.seller_note))
    return {
        "shop": order.shop,
        "channel": order.channel,
        "source": order.source,
        "number": order.number,
        "status": str(order.status),
        "channel_status": order.channel_status,
        "outcome": str(order.outcome),
        "currency": order.currency,
        "total": order.total,
        "first_total": order.first_total,
        "to_collect": order.to_collect,
        "cod": order.cod,
        "placed_at": iso_utc(order.placed_at),
        "ship_by": _time(order.ship_by),
        "decide_by": iso_utc(order.decide_by),
        "province": order.province,
        "items": [
            {"sku": item.sku, "name": item.name, "quantity": item.quantity, "price": item.price} for item in order.items
        ],
        "parcels": [
            {
                "package": parcel.package,
                "tracking": parcel.tracking,
                "carrier": parcel.carrier,
                "state": str(parcel.state),
                "slot": parcel.slot,
                "station": parcel.station,
                "by": parcel.by,
                "at": _time(parcel.at),
            }
            for parcel in order.parcels
        ],
        "notes": [{"from": who, "text": text} for who, text in notes if text],
        "vouchers": list(order.vouchers),
    }


def customer_document(customer: CustomerCard) -> Document:
    """A customer with every figure of their history."""
    history = customer.history
    others = {name: spent for name, spent in history.spent_by_currency.items() if name != history.currency}
    return {
        "id": customer.id,
        "label": str(history.counts.label),
        "tier": customer.tier or None,
        "tags": list(customer.standing.tags),
        "notes": [{"by": note.by, "at": iso_utc(note.at), "text": note.text} for note in customer.notes],
        "debt": customer.debt,
        "points": customer.points,
        "buyers": [{"channel": channel, "id": masked_profile(external_id)} for channel, external_id in customer.buyers],
        **history.figures(),
        "currency": history.currency,
        "spent_other_currencies": others,
        "first_order_at": _time(history.first_order_at),
        "last_order_at": _time(history.last_order_at),
        "by_channel": {channel: _counts(counts) for channel, counts in history.by_channel.items()},
    }


def _counts(counts: Counts) -> Document:
    return {**{name: getattr(counts, name) for name in COUNT_NAMES}, "judged": counts.judged, "failed": counts.failed}


def hold_document(card: HoldCard) -> Document:
    """A hold."""
    return {
        "state": str(card.hold.state),
        "reason": str(card.hold.reason),
        "opened_at": iso_utc(card.hold.opened_at),
        "decide_by": iso_utc(card.hold.decide_by),
        "attempts": card.attempts,
        "next_try_at": _time(card.hold.next_try_at),
    }


def _time(ms: int | None) -> str | None:
    return None if ms is None else iso_utc(ms)
