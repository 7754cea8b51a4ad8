"""What every table has in common: the database it lives in."""

from __future__ import annotations

from peewee import DatabaseProxy, Model

database = DatabaseProxy()
"""The database of this process; `packstation.store.database.open_database` says which it is."""


class Table(Model):
    """A table of the process's database. Foreign keys are plain ids: nothing is ever loaded behind the reader's back."""

    class Meta:
        database = database
        legacy_table_names = False
