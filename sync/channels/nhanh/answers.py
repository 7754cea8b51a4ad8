"""Nhanh's envelope: `code` 1 and `data`, or `code` 0 and `messages`. Source: apidocs.nhanh.vn, v2.

HTTP is 200 either way, and version 2 has no list of errors (`errorCode` is seen on some): messages, in Vietnamese or English, are classed
by their words. What is not understood may pass when something is read, and never will when something is told.
"""

from __future__ import annotations

import re
from typing import Any

from packstation.locale import said
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError
from sync.files.status_words import folded
from sync.web.messages import Answer, excerpt

MISSING = "missing"

_KEYS = re.compile(
    r"\b(?:access ?token|secret ?key|app ?id|business ?id|access ?code|permission|unauthorized|forbidden|403"
    r"|khong co quyen|chua (?:duoc )?cap quyen|het han)\b"
)
_TOO_OFTEN = re.compile(r"\b(?:429|too many|rate limit|qua nhieu (?:request|yeu cau)|vuot qua gioi han)\b")
_NOT_FOUND = re.compile(
    r"\b(?:khong tim thay|khong ton tai|khong co du lieu|not found|not exist|no (?:data|records?))\b"
)
_OUR_FAULT = re.compile(r"\b(?:invalid data|10 ngay|10 days|icpp|dinh dang|format)\b")


def data_of(answer: Answer, otherwise: Advice = Advice.RETRY) -> Any:  # noqa: ANN401 - any JSON value
    """What a call that went well brought: `data`, or the whole envelope where there is none.

    Args:
        answer: as it came.
        otherwise: what to do about messages that are not understood.

    Raises:
        ChannelError: Nhanh says what is wrong, or the answer is no envelope.
    """
    body = answer.json()
    code = str(body.get("code", "")) if isinstance(body, dict) else ""
    if code == "1":
        return body.get("data", body)
    if code != "0":
        raise UnreadableAnswerError(said("HTTP {status}: the answer has no code", status=answer.status))
    raise _error(_messages(body), str(body.get("errorCode") or ""), body.get("data"), otherwise)


def _error(heard: str, code: str, data: object, otherwise: Advice) -> ChannelError:
    words = folded(f"{code} {heard}")
    if _TOO_OFTEN.search(words):
        return ChannelError(
            said("Nhanh was asked too often"), Advice.RETRY, retry_after=_lock(data), code=code or "429"
        )
    if _OUR_FAULT.search(words):
        return ChannelError(said("Nhanh refuses the call ({said})", said=heard), Advice.GIVE_UP, code=code or "refused")
    if _KEYS.search(words):
        line = said("Nhanh does not take the app's keys or its token ({said}): check app_id, log in again", said=heard)
        return ChannelError(line, Advice.ASK_SELLER, code=code or "keys")
    if _NOT_FOUND.search(words):
        return ChannelError(said("Nhanh does not have it ({said})", said=heard), Advice.SKIP, code=MISSING)
    return ChannelError(said("Nhanh refuses the call ({said})", said=heard), otherwise, code=code or "refused")


def _messages(body: dict[str, Any]) -> str:
    """The messages as one line; a list, an object by field, or a text."""
    messages = body.get("messages", body.get("message"))
    members = list(messages.values()) if isinstance(messages, dict) else messages
    texts = [one for one in members if isinstance(one, str)] if isinstance(members, list) else [messages]
    return excerpt("; ".join(one for one in texts if isinstance(one, str))) or "-"


def _lock(data: object) -> float:
    """For how long the app is locked out, seconds."""
    seconds = data.get("lockedSeconds") if isinstance(data, dict) else None
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    return min(max(float(seconds), 1.0), 3600.0) if is_number and seconds is not None else 1.0
