"""Lazada's envelope: `code` "0" and data, or an error of the gateway (a word) or of the API behind it (`E0xx`, or its number).

Source: Lazada Open Platform, "Error codes" and the API pages; HTTP is 200 either way. The word for a clock that is off is not in
the documents at hand; gateways of this family say IllegalTimestamp.
"""

from __future__ import annotations

import re
from typing import Any

from packstation.locale import said
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError, code_word
from sync.web.messages import Answer, excerpt

NO_SUCH_ORDER = frozenset({"16", "37", "39"})
"""E016 invalid order id, E037 one or more ids of the list are incorrect, E039 no orders were found."""

_NUMBERED = re.compile(r"E0*([1-9][0-9]{0,3})\b")
_BAN = re.compile(r"(\d{1,5})\s*second")
_SYSTEM_TYPES = frozenset({"SYSTEM", "ISP"})


def envelope_of(answer: Answer) -> dict[str, Any]:
    """The whole answer of a call that went well.

    Raises:
        ChannelError: Lazada says what is wrong, or the answer is no envelope.
    """
    envelope = answer.json()
    if not isinstance(envelope, dict) or "code" not in envelope:
        raise UnreadableAnswerError(said("HTTP {status}: the answer has no code", status=answer.status))
    code = str(envelope["code"])
    if code == "0":
        return envelope
    raise _error(code, str(envelope.get("type", "")), str(envelope.get("message", "")))


def _error(code: str, kind: str, message: str) -> ChannelError:
    numbered = _NUMBERED.match(code) or _NUMBERED.match(message)
    number = numbered[1] if numbered else code if code.isdigit() else ""
    heard = f"{code_word(code)} {excerpt(message)}".strip()
    if number in NO_SUCH_ORDER:
        return ChannelError(said("Lazada does not know the order ({said})", said=heard), Advice.SKIP, code=number)
    if code.endswith("CallLimit") and code != "Mp3SellerApiLimit":
        ban = _BAN.search(message)
        wait = float(ban[1]) if ban else 1.0
        return ChannelError(said("Lazada was asked too often"), Advice.RETRY, retry_after=wait, code=code)
    if "timestamp" in code.casefold():
        # The answer's Date header has just set our clock right: signed anew the call may pass.
        return ChannelError(said("Lazada finds our clock wrong"), Advice.RETRY, code=code)
    match code:
        case "IllegalAccessToken":
            return ChannelError(said("Lazada does not take the access token: log in again"), Advice.RENEW, code=code)
        case "IllegalRefreshToken" | "InvalidCode":
            text = said("Lazada's consent has ended or was taken back: log in again")
            return ChannelError(text, Advice.ASK_SELLER, code=code)
        case "IncompleteSignature":
            text = said(
                "Lazada does not take the signature: check app_key in channels.toml and log in with the app's secret"
            )
            return ChannelError(text, Advice.ASK_SELLER, code=code)
        case "SellerNotVerified":
            text = said("Lazada has not verified the shop yet: finish that in the seller centre")
            return ChannelError(text, Advice.ASK_SELLER, code=code)
        case _ if number:
            return ChannelError(said("Lazada refuses the call ({said})", said=heard), Advice.GIVE_UP, code=number)
        case _ if kind.upper() in _SYSTEM_TYPES:
            return ChannelError(said("Lazada's server fails ({said})", said=heard), Advice.RETRY, code=code)
        case _:
            return ChannelError(said("Lazada refuses the call ({said})", said=heard), Advice.GIVE_UP, code=code)
