"""Orders with their items, refunds, and the timelines of their status and outcome."""

from __future__ import annotations

from peewee import BigAutoField, BigIntegerField, BooleanField, CompositeKey, TextField

from packstation.store.tables.base import Table


class OrderRow(Table):
    """One order; key (shop, number). `digest` is that of the order as last handed in: equal ones change nothing.

    `label_address_key` and `label_address_changed_at`: what was known of the address, and of its having changed (0: that it had not),
    when the label was made or kept; the latter is null until a label was seen.

    `became`: the order that this row turned out to be a copy or the booking of. Such a row keeps what was handed in, but has
    no buyer, is never found, packed or listed, and all that people did with it is the other order's.

    `sold_by` and `created_by` are the shop's own people, by name. `phone_key` is the recipient's number in E.164, null when masked.
    """

    id = BigAutoField()
    shop_id = BigIntegerField()
    number = TextField()
    buyer_id = BigIntegerField(null=True)
    source = TextField()
    kind = TextField()
    status = TextField()
    channel_status = TextField()
    outcome = TextField()
    cause = TextField(null=True)
    outcome_known_at = BigIntegerField(null=True)
    replaced = BooleanField()
    currency = TextField()
    total = BigIntegerField()
    first_total = BigIntegerField()
    refunded = BigIntegerField()
    cod = BooleanField(null=True)
    counts_as_cod = BooleanField()
    to_collect = BigIntegerField(null=True)
    vouchers = TextField()
    placed_at = BigIntegerField()
    paid_at = BigIntegerField(null=True)
    updated_at = BigIntegerField(null=True)
    seen_at = BigIntegerField()
    ship_by = BigIntegerField(null=True)
    recipient = TextField()
    phone = TextField()
    street = TextField()
    ward = TextField()
    district = TextField()
    province = TextField()
    country = TextField()
    address_key = TextField(null=True)
    label_address_key = TextField(null=True)
    buyer_note = TextField()
    seller_note = TextField()
    lines = BigIntegerField()
    units = BigIntegerField()
    digest = TextField()
    arrange_by = BigIntegerField(null=True)
    cancels_at = BigIntegerField(null=True)
    answer_by = BigIntegerField(null=True)
    address_changed_at = BigIntegerField(null=True)
    label_address_changed_at = BigIntegerField(null=True)
    origin_channel = TextField(null=True)
    origin_number = TextField(null=True)
    became = BigIntegerField(null=True)
    sold_by = TextField(null=True)
    created_by = TextField(null=True)
    phone_key = TextField(null=True)

    class Meta:
        table_name = "orders"


class OrderCodeRow(Table):
    """Another code that means an order: an invoice's, a return's, its number at a hub, the booking's that became it.

    `shop_id` is the shop whose code it is. `digest` is that of what was last handed in under this number, empty for mere codes.
    """

    code = TextField()
    shop_id = BigIntegerField()
    order_id = BigIntegerField()
    kind = TextField()
    digest = TextField()

    class Meta:
        table_name = "order_code"
        primary_key = CompositeKey("code", "shop_id", "order_id")


class ItemRow(Table):
    """One product line of an order."""

    order_id = BigIntegerField()
    line = BigIntegerField()
    sku = TextField()
    name = TextField()
    quantity = BigIntegerField()
    price = BigIntegerField()
    total = BigIntegerField()

    class Meta:
        table_name = "order_item"
        primary_key = CompositeKey("order_id", "line")


class RefundRow(Table):
    """Money and pieces given back; `line` None for the order as a whole."""

    order_id = BigIntegerField()
    place = BigIntegerField()
    line = BigIntegerField(null=True)
    quantity = BigIntegerField()
    amount = BigIntegerField()
    known_at = BigIntegerField()

    class Meta:
        table_name = "order_refund"
        primary_key = CompositeKey("order_id", "place")


class StatusChangeRow(Table):
    """A status with the channel's time of it and ours."""

    order_id = BigIntegerField()
    place = BigIntegerField()
    status = TextField()
    channel_status = TextField()
    known_at = BigIntegerField()
    seen_at = BigIntegerField()

    class Meta:
        table_name = "status_change"
        primary_key = CompositeKey("order_id", "place")


class OutcomeChangeRow(Table):
    """An outcome with the time it became known and our own. `source` is the carrier that told it, empty for the channel."""

    order_id = BigIntegerField()
    place = BigIntegerField()
    outcome = TextField()
    cause = TextField(null=True)
    known_at = BigIntegerField()
    seen_at = BigIntegerField()
    source = TextField()

    class Meta:
        table_name = "outcome_change"
        primary_key = CompositeKey("order_id", "place")
