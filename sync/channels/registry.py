"""Which channels there are: entry points of the group `packstation.channels`, ours and third parties' alike."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import cast

from packstation.locale import said
from sync.channels.protocol import Channel, ChannelFactory
from sync.shops_config import ShopConfig
from sync.web.connection import Connection

GROUP = "packstation.channels"


class UnknownChannelError(Exception):
    """No installed package offers this channel; the text names those that there are."""


def channel_names() -> list[str]:
    """The channels that can be connected."""
    return sorted({point.name for point in entry_points(group=GROUP)})


def open_channel(shop: ShopConfig, connection: Connection) -> Channel:
    """The shop's channel over this connection, which from now on renews its credentials there.

    Raises:
        UnknownChannelError: no package offers it.
    """
    points = [point for point in entry_points(group=GROUP) if point.name == shop.channel]
    if not points:
        line = said("channel {channel}: allowed: {names}", channel=repr(shop.channel), names=", ".join(channel_names()))
        raise UnknownChannelError(line)
    factory = cast(ChannelFactory, points[0].load())
    channel = factory(shop, connection)
    connection.renew = channel.renew
    return channel
