"""A made-up seller's orders that live: placed, paid, arranged, tracked, cancelled, refused, returned, as time goes by."""
