"""A buyer whose orders must not be packed."""

from __future__ import annotations

from packstation.acts.workplace import Workplace
from packstation.domain.ledger import EntryKind
from packstation.store.blocks import add_block, buyer_named
from packstation.store.database import database_now, transaction


class NoSuchBuyerError(LookupError):
    """The channel has no buyer of this id here."""


def block_buyer(
    place: Workplace, channel: str, external_id: str, why: str, until: int | None = None, person_id: int | None = None
) -> None:
    """Stop every order of a buyer from now on.

    Args:
        place: who acts.
        channel: the buyer's channel.
        external_id: the buyer's id there.
        why: what the packer reads.
        until: when it ends, ms UTC; None for good.
        person_id: who decided.

    Raises:
        NoSuchBuyerError: no such buyer.
    """
    with transaction():
        now = database_now()
        buyer_id = buyer_named(channel, external_id)
        if buyer_id is None:
            raise NoSuchBuyerError(external_id)
        add_block(buyer_id, why, now, until, person_id)
        place.ledger.write(
            EntryKind.BUYER_BLOCKED, now, person_id=person_id, facts={"buyer": buyer_id, "until": until}, text=why
        )
