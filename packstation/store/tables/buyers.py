"""Shops, buyers, customers, and the summaries kept of them."""

from __future__ import annotations

from peewee import BigAutoField, BigIntegerField, BlobField, CompositeKey, TextField

from packstation.store.tables.base import Table


class ShopRow(Table):
    """One seller account on a channel."""

    id = BigAutoField()
    name = TextField()
    channel = TextField()
    currency = TextField()
    zone = TextField()
    synced_at = BigIntegerField(null=True)

    class Meta:
        table_name = "shop"


class CustomerRow(Table):
    """One person; its buyers point here."""

    id = BigAutoField()

    class Meta:
        table_name = "customer"


class BuyerRow(Table):
    """One channel's profile of a person. `name_key` and `phone_key` are the folded forms that searches use.

    `home_id` is the customer that the buyer is as long as no other buyer is linked.
    """

    id = BigAutoField()
    customer_id = BigIntegerField()
    channel = TextField()
    external_id = TextField()
    name = TextField()
    name_key = TextField()
    phone = TextField()
    phone_key = TextField()
    email = TextField()
    home_id = BigIntegerField(null=True)

    class Meta:
        table_name = "buyer"


class BuyerAliasRow(Table):
    """An id that a channel or a shop calls a buyer by. `scope` is the platform, or the shop where ids are the shop's own."""

    scope = TextField()
    external_id = TextField()
    buyer_id = BigIntegerField()

    class Meta:
        table_name = "buyer_alias"
        primary_key = CompositeKey("scope", "external_id")


class ErasedBuyerRow(Table):
    """An id of a buyer whose name was erased at `erased_at`, as a salted digest; `scope` as in BuyerAliasRow."""

    scope = TextField()
    digest = TextField()
    buyer_id = BigIntegerField()
    erased_at = BigIntegerField()

    class Meta:
        table_name = "erased_buyer"
        primary_key = CompositeKey("scope", "digest", "buyer_id")


class BuyerSummaryRow(Table):
    """The counts of a buyer's orders by what became of them, as of now."""

    buyer_id = BigIntegerField(primary_key=True)
    orders = BigIntegerField()
    open = BigIntegerField()
    delivered = BigIntegerField()
    returned = BigIntegerField()
    buyer_cancelled = BigIntegerField()
    delivery_failed = BigIntegerField()
    seller_cancelled = BigIntegerField()
    system_cancelled = BigIntegerField()
    unpaid_expired = BigIntegerField()
    cancelled = BigIntegerField()
    lost = BigIntegerField()
    replaced = BigIntegerField()
    courier_failed = BigIntegerField()
    voucher_orders = BigIntegerField()
    cod_orders = BigIntegerField()

    class Meta:
        table_name = "buyer_summary"


class BuyerSpentRow(Table):
    """What a buyer spent in one currency (minor units), and on how many orders that arrived."""

    buyer_id = BigIntegerField()
    currency = TextField()
    spent = BigIntegerField()
    arrived = BigIntegerField()

    class Meta:
        table_name = "buyer_spent"
        primary_key = CompositeKey("buyer_id", "currency")


class BuyerDayRow(Table):
    """What a buyer's orders placed on one UTC day were worth, of those that arrived."""

    buyer_id = BigIntegerField()
    currency = TextField()
    day = BigIntegerField()
    spent = BigIntegerField()

    class Meta:
        table_name = "buyer_day"
        primary_key = CompositeKey("buyer_id", "currency", "day")


class ShopSummaryRow(Table):
    """The judged and failed orders of a shop that have a customer, as of now."""

    shop_id = BigIntegerField(primary_key=True)
    judged = BigIntegerField()
    failed = BigIntegerField()

    class Meta:
        table_name = "shop_summary"


class BuyerBalanceRow(Table):
    """What a buyer owes and the points they have, as the shop's POS says."""

    buyer_id = BigIntegerField(primary_key=True)
    debt = BigIntegerField()
    points = BigIntegerField()
    known_at = BigIntegerField()
    total_spent = BigIntegerField(null=True)
    total_points = BigIntegerField(null=True)

    class Meta:
        table_name = "buyer_balance"


class BuyerBlockRow(Table):
    """A buyer whose orders must not be packed from `from_at` until `until_at` (None: for good)."""

    id = BigAutoField()
    buyer_id = BigIntegerField()
    why = TextField()
    from_at = BigIntegerField()
    until_at = BigIntegerField(null=True)
    person_id = BigIntegerField(null=True)

    class Meta:
        table_name = "buyer_block"


class SearchWordRow(Table):
    """Who, of the buyers of a block, has a word in the name; `bits` as in `store.search_blocks`."""

    entry = TextField()
    block = BigIntegerField()
    bits = BlobField()

    class Meta:
        table_name = "search_word"
        primary_key = CompositeKey("entry", "block")


class SearchKeyRow(Table):
    """A code, email or phone that a buyer is found by, folded; a phone stands forwards and backwards."""

    entry = TextField()
    buyer_id = BigIntegerField()

    class Meta:
        table_name = "search_key"
        primary_key = CompositeKey("entry", "buyer_id")
