"""Deliveries of the shop's webhooks. They are asynchronous: by the time one arrives, the order may have gone on."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping

from sync.sandbox.channels.woocommerce.records import is_gone, is_trashed, record_of
from sync.sandbox.channels.woocommerce.wire import order_json
from sync.sandbox.market.facts import Facts
from sync.sandbox.stand import Stand


def deliveries(stand: Stand, facts: Facts) -> list[tuple[Mapping[str, str], bytes]]:
    """The deliveries that the order's last change makes: headers and raw body, signed with the webhook's secret."""
    gone = is_gone(facts) or is_trashed(facts)
    payload: Mapping[str, object]
    if gone:
        payload = {"id": int(facts.number)}
    else:
        record = record_of(facts, facts.updated_at)
        payload = order_json(record, stand.market.counter.shop.zone, "https://soc-nau.example")
    event = "deleted" if gone else ("created" if facts.updated_at == facts.placed_at else "updated")
    body = json.dumps(payload, ensure_ascii=False).encode()
    signature = base64.b64encode(hmac.new(stand.secret("webhook_secret").encode(), body, hashlib.sha256).digest())
    return [
        (
            {
                "content-type": "application/json",
                "x-wc-webhook-source": "https://soc-nau.example/",
                "x-wc-webhook-topic": f"order.{event}",
                "x-wc-webhook-resource": "order",
                "x-wc-webhook-event": event,
                "x-wc-webhook-signature": signature.decode(),
                "x-wc-webhook-id": "7",
                "x-wc-webhook-delivery-id": stand.new_token("delivery")[:32],
            },
            body,
        )
    ]


def ping() -> tuple[Mapping[str, str], bytes]:
    """The first delivery of a webhook that was just saved: a form, not signed."""
    return {"content-type": "application/x-www-form-urlencoded"}, b"webhook_id=7"
