"""What is kept of customers beside their orders: what channels say of them, and what people write."""

from __future__ import annotations

from peewee import BigAutoField, BigIntegerField, CompositeKey, TextField

from packstation.store.tables.base import Table


class BuyerFactsRow(Table):
    """What a channel says of a buyer's person; empty where it says nothing."""

    buyer_id = BigIntegerField(primary_key=True)
    code = TextField()
    gender = TextField()
    birthday = TextField()
    company = TextField()
    address = TextField()
    area = TextField()
    source = TextField()
    pos_status = TextField()

    class Meta:
        table_name = "buyer_facts"


class BalanceSeenRow(Table):
    """What a buyer owed and had at a moment, each time that a POS said something new."""

    buyer_id = BigIntegerField()
    known_at = BigIntegerField()
    debt = BigIntegerField()
    points = BigIntegerField()

    class Meta:
        table_name = "balance_seen"
        primary_key = CompositeKey("buyer_id", "known_at")


class CustomerEditRow(Table):
    """What a person wrote for a field of a customer; the latest counts, an empty one takes back what was written."""

    id = BigAutoField()
    customer_id = BigIntegerField()
    field = TextField()
    value = TextField()
    at = BigIntegerField()
    person_id = BigIntegerField(null=True)

    class Meta:
        table_name = "customer_edit"


class CustomerTagRow(Table):
    """A tag of a customer, from when until when; `rule` names the rule that gave it, empty where a person did."""

    id = BigAutoField()
    customer_id = BigIntegerField()
    tag = TextField()
    rule = TextField()
    added_at = BigIntegerField()
    added_by = BigIntegerField(null=True)
    ended_at = BigIntegerField(null=True)
    ended_by = BigIntegerField(null=True)

    class Meta:
        table_name = "customer_tag"


class CustomerNoteRow(Table):
    """A note about a customer; one that was rewritten or taken back has ended, and stays."""

    id = BigAutoField()
    customer_id = BigIntegerField()
    text = TextField()
    at = BigIntegerField()
    person_id = BigIntegerField(null=True)
    ended_at = BigIntegerField(null=True)
    ended_by = BigIntegerField(null=True)
    instead_of = BigIntegerField(null=True)

    class Meta:
        table_name = "customer_note"


class ItemCostRow(Table):
    """What one piece of a SKU costs a shop from a moment on, in minor units of the shop's currency."""

    shop_id = BigIntegerField()
    sku = TextField()
    since = BigIntegerField()
    cost = BigIntegerField()

    class Meta:
        table_name = "item_cost"
        primary_key = CompositeKey("shop_id", "sku", "since")
