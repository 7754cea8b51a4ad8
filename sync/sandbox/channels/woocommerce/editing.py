"""What the API's bodies do to orders."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sync.sandbox.channels.woocommerce.answers import WordPressError, invalid_parameters
from sync.sandbox.channels.woocommerce.parameters import STATUSES
from sync.sandbox.channels.woocommerce.records import Record, RefundRow
from sync.sandbox.channels.woocommerce.wire import item_id

_EDITS_THAT_COUNT = ("status", "customer_note", "meta_data", "shipping_lines")


def trashed(record: Record) -> Record:
    """The order in the trash, which remembers where it was."""
    return replace(record, status="trash", meta=(*record.meta, ("_wp_trash_meta_status", f"wc-{record.status}")))


def edited(body: bytes, now: int) -> Callable[[Record], Record]:
    """What PUT does: status, the buyer's note, meta data, the title of the shipping line.

    Raises:
        WordPressError: 400 for a body that is no JSON, a status that is none, or nothing that could be edited.
    """
    given = _json(body)
    if "status" in given and given["status"] not in STATUSES:
        raise invalid_parameters({"status": ("rest_not_in_enum", f"status is not one of {', '.join(STATUSES)}.")})
    if not any(name in given for name in _EDITS_THAT_COUNT):
        raise invalid_parameters({"body": ("rest_missing_callback_param", "nothing to edit")})

    def edit(record: Record) -> Record:
        record = replace(
            record,
            status=str(given.get("status", record.status)),
            customer_note=str(given.get("customer_note", record.customer_note)),
            meta=(*record.meta, *((str(one["key"]), one["value"]) for one in given.get("meta_data", ()))),
        )
        if "shipping_lines" in given:
            record = replace(record, shipping_title=str(given["shipping_lines"][0]["method_title"]))
        if given.get("status") == "completed" and record.completed is None:
            record = replace(record, completed=now, paid=record.paid if record.paid is not None else now)
        return record

    return edit


def refund(body: bytes, record: Record, refund_id: int, now: int) -> RefundRow:
    """The refund that POST makes of `amount` and `line_items[{id, quantity, refund_total}]`.

    Raises:
        WordPressError: 400 for a body that is no JSON or without a usable amount.
    """
    given = _json(body)
    amount = int(given.get("amount") or 0)
    if not 0 < amount <= record.facts.total - sum(one.amount for one in record.refunds):
        raise WordPressError(400, "woocommerce_rest_cannot_create_order_refund", "Invalid refund amount.")
    places = {item_id(record, place): place for place in range(len(record.facts.lines))}
    lines = tuple(
        (places[int(one["id"])], int(one["quantity"]), int(one.get("refund_total") or 0))
        for one in given.get("line_items", ())
    )
    return RefundRow(refund_id, now, amount, lines, str(given.get("reason", "")))


def without_refund(refund_id: int) -> Callable[[Record], Record]:
    """The order without one of its refunds; its status stays."""

    def deleted(record: Record) -> Record:
        return replace(record, refunds=tuple(one for one in record.refunds if one.id != refund_id))

    return deleted


def note_text(body: bytes) -> str:
    """The text of a new order note.

    Raises:
        WordPressError: 400 for a body that is no JSON, or without a note.
    """
    text = str(_json(body).get("note", ""))
    if not text:
        raise WordPressError(
            400, "rest_missing_callback_param", "Missing parameter(s): note", data={"params": ["note"]}
        )
    return text


def _json(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise WordPressError(400, "rest_invalid_json", "Invalid JSON body passed.")
    return given
