"""People, stations, the published policy, this installation, and the ledger."""

from __future__ import annotations

from peewee import BigAutoField, BigIntegerField, BooleanField, CompositeKey, TextField

from packstation.store.tables.base import Table


class InstallationRow(Table):
    """Facts about this installation, by name."""

    name = TextField(primary_key=True)
    value = TextField()

    class Meta:
        table_name = "installation"


class PersonRow(Table):
    """A person who signs in. Badges and PINs are kept as digests only."""

    id = BigAutoField()
    name = TextField()
    role = TextField()
    badge_digest = TextField(null=True)
    pin_hash = TextField(null=True)
    active = BooleanField()
    failed_pins = BigIntegerField()
    locked_until = BigIntegerField(null=True)
    added_at = BigIntegerField()

    class Meta:
        table_name = "person"


class StationRow(Table):
    """A packing station and who is signed in there."""

    id = BigAutoField()
    name = TextField()
    person_id = BigIntegerField(null=True)
    seen_at = BigIntegerField()

    class Meta:
        table_name = "station"


class PolicyVersionRow(Table):
    """A published policy: the text of its risk.toml."""

    version = BigIntegerField(primary_key=True)
    text = TextField()
    published_at = BigIntegerField()
    person_id = BigIntegerField(null=True)

    class Meta:
        table_name = "policy_version"


class WriterRow(Table):
    """A process that writes a ledger chain of its own."""

    id = BigAutoField()
    name = TextField()
    started_at = BigIntegerField()

    class Meta:
        table_name = "writer"


class LedgerRow(Table):
    """One entry of a writer's chain: what was decided, by whom, on which policy. Append-only."""

    writer_id = BigIntegerField()
    sequence = BigIntegerField()
    at = BigIntegerField()
    kind = TextField()
    order_id = BigIntegerField(null=True)
    parcel_id = BigIntegerField(null=True)
    hold_id = BigIntegerField(null=True)
    person_id = BigIntegerField(null=True)
    station_id = BigIntegerField(null=True)
    policy_version = BigIntegerField(null=True)
    facts = TextField()
    previous_hash = TextField()
    hash = TextField()

    class Meta:
        table_name = "ledger"
        primary_key = CompositeKey("writer_id", "sequence")


class LedgerTextRow(Table):
    """A text that a ledger entry names by its salted digest; it can be erased without breaking the chain."""

    digest = TextField(primary_key=True)
    salt = TextField()
    text = TextField()

    class Meta:
        table_name = "ledger_text"
