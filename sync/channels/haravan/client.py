"""A shop at Haravan, called. Source: Haravan Omni API 1.0, "Order" and "API Rate Limits"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from packstation.domain.orders import IncomingOrder
from packstation.domain.outbox import DecisionKind
from packstation.domain.times import MINUTE
from packstation.locale import said
from sync.channels.errors import Advice, ChannelError
from sync.channels.haravan import walking
from sync.channels.haravan.challenge import answered_challenge
from sync.channels.haravan.consent import HaravanConsent, renewed
from sync.channels.haravan.words import HARAVAN
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
from sync.channels.shopify_like.pushes import read_push
from sync.channels.shopify_like.rest import RestOrders, Vendor
from sync.channels.shopify_like.rest_mapping import order_of
from sync.channels.shopify_like.rest_wire import Order
from sync.channels.shopify_like.values import moment
from sync.credentials.credential import Credential
from sync.shops_config import ShopConfig
from sync.web.connection import Connection
from sync.web.messages import Answer

API_HOST = "https://apis.haravan.com"
_LEAKS_PER_SECOND = 4
_ID_ON_A_LABEL = re.compile(r"[1-9][0-9]{8,10}")


class Haravan:
    """One shop. A private application has a token for good; one with a `client_id` in the account gets its tokens by consent.

    `app_secret` is what the application's webhooks are signed with, `webhook_verify_token` what was entered beside their address.
    """

    def __init__(self, shop: ShopConfig, connection: Connection) -> None:
        self._shop = shop
        self._connection = connection
        self._by_consent = bool(shop.account.get("client_id"))
        base = f"{shop.api_host or API_HOST}/com"
        vendor = Vendor("Haravan", base, self._headers, self._order_of, self._by_consent, rest_after)
        self._orders = RestOrders(vendor, connection)
        self.abilities = Abilities(
            secrets=("app_secret",) if self._by_consent else ("access_token",),
            push_secrets=("webhook_verify_token",) if self._by_consent else ("app_secret", "webhook_verify_token"),
            finds_codes=True,
            decisions=frozenset(DecisionKind),
            index_lag=5 * MINUTE,
            pushes=True,
            requests_per_second=float(_LEAKS_PER_SECOND),
            consent=self._by_consent,
        )

    @property
    def consent(self) -> HaravanConsent | None:
        """How the seller gives consent; None for a private application."""
        return HaravanConsent(self._shop, self._connection) if self._by_consent else None

    async def check(self) -> None:
        """Read one order."""
        await self._orders.listed((("limit", "1"), ("status", "any")))

    async def changes(self, span: Span, cursor: str | None) -> Page:
        """One page of the orders updated in the span, each complete. A later page without rows is asked for twice."""
        place = walking.beginning(span) if cursor is None else walking.place_of(cursor)
        rows = await self._orders.listed(place.query(span))
        if not rows and cursor is not None:
            rows = await self._orders.listed(place.query(span))
        orders, unreadable = await self._orders.read(rows)
        following = place.following([self._updated_at(row) for row in rows])
        return Page(orders, None if following is None else str(following), unreadable)

    async def orders(self, numbers: Sequence[str]) -> ReadOrders:
        """These orders, fifty at a time."""
        return await self._orders.orders(numbers)

    async def find(self, code: str) -> Sequence[str]:
        """The order with this id. What labels show (`#100020`) no call takes: such codes are found among the newest changes."""
        if not _ID_ON_A_LABEL.fullmatch(code):
            return ()
        return tuple(order.number for order in (await self._orders.orders([code])).orders)

    async def renew(self, credential: Credential) -> Credential:
        """Fresh tokens where there was a consent; a private token is what it is."""
        return await renewed(self._shop, self._connection, credential) if self._by_consent else credential

    async def deliver(self, decision: Decision) -> Delivered:
        """Cancel the order, as the seller; or add a line to its note."""
        body = {"reason": "other", "email": False, "restock": True, "note": decision.text}
        return await self._orders.deliver(decision, body)

    def read_push(self, delivery: PushDelivery, credential: Credential) -> ReadPush:
        """Verify a webhook by `X-Haravan-HmacSha256` over the raw body.

        Before the first one Haravan asks by GET whether the address is ours (`hub.verify_token`, seen in integrations); the
        answer is its `hub.challenge`.
        """
        if delivery.challenge is not None:
            return answered_challenge(delivery.challenge, credential.secrets.get("webhook_verify_token", ""))
        headers = delivery.headers
        return read_push(
            headers.get("x-haravan-hmacsha256", ""),
            credential.secrets.get("app_secret", ""),
            delivery.body,
            headers.get("x-haravan-topic", ""),
            headers.get("x-haravan-org-id", ""),
        )

    def _headers(self, credential: Credential) -> Mapping[str, str]:
        token = credential.access_token if self._by_consent else credential.secrets.get("access_token", "")
        if not token:
            raise ChannelError(said("the access token is missing: log in"), Advice.ASK_SELLER, code="no-token")
        return {"authorization": f"Bearer {token}"}

    def _order_of(self, row: object) -> IncomingOrder:
        return order_of(Order.model_validate(row), HARAVAN, self._shop)

    def _updated_at(self, row: object) -> int:
        """When a listed order was updated, even where the rest of it makes no order."""
        text = row.get("updated_at") if isinstance(row, dict) else None
        return moment(text, self._shop.zone) or 0 if isinstance(text, str) else 0


def rest_after(answer: Answer) -> float:
    """How long to wait for the bucket (`X-Haravan-Api-Call-Limit: 76/80`) to leak to three quarters when it is nearly full, seconds."""
    filled, _slash, size = answer.headers.get("x-haravan-api-call-limit", "").partition("/")
    if not (filled.isascii() and filled.isdigit() and size.isascii() and size.isdigit()):
        return 0.0
    if int(filled) < int(size) * 0.9:
        return 0.0
    return min(10.0, (int(filled) - int(size) * 0.75) / _LEAKS_PER_SECOND)
