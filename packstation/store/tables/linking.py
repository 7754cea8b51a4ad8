"""What makes several buyers one customer: the phones and emails they use, and what supervisors decided."""

from __future__ import annotations

from peewee import BigAutoField, BigIntegerField, CompositeKey, TextField

from packstation.store.tables.base import Table


class IdentityKeyRow(Table):
    """That a buyer uses a phone or an email (`domain.identities.Use`); `value` and `place` are digests under a secret.

    Days count from 1970, UTC.
    """

    buyer_id = BigIntegerField()
    value = TextField()
    kind = TextField()
    name = TextField()
    place = TextField()
    first_day = BigIntegerField(null=True)
    last_day = BigIntegerField(null=True)

    class Meta:
        table_name = "identity_key"
        primary_key = CompositeKey("buyer_id", "value")


class DeniedNumberRow(Table):
    """That the owner of a number (a digest as `IdentityKeyRow.value`) said that an order of the buyer who used it was not theirs."""

    buyer_id = BigIntegerField()
    value = TextField()
    at = BigIntegerField()
    person_id = BigIntegerField(null=True)

    class Meta:
        table_name = "denied_number"
        primary_key = CompositeKey("buyer_id", "value")


class LinkDecisionRow(Table):
    """What a supervisor decided and what holds till it is taken back.

    `kind` is `link` (two buyers are one person), `refused` (they were proposed and are not), or `split` (`buyer_id` takes part in
    no automatic link; `other_id` None). Of a pair `buyer_id` is the smaller one.
    """

    id = BigAutoField()
    kind = TextField()
    buyer_id = BigIntegerField()
    other_id = BigIntegerField(null=True)
    at = BigIntegerField()
    person_id = BigIntegerField(null=True)
    why = TextField()

    class Meta:
        table_name = "link_decision"
