"""The simulated Shopee itself: what it refuses and how, and what it leaves out unless it is asked for."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import httpx
import pytest

from packstation.domain.orders import Status
from packstation.domain.times import HOUR
from sync.sandbox.channels import shopee as simulation
from sync.sandbox.faults import Fault
from sync.sandbox.server import application
from sync.sandbox.stand import Stand, real_clock
from tests.sync.channels.stands import make_stand

LIST = "/api/v2/order/get_order_list"
DETAIL = "/api/v2/order/get_order_detail"


class Caller:
    """Calls the simulation as its documents say, or wrongly where a test wants so."""

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self.login = simulation.credential(stand)
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(application(stand)), base_url="http://shopee")

    async def __call__(self, path: str, json: Any = None, **params: Any) -> dict[str, Any]:
        timestamp = str(params.pop("timestamp", self.stand.clock() // 1000))
        token, shop = params.pop("access_token", self.login.access_token), params.pop("shop_id", "200001")
        base = f"1000001{path}{timestamp}" + ("" if "/auth/" in path else f"{token}{shop}")
        key = self.login.secrets["partner_key"]
        common = {"partner_id": "1000001", "timestamp": timestamp, "access_token": token, "shop_id": shop}
        common["sign"] = hmac.new(key.encode(), base.encode(), hashlib.sha256).hexdigest()
        method = "GET" if json is None else "POST"
        response = await self._http.request(method, path, params={**common, **params}, json=json)
        read = response.json()
        assert isinstance(read, dict)
        return read

    async def listed(self, **params: Any) -> dict[str, Any]:
        now = self.stand.clock() // 1000
        window = {"time_range_field": "update_time", "time_from": now - 14 * 86_400, "time_to": now, "page_size": 100}
        return await self(LIST, **{**window, **params})


@pytest.fixture(scope="module")
def caller() -> Caller:
    moment = real_clock()
    return Caller(make_stand("shopee", orders=300, days=10, clock=lambda: moment)[0])


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"sign": "0" * 64}, ("error_sign", "Wrong sign.")),
        ({"partner_id": "7"}, ("error_param", "Invalid partner_id.")),
        ({"seconds_off": -400}, ("error_param", "Timestamp is expired.")),
        ({"seconds_off": 400}, ("error_param", "Timestamp is expired.")),
        ({"timestamp": "soon"}, ("error_param", "Invalid timestamp")),
        ({"access_token": "stolen"}, ("invalid_acceess_token", "Invalid access_token, please have a check.")),
        ({"shop_id": "9"}, ("shop_no_linked", "Partner and shop has no linked.")),
    ],
)
async def test_who_is_not_let_in_is_told_so_in_shopees_words(
    caller: Caller, params: dict[str, Any], error: tuple[str, str]
) -> None:
    if "seconds_off" in params:
        params = {"timestamp": caller.stand.clock() // 1000 + params["seconds_off"]}
    answer = await caller("/api/v2/shop/get_shop_info", **params)
    assert (answer["error"], answer["message"]) == error
    assert answer["request_id"]


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"time_from": 0}, "order.order_list_invalid_time"),
        ({"time_to": 1}, "order.order_list_invalid_time"),
        ({"page_size": 101}, "error_param"),
        ({"page_size": 0}, "error_param"),
        ({"time_range_field": "pay_time"}, "error_param"),
        ({"cursor": "bm9uc2Vuc2U="}, "error_param"),
        ({"cursor": "é"}, "error_param"),
    ],
)
async def test_windows_pages_and_cursors_are_limited(caller: Caller, params: dict[str, Any], error: str) -> None:
    assert (await caller.listed(**params))["error"] == error


async def test_a_cursor_is_good_for_its_own_bounds_alone(caller: Caller) -> None:
    first = (await caller.listed())["response"]
    assert first["more"] is True
    assert {tuple(row) for row in first["order_list"]} == {("order_sn",)}
    second = (await caller.listed(cursor=first["next_cursor"]))["response"]
    assert not {row["order_sn"] for row in first["order_list"]} & {row["order_sn"] for row in second["order_list"]}
    now = caller.stand.clock() // 1000
    assert (await caller.listed(cursor=first["next_cursor"], time_to=now - 1))["error"] == "error_param"


async def test_more_than_fifty_ids_are_refused_and_unknown_ones_left_out(caller: Caller) -> None:
    numbers = [facts.number for facts in caller.stand.market.every(caller.stand.clock())]
    assert (await caller(DETAIL, order_sn_list=",".join(numbers[:51])))["error"] == "error_param"
    some = await caller(DETAIL, order_sn_list=f"{numbers[0]},991231ZZZZZZZZ")
    assert [order["order_sn"] for order in some["response"]["order_list"]] == numbers[:1]
    assert (await caller(DETAIL, order_sn_list="991231ZZZZZZZZ"))["error"] == "error_not_found"
    assert (await caller("/api/v2/payment/get_escrow_detail_batch", {"order_sn_list": numbers[:51]}))[
        "error"
    ] == "exceed_max_limit"


async def test_fields_that_are_not_asked_for_are_absent(caller: Caller) -> None:
    number = next(facts.number for facts in caller.stand.market.every(caller.stand.clock()))
    (bare,) = (await caller(DETAIL, order_sn_list=number))["response"]["order_list"]
    assert not {"item_list", "total_amount", "recipient_address", "package_list", "pay_time"} & set(bare)
    assert {"order_sn", "order_status", "update_time", "ship_by_date", "cod"} <= set(bare)
    (asked,) = (await caller(DETAIL, order_sn_list=number, response_optional_fields="recipient_address,item_list"))[
        "response"
    ]["order_list"]
    assert "*" in asked["recipient_address"]["name"]
    assert "active_qty" in asked["item_list"][0]
    assert "total_amount" not in asked


async def test_pending_is_shown_to_those_only_who_ask_for_it(caller: Caller) -> None:
    now = caller.stand.clock()
    number = next(facts.number for facts in caller.stand.market.every(now) if facts.status is Status.CHANNEL_HOLD)
    words = []
    for params in ({}, {"request_order_status_pending": "true"}):
        answer = await caller(DETAIL, order_sn_list=number, **params)
        words.append(answer["response"]["order_list"][0]["order_status"])
    assert words == ["READY_TO_SHIP", "PENDING"]


async def test_lists_lose_and_repeat_rows_on_demand() -> None:
    moment = real_clock()
    caller = Caller(make_stand("shopee", orders=300, days=10, clock=lambda: moment)[0])
    whole = (await caller.listed())["response"]
    chances = caller.stand.faults.chances
    chances[Fault.LOST_ROW] = 1.0
    assert len((await caller.listed())["response"]["order_list"]) == len(whole["order_list"]) - 1
    chances.clear()
    chances[Fault.SHIFTED] = 1.0
    repeated = (await caller.listed(cursor=whole["next_cursor"]))["response"]["order_list"]
    assert repeated[0] == whole["order_list"][-1]
    chances[Fault.NO_ORDERS] = 1.0
    assert (await caller.listed())["response"] == {"more": False, "next_cursor": "", "order_list": []}


async def test_a_token_lives_four_hours_and_a_renewed_one_five_minutes_more() -> None:
    times = [real_clock()]
    caller = Caller(make_stand("shopee", orders=1, clock=lambda: times[0])[0])
    info = "/api/v2/shop/get_shop_info"
    body = {"refresh_token": caller.login.refresh_token, "partner_id": 1_000_001, "shop_id": 200_001}
    pair = await caller("/api/v2/auth/access_token/get", body)
    assert (pair["error"], pair["expire_in"], pair["shop_id"]) == ("", 14_400, 200_001)
    assert (await caller(info))["error"] == ""
    assert (await caller(info, access_token=pair["access_token"]))["error"] == ""
    again = await caller("/api/v2/auth/access_token/get", body)
    assert again["error"] == "error_shop_refresh_token"
    times[0] += 5 * 60_000
    assert (await caller(info))["error"] == "invalid_acceess_token"
    times[0] += 4 * HOUR
    assert (await caller(info, access_token=pair["access_token"]))["error"] == "invalid_acceess_token"


async def test_an_order_is_listed_when_it_changed_and_not_when_its_return_did() -> None:
    moment = real_clock()
    caller = Caller(make_stand("shopee", orders=300, days=30, clock=lambda: moment)[0])
    facts = next(
        facts
        for facts in caller.stand.market.every(moment)
        if facts.reached(Status.RETURNED) and facts.reached(Status.DELIVERED)
    )
    settled = (facts.reached(Status.RETURNED) or 0) // 1000
    at_return = await caller.listed(time_from=settled, time_to=settled)
    assert facts.number not in {row["order_sn"] for row in at_return["response"]["order_list"]}
    asked_back = (facts.reached(Status.RETURNING) or 0) // 1000
    at_change = await caller.listed(time_from=asked_back, time_to=asked_back)
    assert facts.number in {row["order_sn"] for row in at_change["response"]["order_list"]}
