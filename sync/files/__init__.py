"""Export files -> domain orders: containers, mappings of one's own, and the seller centres' own exports."""
