"""Decisions on their way to the channels."""

from __future__ import annotations

from peewee import BigAutoField, BigIntegerField, CompositeKey, TextField

from packstation.store.tables.base import Table


class ShopOutboxRow(Table):
    """A kind of decision that a shop switched on: its channel is told."""

    shop_id = BigIntegerField()
    kind = TextField()

    class Meta:
        table_name = "shop_outbox"
        primary_key = CompositeKey("shop_id", "kind")


class OutboxRow(Table):
    """One decision about one order for its channel.

    `subject` is the id of the parcel or hold that it is about. `taken_by` and `taken_until` are the lease of the process that
    is sending it, set in that state only.
    """

    id = BigAutoField()
    shop_id = BigIntegerField()
    order_id = BigIntegerField()
    kind = TextField()
    subject = BigIntegerField()
    payload = TextField()
    idempotency_key = TextField()
    decided_at = BigIntegerField()
    not_before = BigIntegerField()
    tries = BigIntegerField()
    next_try_at = BigIntegerField()
    state = TextField()
    trouble = TextField()
    taken_by = TextField(null=True)
    taken_until = BigIntegerField(null=True)
    delivered_at = BigIntegerField(null=True)

    class Meta:
        table_name = "outbox"
