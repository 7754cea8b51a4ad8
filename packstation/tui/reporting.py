"""A supervisor reports buyers to their channel, and keeps what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from packstation.acts import reporting_buyers
from packstation.acts.reporting_buyers import CaseOpenError, LetterNotSavedError
from packstation.domain.cases import CaseCard, CaseMoveError, EmptyResultError
from packstation.domain.plain_text import plain
from packstation.domain.times import DAY
from packstation.locale import _, language
from packstation.locale.case_words import case_state_word, way_words
from packstation.store.case_evidence import DueReport
from packstation.tui.screens.cases import Cases, Wish
from packstation.tui.sounds import Sound
from packstation.tui.station import Station, now_ms


class Reporting:
    """The list of cases and what is done with it."""

    def __init__(self, station: Station, open_dialog: Callable[[Cases], None]) -> None:
        self._station = station
        self._open_dialog = open_dialog

    async def ask(self) -> None:
        """Open the list, for who supervises."""
        station = self._station
        if station.person is None or not station.person.supervises:
            station.say(_("Reported buyers are for the supervisor: sign in as one"), Sound.UNKNOWN)
            return
        cards, due = await station.act(self._read)
        judgement = station.answer.judgement if station.answer else None
        number = judgement.order.number if judgement and judgement.order else ""
        self._open_dialog(Cases(cards, due, number, now_ms()))

    def _read(self) -> tuple[list[CaseCard], list[DueReport]]:
        return reporting_buyers.all_cases(), reporting_buyers.due(self._station.settings.case_rules)

    async def do(self, message: Cases.Wanted) -> None:
        """Do what is wanted; the list shows it, or says why not."""
        station, dialog = self._station, message.dialog
        order_id = message.order_id or self._order_on_screen()
        if station.person is None or not station.person.supervises:
            return
        try:
            card = await station.act(partial(self._done, message, station.person.id, order_id))
        except CaseOpenError as error:
            _complain(dialog, _("This buyer is reported already: case {id}").format(id=error.card.id))
        except LetterNotSavedError as error:
            _complain(
                dialog, _("{folder} cannot be written: {reason}").format(folder=error.folder, reason=error.reason)
            )
        except EmptyResultError:
            _complain(dialog, _("Say what the channel answered"))
        except CaseMoveError as error:
            state = case_state_word(error.state)
            _complain(dialog, _("Not possible now: {state}").format(state=state))
        else:
            cards, due = await station.act(self._read)
            if dialog.is_attached:
                dialog.renew(cards, due, _said(message.wish, card))

    def _done(self, message: Cases.Wanted, person_id: int, order_id: int | None) -> CaseCard:
        place, rules = self._station.place, self._station.settings.case_rules
        if message.case_id is None:
            if order_id is None:
                raise LookupError("no order to report")
            return reporting_buyers.open_case(place, rules, person_id, order_id, language())
        if message.wish is Wish.CLOSE:
            return reporting_buyers.close_case(place, person_id, message.case_id)
        check = None if message.check_days is None else now_ms() + message.check_days * DAY
        return reporting_buyers.answer_case(place, person_id, message.case_id, message.result, check)

    def _order_on_screen(self) -> int | None:
        judgement = self._station.answer.judgement if self._station.answer else None
        return judgement.order.id if judgement and judgement.order else None


def _said(wish: Wish, card: CaseCard) -> str:
    match wish:
        case Wish.REPORT:
            return _("Case {id}: {way}").format(id=card.id, way=plain(way_words(card), 200))
        case Wish.ANSWER:
            return _("Case {id}: the answer is noted").format(id=card.id)
        case Wish.CLOSE:
            return _("Case {id} is closed").format(id=card.id)


def _complain(dialog: Cases, text: str) -> None:
    if dialog.is_attached:
        dialog.complain(text)
