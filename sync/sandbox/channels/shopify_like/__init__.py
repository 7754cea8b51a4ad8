"""What the simulated Haravan, Sapo and Shopify have in common: ids, how far a parcel is, refunds, and what can be known of it."""
