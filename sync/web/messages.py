"""Requests to channels and their answers, as plain values: what is signed is what is sent."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlencode

from pydantic_core import from_json

from packstation.domain.plain_text import plain
from packstation.locale import said
from sync.channels.errors import LEFT_OUT, MAIL, Advice, ChannelError, UnreadableAnswerError

_LONGEST_EXCERPT = 80
_LONGEST_WAIT = 3600.0
_LONGEST_READ = 1000
_LONG_NUMBER = re.compile(r"\d(?:[\s().+/_-]*\d){5,}")
_NO_QUOTES = str.maketrans("“”", "''")
_QUOTED = re.compile(r"“[^”]*(?:”|$)")
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, ready to be sent byte by byte as it stands.

    Attributes:
        method: `GET`, `POST` and so on.
        url: scheme, host and path, without a query.
        query: the query's parameters in order; encoded with %20 for blanks, as every channel accepts it.
        headers: besides those that the connection adds.
        body: the raw body; None sends none.
    """

    method: str
    url: str
    query: Sequence[tuple[str, str]] = field(default=(), repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)

    @property
    def full_url(self) -> str:
        """The address with its query."""
        return f"{self.url}?{urlencode(self.query, quote_via=quote)}" if self.query else self.url


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer, read whole. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def json(self) -> Any:  # noqa: ANN401 - any JSON value
        """The body as JSON.

        Raises:
            UnreadableAnswerError: it is HTML, cut off, or no JSON at all.
        """
        try:
            return from_json(self.body, allow_inf_nan=False)
        except (ValueError, RecursionError):
            kind = said("an HTML page") if self.body.lstrip()[:1] == b"<" else said("no whole JSON")
            raise UnreadableAnswerError(
                said("HTTP {status}: the answer is {kind}", status=self.status, kind=kind)
            ) from None

    @property
    def retry_after(self) -> float | None:
        """The seconds of a `Retry-After` header, an hour at most; nonsense there is None.

        Some write `2.0`. A date is held against the answer's own `Date`, else against this computer's clock (RFC 9110, 10.2.3).
        """
        text = self.headers.get("retry-after", "")
        if _SECONDS.fullmatch(text):
            return min(float(text), _LONGEST_WAIT)
        until = _moment(text)
        if until is None:
            return None
        heard = _moment(self.headers.get("date", ""))
        return min(max(until - (time.time() if heard is None else heard), 0.0), _LONGEST_WAIT)

    def raise_for_server(self) -> None:
        """Raise for what no channel needs to explain: overload and failures of the server.

        Raises:
            ChannelError: HTTP 429 or 5xx, to be tried again.
        """
        if self.status == 429:
            raise ChannelError(
                said("asked too often (HTTP 429)"), Advice.RETRY, retry_after=self.retry_after or 1.0, code="429"
            )
        if self.status >= 500:
            raise ChannelError(
                said("the channel's server fails (HTTP {status})", status=self.status),
                Advice.RETRY,
                retry_after=self.retry_after,
                code=str(self.status),
            )


def _moment(text: str) -> float | None:
    """An HTTP date in seconds UTC; None for anything else."""
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None


def excerpt(text: object) -> str:
    """A channel's own words for one line, in “quotes”; empty for none.

    Channels repeat what they were given, so that addresses of mail and long numbers, such as a buyer's phone, are left out. Names
    cannot be told from other words: what is in quotes is for the desk alone, and `own_words` takes it out of logs.
    """
    line = plain(text, _LONGEST_READ).translate(_NO_QUOTES)
    shown = plain(_LONG_NUMBER.sub(LEFT_OUT, MAIL.sub(LEFT_OUT, line)).strip(), _LONGEST_EXCERPT)
    return f"“{shown}”" if shown else ""


def own_words(text: str) -> str:
    """A text without what a channel wrote in it."""
    return _QUOTED.sub("“…”", text)
