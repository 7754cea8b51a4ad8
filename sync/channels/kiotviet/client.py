"""One KiotViet shop: its sales as they change, single ones, and what a code means.

Nothing is told to KiotViet: `PUT /orders/{id}` has a field for notes, but the documents do not say that what is left out of it is left
alone (lines, payments), and invoices have none.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from packstation.domain.times import DAY, MINUTE
from packstation.locale import said
from sync.channels.errors import Advice, ChannelError
from sync.channels.kiotviet.gateway import CLIENT_ID, CLIENT_SECRET, RETAILER, WEBHOOK_SECRET, Gateway
from sync.channels.kiotviet.mapping import Mapper
from sync.channels.kiotviet.pushes import read_push
from sync.channels.kiotviet.reading import Gathered, Reader
from sync.channels.kiotviet.walking import Listing, Place, local
from sync.channels.protocol import (
    Abilities,
    Consent,
    Decision,
    Delivered,
    Page,
    PushDelivery,
    ReadOrders,
    ReadPush,
    Span,
)
from sync.credentials.credential import Credential
from sync.shops_config import ShopConfig
from sync.web.connection import Connection

_CODE = re.compile(r"(HD|DH|TH)[0-9A-Z_.\-]{1,40}", re.ASCII)
_REQUESTS_PER_SECOND = 1.3
"""5,000 reads an hour are allowed; a little is left for other programs of the shop."""


class KiotViet:
    """One shop at KiotViet. It must be given `retailer` and `client_id`; the webhook's secret only where webhooks are used."""

    abilities = Abilities(
        secrets=(CLIENT_SECRET,),
        push_secrets=(WEBHOOK_SECRET,),
        account=(RETAILER, CLIENT_ID),
        finds_codes=True,
        index_lag=10 * MINUTE,
        pushes=True,
        requests_per_second=_REQUESTS_PER_SECOND,
    )

    def __init__(self, shop: ShopConfig, connection: Connection) -> None:
        self._zone = shop.zone
        self._gateway = Gateway(shop, connection)
        self._reader = Reader(shop, self._gateway, Mapper(shop))

    @property
    def consent(self) -> Consent | None:
        """None: the id and the secret of the shop's settings are enough."""
        return None

    async def check(self) -> None:
        """Ask for one invoice: a wrong secret, a wrong shop and missing rights all show."""
        now = self._gateway.now
        since = ("lastModifiedFrom", local(now - DAY, self._zone))
        await self._gateway.page("/invoices", [since, ("pageSize", "1")])

    async def changes(self, span: Span, cursor: str | None) -> Page:
        """One page of what changed: orders first, then invoices, then returns, each sale whole; at last customers, for their balances.

        What is invoiced costs a call more for each order, as nothing lists orders by their codes.
        """
        place = Place.of_cursor(span, cursor)
        if place.listing is Listing.CUSTOMERS:
            balances, following = await self._reader.balances(span, place)
            return Page((), following.cursor if following else None, balances=tuple(balances))
        gathered, following = await self._reader.page(span, place)
        orders = await self._reader.mapped(gathered)
        return Page(tuple(orders), following.cursor if following else None, tuple(gathered.unreadable))

    async def orders(self, numbers: Sequence[str]) -> ReadOrders:
        """These sales as they are now. An invoice of an order comes under the order's number; its own is missing then."""
        wanted = list(dict.fromkeys(numbers))
        gathered = Gathered()
        await asyncio.gather(*(self._reader.sale_of_code(number, gathered) for number in wanted))
        await self._reader.add_returns(gathered)
        orders = await self._reader.mapped(gathered)
        there = {order.number for order in orders} | {one.number for one in gathered.unreadable}
        missing = tuple(number for number in wanted if number not in there)
        return ReadOrders(tuple(orders), missing, tuple(gathered.unreadable))

    async def find(self, code: str) -> Sequence[str]:
        """The sale of an order's, an invoice's or a return's code; KiotViet searches for nothing else, tracking numbers included."""
        wanted = code.strip().upper()
        if _CODE.fullmatch(wanted) is None:
            return ()
        gathered = Gathered()
        if wanted.startswith("TH"):
            await self._reader.sale_of_return(wanted, gathered)
        else:
            await self._reader.sale_of_code(wanted, gathered)
        return tuple(gathered.sales)

    async def renew(self, credential: Credential) -> Credential:
        """Another access token for the same secret."""
        return await self._gateway.renewed(credential)

    async def deliver(self, decision: Decision) -> Delivered:
        """Refuse: there is nothing that KiotViet can safely be told."""
        raise ChannelError(said("the channel has no way to be told this"), Advice.SKIP, code="ability")

    def read_push(self, delivery: PushDelivery, credential: Credential) -> ReadPush:
        """Verify a delivery and say what it hints at; the answer is 200 whatever it is."""
        return read_push(delivery, credential.secrets.get(WEBHOOK_SECRET, ""))
