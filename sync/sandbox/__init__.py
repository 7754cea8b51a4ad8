"""A made-up seller's world: shops, buyers and orders to try the desk with, no channel needed."""
