"""Requests to channels and their answers, as plain values: what is signed is what is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from pydantic_core import from_json

from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError

_LONGEST_EXCERPT = 80
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
            kind = "an HTML page" if self.body.lstrip()[:1] == b"<" else "no whole JSON"
            raise UnreadableAnswerError(f"HTTP {self.status}: the answer is {kind}") from None

    @property
    def retry_after(self) -> float | None:
        """The seconds of a `Retry-After` header, some write `2.0`; a date there, or nonsense, is None."""
        text = self.headers.get("retry-after", "")
        return min(float(text), 3600.0) if _SECONDS.fullmatch(text) else None

    def raise_for_server(self) -> None:
        """Raise for what no channel needs to explain: overload and failures of the server.

        Raises:
            ChannelError: HTTP 429 or 5xx, to be tried again.
        """
        if self.status == 429:
            raise ChannelError(
                "asked too often (HTTP 429)", Advice.RETRY, retry_after=self.retry_after or 1.0, code="429"
            )
        if self.status >= 500:
            raise ChannelError(
                f"the channel's server fails (HTTP {self.status})",
                Advice.RETRY,
                retry_after=self.retry_after,
                code=str(self.status),
            )


def excerpt(text: object) -> str:
    """A channel's own error text, short enough for one line and without control characters."""
    line = "".join(letter if letter.isprintable() else " " for letter in str(text)).strip()
    return line if len(line) <= _LONGEST_EXCERPT else line[: _LONGEST_EXCERPT - 1] + "…"
