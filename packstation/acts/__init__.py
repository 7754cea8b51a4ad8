"""What people and the daemon do: one function an act, one transaction an act."""
