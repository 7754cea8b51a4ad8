"""Deliveries of the shop's webhooks: names in PascalCase, signed over the raw body in lower-case hex."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from sync.sandbox.channels.kiotviet.records import Row, invoice_rows, order_row
from sync.sandbox.market.facts import Facts
from sync.sandbox.stand import Stand


def deliveries(stand: Stand, facts: Facts) -> list[tuple[Mapping[str, str], bytes]]:
    """The deliveries that the sale's last change makes, headers and raw bodies: one for the order, one for each invoice."""
    zone = stand.market.counter.shop.zone
    order = order_row(facts, zone)
    made = [] if order is None else [("order.update", order)]
    made += [("invoice.update", row) for row in invoice_rows(facts, zone)]
    return [_signed(stand, action, row) for action, row in made]


def _signed(stand: Stand, action: str, row: Row) -> tuple[Mapping[str, str], bytes]:
    data = {name[0].upper() + name[1:]: value for name, value in row.body.items() if not isinstance(value, dict | list)}
    message: dict[str, Any] = {
        "Id": stand.new_token("delivery")[:32],
        "Attempt": 1,
        "Notifications": [{"Action": action, "Data": [data]}],
    }
    body = json.dumps(message, ensure_ascii=False).encode()
    signature = hmac.new(stand.secret("webhook_secret").encode(), body, hashlib.sha256).hexdigest()
    return {"content-type": "application/json", "x-hub-signature": signature}, body
