"""Tables of the daemon: how far shops are synced, and what is to be read again."""

from __future__ import annotations

from peewee import BigIntegerField, CompositeKey, TextField

from packstation.store.tables.base import Table


class ShopSyncRow(Table):
    """How far a shop is synced. Times up to `begun_at` are ms UTC of the channel's clock, but `checked_at`; the others of the database's.

    Everything that changed before `changes_until` is stored; history is stored back to `history_done_to` of the wanted
    `history_from`, and looked through a second time back to `checked_from`. `daemon` has it until `daemon_until`; without a name the
    time is until when one that failed counts as attending it. `configured_by` names the configuration under which
    the shop was synced last, `removed_at` is set once that has it no more, and `single_run_at` while no daemon had it since a
    single run ended.
    """

    shop_id = BigIntegerField(primary_key=True)
    changes_until = BigIntegerField(null=True)
    history_from = BigIntegerField(null=True)
    history_done_to = BigIntegerField(null=True)
    checked_from = BigIntegerField(null=True)
    checked_at = BigIntegerField(null=True)
    begun_at = BigIntegerField(null=True)
    trouble = TextField()
    trouble_code = TextField()
    trouble_since = BigIntegerField(null=True)
    daemon = TextField(null=True)
    daemon_until = BigIntegerField(null=True)
    configured_by = TextField(null=True)
    removed_at = BigIntegerField(null=True)
    single_run_at = BigIntegerField(null=True)

    class Meta:
        table_name = "shop_sync"


class RereadRow(Table):
    """An order to be read again: a push hinted at it, its tracking number is late, or it was not found."""

    shop_id = BigIntegerField()
    number = TextField()
    why = TextField()
    due_at = BigIntegerField()
    tries = BigIntegerField()

    class Meta:
        table_name = "reread"
        primary_key = CompositeKey("shop_id", "number")


class UnreadableRow(Table):
    """A record of a channel that makes no order: parked till somebody looks, or it becomes readable."""

    shop_id = BigIntegerField()
    number = TextField()
    why = TextField()
    seen_at = BigIntegerField()

    class Meta:
        table_name = "unreadable"
        primary_key = CompositeKey("shop_id", "number")
