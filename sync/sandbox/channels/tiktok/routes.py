"""The simulated TikTok Shop's addresses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from packstation.domain.orders import Status
from packstation.domain.times import MINUTE, SECOND
from sync.sandbox.channels.tiktok.gate import (
    APP_KEY,
    REFRESH_LIFE,
    SERVICE_ID,
    TOKEN_LIFE,
    bad,
    cipher_of,
    good,
    guarded,
    refresh_token,
    shop_id_of,
)
from sync.sandbox.channels.tiktok.listings import Listings
from sync.sandbox.channels.tiktok.records import order_record, pieces_of
from sync.sandbox.stand import Stand

_CODE_LIFE = 30 * MINUTE
_REDIRECT = "http://127.0.0.1:8791/"
"""As packstation's login expects it where nothing else is said."""

_UNPAID_REASONS = frozenset(
    {
        "seller_cancel_unpaid_reason_out_of_stock",
        "seller_cancel_unpaid_reason_wrong_price",
        "seller_cancel_unpaid_reason_buyer_hasnt_paid_within_time_allowed",
    }
)
_PAID_REASONS = frozenset(
    {
        "seller_cancel_reason_out_of_stock",
        "seller_cancel_reason_wrong_price",
        "seller_cancel_paid_reason_address_not_deliver",
    }
)
_REASONS = {
    Status.UNPAID: _UNPAID_REASONS,
    Status.CHANNEL_HOLD: _PAID_REASONS,
    Status.TO_PACK: _PAID_REASONS,
}


def routes_of(stand: Stand) -> Sequence[Route]:
    """All of them."""
    shop = _Shop(stand)
    listings = Listings(stand)
    return [
        Route("/open/authorize", shop.authorize),
        Route("/api/v2/token/get", shop.first_tokens),
        Route("/api/v2/token/refresh", shop.next_tokens),
        Route("/authorization/202309/shops", guarded(stand, shop.shops, scoped=False)),
        Route("/order/202309/orders/search", guarded(stand, listings.orders), methods=["POST"]),
        Route("/order/202309/orders", guarded(stand, shop.orders)),
        Route("/fulfillment/202309/packages/{package}", guarded(stand, shop.package)),
        Route("/return_refund/202309/returns/search", guarded(stand, listings.returns), methods=["POST"]),
        Route("/return_refund/202309/cancellations", guarded(stand, shop.cancel), methods=["POST"]),
    ]


class _Shop:
    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self._in_package: dict[str, str] = {}

    async def authorize(self, request: Request) -> Response:
        """The consent page: every seller agrees, and is sent to the address that the Partner Center has for the application."""
        if request.query_params.get("service_id") != SERVICE_ID:
            return PlainTextResponse("unknown service_id", 404)
        code = self._stand.new_token("code")
        self._stand.accepted[f"code:{code}"] = str(self._stand.clock() + _CODE_LIFE)
        state = request.query_params.get("state", "")
        back = {"app_key": APP_KEY, "code": code, "locale": "vi-VN", "shop_region": "VN", "state": state}
        return RedirectResponse(f"{_REDIRECT}?{urlencode(back)}", 302)

    async def first_tokens(self, request: Request) -> Response:
        query = request.query_params
        ends = self._stand.accepted.pop(f"code:{query.get('auth_code', '')}", None)
        known = self._knows_app(request) and query.get("grant_type") == "authorized_code"
        if not known or ends is None or int(ends) < self._stand.clock():
            return JSONResponse({"code": 36004003, "message": "auth_code is invalid or expired", "request_id": "q1"})
        self._stand.accepted.pop("revoked", None)
        return self._tokens()

    async def next_tokens(self, request: Request) -> Response:
        """New tokens; refresh tokens that were handed out before stay good, as the documents call none of them used up."""
        query = request.query_params
        token = query.get("refresh_token", "")
        known = token == refresh_token(self._stand) or f"refresh:{token}" in self._stand.accepted
        right = self._knows_app(request) and query.get("grant_type") == "refresh_token"
        if not right or not known or self._stand.accepted.get("revoked"):
            return JSONResponse({"code": 36004004, "message": "refresh_token is invalid", "request_id": "q2"})
        return self._tokens()

    async def shops(self, _request: Request, _body: dict[str, Any]) -> Response:
        shop = self._stand.market.counter.shop
        return good(
            {
                "shops": [
                    {
                        "id": shop_id_of(self._stand),
                        "name": shop.name,
                        "region": "VN",
                        "seller_type": "LOCAL",
                        "cipher": cipher_of(self._stand),
                        "code": "VNLCSOCNAU",
                    }
                ]
            }
        )

    async def orders(self, request: Request, _body: dict[str, Any]) -> Response:
        ids = [one for one in request.query_params.get("ids", "").split(",") if one]
        if not 1 <= len(ids) <= 50:
            return bad(36009010, "Invalid ids, max count: 50")
        now = self._stand.clock()
        found = [self._stand.market.facts(one, now) for one in dict.fromkeys(ids)]
        there = [facts for facts in found if facts is not None and not facts.deleted]
        if len(there) < len(found):
            return bad(21008111, "The order does not belong to this seller")
        return good({"orders": [order_record(facts, self._stand) for facts in there]})

    async def package(self, request: Request, _body: dict[str, Any]) -> Response:
        number, now = request.path_params["package"], self._stand.clock()
        if number not in self._in_package:
            for one in self._stand.market.every(now):
                self._in_package |= {package.number: one.number for package in one.packages}
        facts = self._stand.market.facts(self._in_package.get(number, ""), now)
        if facts is None:
            return bad(21042101, "Package not found")
        place = next(place for place, package in enumerate(facts.packages) if package.number == number)
        return good(
            {
                "package_id": number,
                "orders": [{"id": facts.number}],
                "tracking_number": facts.packages[place].tracking or "",
                "shipping_provider_name": facts.packages[place].carrier,
                "order_line_item_ids": [piece.id for piece in pieces_of(facts) if piece.package == place],
            }
        )

    async def cancel(self, _request: Request, body: dict[str, Any]) -> Response:
        number = str(body.get("order_id", ""))
        facts = self._stand.market.facts(number, self._stand.clock())
        if facts is None:
            return bad(21008111, "The order does not belong to this seller")
        if body.get("cancel_reason") not in _REASONS.get(facts.status, ()):
            return bad(25001021, "Reason not match order status")
        self._stand.accepted.setdefault(f"cancelled:{number}", str(body["cancel_reason"]))
        return good({"cancel_id": f"4036{number[:14]}", "cancel_status": "CANCELLATION_REQUEST_SUCCESS"})

    def _knows_app(self, request: Request) -> bool:
        query = request.query_params
        return query.get("app_key") == APP_KEY and query.get("app_secret") == self._stand.secret("app_secret")

    def _tokens(self) -> Response:
        now = self._stand.clock()
        access, refresh = (f"ROW_{self._stand.new_token(name)}" for name in ("access", "refresh"))
        self._stand.accepted |= {"access_token": access, f"refresh:{refresh}": "yes"}
        return JSONResponse(
            {
                "code": 0,
                "message": "success",
                "request_id": "q3",
                "data": {
                    "access_token": access,
                    "access_token_expire_in": (now + TOKEN_LIFE) // SECOND,
                    "refresh_token": refresh,
                    "refresh_token_expire_in": (now + REFRESH_LIFE) // SECOND,
                    "open_id": "7010736057180325637",
                    "seller_name": self._stand.market.counter.shop.name,
                    "seller_base_region": "VN",
                    "user_type": 0,
                    "granted_scopes": ["seller.order.info", "seller.return_refund.basic", "seller.fulfillment.basic"],
                },
            }
        )
