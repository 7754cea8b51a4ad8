"""What the desk shows of a parcel: the verdict at once, order, customer and what to put in after it; or nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from packstation.acts import caring, desk_views
from packstation.domain.verdict import VerdictKind
from packstation.tui.sounds import sound_of
from packstation.tui.station import Station
from packstation.tui.views import banner_text
from packstation.tui.views.answers import DeskAnswer
from packstation.tui.views.care import CareShown


class Painting:
    """Paints the desk. `shelved` is told of answers that put a parcel on the hold shelf."""

    def __init__(self, station: Station, shelved: Callable[[DeskAnswer], None]) -> None:
        self._station = station
        self._shelved = shelved

    def paint(self, answer: DeskAnswer, *, quiet: bool = False) -> None:
        """Paint a verdict at once, order and customer after it, and what has to be read last."""
        station = self._station
        station.answer = answer
        station.shown += 1
        station.desk.show_answer(answer)
        if answer.slot:
            self._shelved(answer)
        order = answer.judgement.order
        station.remember(order.number if order else answer.judgement.code)
        if not quiet:
            station.bell.play(sound_of(answer.judgement.verdict))
        station.desk.call_after_refresh(self._painted, station.shown, answer)

    def _painted(self, shown: int, answer: DeskAnswer) -> None:
        station = self._station
        if station.parcel and station.parcel.painted_at is None and answer.judgement.verdict.kind is VerdictKind.PACK:
            station.parcel.painted_at = station.clock()
        if shown != station.shown:
            return
        station.desk.show_order(answer)
        if answer.judgement.order:
            station.later(partial(self._read_beside, shown, answer))

    async def _read_beside(self, shown: int, answer: DeskAnswer) -> None:
        station = self._station
        order, customer = answer.judgement.order, answer.judgement.customer
        if shown != station.shown or order is None:
            return
        beside = await station.act(partial(desk_views.beside_verdict, customer.id if customer else None, order.id))
        if shown == station.shown:
            station.desk.show_beside(answer, beside)
            if station.parcel and answer.judgement.verdict.kind is VerdictKind.PACK:
                await self._read_care(shown, order.id)

    async def _read_care(self, shown: int, order_id: int) -> None:
        """What goes into the parcel beside the goods."""
        station = self._station
        offer = await station.act(partial(caring.offer, order_id))
        if shown == station.shown and station.parcel:
            station.parcel.care = offer.inserts
            station.desk.show_care(CareShown(offer.inserts, station.parcel.left_out))
            station.vouchers_missing(offer.empty_lists)

    def turn_insert(self, rule: str) -> None:
        """The packer puts in, or does not put in, what a rule of care asks for."""
        parcel = self._station.parcel
        if parcel is not None and any(insert.rule == rule for insert in parcel.care):
            parcel.left_out ^= {rule}
            self._station.desk.show_care(CareShown(parcel.care, parcel.left_out))

    def show_idle(self) -> None:
        """Nothing on the desk."""
        station = self._station
        station.answer = None
        station.shown += 1
        figures = station.figures
        idle = banner_text.idle(figures.packed_today, figures.per_hour) if figures else banner_text.idle()
        station.desk.show_idle(idle)
