"""A shop's connection to its channel: every call goes through here, with the manners that keep it welcome."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from time import monotonic
from typing import Protocol, TypeVar

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_random_exponential

from packstation.locale import said
from sync.channels.errors import Advice, ChannelError
from sync.credentials.credential import Credential
from sync.web.body import Body
from sync.web.breaker import Breaker
from sync.web.clock import ServerClock
from sync.web.messages import Answer, Request
from sync.web.rates import LONGEST_URGENT_WAIT, Rate, is_urgent

T = TypeVar("T")
_LONGEST_WAIT_HERE = 30.0
_URGENT_AT_ONCE = 4
_RENEW_AGAIN_AFTER = 30.0
"""Seconds until a renewal that failed before it was needed is tried again."""

Renew = Callable[[Credential], Awaitable[Credential]]


class TokenSource(Protocol):
    """Where a connection gets its shop's credential; `sync.credentials.tokens.Tokens` is one."""

    async def current(self) -> Credential:
        """The newest credential that any process stored."""
        ...

    async def renewed(self, stale: Credential, renew: Renew) -> Credential:
        """A newer one than `stale`, renewed by one caller at a time and stored before it is used."""
        ...


@dataclass(frozen=True, slots=True)
class Manners:
    """How long and how often to try. Times in seconds, sizes in bytes."""

    connect_timeout: float = 5.0
    read_timeout: float = 20.0
    whole_timeout: float = 60.0
    largest_answer: int = 32 * 1024 * 1024
    attempts: int = 4
    first_wait: float = 0.5
    longest_wait: float = 30.0
    renew_before_expiry_ms: int = 5 * 60_000


class Connection:
    """One shop's way to its channel."""

    def __init__(
        self,
        tokens: TokenSource,
        *,
        requests_per_second: float | None = None,
        concurrency: int = 4,
        manners: Manners | None = None,
    ) -> None:
        self.clock = ServerClock()
        self.breaker = Breaker()
        self.renew: Renew | None = None
        self._tokens = tokens
        self._renews_early_from = 0.0
        self._manners = manners or Manners()
        self._rate = Rate(requests_per_second)
        self._room = asyncio.Semaphore(concurrency)
        self._urgent_room = asyncio.Semaphore(_URGENT_AT_ONCE)
        self._client = httpx.AsyncClient(
            verify=_trusted(),
            timeout=httpx.Timeout(self._manners.read_timeout, connect=self._manners.connect_timeout),
            limits=httpx.Limits(
                max_connections=concurrency + _URGENT_AT_ONCE, max_keepalive_connections=concurrency + _URGENT_AT_ONCE
            ),
            follow_redirects=False,
            trust_env=False,
            headers={"user-agent": "packstation", "accept-encoding": "gzip"},
        )

    def limit(self, requests_per_second: float | None) -> None:
        """Ask no more often than this from now on."""
        self._rate = Rate(requests_per_second)

    async def close(self) -> None:
        """Close what is open."""
        await self._client.aclose()

    async def ask(self, prepare: Callable[[Credential, int], Request], judge: Callable[[Answer], T]) -> T:
        """Make a call with the shop's credential, again where that may help.

        Args:
            prepare: builds and signs the request from the credential and the server's time in ms UTC; called anew for every try.
            judge: reads the answer; raises `ChannelError` for what the channel says is wrong.

        Raises:
            ChannelError: nothing more to try.
        """
        refused: Credential | None = None

        async def once() -> T:
            nonlocal refused
            credential = await self._credential(refused)
            try:
                return judge(await self.send(prepare(credential, self.clock.now())))
            except ChannelError as error:
                if error.advice is not Advice.RENEW:
                    raise
                if refused is not None or self.renew is None:
                    raise ChannelError(str(error), Advice.ASK_SELLER, code=error.code) from error
                refused = credential
            return await once()

        return await self.retried(once)

    async def retried(self, call: Callable[[], Awaitable[T]]) -> T:
        """Make a call again, with growing waits, while its errors may pass."""
        retrying = AsyncRetrying(
            stop=stop_after_attempt(2 if is_urgent() else self._manners.attempts),
            wait=self._wait,
            retry=retry_if_exception(_may_pass),
            reraise=True,
        )
        async for attempt in retrying:
            with attempt:
                return await call()
        raise AssertionError  # AsyncRetrying returns or raises

    async def send(self, request: Request) -> Answer:
        """Send one request as it stands and read its whole answer.

        Raises:
            ChannelError: no connection, no answer in time, too large an answer, HTTP 429 or 5xx.
        """
        self.breaker.guard()
        async with self._urgent_room if is_urgent() else self._room:
            await self._rate.turn()
            with self.breaker.calling() as call:
                try:
                    async with asyncio.timeout(self._manners.whole_timeout):
                        answer = await self._exchange(request)
                except TimeoutError:
                    self.breaker.failed(call)
                    raise ChannelError(
                        said("the channel does not answer in time"), Advice.RETRY, code="timeout"
                    ) from None
                except httpx.HTTPError as error:
                    self.breaker.failed(call)
                    raise _of_transport(error) from error
                self.clock.learn(answer.headers)
                try:
                    answer.raise_for_server()
                except ChannelError as error:
                    if answer.status == 429:
                        self._rate.pause(error.retry_after or 1.0)
                    else:
                        self.breaker.failed(call, request.url)
                    raise
                self.breaker.succeeded()
                return answer

    async def _exchange(self, request: Request) -> Answer:
        async with self._client.stream(
            request.method, request.full_url, headers=dict(request.headers), content=request.body
        ) as response:
            body = Body(response.headers.get("content-encoding", ""), self._manners.largest_answer)
            async for part in response.aiter_raw():
                body.add(part)
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status_code, headers, body.whole())

    async def _credential(self, refused: Credential | None) -> Credential:
        """The credential to call with: a newer one than the channel refused, or than one that is about to expire."""
        credential = await self._tokens.current()
        if refused is not None and self.renew is not None and credential.same_keys(refused):
            return await self._tokens.renewed(credential, self.renew)
        expires = credential.access_expires_at
        if self.renew is None or expires is None:
            return credential
        left = expires - self.clock.now()
        if left >= self._manners.renew_before_expiry_ms or (left > 0 and monotonic() < self._renews_early_from):
            return credential
        try:
            return await self._tokens.renewed(credential, self.renew)
        except ChannelError as error:
            if error.advice is not Advice.RETRY or expires <= self.clock.now():
                raise
        # Where tokens are given is down for now; the old one is good for some minutes more.
        self._renews_early_from = monotonic() + _RENEW_AGAIN_AFTER
        return credential

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, ChannelError) and error.retry_after is not None else 0.0
        backoff = wait_random_exponential(self._manners.first_wait, self._manners.longest_wait)(state)
        return max(asked, backoff)


@cache
def _trusted() -> ssl.SSLContext:
    """Whom to trust; reading the list of authorities takes long enough to do it once."""
    return httpx.create_ssl_context()


def _may_pass(error: BaseException) -> bool:
    """Whether trying again at once may help: a breaker's rest and long maintenance are for the schedule, not for waiting here."""
    if not isinstance(error, ChannelError) or error.advice is not Advice.RETRY:
        return False
    longest = LONGEST_URGENT_WAIT if is_urgent() else _LONGEST_WAIT_HERE
    return error.code != "breaker" and (error.retry_after or 0.0) <= longest


def _of_transport(error: httpx.HTTPError) -> ChannelError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return ChannelError(
                said("the channel's certificate is not valid: is somebody in between?"), Advice.RETRY, code="tls"
            )
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.TimeoutException):
        return ChannelError(said("the channel does not answer in time"), Advice.RETRY, code="timeout")
    if isinstance(error, httpx.ConnectError):
        return ChannelError(said("the channel cannot be reached"), Advice.RETRY, code="unreachable")
    if isinstance(error, httpx.UnsupportedProtocol | httpx.LocalProtocolError):
        return ChannelError(
            said("the request cannot be sent: check the host in channels.toml"), Advice.GIVE_UP, code="protocol"
        )
    return ChannelError(said("the channel broke the connection off"), Advice.RETRY, code="broken")
