"""Records as Lazada writes them, and a channel before a server that answers with whatever it is given."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from packstation.domain.orders import IncomingOrder, Status
from sync.channels.lazada import LazadaChannel, open_lazada
from sync.channels.lazada.mapping import Mapper
from sync.channels.lazada.wire import OrderWire, ReverseWire, UnitWire
from sync.credentials.credential import Credential
from sync.sandbox.server import serving
from sync.shops_config import ShopConfig
from sync.web.connection import Connection
from tests.sync.channels.stands import QUICK, HeldTokens

NUMBER = "260901000000001"


def a_head(**more: Any) -> dict[str, Any]:
    head = {
        "order_id": int(NUMBER),
        "order_number": int(NUMBER),
        "created_at": "2026-09-01 10:00:00 +0700",
        "updated_at": "2026-09-01T10:05:00+07:00",
        "items_count": 2,
        "price": "159000.00",
        "voucher": "0.00",
        "shipping_fee": "0.00",
        "payment_method": "COD",
        "customer_first_name": "N***",
        "address_shipping": {
            "first_name": "N***",
            "last_name": "null",
            "phone": "84*******12",
            "address1": "S***",
            "address3": "Hà Nội",
            "address5": "Phường Dịch Vọng",
            "addressDsitrict": "Quận Cầu Giấy",
            "country": "Vietnam",
        },
        "buyer_note": "",
        "remarks": "null",
    }
    return {**head, **more}


def a_unit(**more: Any) -> dict[str, Any]:
    unit = {
        "order_item_id": 260901100000001,
        "sku": "AO-DO-M",
        "shop_sku": "1_VNAMZ-2",
        "name": "Áo demo",
        "variation": "Màu:Đỏ",
        "item_price": 79500.0,
        "paid_price": 79500.0,
        "currency": "VND",
        "status": "pending",
        "tracking_code": "",
        "package_id": "",
        "shipment_provider": "",
        "reason": "",
        "buyer_id": "77",
        "updated_at": "1788231900000",
    }
    return {**unit, **more}


def a_shop(url: str = "", statuses: Mapping[str, Status] | None = None) -> ShopConfig:
    host = url or None
    return ShopConfig(
        name="Sóc Nâu Lazada",
        channel="lazada",
        account={"app_key": "123456"},
        statuses=statuses or {},
        api_host=host,
        auth_host=host,
        consent_host=host,
    )


def mapped(*units: dict[str, Any], reverses: tuple[dict[str, Any], ...] = (), **head: Any) -> IncomingOrder:
    """The order that these records make."""
    return Mapper(a_shop(statuses={"ZZ_HALF": Status.SHIPPED})).order(
        OrderWire.model_validate(a_head(**head)),
        [UnitWire.model_validate(unit) for unit in units or (a_unit(),)],
        [ReverseWire.model_validate(reverse) for reverse in reverses],
    )


class Answers:
    """What the server says by path: an envelope, or raw bytes. `asked` keeps the paths in order."""

    def __init__(self, by_path: Mapping[str, dict[str, Any] | bytes]) -> None:
        self.by_path = dict(by_path)
        self.asked: list[tuple[str, dict[str, str]]] = []

    async def serve(self, request: Request) -> Response:
        path = "/" + request.path_params["path"]
        self.asked.append((path, dict(request.query_params)))
        answer = self.by_path[path]
        return Response(answer) if isinstance(answer, bytes) else JSONResponse(answer)


@asynccontextmanager
async def before(answers: Answers) -> AsyncIterator[LazadaChannel]:
    """A channel before a server that answers like that."""
    app = Starlette(routes=[Route("/rest/{path:path}", answers.serve, methods=["GET", "POST"])])
    async with serving(app) as url:
        held = HeldTokens(Credential({"app_secret": "helloworld"}, "t", "r", None, None, {}))
        connection = Connection(held, manners=QUICK)
        try:
            yield open_lazada(a_shop(url), connection)
        finally:
            await connection.close()
