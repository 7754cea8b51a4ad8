"""What supervisors decide besides single holds."""

from __future__ import annotations

from peewee import BigAutoField, BigIntegerField, TextField

from packstation.store.tables.base import Table


class CustomerOverrideRow(Table):
    """Orders of a buyer's customer need no confirmation until `until_at`."""

    id = BigAutoField()
    buyer_id = BigIntegerField()
    why = TextField()
    from_at = BigIntegerField()
    until_at = BigIntegerField()
    person_id = BigIntegerField()

    class Meta:
        table_name = "customer_override"


class ApprovalRequestRow(Table):
    """A desk that asked the board to let a held order go; `told_at` when the desk read what came of it."""

    id = BigAutoField()
    hold_id = BigIntegerField()
    station_id = BigIntegerField()
    person_id = BigIntegerField()
    why = TextField()
    asked_at = BigIntegerField()
    expires_at = BigIntegerField()
    state = TextField()
    ended_at = BigIntegerField(null=True)
    ended_by = BigIntegerField(null=True)
    told_at = BigIntegerField(null=True)

    class Meta:
        table_name = "approval_request"
