"""What WooCommerce answers, judged: lists with their headers, and errors by what to do about them.

Errors are `{"code": "woocommerce_rest_…", "message": …, "data": {"status": …}}`; firewalls, WordPress without its database or in
maintenance answer in HTML. 429 and 5xx never come here: the connection knows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from packstation.locale import said
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError, code_word
from sync.web.messages import Answer, excerpt

_FULL = 100
"""Rows of a page that may have one after it, where something on the way took the headers off."""


class MissingError(ChannelError):
    """The order is not there, or not any more."""

    def __init__(self) -> None:
        super().__init__(said("the shop does not have this order"), Advice.SKIP, code="404")


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of rows as they came, and the headers that count all of them."""

    rows: list[object]
    total: int
    pages: int


def checked(answer: Answer) -> object:
    """The body of an answer that says nothing is wrong.

    Raises:
        ChannelError: by what to do next; `MissingError` where the order is not there.
    """
    if 200 <= answer.status < 300:
        return answer.json()
    if 300 <= answer.status < 400:
        host = urlsplit(answer.headers.get("location", "")).netloc
        raise ChannelError(
            said("the site redirects to {host}: write that address into channels.toml", host=excerpt(host) or "?"),
            Advice.ASK_SELLER,
            code=str(answer.status),
        )
    code, message = _said(answer)
    if answer.status in (401, 403):
        raise _refused(answer.status, code, message)
    if answer.status == 404 and code.endswith("_invalid_id"):
        raise MissingError
    if answer.status == 404:
        raise ChannelError(
            said("there is no WooCommerce at this address: check the site, and that its permalinks are not plain"),
            Advice.ASK_SELLER,
            code=code or "404",
        )
    raise ChannelError(
        said("the shop refuses the call (HTTP {status}: {said})", status=answer.status, said=excerpt(message) or code),
        Advice.GIVE_UP,
        code=code or str(answer.status),
    )


def listing(answer: Answer) -> Listing:
    """A list's page.

    Raises:
        ChannelError: as `checked`, and for what is no list.
    """
    rows = checked(answer)
    if not isinstance(rows, list):
        raise UnreadableAnswerError(said("the answer is no list"))
    pages = _counted(answer, "x-wp-totalpages")
    if pages is None:
        pages = 2 if len(rows) >= _FULL else 1
    return Listing(rows, _counted(answer, "x-wp-total") or len(rows), pages)


def _counted(answer: Answer, header: str) -> int | None:
    text = answer.headers.get(header, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def _refused(status: int, code: str, message: str) -> ChannelError:
    if not code:
        text = said("the site's firewall keeps packstation out: let this computer's address in")
        return ChannelError(text, Advice.ASK_SELLER, code=str(status))
    if "timestamp" in message.lower() or "nonce" in message.lower():
        # The clock is set by this very answer's Date header before the next try.
        return ChannelError(said("the shop takes this computer's clock for wrong"), Advice.RETRY, code=code)
    if code.startswith("woocommerce_rest_cannot"):
        text = said("the shop's key may not do this: make one that may read and write, as a shop manager")
        return ChannelError(text, Advice.ASK_SELLER, code=code)
    return ChannelError(
        said("the shop does not take the key: make a new one in WooCommerce and log in again"),
        Advice.ASK_SELLER,
        code=code,
    )


def _said(answer: Answer) -> tuple[str, str]:
    """The error's code and text, for one line; empty for a page that is no answer of the API."""
    try:
        body = answer.json()
    except UnreadableAnswerError:
        return "", ""
    if not isinstance(body, dict):
        return "", ""
    return code_word(body.get("code") or ""), str(body.get("message") or "")
