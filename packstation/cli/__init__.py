"""The command line: the composition root, one module a command group."""
