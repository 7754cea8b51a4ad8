"""A supervisor decides the hold on screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from packstation.acts import overriding, people
from packstation.acts.announcing import SwitchedOffError
from packstation.acts.cancelling import AskedAlreadyError, NotCancellableError, NotStoppedError, ask_cancellation
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
from packstation.tui.theme import STRONG, WARNING, Tone
from packstation.tui.views import banner_text
from packstation.tui.widgets.text import Shown, styled

_OPEN_CHOICES = (Decision.RELEASE, Decision.REJECT, Decision.REJECT_AND_CANCEL)
_CLOSED_CHOICES = (Decision.REOPEN, Decision.CANCEL)
_NOT_ASKED = (SwitchedOffError, NotCancellableError, NotStoppedError, AskedAlreadyError)


@dataclass(frozen=True, slots=True)
class _Done:
    """What came of a decision.

    `hold` None where none moved; `asked` whether the channel is asked to cancel the order, `refused` why that failed.
    """

    hold: Hold | None = None
    asked: bool = False
    refused: Exception | None = None


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
            done = await station.act(partial(self._decided, message))
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
        except _NOT_ASKED as error:
            _complain(dialog, _why_not_asked(error, dialog.held))
        else:
            if dialog.is_attached:
                dialog.dismiss()
            self._show(dialog.held, done)

    def _decided(self, message: Override.Decided) -> _Done:
        place, held, who = self._station.place, message.dialog.held, message.person.id
        pin, reason = message.pin, message.reason
        if held.hold_id is None:
            overriding.clear_address(place, who, pin, held.order_id, reason=reason)
            return _Done()
        if message.decision is Decision.CANCEL:
            ask_cancellation(place, who, pin, held.order_id, reason=reason)
            return _Done(asked=True)
        if message.decision is Decision.REOPEN:
            return _Done(overriding.reopen(place, who, pin, held.hold_id, reason=reason))
        releases = message.decision is Decision.RELEASE
        hold = overriding.override(place, who, pin, held.hold_id, release=releases, reason=reason)
        if message.decision is not Decision.REJECT_AND_CANCEL:
            return _Done(hold)
        try:
            ask_cancellation(place, who, pin, held.order_id, reason=reason)
        except _NOT_ASKED as error:
            return _Done(hold, refused=error)
        return _Done(hold, asked=True)

    def _show(self, held: HeldFor, done: _Done) -> None:
        station, hold = self._station, done.hold
        slots = station.answer.judgement.hold.slots if station.answer and station.answer.judgement.hold else ()
        slots = slots or ((station.answer.slot,) if station.answer and station.answer.slot else ())
        station.answer = None
        station.shown += 1
        number = plain(held.number, 60)
        if hold is None and done.asked:
            says = banner_text.said(_("CANCEL ASKED"), f"{number}  ·  {_('the channel is asked to cancel it')}")
        elif hold is None:
            says = banner_text.said(_("OVERRIDDEN"), f"{number}  ·  {_('scan it again')}", tone=Tone.DONE)
        elif hold.state is HoldState.RELEASED:
            fetch = (
                _("fetch it from slot {slot} and scan it again").format(slot=", ".join(slots))
                if slots
                else _("scan it again")
            )
            says = banner_text.said(_("OVERRIDDEN"), f"{number}  ·  {fetch}", tone=Tone.DONE)
        elif hold.state is HoldState.CLOSED:
            says = banner_text.said(_("REJECTED"), f"{number}  ·  {_('put it aside, it is not packed')}")
        else:
            says = banner_text.said(_("OPEN AGAIN"), f"{number}  ·  {_('scan it again')}")
        rows: list[Shown] = []
        if done.refused:
            why_not = _why_not_asked(done.refused, held)
            rows = [
                styled((plain(text, 200), WARNING)) for text in (_("The channel is not asked to cancel it:"), why_not)
            ]
        elif hold is not None and done.asked:
            rows = [styled((plain(_("The channel is asked to cancel it.")), STRONG))]
        station.desk.show_said(says, *rows)


def _held_for(judgement: Judgement) -> HeldFor | None:
    """What of a judgement a supervisor can decide."""
    order, held = judgement.order, judgement.hold
    if order is None:
        return None
    why = "; ".join(words.reason_text(reason, order) for reason in judgement.verdict.reasons[:2])
    if any(reason.rule == StopRule.ADDRESS_CHANGED for reason in judgement.verdict.reasons):
        return HeldFor(order.id, None, order.number, order.shop, why, (Decision.CLEAR_ADDRESS,))
    if held and held.hold.is_open:
        return HeldFor(order.id, held.id, order.number, order.shop, why, _OPEN_CHOICES)
    if held and stops(held.hold):
        return HeldFor(order.id, held.id, order.number, order.shop, why, _CLOSED_CHOICES)
    return None


def _why_not_asked(error: Exception, held: HeldFor) -> str:
    """Why the channel is not asked to cancel an order, as people read it."""
    match error:
        case SwitchedOffError():
            off = _('not switched on for {shop}; the owner can: "cancellation" under outbox in channels.toml')
            return off.format(shop=plain(held.shop, 40))
        case NotCancellableError():
            return _("too late: it was handed over, or has ended at its channel")
        case NotStoppedError():
            return _("its hold is not closed: reject it first")
        case _:
            return _("that was asked already")


def _complain(dialog: Override, text: str) -> None:
    if dialog.is_attached:
        dialog.complain(text)
