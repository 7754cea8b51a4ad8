"""How far each shop is synced, which daemon has it, whose configuration it stands in, and what troubles it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from packstation.store.database import execute_many, rows_of


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a shop is synced, ms UTC of the channel's clock; None where nothing was done yet.

    Attributes:
        changes_until: everything that changed before this is stored.
        history_from: how far back the first back-fill is to go.
        history_done_to: how far back it has come; it goes from new to old.
        checked_from: how far back history was looked through a second time.
        checked_at: when the last days were last reconciled, by the database's clock.
        begun_at: where the first back-fill began.
    """

    changes_until: int | None = None
    history_from: int | None = None
    history_done_to: int | None = None
    checked_from: int | None = None
    checked_at: int | None = None
    begun_at: int | None = None

    @property
    def history_share(self) -> float:
        """How much of the first back-fill is done, 0 to 1."""
        start, end, begun = self.history_from, self.history_done_to, self.begun_at
        if start is None or end is None or begun is None:
            return 0.0
        if end <= start:
            return 1.0
        return min(1.0, max(0.0, (begun - end) / (begun - start))) if begun > start else 0.0

    @property
    def history_is_done(self) -> bool:
        """Whether the first back-fill has come to its end."""
        return self.history_share >= 1.0


class Keeper(StrEnum):
    """Who keeps a shop up to date."""

    DAEMON = "daemon"
    SINGLE_RUNS = "single_runs"
    """No daemon does; the last to have it was a single run, which came to its end."""
    NOBODY = "nobody"
    """A daemon should: one that had it has ended, or hangs."""
    REMOVED = "removed"
    """It was taken out of the configuration, and nobody is to."""


@dataclass(frozen=True, slots=True)
class SyncStanding:
    """A shop's sync as `status` and the desk's header show it. Times are ms UTC by the database's clock.

    `daemon` has it until `daemon_until`; where it is None but a time is there, one that failed rests until it tries again.
    `configured_by` names the configuration under which it was synced last, `removed_at` is when it was taken out of that;
    `single_run_at` is when a single run ended, while no daemon has begun to sync it since.
    """

    shop: str
    channel: str
    synced_at: int | None
    progress: Progress
    trouble: str
    trouble_code: str
    trouble_since: int | None
    daemon: str | None
    daemon_until: int | None
    configured_by: str | None
    removed_at: int | None
    single_run_at: int | None
    unreadable: int
    rereads: int

    def keeper(self, now: int) -> Keeper:
        """Who keeps the shop up to date at `now`, by the database's clock, ms UTC."""
        if self.daemon_until is not None and self.daemon_until > now:
            return Keeper.DAEMON
        if self.removed_at is not None:
            return Keeper.REMOVED
        return Keeper.NOBODY if self.single_run_at is None else Keeper.SINGLE_RUNS


def progress_of(shop_id: int) -> Progress:
    """How far the shop is synced."""
    rows = rows_of(
        "SELECT changes_until, history_from, history_done_to, checked_from, checked_at, begun_at FROM shop_sync WHERE shop_id = ?",
        (shop_id,),
    )
    return Progress(*rows[0]) if rows else Progress()


def begin(shop_id: int) -> None:
    """Make sure that the shop has a state."""
    execute_many(
        "INSERT INTO shop_sync (shop_id, trouble, trouble_code) VALUES (?, '', '') ON CONFLICT DO NOTHING", [(shop_id,)]
    )


def save_progress(shop_id: int, progress: Progress, daemon: str) -> bool:
    """Move the cursors, inside the caller's transaction and only while `daemon` still has the shop; whether it had."""
    moved = rows_of(
        "UPDATE shop_sync SET changes_until = ?, history_from = ?, history_done_to = ?, checked_from = ?, checked_at = ?, begun_at = ? "
        "WHERE shop_id = ? AND daemon = ? RETURNING shop_id",
        (
            progress.changes_until,
            progress.history_from,
            progress.history_done_to,
            progress.checked_from,
            progress.checked_at,
            progress.begun_at,
            shop_id,
            daemon,
        ),
    )
    return bool(moved)


def synced(shop_id: int, now: int) -> None:
    """The shop's data are as fresh as `now`, and nothing troubles it."""
    execute_many("UPDATE shop SET synced_at = ? WHERE id = ?", [(now, shop_id)])
    execute_many(
        "UPDATE shop_sync SET trouble = '', trouble_code = '', trouble_since = NULL WHERE shop_id = ? AND trouble <> ''",
        [(shop_id,)],
    )


def troubled(shop_id: int, text: str, code: str, now: int) -> None:
    """Something keeps the shop from being synced; the time is that of the first such trouble in a row."""
    execute_many(
        "UPDATE shop_sync SET trouble = ?, trouble_code = ?, trouble_since = coalesce(trouble_since, ?) WHERE shop_id = ?",
        [(text, code, now, shop_id)],
    )


def take_shop(shop_id: int, daemon: str, now: int, until: int) -> bool:
    """Take or keep the shop for a daemon until a moment, unless another one has it; needs no transaction of its own.

    Args:
        shop_id: the shop.
        daemon: the daemon's name, unlike any other's.
        now: by the database's clock, ms UTC.
        until: when it may be taken over, if the daemon does not ask again.
    """
    rows = rows_of(
        "UPDATE shop_sync SET daemon = ?, daemon_until = ? "
        "WHERE shop_id = ? AND (daemon IS NULL OR daemon = ? OR daemon_until <= ?) RETURNING shop_id",
        (daemon, until, shop_id, daemon, now),
    )
    return bool(rows)


def configured(shop_id: int, configuration: str) -> None:
    """A daemon or a single run that has the shop says in whose configuration it stands; that of an earlier one counts no more.

    Args:
        shop_id: the shop.
        configuration: its name, unlike any other's (`SyncConfig.name`).
    """
    execute_many(
        "UPDATE shop_sync SET configured_by = ?, removed_at = NULL, single_run_at = NULL WHERE shop_id = ?",
        [(configuration, shop_id)],
    )


def let_go_of_absent(configuration: str, present: Collection[str], now: int) -> list[str]:
    """Note which shops were taken out of a configuration, and that nothing troubles them any more. Needs no transaction.

    Shops that were last synced under another configuration are left alone, though nobody may sync them now: theirs is the word.

    Args:
        configuration: its name.
        present: the names of the shops that stand in it.
        now: by the database's clock, ms UTC; a shop that a living daemon has is that one's.

    Returns:
        The names of those that are let go now.
    """
    marks = ",".join("?" * len(present)) or "''"
    gone = rows_of(
        "SELECT s.id, s.name FROM shop_sync y JOIN shop s ON s.id = y.shop_id WHERE y.configured_by = ? AND y.removed_at IS NULL "
        f"AND s.name NOT IN ({marks}) AND (y.daemon IS NULL OR y.daemon_until <= ?) ORDER BY s.name",
        (configuration, *present, now),
    )
    execute_many(
        "UPDATE shop_sync SET removed_at = ?, trouble = '', trouble_code = '', trouble_since = NULL WHERE shop_id = ?",
        [(now, shop_id) for shop_id, _name in gone],
    )
    return [name for _shop_id, name in gone]


def holder_of(shop_id: int) -> str | None:
    """The daemon that has the shop, or had it last."""
    rows = rows_of("SELECT daemon FROM shop_sync WHERE shop_id = ?", (shop_id,))
    return rows[0][0] if rows else None


def leave_shop(shop_id: int, daemon: str, single_run_at: int | None = None) -> None:
    """Give the shop back at once.

    Args:
        shop_id: the shop.
        daemon: who had it; nothing changes when somebody else has it by now.
        single_run_at: the moment, by the database's clock, ms UTC, where it was a single run that came to its end.
    """
    execute_many(
        "UPDATE shop_sync SET daemon = NULL, daemon_until = NULL, single_run_at = ? WHERE shop_id = ? AND daemon = ?",
        [(single_run_at, shop_id, daemon)],
    )


def rest_with_shop(shop_id: int, daemon: str, until: int | None) -> None:
    """Give the shop back, so that any other daemon may take it, and say that this one tries again; needs no transaction.

    Args:
        shop_id: the shop.
        daemon: who had it; nothing changes when somebody else has it by now.
        until: until when it counts as attended, by the database's clock, ms UTC; None when the daemon ends.
    """
    execute_many(
        "UPDATE shop_sync SET daemon = NULL, daemon_until = ?, single_run_at = NULL "
        "WHERE shop_id = ? AND (daemon IS NULL OR daemon = ?)",
        [(until, shop_id, daemon)],
    )


def sync_standings() -> list[SyncStanding]:
    """Every shop that a daemon ever had, by name."""
    return [
        SyncStanding(row[0], row[1], row[2], Progress(*row[3:9]), *row[9:])
        for row in rows_of(
            "SELECT s.name, s.channel, s.synced_at, y.changes_until, y.history_from, y.history_done_to, y.checked_from, y.checked_at, "
            "y.begun_at, y.trouble, y.trouble_code, y.trouble_since, y.daemon, y.daemon_until, y.configured_by, y.removed_at, "
            "y.single_run_at, "
            "(SELECT count(*) FROM unreadable u WHERE u.shop_id = s.id), "
            "(SELECT count(*) FROM reread r WHERE r.shop_id = s.id) "
            "FROM shop_sync y JOIN shop s ON s.id = y.shop_id ORDER BY s.name"
        )
    ]
