"""What lets the daemons in at the channels."""

from __future__ import annotations

from peewee import BigIntegerField, TextField

from packstation.store.tables.base import Table


class CredentialRow(Table):
    """A shop's credential, sealed with a key that is never in the database. It is in no backup.

    `version` counts its renewals. `claimed_by` and `claimed_until` are the lease of the process that is renewing it;
    `renewing_since` is when the first renewal was begun whose result was not stored.
    """

    shop_id = BigIntegerField(primary_key=True)
    sealed = TextField()
    version = BigIntegerField()
    expires_at = BigIntegerField(null=True)
    refresh_expires_at = BigIntegerField(null=True)
    updated_at = BigIntegerField()
    claimed_by = TextField(null=True)
    claimed_until = BigIntegerField(null=True)
    renewing_since = BigIntegerField(null=True)

    class Meta:
        table_name = "credential"
