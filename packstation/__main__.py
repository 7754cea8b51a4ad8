"""`python -m packstation`: the command line."""

from packstation.cli import main

main()
