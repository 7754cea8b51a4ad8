"""TikTok Shop's answers: the envelope, and its error codes classed by what to do next. Source: "Common errors" (Partner Center)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from packstation.locale import said
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError, code_word
from sync.web.messages import Answer, excerpt

NOT_OF_THIS_SELLER = "21008111"
_NOT_IN_THIS_STATUS = "25001021"
_TOKEN_EXPIRED = frozenset({"105000", "105001", "105002"})
_TOO_OFTEN = "36009002"
_INTERNAL = "36009003"
_BAD_CREDENTIALS = "36009004"
_WRONG_SIGNATURE = "106001"
_GATEWAY = "36009"
"""How codes of the gateway begin: a call that it does not understand is our mistake."""

M = TypeVar("M", bound=BaseModel)


def judged(model: type[M], otherwise: Advice = Advice.RETRY) -> Callable[[Answer], M]:
    """A judge that reads `data` of a good answer as `model`, and raises for a bad one.

    Args:
        model: what `data` is to be.
        otherwise: what to do about codes that are not known here.
    """

    def judge(answer: Answer) -> M:
        data = _data(answer, otherwise)
        try:
            return model.model_validate(data)
        except ValidationError:
            raise UnreadableAnswerError(
                said("HTTP {status}: the answer's data has another shape", status=answer.status)
            ) from None

    return judge


def _data(answer: Answer, otherwise: Advice) -> Any:  # noqa: ANN401 - any JSON value
    body = answer.json()
    code = body.get("code") if isinstance(body, dict) else None
    if not isinstance(code, int | str) or isinstance(code, bool):
        raise UnreadableAnswerError(said("HTTP {status}: the answer has no code", status=answer.status))
    if str(code) != "0":
        raise error_of(str(code), excerpt(body.get("message") or ""), otherwise)
    return {} if body.get("data") is None else body["data"]


def error_of(code: str, message: str, otherwise: Advice) -> ChannelError:
    """The error that a code means.

    A timestamp that is refused may pass: the answer's `Date` has set our clock right. Codes of the token family that the
    documents do not list are taken for an expired token, as renewing it settles which it is.
    """
    heard = f"{code_word(code)} {message}".strip()
    wrong_credentials = code == _BAD_CREDENTIALS and "timestamp" not in message.casefold()
    for_seller = _for_seller(_WRONG_SIGNATURE if wrong_credentials else code, heard)
    if for_seller:
        return ChannelError(for_seller, Advice.ASK_SELLER, code=code)
    if code in _TOKEN_EXPIRED:
        line = said("TikTok Shop does not take the access token ({said})", said=heard)
        return ChannelError(line, Advice.RENEW, code=code)
    if code == _TOO_OFTEN:
        return ChannelError(_failing(heard), Advice.RETRY, retry_after=1.0, code=code)
    if code in (_INTERNAL, _BAD_CREDENTIALS):
        return ChannelError(_failing(heard), Advice.RETRY, code=code)
    line = said("TikTok Shop refuses this ({said})", said=heard)
    if code in (NOT_OF_THIS_SELLER, _NOT_IN_THIS_STATUS):
        return ChannelError(line, Advice.SKIP, code=code)
    return ChannelError(line, Advice.GIVE_UP if code.startswith(_GATEWAY) else otherwise, code=code)


def _failing(heard: str) -> str:
    return said("TikTok Shop is busy or fails at the moment ({said})", said=heard)


def _for_seller(code: str, heard: str) -> str:
    """What only the seller can mend, and how; empty for other codes."""
    match code:
        case "106001":
            return said(
                "TikTok Shop does not know these keys ({said}): check app_key, log in again with the right app_secret",
                said=heard,
            )
        case "106013":
            return said("TikTok Shop was not told which shop is meant ({said}): log in again", said=heard)
        case "105005":
            return said(
                "TikTok Shop lets the app see too little ({said}): allow orders, fulfilment and returns, log in again",
                said=heard,
            )
    return ""
