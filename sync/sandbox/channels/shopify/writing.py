"""Orders as the objects of Shopify's schema that they are asked for as."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from packstation.domain.orders import Outcome, Status
from packstation.domain.times import SECOND, iso_utc
from sync.sandbox.channels.shopify.running import Connection
from sync.sandbox.channels.shopify_like.facets import (
    Given,
    Stage,
    line_id,
    note_of,
    order_id,
    refunds_of,
    stage_of,
)
from sync.sandbox.market.facts import Facts, Line, Package

_DISPLAYED = {
    Stage.SENT: "IN_TRANSIT",
    Stage.DELIVERED: "DELIVERED",
    Stage.COMING_BACK: "NOT_DELIVERED",
    Stage.CAME_BACK: "NOT_DELIVERED",
    Stage.VOID: "CANCELED",
}
_REASONS = {
    Outcome.BUYER_CANCELLED: "CUSTOMER",
    Outcome.SELLER_CANCELLED: "INVENTORY",
    Outcome.UNPAID_EXPIRED: "DECLINED",
}
PROTECTED = ("customer", "shippingAddress", "email", "phone")
"""What an application sees only after Shopify approved that it sees customers' data."""


def updated_at(facts: Facts) -> int:
    """When it was updated: Shopify tells whole seconds."""
    return facts.updated_at // SECOND * SECOND


def refunds(facts: Facts) -> list[Given]:
    """What was refunded: removed pieces too, where they had been paid for."""
    removed = tuple((place, line.cancelled) for place, line in enumerate(facts.lines) if line.cancelled)
    found = list(refunds_of(facts))
    if removed and not facts.cod:
        at = max(line.changed_at or 0 for line in facts.lines if line.cancelled)
        found.insert(0, Given(order_id(facts.number) * 100 + 90, at, removed, _removed_worth(facts)))
    return found


def total_before_returns(facts: Facts) -> int:
    """The total that refunds do not change; what was removed unpaid is no part of it."""
    return facts.total + (0 if facts.cod else _removed_worth(facts))


def order_object(facts: Facts) -> Mapping[str, Any]:
    """One order, with every field that can be asked for here."""
    stage = stage_of(facts)
    return {
        "id": f"gid://shopify/Order/{order_id(facts.number)}",
        "legacyResourceId": str(order_id(facts.number)),
        "name": facts.number,
        "createdAt": _time(facts.placed_at),
        "updatedAt": _time(facts.updated_at),
        "processedAt": _time(facts.placed_at),
        "cancelledAt": _time(facts.reached(Status.CANCELLED)),
        "closedAt": _time(facts.reached(Status.COMPLETED)),
        "cancelReason": _REASONS.get(facts.outcome, "OTHER") if facts.status is Status.CANCELLED else None,
        "displayFinancialStatus": _financial(facts),
        "displayFulfillmentStatus": "UNFULFILLED" if stage in (Stage.NOT_YET, Stage.VOID) else "FULFILLED",
        "paymentGatewayNames": ["Cash on Delivery (COD)"] if facts.cod else ["shopify_payments"],
        "currencyCode": "VND",
        "totalPriceSet": _money(total_before_returns(facts)),
        "note": note_of(facts) or None,
        "sourceName": facts.source,
        "discountCodes": [facts.voucher[0]] if facts.voucher else [],
        "email": facts.buyer.email,
        "phone": facts.buyer.phone,
        "customer": {
            "legacyResourceId": facts.buyer.id,
            "firstName": facts.buyer.name.rpartition(" ")[2],
            "lastName": facts.buyer.name.rpartition(" ")[0],
        },
        "shippingAddress": {
            "name": facts.address.recipient,
            "company": None,
            "phone": facts.address.phone,
            "address1": facts.address.street,
            "address2": facts.address.ward,
            "city": facts.address.district,
            "province": facts.address.province,
            "countryCodeV2": facts.address.country,
        },
        "lineItems": Connection([_line(facts, place, line) for place, line in enumerate(facts.lines)]),
        "fulfillments": [] if stage is Stage.NOT_YET else [_fulfillment(facts, one, stage) for one in facts.packages],
        "transactions": [{"kind": "SALE", "status": "SUCCESS", "processedAt": _time(facts.paid_at)}]
        if _paid(facts)
        else [],
        "refunds": [refund_object(facts, given) for given in refunds(facts)],
    }


def unapproved(order: Mapping[str, Any]) -> Mapping[str, Any]:
    """The order for an application that may not see customers' data."""
    return {**order, **dict.fromkeys(PROTECTED)}


def refund_object(facts: Facts, given: Given) -> Mapping[str, Any]:
    """One refund."""
    return {
        "id": f"gid://shopify/Refund/{given.id}",
        "createdAt": _time(given.at),
        "totalRefundedSet": _money(given.amount),
        "refundLineItems": Connection(
            [
                {
                    "quantity": pieces,
                    "lineItem": {"id": _line_gid(facts, place)},
                    "subtotalSet": _money(facts.lines[place].price * pieces),
                    "totalTaxSet": _money(0),
                }
                for place, pieces in given.pieces
            ]
        ),
    }


def _line(facts: Facts, place: int, line: Line) -> Mapping[str, Any]:
    title, _dot, variation = line.name.partition(" · ")
    gone = facts.status is Status.CANCELLED or facts.outcome is Outcome.RETURNED
    return {
        "id": _line_gid(facts, place),
        "sku": line.sku,
        "title": title,
        "variantTitle": variation or None,
        "quantity": line.ordered,
        "currentQuantity": 0 if gone else line.active - line.returned,
        "originalUnitPriceSet": _money(line.price),
        "discountedTotalSet": _money(line.price * line.ordered),
    }


def _fulfillment(facts: Facts, package: Package, stage: Stage) -> Mapping[str, Any]:
    labelled = ("FULFILLED", "LABEL_PRINTED")[facts.serial % 2]
    tracked = [{"company": package.carrier, "number": package.tracking}] if package.tracking else []
    return {
        "status": "CANCELLED" if stage is Stage.VOID else "SUCCESS",
        "displayStatus": _DISPLAYED.get(stage, labelled),
        "createdAt": _time(facts.reached(Status.LABEL_READY)),
        "inTransitAt": _time(facts.reached(Status.SHIPPED)),
        "deliveredAt": _time(facts.reached(Status.DELIVERED)),
        "trackingInfo": tracked,
    }


def _financial(facts: Facts) -> str:
    back = sum(given.amount for given in refunds(facts))
    if back:
        return "REFUNDED" if back >= total_before_returns(facts) else "PARTIALLY_REFUNDED"
    if facts.status is Status.CANCELLED and not _paid(facts):
        return "VOIDED"
    return "PAID" if _paid(facts) else "PENDING"


def _paid(facts: Facts) -> bool:
    return facts.paid_at is not None and facts.outcome is not Outcome.UNPAID_EXPIRED


def _removed_worth(facts: Facts) -> int:
    return sum(line.price * line.cancelled for line in facts.lines)


def _line_gid(facts: Facts, place: int) -> str:
    return f"gid://shopify/LineItem/{line_id(facts, place)}"


def _money(amount: int) -> Mapping[str, Any]:
    return {"shopMoney": {"amount": f"{amount}.0", "currencyCode": "VND"}}


def _time(at: int | None) -> str | None:
    return None if at is None else iso_utc(at // SECOND * SECOND)
