"""A supervisor decides: what is on screen at the desk, or what was chosen at the board; or a desk without one asks the board."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from packstation.acts import approving, desk_views, people
from packstation.acts.approving import NoDeskError, RequestedAlreadyError
from packstation.acts.overriding import ReasonMissingError
from packstation.acts.people import NobodyError
from packstation.acts.reopening import NoPackedParcelError, packed_parcel
from packstation.domain.cards import Judgement, OrderCard
from packstation.domain.hold_events import EndedHoldError
from packstation.domain.holds import HoldState, stops
from packstation.domain.plain_text import plain
from packstation.domain.verdict import StopRule
from packstation.locale import _, language, words
from packstation.locale.cancellation_costs import cancellation_cost
from packstation.settings import Settings
from packstation.tui.carrying_out import NUMBER_MISTAKES, REFUSALS, Done, carry_out, refusal_text, why_not_asked
from packstation.tui.decisions import Decision, HeldFor
from packstation.tui.screens.override import Override
from packstation.tui.sounds import Sound
from packstation.tui.station import Station
from packstation.tui.theme import STRONG, WARNING, Tone
from packstation.tui.views import banner_text
from packstation.tui.views.contact import filled_script
from packstation.tui.widgets.text import Shown, styled

OPEN_CHOICES = (Decision.RELEASE, Decision.RELEASE_CUSTOMER, Decision.REJECT, Decision.REJECT_AND_CANCEL)
CLOSED_CHOICES = (Decision.REOPEN, Decision.CANCEL)


class Overriding:
    """The supervisor's dialog and what comes of it.

    Args:
        station: the station.
        open_dialog: lays a dialog over whatever is open.
        done_at_board: told what was done; whether a board is open, which then says it.
    """

    def __init__(
        self,
        station: Station,
        open_dialog: Callable[[Override], None],
        done_at_board: Callable[[HeldFor, Done], bool],
    ) -> None:
        self._station = station
        self._open_dialog = open_dialog
        self._done_at_board = done_at_board

    async def ask(self) -> None:
        """Open the dialog for what is on screen."""
        station = self._station
        judgement = station.answer.judgement if station.answer else None
        held = await station.act(partial(_held_for, judgement)) if judgement else None
        if held is None:
            station.say(_("No hold on screen to decide: scan the parcel, or choose it from F3"), Sound.UNKNOWN)
            return
        await self.open(held)

    async def open(self, held: HeldFor) -> None:
        """Open the dialog, with what a cancellation costs where the channel may be asked for one."""
        station = self._station
        if any(choice.cancels for choice in held.choices):
            held = await station.act(partial(_with_cost, held, station.settings, station.person_id))
        override = station.settings.override
        lists = (override.reasons, override.reasons_against)
        reasons = [each.vi if language() == "vi" else each.en for each in lists]
        self._open_dialog(Override(held, (reasons[0], reasons[1]), station.person))

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

    async def ask_board(self, message: Override.BoardAsked) -> None:
        """The packer asks a supervisor at a board."""
        station, dialog = self._station, message.dialog
        held = dialog.held
        try:
            await station.act(
                partial(approving.ask_approval, station.place, station.person_id, held.hold_id or 0, message.why)
            )
        except RequestedAlreadyError:
            _complain(dialog, _("The board is asked already: wait for its answer"))
        except EndedHoldError:
            _complain(dialog, _("Decided meanwhile: scan it again"))
        except ReasonMissingError:
            _complain(dialog, _("A reason is needed"))
        except NoDeskError:
            _complain(dialog, _("Sign in first: scan your badge"))
        else:
            if dialog.is_attached:
                dialog.dismiss()
            minutes = station.settings.supervision.request_minutes
            text = _("The board is asked about {number}; it has {minutes} min. Leave it on the shelf")
            station.say(text.format(number=plain(held.number, 60), minutes=minutes))

    async def decide(self, message: Override.Decided) -> None:
        """Do what was decided."""
        station, dialog = self._station, message.dialog
        held = dialog.held
        try:
            done = await station.act(
                partial(
                    carry_out,
                    station.place,
                    held,
                    message.person.id,
                    message.pin,
                    message.decision,
                    message.reason,
                    message.number,
                )
            )
        except NUMBER_MISTAKES as error:
            if dialog.is_attached:
                dialog.ask_number_again(refusal_text(error, held, message.person))
        except REFUSALS as error:
            _complain(dialog, refusal_text(error, held, message.person))
        else:
            if dialog.is_attached:
                dialog.dismiss()
            if not self._done_at_board(held, done):
                self._show(held, done)

    def _show(self, held: HeldFor, done: Done) -> None:
        station, hold = self._station, done.hold
        slots = station.answer.judgement.hold.slots if station.answer and station.answer.judgement.hold else ()
        slots = slots or ((station.answer.slot,) if station.answer and station.answer.slot else ())
        station.answer = None
        station.shown += 1
        number = plain(held.number, 60)
        if done.decision is Decision.UNBLOCK:
            says = banner_text.said(_("UNBLOCKED"), f"{number}  ·  {_('scan it again')}", tone=Tone.DONE)
        elif done.decision is Decision.REOPEN_PACK:
            says = banner_text.said(_("OPEN AGAIN"), f"{number}  ·  {_('scan it again to pack it')}")
        elif hold is None and done.asked:
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
            why_not = why_not_asked(done.refused, held)
            rows = [
                styled((plain(text, 200), WARNING)) for text in (_("The channel is not asked to cancel it:"), why_not)
            ]
        elif hold is not None and done.asked:
            rows = [styled((plain(_("The channel is asked to cancel it.")), STRONG))]
        station.desk.show_said(says, *rows)


def _held_for(judgement: Judgement) -> HeldFor | None:
    """What of a judgement a supervisor can decide; an act for the database thread."""
    order, held = judgement.order, judgement.hold
    if order is None:
        return None
    rules = {reason.rule for reason in judgement.verdict.reasons}
    why = "; ".join(words.reason_text(reason, order) for reason in judgement.verdict.reasons[:2])
    if StopRule.ADDRESS_CHANGED in rules:
        return HeldFor(order.id, None, order.number, order.shop, why, (Decision.CLEAR_ADDRESS,))
    if held and held.hold.is_open:
        choices = (
            OPEN_CHOICES
            if judgement.customer
            else tuple(choice for choice in OPEN_CHOICES if choice is not Decision.RELEASE_CUSTOMER)
        )
        return HeldFor(order.id, held.id, order.number, order.shop, why, choices, can_ask_board=True)
    if StopRule.PACKED in rules:
        return _packed(judgement.code, order, why)
    if StopRule.BLOCKED in rules:
        return HeldFor(order.id, None, order.number, order.shop, why, (Decision.UNBLOCK,))
    if held and stops(held.hold):
        return HeldFor(order.id, held.id, order.number, order.shop, why, CLOSED_CHOICES)
    return None


def _packed(code: str, order: OrderCard, why: str) -> HeldFor | None:
    try:
        parcel_id = packed_parcel(code, order.shop)
    except NoPackedParcelError:
        return None
    return HeldFor(order.id, None, order.number, order.shop, why, (Decision.REOPEN_PACK,), parcel_id=parcel_id)


def _with_cost(held: HeldFor, settings: Settings, person_id: int | None) -> HeldFor:
    """With what a cancellation by the seller costs, and the text for the buyer; an act for the database thread."""
    order = desk_views.past_order(held.order_id)
    in_vietnamese = language() == "vi"
    costs = settings.cancellation_cost.vi if in_vietnamese else settings.cancellation_cost.en
    request = settings.contact.cancel_request
    asks: tuple[str, ...] = ()
    if held.hold_id is not None:
        card = desk_views.contact_of(held.hold_id, person_id)
        asks = filled_script(request.vi if in_vietnamese else request.en, card, order)
    return replace(held, cost=costs.get(order.channel) or cancellation_cost(order.channel), asks_buyer=asks)


def _complain(dialog: Override, text: str) -> None:
    if dialog.is_attached:
        dialog.complain(text)
