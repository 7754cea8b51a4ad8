"""A supervisor decides the hold on screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from packstation.acts import overriding, people
from packstation.acts.overriding import NothingToClearError, ReasonMissingError
from packstation.acts.people import NobodyError, NotASupervisorError, PinLockedError, WrongPinError
from packstation.domain.cards import Judgement
from packstation.domain.hold_events import FourEyesError, NotAllowedError
from packstation.domain.holds import Hold, HoldState, stops
from packstation.domain.plain_text import plain
from packstation.domain.verdict import StopRule
from packstation.locale import _, language, words
from packstation.tui.screens.override import Decision, HeldFor, Override
from packstation.tui.sounds import Sound
from packstation.tui.station import Station
from packstation.tui.theme import Tone
from packstation.tui.views import banner_text


class Overriding:
    """The supervisor's dialog and what comes of it."""

    def __init__(self, station: Station, open_dialog: Callable[[Override], None]) -> None:
        self._station = station
        self._open_dialog = open_dialog

    async def ask(self) -> None:
        """Open the dialog for the hold on screen."""
        station = self._station
        judgement = station.answer.judgement if station.answer else None
        held = _held_for(judgement) if judgement else None
        if held is None:
            station.say(_("No hold on screen to decide: scan the parcel, or choose it from F3"), Sound.UNKNOWN)
            return
        reasons = station.settings.override.reasons
        self._open_dialog(Override(held, reasons.vi if language() == "vi" else reasons.en, station.person))

    async def take_badge(self, message: Override.BadgeTaken) -> None:
        """A badge was scanned for the dialog."""
        try:
            person = await self._station.act(partial(people.person_of_badge, message.secret))
        except NobodyError:
            _complain(message.dialog, _("Nobody's badge, or one that was replaced"))
            return
        if not person.supervises:
            _complain(message.dialog, _("{name} is no supervisor").format(name=plain(person.name, 40)))
        elif message.dialog.is_attached:
            message.dialog.signed_by(person)

    async def decide(self, message: Override.Decided) -> None:
        """Do what was decided."""
        station, dialog = self._station, message.dialog
        try:
            hold = await station.act(partial(self._decided, message))
        except WrongPinError:
            _complain(dialog, _("Wrong PIN"))
        except PinLockedError as error:
            until = datetime.fromtimestamp(error.until / 1_000, UTC).astimezone().strftime("%H:%M")
            _complain(dialog, _("Too many wrong PINs: locked until {time}").format(time=until))
        except NotASupervisorError:
            _complain(dialog, _("{name} is no supervisor").format(name=plain(message.person.name, 40)))
        except FourEyesError:
            _complain(dialog, _("You asked for this hold yourself: a second person has to decide it"))
        except ReasonMissingError:
            _complain(dialog, _("A reason is needed"))
        except (NotAllowedError, NothingToClearError):
            _complain(dialog, _("Decided meanwhile: scan it again"))
        else:
            if dialog.is_attached:
                dialog.dismiss()
            self._show(dialog.held, hold)

    def _decided(self, message: Override.Decided) -> Hold | None:
        place, held, person = self._station.place, message.dialog.held, message.person
        if held.hold_id is None:
            overriding.clear_address(place, person.id, message.pin, held.order_id, reason=message.reason)
            return None
        if message.decision is Decision.REOPEN:
            return overriding.reopen(place, person.id, message.pin, held.hold_id, reason=message.reason)
        return overriding.override(
            place,
            person.id,
            message.pin,
            held.hold_id,
            release=message.decision is Decision.RELEASE,
            reason=message.reason,
        )

    def _show(self, held: HeldFor, hold: Hold | None) -> None:
        station = self._station
        slots = station.answer.judgement.hold.slots if station.answer and station.answer.judgement.hold else ()
        slots = slots or ((station.answer.slot,) if station.answer and station.answer.slot else ())
        station.answer = None
        station.shown += 1
        number = plain(held.number, 60)
        if hold is None:
            says = banner_text.said(_("OVERRIDDEN"), f"{number}  ·  {_('scan it again')}", tone=Tone.DONE)
        elif hold.state is HoldState.RELEASED:
            fetch = (
                _("fetch it from slot {slot} and scan it again").format(slot=", ".join(slots))
                if slots
                else _("scan it again")
            )
            says = banner_text.said(_("OVERRIDDEN"), f"{number}  ·  {fetch}", tone=Tone.DONE)
        elif hold.state is HoldState.CLOSED:
            says = banner_text.said(
                _("REJECTED"), f"{number}  ·  {_('put it aside, it is not packed')}", tone=Tone.SAID
            )
        else:
            says = banner_text.said(_("OPEN AGAIN"), f"{number}  ·  {_('scan it again')}")
        station.desk.show_said(says)


def _held_for(judgement: Judgement) -> HeldFor | None:
    """What of a judgement a supervisor can decide."""
    order, held = judgement.order, judgement.hold
    if order is None:
        return None
    why = "; ".join(words.reason_text(reason, order) for reason in judgement.verdict.reasons[:2])
    if any(reason.rule == StopRule.ADDRESS_CHANGED for reason in judgement.verdict.reasons):
        return HeldFor(order.id, None, order.number, why, Decision.CLEAR_ADDRESS)
    if held and held.hold.is_open:
        return HeldFor(order.id, held.id, order.number, why)
    if held and stops(held.hold):
        return HeldFor(order.id, held.id, order.number, why, Decision.REOPEN)
    return None


def _complain(dialog: Override, text: str) -> None:
    if dialog.is_attached:
        dialog.complain(text)
