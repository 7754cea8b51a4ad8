"""The tables as Peewee models, one module a subject. Their columns are those of the migrations (a test compares them)."""
