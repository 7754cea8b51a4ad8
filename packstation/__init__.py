"""The packing desk in a terminal: what a person at a station sees and decides."""

__version__ = "0.1.0"
