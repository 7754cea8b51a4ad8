"""A whole day of a seller, told in seconds: what happens to the orders, who works on them, and the account that is taken of it."""
