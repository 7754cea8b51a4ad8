"""The only place with SQL: tables, migrations, and queries that take and return domain objects."""
