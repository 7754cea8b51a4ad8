"""What KiotViet says went wrong: `{"responseStatus": {"errorCode", "message"}}`, and sentences in Vietnamese.

The documents show no error body and no answer to too many calls; the shapes are those that public clients handle (HTTP 401 with
`TokenException`, HTTP 420 with a validation's sentence), read tolerantly.
"""

from __future__ import annotations

from typing import Any

from packstation.locale import said
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError, code_word
from sync.files.status_words import folded
from sync.web.messages import Answer, excerpt

NO_SUCH_RECORD = "not_found"
SWITCHED_OFF = "switched_off"
_GONE = ("khong con ton tai", "khong ton tai", "khong tim thay", "not found")
_SETTINGS = ("cho phep dat hang", "su dung tinh nang giao hang")
_NO_SHOP = "gian hang khong"
_TOO_MANY = ("too many", "qua nhieu", "vuot qua", "rate limit")


def body_of(answer: Answer) -> dict[str, Any]:
    """The body of a call that went well.

    Raises:
        ChannelError: KiotViet says what is wrong, or the answer is no object.
    """
    if answer.status == 401:
        raise refused("401")
    body = answer.json()
    if not isinstance(body, dict):
        raise UnreadableAnswerError(said("HTTP {status}: the answer is no object", status=answer.status))
    heard = body.get("responseStatus") or body.get("ResponseStatus")
    if isinstance(heard, dict) or answer.status >= 400:
        raise _error(answer, heard if isinstance(heard, dict) else body)
    return body


def token_body_of(answer: Answer) -> dict[str, Any]:
    """The body of a token that was granted.

    Raises:
        ChannelError: the client's secret is not taken, or the answer is no object.
    """
    body = answer.json()
    if not isinstance(body, dict):
        raise UnreadableAnswerError(said("HTTP {status}: the answer is no object", status=answer.status))
    if answer.status >= 400 or "error" in body:
        heard = code_word(body.get("error") or answer.status)
        text = said(
            "KiotViet does not take client_id and client_secret ({said}): check them and log in again", said=heard
        )
        raise ChannelError(text, Advice.ASK_SELLER, code=heard)
    return body


def _error(answer: Answer, heard: dict[str, Any]) -> ChannelError:
    code = code_word(heard.get("errorCode") or heard.get("ErrorCode") or answer.status)
    message = str(heard.get("message") or heard.get("Message") or "")
    words = folded(message)
    if any(setting in words for setting in _SETTINGS) and "bat" in words.split():
        return ChannelError(
            said("KiotViet refuses this: {message}", message=excerpt(message)), Advice.SKIP, code=SWITCHED_OFF
        )
    if "token" in code.casefold() or "unauthorized" in code.casefold():
        return refused(code)
    if any(word in words for word in _TOO_MANY):
        return ChannelError(said("KiotViet was asked too often"), Advice.RETRY, retry_after=60.0, code=code)
    if answer.status == 403 or _NO_SHOP in words:
        text = said(
            "KiotViet refuses access ({said}): check retailer in channels.toml and the rights of the API connection",
            said=code,
        )
        return ChannelError(text, Advice.ASK_SELLER, code=code)
    if answer.status == 404 or any(word in words for word in _GONE):
        return ChannelError(said("KiotViet does not have the record"), Advice.SKIP, code=NO_SUCH_RECORD)
    return ChannelError(
        said("KiotViet refuses the call ({code}: {message})", code=code, message=excerpt(message)),
        Advice.GIVE_UP,
        code=code,
    )


def refused(code: str) -> ChannelError:
    """The error of a call whose token is not taken, or that has none yet: another one settles it."""
    text = said(
        "KiotViet does not take the access token: check retailer and client_id in channels.toml, then log in again"
    )
    return ChannelError(text, Advice.RENEW, code=code)
