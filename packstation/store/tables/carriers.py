"""What carriers say of parcels, and what people do about it.

Rows name an order and a tracking number, no parcel: records of one parcel can be joined later. An order that became another one is
followed when rows are read.
"""

from __future__ import annotations

from peewee import BigAutoField, BigIntegerField, BooleanField, TextField

from packstation.store.tables.base import Table


class CodStatementRow(Table):
    """One statement of a carrier about the COD money that it paid out."""

    id = BigAutoField()
    carrier = TextField()
    statement = TextField()
    currency = TextField()
    imported_at = BigIntegerField()

    class Meta:
        table_name = "cod_statement"


class CodLineRow(Table):
    """One line of a statement. `digest` tells it from the others; `shop` is empty where a number may be any shop's."""

    id = BigAutoField()
    statement_id = BigIntegerField()
    digest = TextField()
    tracking = TextField()
    number = TextField()
    shop = TextField()
    amount = BigIntegerField()
    fee = BigIntegerField(null=True)
    paid_at = BigIntegerField()

    class Meta:
        table_name = "cod_line"


class CodSettledRow(Table):
    """A difference that a supervisor settled: of a line, or of an order that no line pays; `order_id` is the line's too."""

    id = BigAutoField()
    line_id = BigIntegerField(null=True)
    order_id = BigIntegerField(null=True)
    why = TextField()
    settled_at = BigIntegerField()
    person_id = BigIntegerField(null=True)

    class Meta:
        table_name = "cod_settled"


class WaybillEventRow(Table):
    """What a carrier said of a parcel. `meaning` None where no mapping knows the word, `order_id` None for no parcel of ours."""

    id = BigAutoField()
    carrier = TextField()
    tracking = TextField()
    number = TextField()
    shop = TextField()
    word = TextField()
    reason = TextField()
    meaning = TextField(null=True)
    cause = TextField(null=True)
    known_at = BigIntegerField()
    seen_at = BigIntegerField()
    digest = TextField()
    order_id = BigIntegerField(null=True)

    class Meta:
        table_name = "waybill_event"


class RescueRow(Table):
    """A parcel whose delivery failed, to be rescued by a call before the carrier sends it back at `deadline`."""

    id = BigAutoField()
    order_id = BigIntegerField()
    tracking = TextField()
    carrier = TextField()
    reason = TextField()
    cause = TextField(null=True)
    failed_at = BigIntegerField()
    opened_at = BigIntegerField()
    deadline = BigIntegerField()
    state = TextField()
    changed_at = BigIntegerField()
    tries = BigIntegerField()
    next_try_at = BigIntegerField(null=True)
    wanted_at = BigIntegerField(null=True)
    instruction = TextField()

    class Meta:
        table_name = "rescue"


class RescueAttemptRow(Table):
    """One contact with the buyer for a rescue; `result` None while it is open."""

    id = BigAutoField()
    rescue_id = BigIntegerField()
    person_id = BigIntegerField()
    station_id = BigIntegerField(null=True)
    method = TextField()
    opened_at = BigIntegerField()
    ended_at = BigIntegerField(null=True)
    result = TextField(null=True)

    class Meta:
        table_name = "rescue_attempt"


class ReturnSettledRow(Table):
    """A parcel on its way back that needs no looking after any more: it is here, or the carrier was told to pay."""

    id = BigAutoField()
    order_id = BigIntegerField()
    tracking = TextField()
    came_back = BooleanField()
    why = TextField()
    settled_at = BigIntegerField()
    person_id = BigIntegerField(null=True)

    class Meta:
        table_name = "return_settled"
