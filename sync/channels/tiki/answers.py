"""Tiki's answers: HTTP status codes with `{"errors": [...]}`. Source: open.tiki.vn, "Common exceptions"."""

from __future__ import annotations

from typing import Any

from packstation.locale import said
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError
from sync.web.messages import Answer, excerpt

MISSING = "404"


def payload(answer: Answer) -> Any:  # noqa: ANN401 - any JSON value
    """The JSON of a call that went well. Overload and failures of the server are told before it comes here.

    Raises:
        ChannelError: Tiki refuses, or the answer is no JSON.
    """
    if not 200 <= answer.status < 300:
        raise _refusal(answer.status, _said(answer))
    return answer.json()


def token_payload(answer: Answer) -> Any:  # noqa: ANN401 - any JSON value
    """The JSON of the token endpoint; what it refuses (`invalid_client`, `invalid_grant` …), only the seller can mend.

    Raises:
        ChannelError: it refuses, or the answer is no JSON.
    """
    if not 200 <= answer.status < 300:
        line = said(
            "Tiki does not take the app's keys or the consent ({said}): check app_id, log in again", said=_said(answer)
        )
        raise ChannelError(line, Advice.ASK_SELLER, code=str(answer.status))
    return answer.json()


def _refusal(status: int, heard: str) -> ChannelError:
    match status:
        case 401:
            return ChannelError(said("Tiki does not take the access token: log in again"), Advice.RENEW, code="401")
        case 403:
            line = said(
                "Tiki does not let the app see the shop's orders ({said}): allow the scope order, or ask Tiki",
                said=heard,
            )
            return ChannelError(line, Advice.ASK_SELLER, code="403")
        case 404:
            return ChannelError(said("Tiki does not have it ({said})", said=heard), Advice.SKIP, code=MISSING)
        case _:
            return ChannelError(
                said("Tiki refuses the call (HTTP {status}: {said})", status=status, said=heard),
                Advice.GIVE_UP,
                code=str(status),
            )


def _said(answer: Answer) -> str:
    """Tiki's own words, for one line."""
    try:
        body = answer.json()
    except UnreadableAnswerError:
        return "-"
    if not isinstance(body, dict):
        return "-"
    errors = body.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else body.get("error") or body.get("message")
    return excerpt(first) if isinstance(first, str) and first.strip() else "-"
