"""What the family's REST vendors answer, judged: errors are `{"errors": …}` with HTTP 400, 401, 403, 404 or 422.

429 and 5xx never come here: the connection knows them.
"""

from __future__ import annotations

import json
from typing import Any

from packstation.locale import said
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError
from sync.web.messages import Answer, excerpt


class MissingError(ChannelError):
    """The order is not there, or not any more."""

    def __init__(self) -> None:
        super().__init__(said("the shop does not have this order"), Advice.SKIP, code="404")


def checked(answer: Answer, vendor: str, *, renewable: bool) -> dict[str, Any]:
    """The body of an answer that says nothing is wrong.

    Args:
        answer: what came.
        vendor: who answers, for the seller to read.
        renewable: whether a refused token can be renewed without the seller.

    Raises:
        ChannelError: by what to do next; `MissingError` where the order is not there.
    """
    if 200 <= answer.status < 300:
        body = answer.json()
        if not isinstance(body, dict):
            raise UnreadableAnswerError(said("the answer is no object"))
        if "errors" in body or "error" in body:
            raise ChannelError(
                said("{vendor} refuses this: {said}", vendor=vendor, said=_said(body)), Advice.GIVE_UP, code="error"
            )
        return body
    heard = _said_in(answer)
    code = str(answer.status)
    if answer.status == 401:
        advice = Advice.RENEW if renewable else Advice.ASK_SELLER
        line = said("{vendor} does not take the key: make a new one and log in again", vendor=vendor)
        raise ChannelError(line, advice, code=code)
    if answer.status in (402, 423):
        raise ChannelError(
            said("the shop at {vendor} is locked or unpaid", vendor=vendor), Advice.ASK_SELLER, code=code
        )
    if answer.status == 403:
        line = said("the key may not do this at {vendor}: let it read and write orders", vendor=vendor)
        raise ChannelError(line, Advice.ASK_SELLER, code=code)
    if answer.status == 404:
        raise MissingError
    if answer.status == 422:
        raise ChannelError(said("{vendor} refuses this: {said}", vendor=vendor, said=heard), Advice.SKIP, code=code)
    raise ChannelError(
        said("{vendor} refuses the call (HTTP {status}: {said})", vendor=vendor, status=answer.status, said=heard),
        Advice.GIVE_UP,
        code=code,
    )


def _said_in(answer: Answer) -> str:
    try:
        body = answer.json()
    except UnreadableAnswerError:
        return "-"
    return _said(body) if isinstance(body, dict) else "-"


def _said(body: dict[str, Any]) -> str:
    heard = body.get("errors", body.get("error", body.get("message", "")))
    return excerpt(heard if isinstance(heard, str) else json.dumps(heard, ensure_ascii=False)) or "-"
