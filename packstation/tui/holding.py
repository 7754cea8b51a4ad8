"""Parcels on the desk that are held: by hand, taken back again, or because goods are short or damaged."""

from __future__ import annotations

from functools import partial

from packstation.acts import desk_views, finishing, overriding
from packstation.acts.finishing import Problem
from packstation.domain.cards import Judgement
from packstation.domain.hold_events import NotAllowedError
from packstation.domain.verdict import VerdictKind
from packstation.locale import _
from packstation.tui.painting import Painting
from packstation.tui.sounds import Sound
from packstation.tui.station import Station
from packstation.tui.views.answers import DeskAnswer


class Holding:
    """Holds by hand of the parcel on the desk."""

    def __init__(self, station: Station, painting: Painting) -> None:
        self._station = station
        self._painting = painting
        self._held_at = float("-inf")

    async def hold(self) -> None:
        """Put the parcel on the desk on hold by hand."""
        station = self._station
        if station.parcel:
            parcel = station.parcel
            judgement, slot = await station.act(
                partial(finishing.hold_by_hand, station.place, station.person_id, parcel.parcel_id, parcel.code)
            )
            await self._show_held(judgement, slot)
            self._held_at = station.clock()
            return
        station.say(_("No parcel in green on the desk to hold"), Sound.UNKNOWN)

    async def hold_or_withdraw(self) -> None:
        """The key for holding: holds the parcel on the desk, else takes back one's own hold of the order on screen.

        The command code only ever holds, and a key that is read twice takes nothing back.
        """
        station = self._station
        held = station.answer.judgement.hold if station.answer else None
        person = station.person
        own = held and person and held.hold.is_open and held.hold.is_by_hand and person.id == held.hold.opened_by
        if station.parcel or not (held and person and own):
            await self.hold()
            return
        if station.clock() - self._held_at < station.place.rules.repeat_guard_ms / 1_000:
            return
        try:
            hold = await station.act(partial(overriding.withdraw, station.place, person.id, held.id))
        except NotAllowedError:
            station.say(_("Decided meanwhile: scan it again"), Sound.UNKNOWN)
            return
        if hold.is_open:
            station.say(_("It is with the supervisor now, who decides"), Sound.UNKNOWN)
        else:
            station.say(_("Your hold is taken back: scan it again"))

    async def report(self, problem: Problem) -> None:
        """Goods are short or damaged."""
        station = self._station
        if station.parcel is None:
            station.say(_("No parcel in green on the desk to hold"), Sound.UNKNOWN)
            return
        place, person = station.place, station.person_id
        parcel = station.parcel
        judgement, slot = await station.act(
            partial(finishing.report_problem, place, person, parcel.parcel_id, problem, parcel.code)
        )
        await self._show_held(judgement, slot)

    async def _show_held(self, judgement: Judgement, slot: str | None) -> None:
        station = self._station
        station.parcel = None
        hidden = await station.act(partial(hides_phone, judgement, station.person_id))
        self._painting.paint(DeskAnswer(judgement, slot, phone_hidden=hidden))


def hides_phone(judgement: Judgement, person_id: int | None) -> bool:
    """Whether the buyer to call cannot be called, as the channel hides the phone; an act for the database thread."""
    if judgement.verdict.kind is not VerdictKind.CALL or judgement.hold is None:
        return False
    return not desk_views.contact_of(judgement.hold.id, person_id).phone_key
