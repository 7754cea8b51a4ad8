"""Who is one person: what a customer's buyers have in common, what supervisors link, split and put back.

Whoever calls an act here with a person's id has had them proved to be a supervisor. What changes a customer is followed by judging
the open orders of everybody concerned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from packstation.acts.judging import judge_relinked
from packstation.acts.overriding import ReasonMissingError
from packstation.acts.workplace import Workplace
from packstation.domain.candidates import LinkReason, LinkState, ProfileLink
from packstation.domain.identities import KeyKind, LinkRules
from packstation.domain.ledger import EntryKind
from packstation.store.database import database_now, lock_name, transaction
from packstation.store.denied_numbers import denied_users, take_back_denials
from packstation.store.identities import groups_of_values, users_of, values_of
from packstation.store.link_decisions import (
    DecisionKind,
    add_decision,
    decisions_about,
    drop_decision,
    drop_links_of,
    is_split,
)
from packstation.store.link_rules import keep_link_rules, link_rules
from packstation.store.profiles import Profile, profiles, profiles_of
from packstation.store.proposals import proposals_for, split_off_from
from packstation.store.relinking import rebuild_links, relink_buyers


class UnknownBuyerError(LookupError):
    """There is no buyer of this id."""


class SameBuyerError(ValueError):
    """A buyer is linked with others, not with itself."""


class NotSplitError(Exception):
    """The buyer was not split off, so there is nothing to put back."""


@dataclass(frozen=True, slots=True)
class Relinked:
    """What a change of links did: the customer that the buyer named first is now, and how many orders were judged anew."""

    customer_id: int
    judged: int


def links_of(customer_id: int) -> list[ProfileLink]:
    """A customer's buyers and why each is one, then the buyers split off from them, then the proposed ones. Never writes."""
    own = profiles_of(customer_id)
    ids = [profile.id for profile in own]
    values = values_of(ids)
    groups = groups_of_values({value for found in values.values() for value in found}, link_rules())
    told = [_linked(profile, set(ids), values.get(profile.id, {}), groups) for profile in own]
    split = [
        _with_decision(ProfileLink(*_named(profile), LinkState.SPLIT_OFF), DecisionKind.SPLIT)
        for profile in profiles(sorted(split_off_from(ids)))
    ]
    split += _denied(ids)
    proposals = {one.buyer_id: one for one in proposals_for(ids)}
    named = {profile.id: profile for profile in profiles(sorted(proposals))}
    proposed = [
        ProfileLink(
            *_named(named[one.buyer_id]),
            LinkState.PROPOSED,
            (one.reason,),
            with_buyer=one.with_buyer,
            confidence=one.confidence,
        )
        for one in proposals.values()
    ]
    return [*told, *split, *proposed]


def _denied(own: Sequence[int]) -> list[ProfileLink]:
    """The buyers who used these ones' number for an order that its owner denied."""
    denials = {one.buyer_id: one for one in denied_users(own)}
    return [
        ProfileLink(
            *_named(profile),
            LinkState.SPLIT_OFF,
            (LinkReason.DENIED,),
            by=denials[profile.id].by,
            at=denials[profile.id].at,
        )
        for profile in profiles(sorted(denials))
    ]


def _named(profile: Profile) -> tuple[int, int, str, str, str]:
    return profile.id, profile.customer_id, profile.channel, profile.external_id, profile.name


def _linked(
    profile: Profile, own: set[int], values: Mapping[str, KeyKind], groups: Mapping[str, tuple[frozenset[int], ...]]
) -> ProfileLink:
    """One of the customer's buyers, with the reasons that join it to another one of them."""
    reasons = {
        LinkReason(kind)
        for value, kind in values.items()
        if any(profile.id in group and len(group & own) > 1 for group in groups.get(value, ()))
    }
    link = _with_decision(ProfileLink(*_named(profile), LinkState.LINKED), DecisionKind.LINK)
    if link.at is not None:
        reasons.add(LinkReason.SUPERVISOR)
    return replace(link, reasons=tuple(reason for reason in LinkReason if reason in reasons))


def _with_decision(link: ProfileLink, kind: DecisionKind) -> ProfileLink:
    """The same with who decided so, when and why, if anybody did."""
    made = next((one for one in decisions_about(link.buyer_id) if one.kind is kind), None)
    return replace(link, by=made.by, at=made.at, why=made.why) if made else link


def link(place: Workplace, buyer_id: int, other_id: int, by: int | None, why: str) -> Relinked:
    """Say that two buyers are one person, whatever they have in common; a proposal is accepted so.

    Args:
        place: who acts.
        buyer_id: one of them.
        other_id: the other.
        by: the supervisor.
        why: in their words.

    Raises:
        ReasonMissingError: no reason was given.
        SameBuyerError: both are the same buyer.
        UnknownBuyerError: there is no such buyer.
    """
    if buyer_id == other_id:
        raise SameBuyerError
    _need_reason(why)

    def decide(now: int) -> set[int]:
        add_decision(DecisionKind.LINK, buyer_id, other_id, now, by, why.strip())
        drop_decision(DecisionKind.REFUSED, buyer_id, other_id)
        return {buyer_id, other_id}

    return _decide(place, EntryKind.BUYERS_LINKED, (buyer_id, other_id), by, why, decide)


def split(place: Workplace, buyer_id: int, by: int | None, why: str) -> Relinked:
    """Take a buyer out of every link, and out of automatic ones until put back; a supervisor may link them again.

    Args:
        place: who acts.
        buyer_id: the buyer.
        by: the supervisor.
        why: in their words.

    Raises:
        ReasonMissingError: no reason was given.
        UnknownBuyerError: there is no such buyer.
    """
    _need_reason(why)

    def decide(now: int) -> set[int]:
        [profile] = profiles([buyer_id])
        concerned = {one.id for one in profiles_of(profile.customer_id)}
        drop_links_of(buyer_id)
        add_decision(DecisionKind.SPLIT, buyer_id, None, now, by, why.strip())
        return concerned | users_of(values_of([buyer_id]).get(buyer_id, {}))

    return _decide(place, EntryKind.BUYER_SPLIT, (buyer_id,), by, why, decide)


def put_back(place: Workplace, buyer_id: int, by: int | None, why: str = "") -> Relinked:
    """Let a buyer that was split off, or lost a number because its owner denied an order, take part in automatic links again.

    Args:
        place: who acts.
        buyer_id: the buyer.
        by: the supervisor.
        why: in their words, if they say.

    Raises:
        NotSplitError: the buyer was not split off, and no number was denied it.
        UnknownBuyerError: there is no such buyer.
    """

    def decide(_now: int) -> set[int]:
        if not take_back_denials(buyer_id) and not is_split(buyer_id):
            raise NotSplitError
        drop_decision(DecisionKind.SPLIT, buyer_id)
        return {buyer_id} | users_of(values_of([buyer_id]).get(buyer_id, {}))

    return _decide(place, EntryKind.BUYER_PUT_BACK, (buyer_id,), by, why, decide)


def refuse_proposal(place: Workplace, buyer_id: int, other_id: int, by: int | None, why: str = "") -> None:
    """Say that two buyers are not one person: they are not proposed again. It parts nobody, `split` does.

    Args:
        place: who acts.
        buyer_id: one of them.
        other_id: the other.
        by: the supervisor.
        why: in their words, if they say.

    Raises:
        SameBuyerError: both are the same buyer.
        UnknownBuyerError: there is no such buyer.
    """
    if buyer_id == other_id:
        raise SameBuyerError

    def decide(now: int) -> set[int]:
        add_decision(DecisionKind.REFUSED, buyer_id, other_id, now, by, why.strip())
        return set()

    _decide(place, EntryKind.LINK_REFUSED, (buyer_id, other_id), by, why, decide)


def rebuild(place: Workplace, rules: LinkRules, by: int | None) -> int:
    """Link all buyers from nothing by these limits, which every station and daemon follows from now on.

    Returns:
        How many buyers are in a customer that gained or lost one.
    """
    with transaction():
        keep_link_rules(rules)
        relinked = rebuild_links()
        place.ledger.write(
            EntryKind.LINKS_REBUILT,
            database_now(),
            person_id=by,
            station_id=place.station_id,
            facts={
                "hub_limit": rules.hub_limit,
                "handed_on_days": rules.handed_on_days,
                "relinked": len(relinked),
            },
        )
    judge_relinked(place, relinked)
    return len(relinked)


def _need_reason(why: str) -> None:
    if not why.strip():
        raise ReasonMissingError


def _decide(
    place: Workplace,
    kind: EntryKind,
    buyer_ids: Sequence[int],
    by: int | None,
    why: str,
    decide: Callable[[int], set[int]],
) -> Relinked:
    """Store a decision about buyers, find anew who is linked, and judge the open orders of everybody concerned."""
    with transaction():
        lock_name("intake")
        if len(profiles(list(buyer_ids))) < len(buyer_ids):
            raise UnknownBuyerError
        now = database_now()
        relinked = relink_buyers(decide(now))
        place.ledger.write(
            kind,
            now,
            person_id=by,
            station_id=place.station_id,
            facts=dict(zip(("buyer", "other"), buyer_ids, strict=False)),
            text=why.strip(),
        )
        customer_id = profiles([buyer_ids[0]])[0].customer_id
    return Relinked(customer_id, judge_relinked(place, relinked))
