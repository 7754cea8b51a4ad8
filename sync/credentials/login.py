"""A visit at a channel before its shop has a stored credential: with what the person just gave, kept in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sync.channels.protocol import Channel
from sync.channels.registry import open_channel
from sync.credentials.credential import Credential
from sync.shops_config import ShopConfig
from sync.web.connection import Connection, Manners, Renew


class GivenCredential:
    """The credential of a login in progress. Nobody else has it, so that renewing it needs no claim."""

    def __init__(self, credential: Credential) -> None:
        self.credential = credential

    async def current(self) -> Credential:
        """The credential as it is now."""
        return self.credential

    async def renewed(self, stale: Credential, renew: Renew) -> Credential:
        """The first or next access token of it."""
        if self.credential.same_keys(stale):
            self.credential = await renew(stale)
        return self.credential


@dataclass(frozen=True, slots=True)
class Visit:
    """A channel, and the credential that is shown to it."""

    channel: Channel
    given: GivenCredential


@asynccontextmanager
async def visiting(shop: ShopConfig, credential: Credential) -> AsyncIterator[Visit]:
    """Speak to a shop's channel with this credential for as long as the block lasts.

    Raises:
        UnknownChannelError: no package offers the channel.
    """
    given = GivenCredential(credential)
    connection = Connection(given, concurrency=1, manners=Manners(attempts=2, longest_wait=2.0))
    try:
        yield Visit(open_channel(shop, connection), given)
    finally:
        await connection.close()
