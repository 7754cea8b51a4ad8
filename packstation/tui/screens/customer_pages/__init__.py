"""The pages of the customer screen."""
