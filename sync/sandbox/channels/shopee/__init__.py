"""A simulated Shopee: its Open Platform v2 as far as orders go, with its signatures, tokens, windows, limits and habits.

Orders are listed by update time only. The fields that an order shows unless asked are left out, as at Shopee; names, phones and
streets are masked; an order shows its amount and its deadline once it is paid or COD; a return moves no order's update time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from starlette.routing import Route

from packstation.domain.orders import Outcome, Status
from sync.credentials.credential import Credential
from sync.sandbox.channels.shopee import gate
from sync.sandbox.channels.shopee.facets import order_changed_at, order_word, parcel_word
from sync.sandbox.channels.shopee.lost import LostQueue
from sync.sandbox.channels.shopee.shop import SimulatedShop
from sync.sandbox.market.facts import Facts
from sync.sandbox.stand import Stand
from sync.sandbox.truth import Expected, plainly

CALLBACK = "https://example.test/hooks/shopee"


def routes(stand: Stand) -> Sequence[Route]:
    """The API's addresses, and the consent page."""
    shop, lost = SimulatedShop(stand), LostQueue(stand)
    reads = {
        "shop/get_shop_info": shop.shop_info,
        "order/get_order_list": shop.order_list,
        "order/get_order_detail": shop.order_detail,
        "order/get_package_detail": shop.package_detail,
        "order/get_booking_list": shop.booking_list,
        "order/get_booking_detail": shop.booking_detail,
        "logistics/get_tracking_number": shop.tracking_number,
        "logistics/get_tracking_info": shop.tracking_info,
        "logistics/get_booking_tracking_number": shop.booking_tracking,
        "returns/get_return_list": shop.return_list,
        "returns/get_return_detail": shop.return_detail,
    }
    writes = {
        "payment/get_escrow_detail_batch": shop.escrow_batch,
        "order/set_note": shop.set_note,
        "order/cancel_order": shop.cancel_order,
    }
    tokens = {"auth/token/get": gate.exchange, "auth/access_token/get": gate.renew}
    return [
        *(Route(f"/api/v2/{path}", gate.for_shop(stand, call)) for path, call in reads.items()),
        *(Route(f"/api/v2/{path}", gate.for_shop(stand, call), methods=["POST"]) for path, call in writes.items()),
        *(
            Route(f"/api/v2/{path}", gate.for_anybody(stand, partial(call, stand)), methods=["POST"])
            for path, call in tokens.items()
        ),
        Route("/api/v2/push/get_lost_push_message", gate.for_application(stand, lost.listed)),
        Route(
            "/api/v2/push/confirm_consumed_lost_push_message",
            gate.for_application(stand, lost.confirm),
            methods=["POST"],
        ),
        Route("/auth", gate.consent_page(stand)),
    ]


def credential(stand: Stand) -> Credential:
    """What a shop that has just logged in holds; a login before it holds nothing any more."""
    return gate.fresh_login(stand)


def account(stand: Stand) -> Mapping[str, str]:
    """The application and the shop."""
    return {"partner_id": str(gate.PARTNER_ID), "shop_id": str(gate.SHOP_ID)}


def expected(facts: Facts) -> Expected | None:
    """What Shopee lets one know of an order: times in whole seconds, one deadline, no amount before the payment."""
    whole = plainly(facts)
    paid = facts.cod or (facts.paid_at is not None and facts.outcome is not Outcome.UNPAID_EXPIRED)
    ship_by = facts.ship_by // 1000 * 1000 if paid and facts.ship_by is not None else None
    if facts.outcome is Outcome.RETURNED:
        whole = replace(whole, refunded=tuple(sorted((line.sku, line.active) for line in facts.lines if line.active)))
    return replace(
        whole,
        placed_at=facts.placed_at // 1000 * 1000,
        total=facts.total if paid else facts.goods,
        deadlines=(None, ship_by, None, None),
        trackings=() if facts.status is Status.UNPAID else whole.trackings,
    )


def deliveries(stand: Stand, facts: Facts) -> list[tuple[dict[str, str], bytes]]:
    """The pushes that an order as it stands gives rise to, signed: headers and body of each."""
    changed = order_changed_at(facts) // 1000
    word = order_word(facts, pending=True)
    told: list[tuple[int, dict[str, Any]]] = [
        (3, {"items": [], "ordersn": facts.number, "status": word, "completed_scenario": "", "update_time": changed})
    ]
    for package in facts.packages:
        named = {"ordersn": facts.number, "package_number": package.number}
        told.append((30, {**named, "fulfillment_status": parcel_word(facts), "update_time": changed}))
        if package.tracking:
            told.append((4, {**named, "forder_id": "4965804244309504855", "tracking_no": package.tracking}))
    pushes = []
    for code, data in told:
        push = {"data": data, "shop_id": gate.SHOP_ID, "code": code, "timestamp": changed}
        body = json.dumps(push, separators=(",", ":")).encode()
        sign = gate.hmac_hex(stand.secret("partner_key"), (stand.push_url or CALLBACK).encode() + b"|" + body)
        pushes.append(({"authorization": sign, "content-type": "application/json"}, body))
    return pushes
