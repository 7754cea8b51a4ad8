"""The addresses of `/wp-json/wc/v3`: orders, their refunds and notes, and customers as far as they touch orders."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from packstation.domain.times import from_ms
from sync.sandbox.channels.woocommerce import editing
from sync.sandbox.channels.woocommerce.answers import (
    WordPressError,
    database_away,
    firewall,
    maintenance,
    no_such_order,
)
from sync.sandbox.channels.woocommerce.keys import Keys
from sync.sandbox.channels.woocommerce.parameters import wanted
from sync.sandbox.channels.woocommerce.records import Record
from sync.sandbox.channels.woocommerce.shop import Note, Page, Shop
from sync.sandbox.channels.woocommerce.wire import order_json, refund_json
from sync.sandbox.faults import Fault
from sync.sandbox.stand import Stand

_ROOT = "/wp-json/wc/v3"
Work = Callable[[Request], Awaitable[Response]]


def routes(stand: Stand) -> Sequence[Route]:
    """The API of one shop."""
    api = _Api(stand)
    return [
        Route(f"{_ROOT}/orders", api.guarded(api.orders), methods=["GET"]),
        Route(f"{_ROOT}/orders/{{order:int}}", api.guarded(api.order), methods=["GET", "PUT", "DELETE"]),
        Route(f"{_ROOT}/orders/{{order:int}}/refunds", api.guarded(api.refunds), methods=["GET", "POST"]),
        Route(f"{_ROOT}/orders/{{order:int}}/refunds/{{refund:int}}", api.guarded(api.refund), methods=["DELETE"]),
        Route(f"{_ROOT}/orders/{{order:int}}/notes", api.guarded(api.notes), methods=["GET", "POST"]),
        Route(f"{_ROOT}/customers/{{customer:int}}", api.guarded(api.customer), methods=["PUT", "DELETE"]),
        Route("/wp-json/{rest:path}", api.guarded(api.nothing), methods=["GET", "POST", "PUT", "DELETE"]),
    ]


class _Api:
    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self._shop = Shop(stand)
        self._keys = Keys(stand)
        self._zone = stand.market.counter.shop.zone

    def guarded(self, work: Work) -> Work:
        """The work behind whatever stands before it: maintenance, database, firewall, the key."""

        async def guarded(request: Request) -> Response:
            if self._stand.accepted.get("maintenance"):
                return maintenance()
            if self._stand.accepted.get("database_away") or self._stand.faults.strikes(Fault.SERVER_ERROR):
                return database_away()
            if self._stand.faults.strikes(Fault.TOO_OFTEN):
                return firewall()
            try:
                self._keys.check(request)
                return await work(request)
            except WordPressError as error:
                return error.response()

        return guarded

    async def orders(self, request: Request) -> Response:
        """GET /orders."""
        asked = wanted(request.url.query, self._zone)
        strikes = self._stand.faults.strikes
        page = Page([], 0, 0) if strikes(Fault.NO_ORDERS) else self._shop.page(asked)
        records = page.records
        if len(records) > 1 and strikes(Fault.LOST_ROW):
            records = [*records[:-2], records[-1]]
        if asked.page > 1 and records and strikes(Fault.SHIFTED):
            before = self._shop.page(wanted(_with_page(request.url.query, asked.page - 1), self._zone)).records
            records = [*before[-1:], *records[:-1]]
        link = self._link(request)
        headers = {"x-wp-total": str(page.total), "x-wp-totalpages": str(page.pages)}
        if asked.page < page.pages:
            headers["link"] = f'<{link}{_ROOT}/orders?{_as_linked(request.url.query, asked.page + 1)}>; rel="next"'
        return JSONResponse([order_json(record, self._zone, link) for record in records], 200, headers)

    async def order(self, request: Request) -> Response:
        """GET, PUT and DELETE of one order."""
        record = self._record(request)
        if request.method == "DELETE":
            if request.query_params.get("force") == "true":
                self._shop.delete(record.id)
                return JSONResponse(order_json(record, self._zone, self._link(request)))
            self._shop.change(record.id, editing.trashed)
        elif request.method == "PUT":
            self._shop.change(record.id, editing.edited(await request.body(), self._shop.now()))
        return JSONResponse(order_json(self._record(request), self._zone, self._link(request)))

    async def refunds(self, request: Request) -> Response:
        """The refunds of one order, newest first, or a new one."""
        record = self._record(request)
        if request.method == "POST":
            row = editing.refund(await request.body(), record, self._shop.next_id(), self._shop.now())
            self._shop.refund(record.id, row)
            return JSONResponse(refund_json(record, row, self._zone), 201)
        return JSONResponse([refund_json(record, one, self._zone) for one in reversed(record.refunds)])

    async def refund(self, request: Request) -> Response:
        """A refund is deleted for good or not at all, and its order does not count as modified."""
        record, refund_id = self._record(request), int(request.path_params["refund"])
        row = next((one for one in record.refunds if one.id == refund_id), None)
        if row is None:
            raise WordPressError(404, "woocommerce_rest_shop_order_refund_invalid_id", "Invalid ID.")
        if request.query_params.get("force") != "true":
            raise WordPressError(
                501, "woocommerce_rest_trash_not_supported", "Shop order refunds do not support trashing."
            )
        self._shop.change(record.id, editing.without_refund(refund_id), moves_modified=False)
        return JSONResponse(refund_json(record, row, self._zone))

    async def notes(self, request: Request) -> Response:
        """Order notes, newest first, or a new one; the order does not count as modified."""
        record = self._record(request)
        own = self._shop.notes.setdefault(record.id, [])
        if request.method == "POST":
            text = editing.note_text(await request.body())
            own.append(Note(self._shop.next_id(), self._shop.now(), text))
            return JSONResponse(self._note(own[-1]), 201)
        system = [
            Note(record.id * 10 + place, passed.at, f"Order status changed to {passed.status}.", "system")
            for place, passed in enumerate(record.facts.passed)
        ]
        return JSONResponse([self._note(one) for one in reversed([*system, *own])])

    async def customer(self, request: Request) -> Response:
        """Edits of customers leave their orders alone; deleting one makes guest orders of them."""
        customer_id = int(request.path_params["customer"])
        if request.method == "DELETE":
            self._shop.delete_customer(customer_id)
        return JSONResponse({"id": customer_id})

    async def nothing(self, _request: Request) -> Response:
        """An address that the API does not have."""
        raise WordPressError(404, "rest_no_route", "No route was found matching the URL and request method.")

    def _record(self, request: Request) -> Record:
        record = self._shop.record(int(request.path_params["order"]))
        if record is None:
            raise no_such_order()
        return record

    def _note(self, note: Note) -> dict[str, object]:
        return {
            "id": note.id,
            "author": note.author,
            "date_created": from_ms(note.created, self._zone).strftime("%Y-%m-%dT%H:%M:%S"),
            "date_created_gmt": from_ms(note.created).strftime("%Y-%m-%dT%H:%M:%S"),
            "note": note.text,
            "customer_note": False,
        }

    @staticmethod
    def _link(request: Request) -> str:
        return f"{request.url.scheme}://{request.url.netloc}"


def _with_page(query: str, page: int) -> str:
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != "page"]
    return urlencode([*kept, ("page", str(page))])


def _as_linked(query: str, page: int) -> str:
    """The query of the next page, which loses a filter for several statuses."""
    kept = [
        (name, value)
        for name, value in parse_qsl(_with_page(query, page), keep_blank_values=True)
        if not (name == "status" and "," in value)
    ]
    return urlencode(kept)
