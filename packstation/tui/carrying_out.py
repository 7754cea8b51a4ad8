"""What a supervisor decided is done, and what keeps it from being done is said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from packstation.acts import approving, blocking, overriding, reopening
from packstation.acts.announcing import SwitchedOffError
from packstation.acts.approving import RequestOverError
from packstation.acts.blocking import NotBlockedError
from packstation.acts.cancelling import AskedAlreadyError, NotCancellableError, NotStoppedError, ask_cancellation
from packstation.acts.overriding import Bulk, NoCustomerError, NothingToClearError, ReasonMissingError, WrongCountError
from packstation.acts.proving import NotASupervisorError, PinLockedError, WrongPinError
from packstation.acts.reopening import NoPackedParcelError
from packstation.acts.workplace import Workplace
from packstation.domain.hold_events import FourEyesError, NotAllowedError
from packstation.domain.holds import Hold
from packstation.domain.people import Person
from packstation.domain.plain_text import plain
from packstation.domain.supervision import MOST_DAYS, DaysError
from packstation.locale import _
from packstation.tui.decisions import Decision, HeldFor

NOT_ASKED = (SwitchedOffError, NotCancellableError, NotStoppedError, AskedAlreadyError)
"""What keeps the channel from being asked to cancel an order."""
NUMBER_MISTAKES = (WrongCountError, DaysError)
"""The number that was asked for is wrong."""
REFUSALS = (
    *NUMBER_MISTAKES,
    *NOT_ASKED,
    WrongPinError,
    PinLockedError,
    NotASupervisorError,
    ReasonMissingError,
    NoCustomerError,
    NothingToClearError,
    NotBlockedError,
    RequestOverError,
    NoPackedParcelError,
    NotAllowedError,
)
"""Everything that keeps a decision from being carried out."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a decision.

    `hold` None where none moved; `asked` whether the channel is asked to cancel the order, `refused` why that failed; `bulk` what
    came of several holds.
    """

    decision: Decision
    hold: Hold | None = None
    asked: bool = False
    refused: Exception | None = None
    bulk: Bulk | None = None


def carry_out(
    place: Workplace, held: HeldFor, who: int, pin: str, decision: Decision, reason: str, number: int | None
) -> Done:
    """Do what was decided; an act for the database thread.

    Raises:
        One of REFUSALS.
    """
    order_id, hold_id = held.order_id, held.hold_id or 0
    match decision:
        case Decision.CLEAR_ADDRESS:
            overriding.clear_address(place, who, pin, order_id, reason=reason)
        case Decision.CANCEL:
            ask_cancellation(place, who, pin, order_id, reason=reason)
            return Done(decision, asked=True)
        case Decision.REOPEN:
            return Done(decision, overriding.reopen(place, who, pin, hold_id, reason=reason))
        case Decision.RELEASE if held.request_id is not None:
            return Done(decision, approving.grant(place, who, pin, held.request_id, reason=reason))
        case Decision.RELEASE | Decision.REJECT:
            releases = decision is Decision.RELEASE
            return Done(decision, overriding.override(place, who, pin, hold_id, release=releases, reason=reason))
        case Decision.RELEASE_CUSTOMER:
            days = number or 0
            return Done(decision, overriding.override_customer(place, who, pin, hold_id, days=days, reason=reason))
        case Decision.RELEASE_MARKED:
            bulk = overriding.override_many(place, who, pin, held.holds, count=number, reason=reason)
            return Done(decision, bulk=bulk)
        case Decision.REJECT_AND_CANCEL:
            hold = overriding.override(place, who, pin, hold_id, release=False, reason=reason)
            try:
                ask_cancellation(place, who, pin, order_id, reason=reason)
            except NOT_ASKED as error:
                return Done(decision, hold, refused=error)
            return Done(decision, hold, asked=True)
        case Decision.REFUSE:
            approving.refuse(place, who, pin, held.request_id or 0, reason=reason)
        case Decision.BLOCK:
            blocking.block_by_order(place, who, pin, order_id, days=number, reason=reason)
        case Decision.UNBLOCK:
            blocking.unblock_by_order(place, who, pin, order_id, reason=reason)
        case Decision.REOPEN_PACK:
            reopening.reopen_parcel(place, who, pin, held.parcel_id or 0, reason=reason)
    return Done(decision)


def refusal_text(error: Exception, held: HeldFor, person: Person) -> str:
    """Why a decision was not carried out, as people read it."""
    match error:
        case WrongPinError():
            return _("Wrong PIN")
        case PinLockedError():
            until = datetime.fromtimestamp(error.until / 1_000, UTC).astimezone().strftime("%H:%M")
            return _("Too many wrong PINs: locked until {time}").format(time=until)
        case NotASupervisorError():
            return _("{name} is no supervisor").format(name=plain(person.name, 40))
        case FourEyesError():
            return _("You had to do with this hold yourself: a second person has to decide it")
        case ReasonMissingError():
            return _("A reason is needed")
        case WrongCountError():
            return _("That is not how many are marked: count them and type it")
        case DaysError():
            return _("From 1 to {most} days").format(most=MOST_DAYS)
        case NoCustomerError():
            return _("A guest's order: nobody whose further orders this could be about")
        case NotBlockedError():
            return _("This buyer is not blocked any more")
        case RequestOverError():
            return _("The request ran out, or was answered meanwhile")
        case NoPackedParcelError():
            return _("It is not packed any more, or was handed over")
        case _ if isinstance(error, NOT_ASKED):
            return why_not_asked(error, held)
        case _:
            return _("Decided meanwhile: scan it again")


def why_not_asked(error: Exception, held: HeldFor) -> str:
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


def done_text(held: HeldFor, done: Done) -> str:
    """What was done, in one line."""
    number = plain(held.number, 60)
    match done.decision:
        case Decision.RELEASE:
            return _("{number}: overridden").format(number=number)
        case Decision.RELEASE_CUSTOMER:
            return _("{number}: overridden, and this customer's further orders go").format(number=number)
        case Decision.RELEASE_MARKED:
            bulk = done.bulk or Bulk((), (), ())
            text = _("{count} overridden").format(count=len(bulk.moved))
            if bulk.ended:
                text += "; " + _("{count} decided meanwhile").format(count=len(bulk.ended))
            if bulk.own:
                text += "; " + _("{count} left: a second person has to decide them").format(count=len(bulk.own))
            return text
        case Decision.REJECT:
            return _("{number}: rejected").format(number=number)
        case Decision.REJECT_AND_CANCEL if done.refused:
            why = why_not_asked(done.refused, held)
            return _("{number}: rejected; its channel is not asked: {why}").format(number=number, why=why)
        case Decision.REJECT_AND_CANCEL | Decision.CANCEL:
            return _("{number}: its channel is asked to cancel it").format(number=number)
        case Decision.REFUSE:
            return _("{number}: refused, it stays on hold").format(number=number)
        case Decision.REOPEN:
            return _("{number}: open again").format(number=number)
        case Decision.CLEAR_ADDRESS:
            return _("{number}: the address is cleared").format(number=number)
        case Decision.BLOCK:
            return _("The buyer of {number} is blocked").format(number=number)
        case Decision.UNBLOCK:
            return _("The buyer of {number} is not blocked any more").format(number=number)
        case Decision.REOPEN_PACK:
            return _("{number}: to be packed again").format(number=number)
