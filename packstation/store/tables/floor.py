"""What desk and daemon tell each other."""

from __future__ import annotations

from peewee import BigAutoField, BigIntegerField, BooleanField, TextField

from packstation.store.tables.base import Table


class RefreshRequestRow(Table):
    """One shop asked to read an order anew, or to look for a code that nothing here has (`order_id` None)."""

    id = BigAutoField()
    code = TextField()
    order_id = BigIntegerField(null=True)
    shop_id = BigIntegerField(null=True)
    station_id = BigIntegerField(null=True)
    asked_at = BigIntegerField()
    taken_at = BigIntegerField(null=True)
    answered_at = BigIntegerField(null=True)
    found = BooleanField(null=True)
    trouble = TextField()

    class Meta:
        table_name = "refresh_request"


class AlarmRow(Table):
    """An alarm to the desks; `station_id` and `slot` say where the parcel was when it was raised."""

    id = BigAutoField()
    kind = TextField()
    parcel_id = BigIntegerField()
    order_id = BigIntegerField()
    station_id = BigIntegerField(null=True)
    slot = TextField(null=True)
    why = TextField()
    raised_at = BigIntegerField()
    ended_at = BigIntegerField(null=True)
    ended_by = BigIntegerField(null=True)

    class Meta:
        table_name = "alarm"
