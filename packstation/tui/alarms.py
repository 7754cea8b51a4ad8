"""The alarms of a station: said here, about parcels to pull, and of what waits for a supervisor who is signed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from packstation.domain.alarms import PullAlarm
from packstation.domain.plain_text import PlainText, plain
from packstation.locale import words


@dataclass(frozen=True, slots=True)
class Alert:
    """An alarm that stands for as long as what it is about: `key` tells it from others."""

    key: tuple[str, int]
    text: PlainText


class _Standing:
    """Alerts that come and go by themselves; one that is acknowledged here is not shown again."""

    def __init__(self) -> None:
        self.alerts: tuple[Alert, ...] = ()
        self._told: set[tuple[str, int]] = set()
        self._acknowledged: set[tuple[str, int]] = set()

    def renew(self, alerts: Sequence[Alert]) -> bool:
        """Show these from now on; whether one of them is new."""
        keys = {alert.key for alert in alerts}
        new = keys - self._told
        self._told = keys
        self._acknowledged &= keys
        self.alerts = tuple(alerts)
        return bool(new)

    @property
    def shown(self) -> list[Alert]:
        """Those that nobody has acknowledged here."""
        return [alert for alert in self.alerts if alert.key not in self._acknowledged]

    def acknowledge(self, alerts: Sequence[Alert]) -> None:
        """These were seen."""
        self._acknowledged |= {alert.key for alert in alerts}


class Alarms:
    """What is shown of them, the gravest first; what is new rings once.

    Args:
        show: shows the texts.
        ring: rings.
    """

    def __init__(self, show: Callable[[Sequence[PlainText]], None], ring: Callable[[], None]) -> None:
        self._show = show
        self._ring = ring
        self._said: list[PlainText] = []
        self._pulls: tuple[PullAlarm, ...] = ()
        self._to_pull = _Standing()
        self._for_supervisor = _Standing()

    def say(self, text: str) -> None:
        """Raise an alarm that stays until it is acknowledged."""
        self._said.insert(0, plain(text, 200))
        self._shown()
        self._ring()

    def show_pulls(self, pulls: Sequence[PullAlarm], now: int) -> None:
        """Show the parcels that are to be pulled; `now` in ms UTC."""
        self._pulls = tuple(pulls)
        alerts = [Alert(("pull", pull.id), plain(words.pull_text(pull, now=now), 200)) for pull in pulls]
        self._renew(self._to_pull, alerts)

    def no_longer_to_pull(self, parcel_ids: Sequence[int], now: int) -> None:
        """Parcels were scanned in here."""
        self.show_pulls([pull for pull in self._pulls if pull.parcel_id not in parcel_ids], now)

    def show_for_supervisor(self, alerts: Sequence[Alert]) -> None:
        """Show what waits for the supervisor who is signed in; nothing for anybody else."""
        self._renew(self._for_supervisor, alerts)

    def acknowledge(self, most: int) -> bool:
        """Put away those that are seen, at most so many; False when there was none."""
        pulls, alerts = self._to_pull.shown[:most], self._for_supervisor.shown
        alerts = alerts[: most - len(pulls)]
        seen = len(pulls) + len(alerts)
        if not (seen or self._said):
            return False
        self._to_pull.acknowledge(pulls)
        self._for_supervisor.acknowledge(alerts)
        del self._said[: most - seen]
        self._shown()
        return True

    @property
    def to_pull(self) -> tuple[PlainText, ...]:
        """Every parcel that is to be pulled until it is scanned in, acknowledged here or not, the latest first."""
        return tuple(alert.text for alert in self._to_pull.alerts)

    @property
    def waiting(self) -> int:
        """How much waits for the supervisor who is signed in."""
        return len(self._for_supervisor.alerts)

    def _renew(self, standing: _Standing, alerts: Sequence[Alert]) -> None:
        is_new = standing.renew(alerts)
        self._shown()
        if is_new:
            self._ring()

    def _shown(self) -> None:
        standing = [*self._to_pull.shown, *self._for_supervisor.shown]
        self._show([*(alert.text for alert in standing), *self._said])
