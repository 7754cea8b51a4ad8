"""A shop's credential while the daemon runs: the newest one that any process stored, renewed by one caller at a time.

Shopee's refresh token works once (Shopee Open Platform v2, `/api/v2/auth/access_token/get`), and other channels treat theirs
alike. So before the channel is asked, the renewal is claimed in the database, where other daemons see it, and that it was begun
is recorded; what the channel answers is on the disk before anybody uses it. The claim is a lease, kept up while the answer is
awaited: no transaction is open over the call, and a daemon that dies is taken over from after `LEASE_MS`.

What remains: a process that is killed between the channel's answer and the commit, or an answer that never arrives, loses a
pair that was handed out. The next renewal then tries the old refresh token, which a channel that saw it used refuses: the shop
goes on with the old access token (Shopee keeps that for five minutes) and then needs `packstation sync login SHOP`. That a
renewal was begun and never ended stays in the row (`SealedCredential.renewing_since`), so that the trouble is told for what it
is: `PairLostError`, which asks for the seller.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Protocol, TypeVar

from packstation.domain.plain_text import shell_word
from packstation.locale import said
from packstation.store.credentials import (
    SealedCredential,
    claim_renewal,
    extend_claim,
    put_credential,
    release_claim,
    replace_credential,
    sealed_credential,
    withdraw_claim,
)
from packstation.store.database import DatabaseAwayError
from sync.channels.errors import Advice, ChannelError
from sync.credentials.credential import Credential
from sync.credentials.errors import NotLoggedInError, PairLostError
from sync.credentials.vault import Vault

__all__ = ["Credential", "Tokens", "log_in", "stored_credential"]

LEASE_MS = 60_000
"""How long a claimed renewal is left to a process that says nothing more."""

_KEEP_UP_SECONDS = 15.0
_LOOK_SECONDS = 0.25
_REMEMBERED_SECONDS = 10.0

T = TypeVar("T")
Renew = Callable[[Credential], Awaitable[Credential]]


class DatabaseRunner(Protocol):
    """Does database calls in the one thread that has the connection."""

    def __call__(self, act: Callable[[], T], /) -> Awaitable[T]:
        """Do it there; its result or error."""
        ...


def log_in(vault: Vault, shop_id: int, credential: Credential) -> None:
    """Seal and store what a person logged in with, in place of what was there."""
    sealed = vault.seal(shop_id, credential)
    put_credential(shop_id, sealed, credential.access_expires_at, credential.refresh_expires_at)


def stored_credential(vault: Vault, shop_id: int) -> tuple[SealedCredential, Credential] | None:
    """The shop's credential as it is stored and opened; None when nobody logged in yet.

    Raises:
        CredentialError: it cannot be opened.
    """
    row = sealed_credential(shop_id)
    return None if row is None else (row, vault.open(shop_id, row.sealed))


class Tokens:
    """One shop's credential in this process."""

    def __init__(self, shop_id: int, shop_name: str, vault: Vault, run: DatabaseRunner) -> None:
        """Begin to look after a shop's credential.

        Args:
            shop_id: in the store.
            shop_name: for messages.
            vault: opens and seals.
            run: does database calls in their thread; several daemons may share the database.
        """
        self._shop_id = shop_id
        self._shop_name = shop_name
        self._vault = vault
        self._run = run
        self._claimant = secrets.token_hex(8)
        self._renewal: asyncio.Task[Credential] | None = None
        self._remembered: tuple[Credential, float] | None = None

    async def current(self) -> Credential:
        """The newest stored credential; for a few seconds the one that was read last.

        Raises:
            CredentialError: nobody logged in, or it cannot be opened.
            DatabaseAwayError: the database does not answer.
        """
        if self._remembered is not None and time.monotonic() - self._remembered[1] < _REMEMBERED_SECONDS:
            return self._remembered[0]
        _row, credential = await self._stored()
        return credential

    async def renewed(self, stale: Credential, renew: Renew) -> Credential:
        """A credential newer than `stale`: one that is stored already, else what `renew` brings, on the disk before it is returned.

        Callers of this process share one renewal. One that is cancelled still waits until the channel's answer is stored.

        Args:
            stale: what the caller used.
            renew: asks the channel; called at most once at a time for the shop, whichever process it is in.

        Raises:
            CredentialError: nobody logged in, or it cannot be opened.
            DatabaseAwayError: the database does not answer.
            ChannelError: whatever else `renew` raises.
        """
        while self._renewal is not None and not self._renewal.done():
            await _finished(self._renewal)
        remembered = self._remembered
        if remembered is not None and not remembered[0].same_keys(stale):
            return remembered[0]
        self._renewal = asyncio.ensure_future(self._renew_in_turn(stale, renew))
        return await _finished(self._renewal)

    async def _renew_in_turn(self, stale: Credential, renew: Renew) -> Credential:
        while True:
            row, credential = await self._stored()
            if not credential.same_keys(stale):
                return credential
            claim = partial(claim_renewal, self._shop_id, row.version, self._claimant, LEASE_MS)
            if await self._run(claim):
                return await self._renew_alone(row, credential, renew)
            await asyncio.sleep(_LOOK_SECONDS)

    async def _renew_alone(self, row: SealedCredential, old: Credential, renew: Renew) -> Credential:
        keeping = asyncio.ensure_future(self._keep_claim())
        try:
            new = await renew(old)
            stored = await self._store(row, self._vault.seal(self._shop_id, new), new)
        except BaseException as error:
            refused = isinstance(error, ChannelError) and error.advice is not Advice.RETRY
            with suppress(DatabaseAwayError):
                await self._run(partial(self._let_go, row.renewing_since, refused=refused))
            if refused and row.renewing_since is not None:
                line = said(
                    "an earlier renewal broke off and what the channel gave is lost ({refusal}):"
                    " run `packstation sync login {shop}`",
                    refusal=error,
                    shop=shell_word(self._shop_name),
                )
                raise PairLostError(line) from error
            raise
        finally:
            keeping.cancel()
        if stored:
            self._remember(new)
            return new
        # A person logged in meanwhile, or a daemon that took over was quicker: theirs is in force.
        _row, newest = await self._stored()
        return newest

    def _let_go(self, renewing_since: int | None, *, refused: bool) -> None:
        if refused:
            withdraw_claim(self._shop_id, self._claimant, renewing_since)
        else:
            release_claim(self._shop_id, self._claimant)

    async def _store(self, row: SealedCredential, sealed: str, new: Credential) -> bool:
        """Store a renewed credential, however long the database is away: it cannot be had again. False when a newer one is there."""
        while True:
            try:
                return await self._run(
                    lambda: replace_credential(
                        self._shop_id, row.version, sealed, new.access_expires_at, new.refresh_expires_at
                    )
                )
            except DatabaseAwayError:
                await asyncio.sleep(_LOOK_SECONDS)

    async def _keep_claim(self) -> None:
        while True:
            await asyncio.sleep(_KEEP_UP_SECONDS)
            with suppress(DatabaseAwayError):
                await self._run(lambda: extend_claim(self._shop_id, self._claimant, LEASE_MS))

    async def _stored(self) -> tuple[SealedCredential, Credential]:
        stored = await self._run(lambda: stored_credential(self._vault, self._shop_id))
        if stored is None:
            shop = shell_word(self._shop_name)
            line = said("nobody logged in to {shop} yet: run `packstation sync login {shop}`", shop=shop)
            raise NotLoggedInError(line)
        self._remember(stored[1])
        return stored

    def _remember(self, credential: Credential) -> None:
        self._remembered = (credential, time.monotonic())


async def _finished(renewal: asyncio.Task[Credential]) -> Credential:
    """The renewal's result; a caller that is cancelled meanwhile waits for its end all the same, as its pair cannot be had again."""
    try:
        return await asyncio.shield(renewal)
    except asyncio.CancelledError:
        await asyncio.wait([renewal])
        if not renewal.cancelled():
            renewal.exception()  # looked at, so that nobody complains of an error that nobody was left to be told
        raise
