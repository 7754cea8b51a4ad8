"""What Shopify answers, judged. Source: "API rate limits" and "Response status and error codes".

GraphQL answers with HTTP 200 and says in `errors` what is wrong; each has `extensions.code`. What the application may not see of
buyers comes as null beside an ACCESS_DENIED, and the rest of the answer is good.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from packstation.locale import said
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError
from sync.web.messages import Answer, excerpt

TOO_COSTLY = "MAX_COST_EXCEEDED"
_MAY_PASS = frozenset({"INTERNAL_SERVER_ERROR", "TIMEOUT"})
_LONGEST_WAIT = 20.0


@dataclass(frozen=True, slots=True)
class Told:
    """The data of an answer, and how long to wait before the next such query, seconds."""

    data: Mapping[str, Any]
    rest: float


def judged(answer: Answer, *, renewable: bool) -> Told:
    """The data of an answer that says nothing is wrong, or nothing that matters.

    Args:
        answer: what came.
        renewable: whether a refused token can be renewed without the seller.

    Raises:
        ChannelError: by what to do next.
    """
    if answer.status != 200:
        raise _refused(answer.status, renewable=renewable)
    body = answer.json()
    if not isinstance(body, dict):
        raise UnreadableAnswerError(said("the answer is no object"))
    cost = _cost(body)
    errors = [one for one in body.get("errors") or () if isinstance(one, dict)] if _is_list(body.get("errors")) else []
    data = body.get("data")
    for error in errors:
        _raise_for(error, cost, has_data=isinstance(data, dict))
    if not isinstance(data, dict):
        raise UnreadableAnswerError(said("the answer has no data"))
    return Told(data, _missing_points(cost))


def user_errors(payload: object, field: str) -> None:
    """Raise for what a mutation says that somebody did wrong.

    Raises:
        ChannelError: to be skipped, with Shopify's words.
    """
    heard = payload.get(field) if isinstance(payload, dict) else None
    for one in heard if isinstance(heard, list) else ():
        text = one.get("message", "") if isinstance(one, dict) else ""
        raise ChannelError(
            said("Shopify refuses this: {message}", message=excerpt(text)), Advice.SKIP, code="user_error"
        )


def _raise_for(error: Mapping[str, Any], cost: Mapping[str, Any], *, has_data: bool) -> None:
    extensions = error.get("extensions")
    code = str(extensions.get("code", "")) if isinstance(extensions, dict) else ""
    message = error.get("message", "")
    if code == "THROTTLED" or message == "Throttled":
        raise ChannelError(
            said("asked too often (THROTTLED)"), Advice.RETRY, retry_after=max(1.0, _missing_points(cost)), code=code
        )
    if code in _MAY_PASS:
        raise ChannelError(said("Shopify's server fails ({code})", code=code), Advice.RETRY, code=code)
    if code == "ACCESS_DENIED":
        if has_data:
            return
        line = said("the application may not do this at Shopify: give it the scopes read_orders and write_orders")
        raise ChannelError(line, Advice.ASK_SELLER, code=code)
    raise ChannelError(
        said("Shopify refuses this: {message}", message=excerpt(message)), Advice.GIVE_UP, code=code or "error"
    )


def _refused(status: int, *, renewable: bool) -> ChannelError:
    if status == 401:
        advice = Advice.RENEW if renewable else Advice.ASK_SELLER
        return ChannelError(said("Shopify does not take the access token: log in again"), advice, code="401")
    if status == 403:
        line = said("the application may not do this at Shopify: give it the scopes read_orders and write_orders")
        return ChannelError(line, Advice.ASK_SELLER, code="403")
    if status in (402, 423):
        return ChannelError(said("the shop at Shopify is frozen or locked"), Advice.ASK_SELLER, code=str(status))
    if status == 404:
        line = said("Shopify knows no such shop or API version: check account.store in channels.toml")
        return ChannelError(line, Advice.ASK_SELLER, code="404")
    if status == 430:
        return ChannelError(said("Shopify suspects these calls (HTTP 430)"), Advice.RETRY, retry_after=30.0, code="430")
    return ChannelError(
        said("Shopify refuses the call (HTTP {status})", status=status), Advice.GIVE_UP, code=str(status)
    )


def _cost(body: Mapping[str, Any]) -> Mapping[str, Any]:
    extensions = body.get("extensions")
    cost = extensions.get("cost") if isinstance(extensions, dict) else None
    return cost if isinstance(cost, dict) else {}


def _missing_points(cost: Mapping[str, Any]) -> float:
    """How long until as many points are there as the query asked for, seconds."""
    status = cost.get("throttleStatus")
    if not isinstance(status, dict):
        return 0.0
    numbers = (cost.get("requestedQueryCost"), status.get("currentlyAvailable"), status.get("restoreRate"))
    wanted, available, rate = (float(one) if isinstance(one, int | float) else 0.0 for one in numbers)
    return min(_LONGEST_WAIT, max(0.0, wanted - available) / rate) if rate > 0 else 0.0


def _is_list(value: object) -> bool:
    return isinstance(value, list)
