"""One Pancake POS shop: its orders as they change, single ones, what a code means, and notes.

The key goes in every address, as Pancake wants it, so that no address and no text of an error answer may be shown as it stands.
Webhooks are set in Pancake's own pages and bear no signature: they are not taken.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from pydantic import ValidationError

from packstation.domain.orders import IncomingOrder
from packstation.domain.outbox import DecisionKind
from packstation.domain.times import MINUTE
from packstation.locale import said
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError, UnreadableRecordError
from sync.channels.pancake.mapping import Mapper, time_of
from sync.channels.pancake.walking import Place
from sync.channels.pancake.wire import ListingWire, OrderWire
from sync.channels.protocol import (
    Abilities,
    Consent,
    Decision,
    Delivered,
    Page,
    PushAnswer,
    PushDelivery,
    PushVerdict,
    ReadOrders,
    ReadPush,
    Span,
    Unreadable,
)
from sync.channels.steps import in_steps
from sync.credentials.credential import Credential
from sync.files.status_words import folded
from sync.shops_config import ShopConfig
from sync.web.connection import Connection
from sync.web.messages import Answer, Request, excerpt

API_KEY = "api_key"
SHOP_ID = "shop_id"
_API_HOST = "https://pos.pages.fm"
_NO_SUCH_ORDER = "not_found"
_NUMBER = re.compile(r"[0-9A-Za-z_.\-]{1,80}", re.ASCII)
_FINDABLE = re.compile(r"[0-9A-Za-z_.\-]{3,40}", re.ASCII)
_KEY_LIKE = re.compile(r"[0-9A-Za-z_\-]{24,}", re.ASCII)
_REQUESTS_PER_SECOND = 0.9
"""Sources disagree: 60 calls a minute, or 1000 a minute and 10,000 an hour. The lower one is kept."""


class Pancake:
    """One shop at Pancake POS."""

    abilities = Abilities(
        secrets=(API_KEY,),
        account=(SHOP_ID,),
        finds_codes=True,
        decisions=frozenset({DecisionKind.NOTE}),
        index_lag=10 * MINUTE,
        requests_per_second=_REQUESTS_PER_SECOND,
    )

    def __init__(self, shop: ShopConfig, connection: Connection) -> None:
        self._connection = connection
        self._orders = (
            f"{shop.api_host or _API_HOST}/api/v1/shops/{quote(shop.account.get(SHOP_ID, ''), safe='')}/orders"
        )
        self._mapper = Mapper(shop)

    @property
    def consent(self) -> Consent | None:
        """None: the key of the shop's settings is enough."""
        return None

    async def check(self) -> None:
        """Ask for one order: a wrong key and a wrong shop show."""
        await self._list([("page_size", "1"), ("page_number", "1")])

    async def changes(self, span: Span, cursor: str | None) -> Page:
        """One page of what changed; an order is whole as it is listed."""
        place = Place.of_cursor(span, cursor)
        page = await self._list(place.parameters)
        if not page.data and place.page == 1 and page.total_entries:
            raise UnreadableAnswerError(said("the channel counts orders and lists none"))
        orders, unreadable = await self._mapped(page.data)
        changed_at = [time_of(str(row.get("updated_at", ""))) if isinstance(row, dict) else None for row in page.data]
        following = place.next(changed_at, page.total_pages)
        return Page(tuple(orders), following.cursor if following else None, tuple(unreadable))

    async def orders(self, numbers: Sequence[str]) -> ReadOrders:
        """These orders as they are now, one call each."""
        known = [number for number in dict.fromkeys(numbers) if _NUMBER.fullmatch(number) and number.strip(".")]
        records = await asyncio.gather(*map(self._record, known))
        orders, unreadable = await self._mapped([record for record in records if record is not None])
        there = {order.number for order in orders} | {one.number for one in unreadable}
        missing = tuple(number for number in dict.fromkeys(numbers) if number not in there)
        return ReadOrders(tuple(orders), missing, tuple(unreadable))

    async def find(self, code: str) -> Sequence[str]:
        """Orders that bear the code: as number, as the shop's or a marketplace's number, or as tracking number.

        The documents promise a search by phone, name and note "…"; that it knows codes is seen in use, and what it brings is taken
        only when the code is in it.
        """
        wanted = code.strip()
        if _FINDABLE.fullmatch(wanted) is None:
            return ()
        page = await self._list([("search", wanted), ("page_size", "30"), ("page_number", "1")])
        orders, _unreadable = await self._mapped(page.data)
        return tuple(order.number for order in orders if wanted.casefold() in _codes_of(order))

    async def renew(self, credential: Credential) -> Credential:
        """The same: a key does not end."""
        return credential

    async def deliver(self, decision: Decision) -> Delivered:
        """Write a note into the order's internal ones, below what stands there.

        The note that is there is read first, so that one that was written before is not written again. What an update leaves out
        stays as it is, as seen in use.
        """
        if decision.kind is not DecisionKind.NOTE:
            raise ChannelError(said("the channel has no way to be told this"), Advice.SKIP, code="ability")
        number = decision.order_number
        record = await self._record(number) if _NUMBER.fullmatch(number) else None
        if record is None:
            raise ChannelError(said("Pancake does not have the order"), Advice.SKIP, code=_NO_SUCH_ORDER)
        told = record.get("note")
        before = told.strip() if isinstance(told, str) else ""
        if decision.text.strip() not in before.split("\n"):
            note = f"{before}\n{decision.text.strip()}" if before else decision.text.strip()
            await self._call("PUT", f"/{quote(number, safe='')}", (), {"note": note})
        return Delivered()

    def read_push(self, delivery: PushDelivery, credential: Credential) -> ReadPush:
        """Refuse: Pancake does not sign, so that anybody could have sent it."""
        return ReadPush(PushVerdict.FORGED, PushAnswer(404))

    async def _list(self, query: Sequence[tuple[str, str]]) -> ListingWire:
        try:
            body = await self._call("GET", "", query)
        except ChannelError as error:
            if error.code == _NO_SUCH_ORDER:
                raise _refused("404") from None
            raise
        try:
            return ListingWire.model_validate(body)
        except ValidationError:
            raise UnreadableAnswerError(said("the listing has no data")) from None

    async def _record(self, number: str) -> dict[str, Any] | None:
        """One order's record, with or without an envelope around it; None when there is none."""
        try:
            body = await self._call("GET", f"/{quote(number, safe='')}")
        except ChannelError as error:
            if error.code == _NO_SUCH_ORDER:
                return None
            raise
        record = body.get("data", body)
        return record if isinstance(record, dict) and record else None

    async def _call(
        self, method: str, path: str, query: Sequence[tuple[str, str]] = (), content: dict[str, str] | None = None
    ) -> dict[str, Any]:
        def prepare(credential: Credential, _now: int) -> Request:
            key = credential.secrets.get(API_KEY, "")
            body = None if content is None else json.dumps(content, ensure_ascii=False).encode()
            headers = {} if content is None else {"content-type": "application/json"}
            return Request(method, self._orders + path, query=[*query, (API_KEY, key)], headers=headers, body=body)

        return await self._connection.ask(prepare, _body_of)

    async def _mapped(self, rows: Sequence[Any]) -> tuple[list[IncomingOrder], list[Unreadable]]:
        """The orders, and what makes none; one bad record costs no other."""
        orders: list[IncomingOrder] = []
        unreadable: list[Unreadable] = []
        async for row in in_steps(rows):
            number = str(row.get("id", ""))[:80] if isinstance(row, dict) else ""
            try:
                orders.append(self._mapper.order(OrderWire.model_validate(row)))
            except ValidationError as error:
                field = ".".join(str(part) for part in error.errors()[0]["loc"])
                kind = error.errors()[0]["type"]
                why = said("{field} cannot be read ({kind})", field=field or "record", kind=kind)
                unreadable.append(Unreadable.of(row, number, why))
            except UnreadableRecordError as error:
                unreadable.append(Unreadable.of(row, number, str(error)))
        return orders, unreadable


def _codes_of(order: IncomingOrder) -> set[str]:
    codes = {order.number, *order.also, *(parcel.tracking or "" for parcel in order.parcels)}
    return {code.casefold() for code in codes | ({order.origin.number} if order.origin else set())}


def _body_of(answer: Answer) -> dict[str, Any]:
    """The body of a call that went well.

    The documents show no error: HTTP statuses and `success: false` with a message are read, and what looks like a key is left out.

    Raises:
        ChannelError: Pancake says what is wrong, or the answer is no object.
    """
    if answer.status == 404:
        raise ChannelError(said("Pancake does not have the order"), Advice.SKIP, code=_NO_SUCH_ORDER)
    if answer.status in (401, 403):
        raise _refused(str(answer.status))
    body = answer.json()
    if not isinstance(body, dict):
        raise UnreadableAnswerError(said("HTTP {status}: the answer is no object", status=answer.status))
    if answer.status < 400 and body.get("success") is not False:
        return body
    heard = excerpt(_KEY_LIKE.sub("…", str(body.get("message") or body.get("reason") or body.get("error") or "")))
    words = folded(heard)
    if "not found" in words or "khong tim thay" in words or "khong ton tai" in words:
        raise ChannelError(said("Pancake does not have the order"), Advice.SKIP, code=_NO_SUCH_ORDER)
    if any(word in words for word in ("api key", "token", "unauthorized", "permission", "quyen")):
        raise _refused(heard)
    if "too many" in words or "rate limit" in words:
        raise ChannelError(said("Pancake was asked too often"), Advice.RETRY, retry_after=60.0, code="limit")
    raise ChannelError(
        said("Pancake refuses the call (HTTP {status}: {said})", status=answer.status, said=heard),
        Advice.GIVE_UP,
        code=str(answer.status),
    )


def _refused(heard: str) -> ChannelError:
    text = said(
        "Pancake does not take the API key ({said}): check shop_id in channels.toml and log in with the shop's key",
        said=heard,
    )
    return ChannelError(text, Advice.ASK_SELLER, code="key")
