"""A shop at Sapo, called. Source: Sapo API (support.sapo.vn), "Authentication", "Order", "Webhook".

The documents name no limit of calls; two a second is what the family's other vendors bear.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence

from packstation.domain.orders import IncomingOrder
from packstation.domain.outbox import DecisionKind
from packstation.domain.times import MINUTE, SECOND, iso_utc
from packstation.locale import said
from sync.channels.errors import Advice, ChannelError
from sync.channels.protocol import (
    Abilities,
    Decision,
    Delivered,
    Page,
    PushDelivery,
    ReadOrders,
    ReadPush,
    Span,
)
from sync.channels.sapo.words import SAPO
from sync.channels.shopify_like.pushes import read_push
from sync.channels.shopify_like.rest import RestOrders, Vendor
from sync.channels.shopify_like.rest_mapping import order_of
from sync.channels.shopify_like.rest_wire import Order
from sync.credentials.credential import Credential
from sync.shops_config import ShopConfig
from sync.web.connection import Connection

PER_PAGE = 100
_DOMAINS = {"web": "mysapo.net", "omni": "mysapogo.com"}
_STORE = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)(\.mysapo\.net|\.mysapogo\.com)?")
_ID_ON_A_LABEL = re.compile(r"[1-9][0-9]{6,10}")


class Sapo:
    """One shop. A private application shows its key and secret (Basic), a public one the token that it got for good."""

    def __init__(self, shop: ShopConfig, connection: Connection) -> None:
        self._shop = shop
        self._is_public = shop.account.get("app", "private") == "public"
        host = shop.api_host or host_of(shop.account)
        self._orders = RestOrders(
            Vendor("Sapo", f"{host}/admin" if host else "", self._headers, self._order_of), connection
        )
        self.abilities = Abilities(
            secrets=("access_token", "client_secret") if self._is_public else ("api_key", "api_secret"),
            account=() if shop.api_host else ("store",),
            finds_codes=True,
            decisions=frozenset(DecisionKind),
            index_lag=5 * MINUTE,
            pushes=True,
            requests_per_second=2.0,
        )

    @property
    def consent(self) -> None:
        """None: keys and tokens are made in Sapo's admin and last."""
        return

    async def check(self) -> None:
        """Read one order."""
        await self._orders.listed((("limit", "1"), ("status", "any")))

    async def changes(self, span: Span, cursor: str | None) -> Page:
        """One page of the orders modified in the span, each complete.

        The documents name no order of the list, so that pages are counted; orders that change meanwhile leave the span and may
        move others past a page. A page that is more than half full may have lost rows, so that only an emptier one is the last; a
        later one without rows is asked for twice.
        """
        page = _page_of(cursor)
        query = (
            ("status", "any"),
            ("modified_on_min", iso_utc(span.since // SECOND * SECOND - SECOND)),
            ("modified_on_max", iso_utc(-(-span.until // SECOND) * SECOND)),
            ("limit", str(PER_PAGE)),
            ("page", str(page)),
        )
        rows = await self._orders.listed(query)
        if not rows and page > 1:
            rows = await self._orders.listed(query)
        orders, unreadable = await self._orders.read(rows)
        return Page(orders, str(page + 1) if len(rows) > PER_PAGE // 2 else None, unreadable)

    async def orders(self, numbers: Sequence[str]) -> ReadOrders:
        """These orders, fifty at a time."""
        return await self._orders.orders(numbers)

    async def find(self, code: str) -> Sequence[str]:
        """The order with this id. What labels show (`SON44087`) no call takes: such codes are found among the newest changes."""
        if not _ID_ON_A_LABEL.fullmatch(code):
            return ()
        return tuple(order.number for order in (await self._orders.orders([code])).orders)

    async def renew(self, credential: Credential) -> Credential:
        """The same: keys and tokens do not expire."""
        return credential

    async def deliver(self, decision: Decision) -> Delivered:
        """Cancel the order, as the seller; or add a line to its note."""
        return await self._orders.deliver(decision, {"reason": "other", "email": False, "restock": True})

    def read_push(self, delivery: PushDelivery, credential: Credential) -> ReadPush:
        """Verify a webhook by `X-Sapo-Hmac-Sha256` over the raw body."""
        headers = delivery.headers
        return read_push(
            headers.get("x-sapo-hmac-sha256", ""),
            credential.secrets.get("client_secret" if self._is_public else "api_secret", ""),
            delivery.body,
            headers.get("x-sapo-topic", ""),
            headers.get("x-sapo-shop-domain", "") or headers.get("x-sapo-tenant-domain", ""),
        )

    def _headers(self, credential: Credential) -> Mapping[str, str]:
        names = ("access_token",) if self._is_public else ("api_key", "api_secret")
        given = [credential.secrets.get(name, "") for name in names]
        if not all(given):
            raise ChannelError(said("the access token is missing: log in"), Advice.ASK_SELLER, code="no-token")
        if self._is_public:
            return {"x-sapo-access-token": given[0]}
        return {"authorization": "Basic " + base64.b64encode(":".join(given).encode()).decode()}

    def _order_of(self, row: object) -> IncomingOrder:
        return order_of(Order.model_validate(row), SAPO, self._shop)


def host_of(account: Mapping[str, str]) -> str:
    """Where the account's store is, by its product; empty where it names none."""
    named = _STORE.fullmatch(account.get("store", "").strip())
    domain = _DOMAINS.get(account.get("product", "web"))
    return f"https://{named[1].lower()}.{domain}" if named and domain else ""


def _page_of(cursor: str | None) -> int:
    if cursor is None:
        return 1
    if not (cursor.isascii() and cursor.isdigit() and 1 < int(cursor) < 10**9):
        raise ChannelError(said("the cursor is none of this channel's"), Advice.GIVE_UP, code="cursor")
    return int(cursor)
