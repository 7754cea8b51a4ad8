"""Everything that comes from a channel or goes to one."""
