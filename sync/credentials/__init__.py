"""What lets the daemon in at a channel: sealed in the database, renewed by one process at a time."""
