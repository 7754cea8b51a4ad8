"""The supervisor's board at a station: who sees it, what is on it, what is asked from it; and what waits there for a supervisor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from packstation.acts import approving, board, desk_views
from packstation.acts.board import Board, HoldDetail, Waiting
from packstation.acts.reopening import NoPackedParcelError, packed_parcel
from packstation.domain.codes import normalise
from packstation.domain.plain_text import plain
from packstation.domain.supervision import ApprovalRequest, ApprovalState
from packstation.locale import _, words
from packstation.store.board import BoardRow
from packstation.store.parcels import orders_of_parcel
from packstation.tui.alarms import Alert
from packstation.tui.carrying_out import Done, done_text
from packstation.tui.decisions import Decision, HeldFor
from packstation.tui.overlays import Overlays
from packstation.tui.screens.board import SupervisorsBoard
from packstation.tui.screens.which_pack import WhichPack
from packstation.tui.sounds import Sound
from packstation.tui.station import Station, now_ms

OpenHeld = Callable[[HeldFor], Awaitable[None]]


class Supervising:
    """The board. `open_held` opens the dialog in which something is decided."""

    def __init__(self, station: Station, overlays: Overlays) -> None:
        self._station = station
        self._overlays = overlays
        self.open_held: OpenHeld | None = None

    async def open_board(self) -> None:
        """Open the board for a supervisor; others are told who may."""
        station = self._station
        if station.person is None or not station.person.supervises:
            station.say(_("The board is for supervisors and the owner: F5 asks them"), Sound.UNKNOWN)
            return
        self._overlays.open(SupervisorsBoard(await station.act(self._read), now_ms()))

    def _read(self) -> Board:
        return board.board(self._station.settings.carrier_terms)

    async def point(self, message: SupervisorsBoard.Pointed) -> None:
        """Show a hold in detail."""
        detail: HoldDetail = await self._station.act(partial(board.detail, message.row.hold_id))
        if message.board.is_attached:
            message.board.show_detail(detail)

    async def ask(self, message: SupervisorsBoard.Asked) -> None:
        """A decision was chosen on the board."""
        if self.open_held is None or not message.rows:
            return
        why = ""
        if len(message.rows) == 1 and message.rows[0].request is None:
            detail = await self._station.act(partial(board.detail, message.rows[0].hold_id))
            why = "; ".join(words.reason_text(reason, detail.order) for reason in detail.reasons[:2])
        await self.open_held(_held_for(message.decision, message.rows, why))

    async def ask_pack(self) -> None:
        """A packed parcel is to be opened again."""
        self._overlays.open_over(WhichPack())

    async def reopen_pack(self, message: WhichPack.Given) -> None:
        """It was said which."""
        station, dialog = self._station, message.dialog
        code = normalise(message.code, station.settings.scanner.code_format)
        try:
            parcel_id = await station.act(partial(packed_parcel, code))
        except NoPackedParcelError as error:
            if dialog.is_attached:
                none, several = _("No packed parcel has this number"), _("Several are packed: scan the tracking number")
                dialog.complain(several if error.packed > 1 else none)
            return
        order = await station.act(lambda: desk_views.past_order(orders_of_parcel(parcel_id)[0]))
        if dialog.is_attached:
            dialog.dismiss()
        if self.open_held is not None:
            held = HeldFor(order.id, None, order.number, order.shop, "", (Decision.REOPEN_PACK,), parcel_id=parcel_id)
            await self.open_held(held)

    def done(self, held: HeldFor, done: Done) -> bool:
        """Say on the board what was done; False when none is open."""
        shown = self._board
        if shown is None:
            return False
        shown.say(done_text(held, done))
        self.news_came()
        return True

    def news_came(self) -> None:
        """Something was written: an open board is read again, or closed if whoever is here may not see it."""
        shown = self._board
        if shown is None:
            return
        if self._station.person is None or not self._station.person.supervises:
            self._overlays.close_all()
            return
        self._station.later(self._renew)

    async def _renew(self) -> None:
        now = await self._station.act(self._read)
        if shown := self._board:
            shown.renew(now, now_ms())

    @property
    def _board(self) -> SupervisorsBoard | None:
        return self._overlays.find(SupervisorsBoard)

    # What waits, and what was answered

    def seen(self) -> tuple[Waiting, list[ApprovalRequest]]:
        """What waits for the supervisor who is signed in, and answers to this desk; an act for the database thread."""
        person = self._station.person
        waiting = board.waiting() if person and person.supervises else Waiting()
        return waiting, approving.answers_for(self._station.place) if person else []

    def show(self, waiting: Waiting, answers: Sequence[ApprovalRequest]) -> None:
        """Tell of what is new of that."""
        station = self._station
        alerts = [
            Alert(
                ("request", each.id),
                plain(
                    _("ASKED {number} by {person}, {station}: {why}").format(
                        number=plain(each.number, 40),
                        person=plain(each.person, 30),
                        station=plain(each.station, 30),
                        why=plain(each.why, 80),
                    ),
                    200,
                ),
            )
            for each in waiting.requests
        ]
        for hold_id, number, reason in waiting.escalated:
            text = _("ESCALATED {number}: {why}").format(number=plain(number, 40), why=words.hold_reason_word(reason))
            alerts.append(Alert(("escalated", hold_id), plain(text, 200)))
        station.alarms.show_for_supervisor(alerts)
        for answer in answers:
            station.alarm(_answer_text(answer))


def _answer_text(answer: ApprovalRequest) -> str:
    number, by = plain(answer.number, 40), plain(answer.ended_by, 30)
    match answer.state:
        case ApprovalState.GRANTED:
            return _("GRANTED {number} by {name}: scan it again to pack it").format(number=number, name=by)
        case ApprovalState.REFUSED:
            return _("REFUSED {number} by {name}: it stays off the desk").format(number=number, name=by)
        case _:
            return _("NO ANSWER from the board about {number}: ask again, or find a supervisor").format(number=number)


def _held_for(decision: Decision, rows: Sequence[BoardRow], why: str) -> HeldFor:
    first = rows[0]
    if decision is Decision.RELEASE_MARKED:
        numbers = ", ".join(plain(row.number, 30) for row in rows)
        ids = tuple(row.hold_id for row in rows)
        return HeldFor(0, None, _("the marked orders"), "", numbers, (decision,), holds=ids)
    request = first.request
    if request:
        why = f"{plain(request.person, 40)}: {plain(request.why, 200)}"
    return HeldFor(
        first.order_id,
        first.hold_id,
        first.number,
        first.shop,
        why,
        (decision,),
        request_id=request.id if request and decision in (Decision.RELEASE, Decision.REFUSE) else None,
    )
