"""The station on a terminal: shows what acts return and decides nothing."""
