"""Scanning, finishing and leaving parcels: what the desk asks of the acts, and what becomes of their answers."""

from __future__ import annotations

from functools import partial

from packstation.acts import board, desk_views, finishing, scanning
from packstation.acts.finishing import Finish, NoStationError, NothingToUndoError
from packstation.acts.scanning import DeskState, Notice, ScanAnswer
from packstation.domain.cards import Judgement
from packstation.domain.desk_flow import ScanStep, step_for_scan
from packstation.domain.holds import HoldState
from packstation.domain.plain_text import PlainText, plain
from packstation.domain.verdict import VerdictKind
from packstation.locale import _
from packstation.store.parcels import orders_of_parcel
from packstation.tui.holding import hides_phone
from packstation.tui.painting import Painting
from packstation.tui.sounds import Sound
from packstation.tui.station import AskedCode, DeskParcel, Station, now_ms
from packstation.tui.views import banner_text
from packstation.tui.views.answers import DeskAnswer
from packstation.tui.views.shelf import hold_state_text


class Packing:
    """The parcel on the desk."""

    def __init__(self, station: Station, painting: Painting) -> None:
        self._station = station
        self._painting = painting

    async def scan(self, code: str, came_in: float, shop: str | None = None) -> None:
        """Answer an order or parcel code that came in at a moment of the station's clock."""
        station = self._station
        if station.person is None:
            await station.act(partial(scanning.record_unanswered, station.place, code))
            station.say(_("Sign in first: scan your badge"), Sound.UNKNOWN)
            return
        if shop is None and station.parcel and station.parcel.code == code:
            shop = station.parcel.shop
        inserts = station.parcel.inserts if station.parcel else ()
        state = DeskState(station.on_desk_at(came_in), station.stopped_code, inserts)
        answer, phone_hidden, standing = await station.act(partial(self._scanned, code, state, shop))
        if answer.glued:
            first, second = answer.glued
            station.queue.put_first(partial(self.scan, first, came_in), partial(self.scan, second, came_in))
            return
        if answer.notice is Notice.ACKNOWLEDGE_FIRST:
            station.say(_("STOP is not acknowledged: scan it again, or ACK"), Sound.STOP)
            return
        if answer.step is ScanStep.REPEAT or answer.judgement is None:
            return
        acknowledged = station.stopped_code == code
        station.stopped_code = None
        if answer.step is ScanStep.FINISH and answer.finished:
            self._finished(answer.finished)
            return
        self._show_scan(answer, answer.judgement, phone_hidden, shop, standing)
        if answer.judgement.verdict.kind is VerdictKind.STOP and station.place.rules.require_acknowledge_stop:
            station.stopped_code = None if acknowledged else code

    def _scanned(self, code: str, state: DeskState, shop: str | None) -> tuple[ScanAnswer, bool, str]:
        """The answer, whether the buyer's phone is hidden, and where the hold stands if that is worth a line."""
        station = self._station
        answer = scanning.scan(station.place, station.person_id, code, state, shop)
        judgement = answer.judgement
        if judgement is None or judgement.verdict.kind is not VerdictKind.CALL or judgement.hold is None:
            return answer, False, ""
        hold, order = judgement.hold.hold, judgement.order
        calling = board.who_contacts(judgement.hold.id)
        is_news = bool(calling or hold.next_try_at is not None or hold.state is HoldState.ESCALATED)
        standing = hold_state_text(hold, order.zone, now_ms(), calling) if is_news and order else ""
        return answer, hides_phone(judgement, self._station.person_id), standing

    def _show_scan(
        self, answer: ScanAnswer, judgement: Judgement, phone_hidden: bool, shop: str | None, standing: str
    ) -> None:
        station = self._station
        remarks: list[PlainText] = [plain(standing)] if standing else []
        if answer.finished:
            number = answer.finished.number
            if answer.finished.packed:
                station.no_longer_unfinished(number)
                remarks.append(plain(_("{number} is packed").format(number=plain(number, 60))))
            else:
                self._second_look_failed(answer.finished)
        if answer.left:
            station.left_unfinished(answer.left)
        if answer.step is not ScanStep.SAY_UNKNOWN:
            station.parcel = None
        elif station.parcel:
            remarks.append(plain(_("{number} is still on the desk").format(number=plain(station.parcel.number, 60))))
        if answer.parcel_id is not None and judgement.order:
            station.parcel = DeskParcel(answer.parcel_id, judgement.order.number, answer.code, shop)
            station.no_longer_unfinished(judgement.order.number)
        if answer.pulled:
            station.no_longer_to_pull(answer.pulled)
            remarks.append(plain(_("it was to be pulled: the alarm is over")))
        before = station.answer
        again = before is not None and before.judgement.code == answer.code and before.judgement.order is None
        asking = bool(answer.asked)
        shown = DeskAnswer(judgement, answer.slot, answer.freed_slots, phone_hidden, again, tuple(remarks), asking)
        self._painting.paint(shown, quiet=bool(answer.finished and not answer.finished.packed))
        station.asked = AskedCode(answer.code, shop, answer.asked, station.shown) if asking else None
        if answer.notice is Notice.INPUT_METHOD:
            station.say(_("The keyboard's Vietnamese input method changed this code: switch it off at this station"))

    def looked_again(self) -> tuple[ScanAnswer, bool] | None:
        """The parcel on the desk, if it may not be packed any more; an act for the database thread."""
        station = self._station
        parcel = station.parcel
        if parcel is None or station.person_id is None:
            return None
        answer = scanning.look_again(station.place, station.person_id, parcel.parcel_id, parcel.code)
        if answer is None:
            return None
        return answer, bool(answer.judgement and hides_phone(answer.judgement, station.person_id))

    def turn(self, answer: ScanAnswer, phone_hidden: bool) -> None:
        """The parcel on the desk may not be packed any more: its green goes, but nothing scanned since is painted over."""
        station = self._station
        parcel, station.parcel = station.parcel, None
        if parcel is None or answer.judgement is None:
            return
        on_screen = station.answer.judgement.order if station.answer else None
        if on_screen is None or on_screen.number != parcel.number:
            self._not_packed(parcel.number, answer.judgement)
            return
        station.left_unfinished(parcel.number)
        remark = plain(_("changed while it lay on the desk"))
        self._painting.paint(DeskAnswer(answer.judgement, answer.slot, phone_hidden=phone_hidden, remarks=(remark,)))

    async def pack(self, came_in: float) -> None:
        """Finish the parcel on the desk, as a second scan of it does."""
        station = self._station
        on_desk = station.on_desk_at(came_in)
        if on_desk is None or station.parcel is None:
            station.say(_("Nothing on the desk to finish: scan the parcel"), Sound.UNKNOWN)
            return
        if step_for_scan(on_desk, frozenset({on_desk.parcel_id}), station.place.rules) is not ScanStep.FINISH:
            station.say(_("Too soon: look at the verdict, then finish"))
            return
        self._finished(
            await station.act(
                partial(
                    finishing.finish,
                    station.place,
                    station.person_id,
                    on_desk.parcel_id,
                    station.parcel.code,
                    inserts=station.parcel.inserts,
                )
            )
        )

    def _finished(self, finish: Finish) -> None:
        station = self._station
        station.parcel = None
        station.no_longer_to_pull([finish.parcel_id])
        if finish.packed:
            station.no_longer_unfinished(finish.number)
            station.answer = None
            station.shown += 1
            station.desk.show_said(banner_text.packed(finish.number))
            station.remember(finish.number)
            station.say(
                _("F7 or UNDO takes it back for {seconds} s").format(seconds=f"{station.settings.desk.undo_seconds:g}")
            )
            station.bell.play(Sound.PACK)
        else:
            self._second_look_failed(finish)
            self._painting.paint(DeskAnswer(finish.judgement), quiet=True)
        station.later(station.refresh_header)

    def _second_look_failed(self, finish: Finish) -> None:
        self._not_packed(finish.number, finish.judgement)

    def _not_packed(self, number: str, judgement: Judgement) -> None:
        station = self._station
        reasons = judgement.verdict.reasons
        why = banner_text.stop_word(reasons[0]) if reasons else ""
        station.left_unfinished(number)
        text = _("NOT PACKED: {number} – take it out again").format(number=plain(number, 60))
        station.alarm(f"{text} ({why})" if why else text)

    async def leave(self) -> None:
        """Take the parcel off the desk without packing it."""
        station = self._station
        if station.parcel is None:
            self._painting.show_idle()
            return
        parcel, station.parcel = station.parcel, None
        await station.act(partial(finishing.leave, station.place, station.person_id, parcel.parcel_id))
        station.left_unfinished(parcel.number)
        self._painting.show_idle()

    def acknowledge(self) -> None:
        """A STOP or an alarm was noticed."""
        station = self._station
        had_alarms = station.acknowledge_alarms()
        if station.stopped_code is not None:
            station.stopped_code = None
            self._painting.show_idle()
        elif not had_alarms:
            station.say(_("Nothing to acknowledge"))

    async def undo(self) -> None:
        """Take the last finish back."""
        station = self._station
        try:
            number = await station.act(self._undone)
        except NothingToUndoError:
            station.say(_("Nothing to take back: nothing packed here, or too long ago"), Sound.UNKNOWN)
            return
        except NoStationError:
            station.say(_("Sign in first: scan your badge"), Sound.UNKNOWN)
            return
        station.left_unfinished(number)
        if station.parcel is None:
            station.answer = None
            station.shown += 1
            station.desk.show_said(
                banner_text.said(
                    _("TAKEN BACK"), _("{number}: scan it again to pack it").format(number=plain(number, 60))
                )
            )
        else:
            station.say(_("{number} taken back: scan it again to pack it").format(number=plain(number, 60)))
        station.later(station.refresh_header)

    def _undone(self) -> str:
        station = self._station
        parcel_id = finishing.undo(station.place, station.person_id)
        return desk_views.past_order(orders_of_parcel(parcel_id)[0]).number

    async def clear_desk(self) -> None:
        """List what an earlier run left on this desk."""
        for number in await self._station.act(self._cleared):
            self._station.left_unfinished(number)

    def _cleared(self) -> list[str]:
        station = self._station
        parcels = finishing.clear_desk(station.place, station.person_id)
        return [desk_views.past_order(orders_of_parcel(parcel_id)[0]).number for parcel_id in parcels]
