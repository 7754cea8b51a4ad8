"""Reports of buyers to their channels."""

from __future__ import annotations

from peewee import BigAutoField, BigIntegerField, TextField

from packstation.store.tables.base import Table


class BuyerCaseRow(Table):
    """One report. `letter` is empty once it was erased; `mail_id` the mail that it went out by, `file` where it was saved."""

    id = BigAutoField()
    order_id = BigIntegerField()
    state = TextField()
    ground = TextField()
    language = TextField()
    letter = TextField()
    recipient = TextField()
    file = TextField()
    mail_id = BigIntegerField(null=True)
    opened_by = BigIntegerField(null=True)
    opened_at = BigIntegerField()
    sent_at = BigIntegerField(null=True)
    answered_at = BigIntegerField(null=True)
    closed_at = BigIntegerField(null=True)
    result = TextField()
    next_check_at = BigIntegerField(null=True)

    class Meta:
        table_name = "buyer_case"
