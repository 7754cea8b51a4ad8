"""What `packstation status` tells: read at once, then written as one JSON document or as lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from packstation.cli.mail_standing import mail_document, mail_lines
from packstation.domain.alarms import PullAlarm
from packstation.domain.outbox import DecisionKind
from packstation.domain.plain_text import plain
from packstation.domain.times import SECOND, iso_utc
from packstation.locale import _, in_this_language
from packstation.locale.words import pull_text, span
from packstation.store import refreshes, rereads, sync_state
from packstation.store.alarms import open_alarms
from packstation.store.credentials import all_credentials
from packstation.store.database import database_now
from packstation.store.holds import open_holds
from packstation.store.judging import packable_orders
from packstation.store.mails import MailStanding, mail_standing
from packstation.store.outbox import OutboxStanding, outbox_standing
from packstation.store.people import stations
from packstation.store.policies import newest_version
from packstation.store.shops import shops
from packstation.store.sync_state import Keeper, SyncStanding
from sync.holder import has_died
from sync.shops_config import SyncConfig

_PARKED_LINES = 10


@dataclass(frozen=True, slots=True)
class Standing:
    """How everything is at `now`, ms UTC by the database's clock. Shops and stations as the store hands them out.

    `syncs` and `keepers` have the shops that were ever synced, by name; `logged_in` those that have a credential.
    """

    now: int
    policy_version: int
    to_pack: int
    holds_open: int
    holds_escalated: int
    holds_past: int
    stations: list[tuple[str, str | None, int]]
    shops: list[tuple[str, str, str, str, int | None, int]]
    syncs: dict[str, SyncStanding]
    keepers: dict[str, Keeper]
    logged_in: frozenset[str]
    unreadable: list[tuple[str, str, str, int]]
    asked: int
    outbox: OutboxStanding
    mail: MailStanding
    pulls: list[PullAlarm]


def read_standing(config: SyncConfig | None) -> Standing:
    """How everything is now.

    Args:
        config: which shops are configured here; None where that cannot be told. What it had last and has no more was taken out,
            though no daemon has noticed yet.
    """
    now = database_now()
    syncs = {one.shop: one for one in sync_state.sync_standings()}
    holds = [hold for _hold, _order, hold in open_holds()]
    return Standing(
        now,
        newest_version(),
        len(packable_orders()),
        len(holds),
        sum(hold.state == "escalated" for hold in holds),
        sum(hold.decide_by <= now for hold in holds),
        stations(),
        shops(),
        syncs,
        {name: _keeper(sync, config, now) for name, sync in syncs.items()},
        frozenset(name for _shop_id, name, _sealed in all_credentials()),
        rereads.parked(),
        sum(count for _shop, count in refreshes.waiting(now)),
        outbox_standing(),
        mail_standing(),
        open_alarms(),
    )


def _keeper(sync: SyncStanding, config: SyncConfig | None, now: int) -> Keeper:
    keeper = sync.keeper(now)
    was_here = config is not None and sync.configured_by == config.name and config.shop_named(sync.shop) is None
    return Keeper.REMOVED if was_here and keeper is not Keeper.DAEMON else keeper


def standing_document(standing: Standing) -> dict[str, Any]:
    """The same for programs: times ISO 8601 UTC, ages in seconds."""
    return {
        "policy_version": standing.policy_version,
        "to_pack": standing.to_pack,
        "holds": {
            "open": standing.holds_open,
            "escalated": standing.holds_escalated,
            "past_decide_by": standing.holds_past,
        },
        "stations": [
            {"name": name, "person": person, "seen_at": iso_utc(seen_at)} for name, person, seen_at in standing.stations
        ],
        "shops": [
            {
                "name": name,
                "channel": channel,
                "currency": currency,
                "zone": zone,
                "orders": orders,
                "data_age_seconds": None if synced_at is None else max(0, standing.now - synced_at) / SECOND,
                "sync": _sync_document(standing, name),
            }
            for name, channel, currency, zone, synced_at, orders in standing.shops
        ],
        "to_pull": [
            {"number": alarm.number, "why": str(alarm.why), "station": alarm.station, "slot": alarm.slot}
            for alarm in standing.pulls
        ],
        "refreshes_waiting": standing.asked,
        "unreadable": [
            {"shop": shop, "number": number, "why": why, "seen_at": iso_utc(seen_at)}
            for shop, number, why, seen_at in standing.unreadable
        ],
        "outbox": _outbox_document(standing.outbox, standing.now),
        "mail": mail_document(standing.mail, standing.now),
    }


def standing_lines(standing: Standing) -> Iterator[str]:
    """The same for people."""
    line = _("policy version {version}; {to_pack} orders to pack; {open} holds open, {escalated} for the supervisor")
    yield line.format(
        version=standing.policy_version,
        to_pack=standing.to_pack,
        open=standing.holds_open,
        escalated=standing.holds_escalated,
    )
    for alarm in standing.pulls:
        yield plain(pull_text(alarm, now=standing.now))
    for name, person, seen_at in standing.stations:
        who = plain(person) if person else _("nobody")
        age = span(standing.now - seen_at)
        yield _("station {name}: {who}, seen {age} ago").format(name=plain(name), who=who, age=age)
    for name, channel, _currency, _zone, synced_at, orders in standing.shops:
        sync = standing.syncs.get(name)
        age = _age(synced_at, sync, name in standing.logged_in, standing.now)
        told = _("shop {name} ({channel}): {orders} orders, {age}")
        yield told.format(name=plain(name), channel=channel, orders=orders, age=age)
        if sync is not None:
            yield from _sync_lines(sync, standing.keepers[name], standing.now)
    if standing.asked:
        yield _("{count} questions of desks wait for the daemon").format(count=standing.asked)
    for shop, number, why, _seen_at in standing.unreadable[:_PARKED_LINES]:
        unread = _("not readable: {shop} {number}: {why}")
        yield unread.format(shop=plain(shop), number=plain(number), why=plain(in_this_language(why)))
    yield from _outbox_lines(standing.outbox, standing.now)
    yield from mail_lines(standing.mail, standing.now)


def _age(synced_at: int | None, sync: SyncStanding | None, is_logged_in: bool, now: int) -> str:
    if synced_at is not None:
        return _("synced {age} ago").format(age=span(max(0, now - synced_at)))
    if sync is not None:
        return _("never synced")
    return _("logged in, not synced yet: start `packstation sync`") if is_logged_in else _("from files")


def _sync_document(standing: Standing, shop: str) -> dict[str, Any] | None:
    sync = standing.syncs.get(shop)
    if sync is None:
        return None
    keeper = standing.keepers[shop]
    return {
        "kept_by": str(keeper),
        "daemon": sync.daemon if keeper is Keeper.DAEMON else None,
        "single_run_at": None if sync.single_run_at is None else iso_utc(sync.single_run_at),
        "history_ratio": round(sync.progress.history_share, 4),
        "trouble": sync.trouble,
        "trouble_code": sync.trouble_code,
        "trouble_since": None if sync.trouble_since is None else iso_utc(sync.trouble_since),
        "rereads": sync.rereads,
        "unreadable": sync.unreadable,
    }


def _sync_lines(sync: SyncStanding, keeper: Keeper, now: int) -> Iterator[str]:
    """Only what is not as it should be, who keeps the shop up to date if no daemon does, and how far the first back-fill is."""
    if keeper is Keeper.REMOVED:
        yield "  " + _("not in channels.toml any more: its orders stay, nothing new comes in")
        return
    if sync.trouble:
        since = span(max(0, now - (sync.trouble_since or now)))
        yield "  " + _("trouble for {age}: {trouble}").format(age=since, trouble=plain(in_this_language(sync.trouble)))
    if keeper is Keeper.NOBODY:
        yield "  " + _nobody_line(sync, now)
    if keeper is Keeper.SINGLE_RUNS:
        ago = span(max(0, now - (sync.single_run_at or now)))
        yield "  " + _("no daemon runs for it: the last `packstation sync --once` ended {age} ago").format(age=ago)
    if not sync.progress.history_is_done:
        yield "  " + _("history: {share} % fetched").format(share=int(sync.progress.history_share * 100))


def _nobody_line(sync: SyncStanding, now: int) -> str:
    if sync.daemon_until is None or (sync.daemon is not None and has_died(sync.daemon)):
        return _("no daemon has this shop: start `packstation sync`, or look at its log")
    # It may run all the same, and not get to write: the database is locked, its disk full, its computer out of reach.
    silent = _("its daemon has given no sign of life for {age}: look at its log, or start `packstation sync`")
    return silent.format(age=span(max(0, now - sync.daemon_until)))


def _outbox_document(outbox: OutboxStanding, now: int) -> dict[str, Any]:
    return {
        "waiting": outbox.waiting,
        "parked": outbox.parked,
        "oldest_seconds": None if outbox.oldest_at is None else max(0, now - outbox.oldest_at) / SECOND,
        "parked_list": [
            {"shop": each.shop, "number": each.number, "kind": str(each.kind), "trouble": each.trouble}
            for each in outbox.parked_list
        ],
    }


def _outbox_lines(outbox: OutboxStanding, now: int) -> Iterator[str]:
    """What waits for the channels and what they would not take; nothing when all of it went out."""
    if outbox.oldest_at is not None:
        waiting = _("outbox: {count} decisions wait for their channels, the oldest for {age}")
        yield waiting.format(count=outbox.waiting, age=span(max(0, now - outbox.oldest_at)))
    if outbox.parked:
        parked = _("outbox: {count} decisions did not go out; `packstation sync retry` sends them again")
        yield parked.format(count=outbox.parked)
    for each in outbox.parked_list[:_PARKED_LINES]:
        line = _("not sent: {shop} {number}, {what}: {trouble}")
        yield line.format(
            shop=plain(each.shop),
            number=plain(each.number),
            what=_decision_word(each.kind),
            trouble=plain(in_this_language(each.trouble)),
        )


def _decision_word(kind: DecisionKind) -> str:
    return {
        DecisionKind.PACKED: _("packed"),
        DecisionKind.HOLD_RELEASED: _("hold released"),
        DecisionKind.HOLD_REJECTED: _("hold rejected"),
        DecisionKind.NOTE: _("note"),
        DecisionKind.CANCELLATION: _("cancellation asked for"),
    }[kind]
