"""Published rules for tiers and care, voucher codes, and what was put into parcels as care."""

from __future__ import annotations

from peewee import BigAutoField, BigIntegerField, CompositeKey, TextField

from packstation.store.tables.base import Table


class RulesVersionRow(Table):
    """Published rules of a kind: the text of a tiers.toml or care.toml."""

    kind = TextField()
    version = BigIntegerField()
    text = TextField()
    published_at = BigIntegerField()
    person_id = BigIntegerField(null=True)

    class Meta:
        table_name = "rules_version"
        primary_key = CompositeKey("kind", "version")


class CareVoucherRow(Table):
    """A code to give to one order, once. `order_id`: whose it is; only until `kept_until` while that order is not packed."""

    id = BigAutoField()
    list = TextField()
    code = TextField()
    amount = BigIntegerField()
    currency = TextField()
    expires_at = BigIntegerField(null=True)
    condition = TextField()
    added_at = BigIntegerField()
    order_id = BigIntegerField(null=True)
    kept_until = BigIntegerField(null=True)

    class Meta:
        table_name = "care_voucher"


class CareGivenRow(Table):
    """What was put into a parcel by a rule of care; `ended_at` when the parcel was opened again."""

    id = BigAutoField()
    order_id = BigIntegerField()
    parcel_id = BigIntegerField()
    buyer_id = BigIntegerField(null=True)
    rule = TextField()
    kind = TextField()
    voucher_id = BigIntegerField(null=True)
    version = BigIntegerField()
    given_at = BigIntegerField()
    station_id = BigIntegerField(null=True)
    person_id = BigIntegerField(null=True)
    ended_at = BigIntegerField(null=True)

    class Meta:
        table_name = "care_given"
