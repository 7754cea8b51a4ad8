"""What Haravan, Sapo and Shopify have in common: an order with a payment status, fulfilments with tracking, and refunds by line.

Each of the three writes it in words of its own; they are read into a `Sale`, which is understood here once.
"""
