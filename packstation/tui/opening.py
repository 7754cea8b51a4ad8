"""How a station begins: known to the database, asking who is there, and ready for the first scan once that is painted."""

from __future__ import annotations

import gc
from functools import partial

from packstation.acts.policies import current_policy
from packstation.acts.workplace import Workplace, open_station
from packstation.settings import Settings
from packstation.store.schema import installation_token
from packstation.tui.parts import DeskParts
from packstation.tui.station import Station, rules_of


async def begin(parts: DeskParts) -> None:
    """Open the station at the database and ask who works here."""
    station = parts.station
    place, token = await station.act(partial(_opened, station.settings))
    station.open_at(place, token)
    station.show_header()
    await parts.packing.clear_desk()
    await parts.signing_in.ask()
    station.later(partial(_warm_up, station))
    station.later(station.refresh_header)
    parts.watching.be_due()


def _opened(settings: Settings) -> tuple[Workplace, str]:
    rules, retention, supervision = rules_of(settings), settings.retention.rules, settings.supervision.rules
    return open_station(settings.station.name, rules, retention, supervision), installation_token()


async def _warm_up(station: Station) -> None:
    """Load what the first scan needs, now that the first screen is painted."""
    await station.act(_warm)
    # What is there now stays till the end: the collector need not stop a scan to look at it again and again.
    gc.collect()
    gc.freeze()


def _warm() -> None:
    """Import and compile what the first scan needs."""
    from packstation.domain.phones import phone_key

    current_policy()
    phone_key("0912345678")
