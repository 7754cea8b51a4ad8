"""Parcels, holds and attempts: what people do with orders."""

from __future__ import annotations

from peewee import BigAutoField, BigIntegerField, BooleanField, CompositeKey, TextField

from packstation.store.tables.base import Table


class ParcelRow(Table):
    """One parcel. An order without packages has none until it is first scanned, then one without package and tracking."""

    id = BigAutoField()
    shop_id = BigIntegerField()
    package = TextField(null=True)
    tracking = TextField(null=True)
    carrier = TextField(null=True)
    state = TextField()
    former_state = TextField(null=True)
    station_id = BigIntegerField(null=True)
    person_id = BigIntegerField(null=True)
    since = BigIntegerField(null=True)
    lease_until = BigIntegerField(null=True)
    packed_at = BigIntegerField(null=True)
    slot = TextField(null=True)
    slot_since = BigIntegerField(null=True)

    class Meta:
        table_name = "parcel"


class ParcelOrderRow(Table):
    """Which orders a parcel carries: several for a combined package; and which parcels an order is split into."""

    order_id = BigIntegerField()
    parcel_id = BigIntegerField()

    class Meta:
        table_name = "parcel_order"
        primary_key = CompositeKey("order_id", "parcel_id")


class ParcelEventRow(Table):
    """A packing state that a parcel came into."""

    id = BigAutoField()
    parcel_id = BigIntegerField()
    state = TextField()
    at = BigIntegerField()
    station_id = BigIntegerField(null=True)
    person_id = BigIntegerField(null=True)

    class Meta:
        table_name = "parcel_event"


class HoldRow(Table):
    """A hold of an order. `cover_key` is the digest of what its release covers: address, items, amount."""

    id = BigAutoField()
    order_id = BigIntegerField()
    state = TextField()
    reason = TextField()
    opened_reason = TextField()
    opened_at = BigIntegerField()
    opened_by = BigIntegerField(null=True)
    decide_by = BigIntegerField()
    changed_at = BigIntegerField()
    next_try_at = BigIntegerField(null=True)
    tries = BigIntegerField()
    wants_changes = BooleanField()
    will_prepay = BooleanField()
    only_tries = BooleanField()
    decide_by_passed = BooleanField()
    cover_key = TextField(null=True)

    class Meta:
        table_name = "hold"


class HoldEventRow(Table):
    """A state that a hold came into, and who brought it there."""

    id = BigAutoField()
    hold_id = BigIntegerField()
    state = TextField()
    reason = TextField()
    at = BigIntegerField()
    person_id = BigIntegerField(null=True)
    why = TextField()

    class Meta:
        table_name = "hold_event"


class AttemptRow(Table):
    """One contact with the buyer for a hold; `result` None while it is open. `recording` is an address, empty for none."""

    id = BigAutoField()
    hold_id = BigIntegerField()
    person_id = BigIntegerField()
    station_id = BigIntegerField(null=True)
    method = TextField()
    opened_at = BigIntegerField()
    ended_at = BigIntegerField(null=True)
    result = TextField(null=True)
    why = TextField()
    next_try_at = BigIntegerField(null=True)
    incoming = BooleanField()
    recording = TextField()

    class Meta:
        table_name = "attempt"


class ScanRow(Table):
    """One code that a scanner sent, and what was answered."""

    id = BigAutoField()
    station_id = BigIntegerField()
    person_id = BigIntegerField(null=True)
    at = BigIntegerField()
    code = TextField()
    verdict = TextField()
    order_id = BigIntegerField(null=True)
    parcel_id = BigIntegerField(null=True)

    class Meta:
        table_name = "scan"
