"""The call desk's own tables."""

from __future__ import annotations

from peewee import BigAutoField, BigIntegerField, TextField

from packstation.store.tables.base import Table


class CallLeaseRow(Table):
    """Who has a customer (or a guest's order, see `Callee.key`) to contact them, and until when."""

    callee = TextField(primary_key=True)
    person_id = BigIntegerField()
    station_id = BigIntegerField(null=True)
    until_at = BigIntegerField()

    class Meta:
        table_name = "call_lease"


class CallerShiftRow(Table):
    """When somebody who calls was last seen to."""

    person_id = BigIntegerField(primary_key=True)
    seen_at = BigIntegerField()

    class Meta:
        table_name = "caller_shift"


class MarkedPhoneRow(Table):
    """A number whose owner said that an order was not theirs; `hold_id` is that order's."""

    phone_key = TextField(primary_key=True)
    hold_id = BigIntegerField()
    person_id = BigIntegerField()
    marked_at = BigIntegerField()

    class Meta:
        table_name = "marked_phone"


class RingRow(Table):
    """A number that rings, as the phone system told a station."""

    id = BigAutoField()
    station_id = BigIntegerField()
    phone_key = TextField()
    rang_at = BigIntegerField()
    taken_at = BigIntegerField(null=True)

    class Meta:
        table_name = "ring"
