"""KiotViet's addresses: tokens for a day, listings by offset, single records by id and by code.

Sources: public API documents, "Lấy thông tin Access Token" and the listings. Error bodies are those of its framework (ServiceStack)
as public clients handle them; the sentences about settings are the documents'.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from packstation.domain.times import DAY, HOUR, to_ms
from sync.sandbox.channels.kiotviet.customers import customer_row, is_of_customer
from sync.sandbox.channels.kiotviet.papers import number_of_id
from sync.sandbox.channels.kiotviet.records import Row, invoice_rows, order_row, return_rows
from sync.sandbox.faults import Fault
from sync.sandbox.market.facts import Facts
from sync.sandbox.stand import Stand

_MOST, _DEFAULT = 100, 20
_FAR = 4_102_444_800_000
_OFF = "Thiết lập “{}” đang không được bật."
_GONE = "Dữ liệu này không còn tồn tại trên hệ thống. Vui lòng kiểm tra lại"
Handler = Callable[[Request], Awaitable[Response]]


class KiotVietError(Exception):
    """An error as the API writes it."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status = status
        self.body = {"responseStatus": {"errorCode": code, "message": message, "errors": []}}


def grant(stand: Stand) -> str:
    """An access token that is taken for a day."""
    token = "eyJ" + stand.new_token("access")
    stand.accepted[f"token {token}"] = str(stand.clock() + DAY)
    return token


def routes(stand: Stand) -> list[Route]:
    """All addresses of the shop."""
    shop = _Shop(stand)
    kinds = {"orders": shop.orders, "invoices": shop.invoices, "returns": shop.returns}
    found = [
        Route("/connect/token", shop.token, methods=["POST"]),
        Route("/customers", shop.guarded("customers", shop.listing(shop.customers))),
    ]
    for path, rows in kinds.items():
        found += [
            Route(f"/{path}", shop.guarded(path, shop.listing(partial(shop.sales, rows)))),
            Route(f"/{path}/code/{{code:path}}", shop.guarded(path, shop.single(path, rows))),
            Route(f"/{path}/{{id:int}}", shop.guarded(path, shop.single(path, rows))),
        ]
    return found


class _Shop:
    """The shop behind the addresses."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self._zone = stand.market.counter.shop.zone
        self._asked: list[int] = []
        self._copies: dict[str, str] = {}
        self._came_back: dict[str, None] = {}
        self._bought: dict[str, dict[str, None]] = {}
        self._looked_until = 0

    async def token(self, request: Request) -> Response:
        """`/connect/token`, as an identity server answers."""
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        right = {
            "scopes": "PublicApi.Access",
            "grant_type": "client_credentials",
            "client_id": self._stand.secret("client_id")[:32],
            "client_secret": self._stand.secret("client_secret"),
        }
        if form.get("grant_type") != right["grant_type"]:
            return JSONResponse({"error": "unsupported_grant_type"}, 400)
        if form != right or self._is_revoked():
            return JSONResponse({"error": "invalid_client"}, 400)
        return JSONResponse({"access_token": grant(self._stand), "expires_in": 86400, "token_type": "Bearer"})

    def guarded(self, path: str, answer: Handler) -> Handler:
        """The handler behind the keys, the limit, the settings and the faults."""

        async def handle(request: Request) -> Response:
            try:
                self._check(request, path)
                return await answer(request)
            except KiotVietError as error:
                return JSONResponse(error.body, error.status)

        return handle

    def listing(self, rows: Callable[[Request, int, int], Sequence[Row]]) -> Handler:
        """A page of what was modified between `lastModifiedFrom` and `toDate`, both included; customers know no `toDate`."""

        async def handle(request: Request) -> Response:
            query = request.query_params
            since = self._time(query.get("lastModifiedFrom"), 0)
            until = _FAR if request.url.path == "/customers" else self._time(query.get("toDate"), _FAR)
            size = min(_MOST, int(query.get("pageSize", _DEFAULT)))
            start = int(query.get("currentItem", 0))
            every = rows(request, since, until)
            found = [row for row in every if since <= row.modified <= until]
            if "orderId" in query:
                found = [row for row in every if row.body.get("orderId") == int(query["orderId"])]
            # Listings come by id, the latest first, unless asked otherwise.
            found.sort(key=lambda row: (row.modified, row.id) if "orderBy" in query else (-row.id, 0))
            if query.get("orderDirection", "Asc").casefold() == "desc":
                found.reverse()
            if self._stand.faults.strikes(Fault.NO_ORDERS):
                found = []
            if found and self._stand.faults.strikes(Fault.SHIFTED):
                start = max(0, start - 1)
            page = found[start : start + size]
            if page and self._stand.faults.strikes(Fault.LOST_ROW):
                del page[len(page) // 2]
            data = [_with_wanted(row.body, request) for row in page]
            return JSONResponse({"total": len(found), "pageSize": size, "data": data, "removeId": []})

        return handle

    def single(self, path: str, rows: Callable[[Facts, bool], Sequence[Row]]) -> Handler:
        """A record by id or by code, with all that it has."""

        async def handle(request: Request) -> Response:
            code, identity = request.path_params.get("code"), request.path_params.get("id")
            number = self._number_of(code) if code is not None else number_of_id(identity or 0)
            facts = self._stand.market.facts(number, self._stand.clock())
            for row in rows(facts, True) if facts is not None else ():
                if row.code == code or row.id == identity:
                    hidden = ("orderDelivery", "invoiceDelivery") if self._stand.accepted.get("deliveries_off") else ()
                    return JSONResponse({name: value for name, value in row.body.items() if name not in hidden})
            raise KiotVietError(420, f"KvValidate{path[:-1].capitalize()}Exception", _GONE)

        return handle

    def sales(
        self, rows: Callable[[Facts, bool], Sequence[Row]], request: Request, since: int, until: int
    ) -> list[Row]:
        """The records of one kind that may lie in the span."""
        return [row for facts in self._candidates(request, since, until) for row in rows(facts, False)]

    def customers(self, _request: Request, since: int, _until: int) -> list[Row]:
        """The customers of whose sales one changed since."""
        market, now = self._stand.market, self._stand.clock()
        self._look(now)
        changed = market.changed(since, now + 1, now)
        codes = dict.fromkeys(one.buyer.id for one in changed if is_of_customer(one) and one.buyer.id is not None)
        found = []
        for code in codes:
            bought = [market.facts(number, now) for number in self._bought[code]]
            found.append(customer_row([one for one in bought if one is not None], self._zone))
        return found

    def orders(self, facts: Facts, _single: bool) -> list[Row]:
        """The order's records of a sale."""
        row = order_row(facts, self._zone)
        return [] if row is None else [row]

    def invoices(self, facts: Facts, single: bool) -> list[Row]:
        """The invoices of a sale; on its own page one has the older numbers."""
        return invoice_rows(facts, self._zone, old_set=single)

    def returns(self, facts: Facts, _single: bool) -> list[Row]:
        """The returns of a sale."""
        return return_rows(facts, self._zone)

    def _candidates(self, request: Request, since: int, until: int) -> list[Facts]:
        """The sales that may have a record in the span. What is older than a sale's last change is found in that one's span alone."""
        market, now = self._stand.market, self._stand.clock()
        if "orderId" in request.query_params:
            facts = market.facts(number_of_id(int(request.query_params["orderId"])), now)
            return [] if facts is None else [facts]
        if request.url.path == "/returns":
            self._look(now)
            every = (market.facts(number, now) for number in self._came_back)
            return [facts for facts in every if facts is not None]
        return market.changed(since, min(until, now) + 1, now)

    def _look(self, now: int) -> None:
        """Note copies of marketplace orders, sales of which something came back, and who bought, since the last look."""
        for facts in self._stand.market.changed(self._looked_until, now + 1, now):
            if facts.origin is not None:
                self._copies[facts.origin.number] = facts.number
            if return_rows(facts, self._zone):
                self._came_back[facts.number] = None
            if is_of_customer(facts) and facts.buyer.id is not None:
                self._bought.setdefault(facts.buyer.id, {})[facts.number] = None
        self._looked_until = now

    def _number_of(self, code: str) -> str:
        self._look(self._stand.clock())
        stem = code.split(".")[0]
        return self._copies.get(stem[6:], "") if "_" in stem else f"HD{stem[2:]}"

    def _check(self, request: Request, path: str) -> None:
        strikes, accepted = self._stand.faults.strikes, self._stand.accepted
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        expires = int(accepted.get(f"token {token}", 0))
        if self._is_revoked() or not token or strikes(Fault.TOKEN_EXPIRED) or expires <= self._stand.clock():
            raise KiotVietError(401, "TokenException", "Token is expired or invalid")
        if request.headers.get("retailer") != "socnau":
            raise KiotVietError(403, "KvRetailerException", "Gian hàng không tồn tại")
        if strikes(Fault.TOO_OFTEN) or self._is_over_limit():
            raise KiotVietError(429, "TooManyRequests", "API calls quota exceeded")
        if strikes(Fault.SERVER_ERROR):
            raise KiotVietError(500, "InternalServerError", "Có lỗi xảy ra")
        if path == "orders" and accepted.get("orders_off"):
            raise KiotVietError(420, "KvValidateException", _OFF.format("Cho phép đặt hàng"))
        if path == "customers" and accepted.get("customers_off"):
            raise KiotVietError(403, "ForbiddenException", "Bạn không có quyền truy cập chức năng này")
        asks_for_delivery = request.query_params.keys() & {"includeOrderDelivery", "includeInvoiceDelivery"}
        if asks_for_delivery and accepted.get("deliveries_off"):
            raise KiotVietError(420, "KvValidateException", _OFF.format("Sử dụng tính năng giao hàng"))

    def _is_over_limit(self) -> bool:
        most = int(self._stand.accepted.get("gets_per_hour") or 0)
        now = time.monotonic_ns() // 1_000_000
        self._asked = [at for at in self._asked if at > now - HOUR] if most else []
        self._asked.append(now)
        return 0 < most < len(self._asked)

    def _is_revoked(self) -> bool:
        return self._stand.faults.strikes(Fault.REVOKED)

    def _time(self, text: str | None, otherwise: int) -> int:
        """A wall clock of the shop, ms UTC."""
        if not text:
            return otherwise
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise KiotVietError(400, "RequestBindingException", "Unable to bind request") from None
        return to_ms(moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(self._zone)))


def _with_wanted(body: dict[str, object], request: Request) -> dict[str, object]:
    """A listed record without what was not asked for."""
    wanted = {
        "payments": "includePayment",
        "orderDelivery": "includeOrderDelivery",
        "invoiceDelivery": "includeInvoiceDelivery",
        "SaleChannel": "SaleChannel",
        **dict.fromkeys(("totalInvoiced", "totalPoint", "totalRevenue"), "includeTotal"),
    }
    left_out = {name for name, flag in wanted.items() if request.query_params.get(flag, "false").casefold() != "true"}
    return {name: value for name, value in body.items() if name not in left_out}
