"""From the messages of screens to the parts of the desk that answer them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from textual import on
from textual.message import Message

from packstation.tui.parts import DeskParts
from packstation.tui.screens.board import SupervisorsBoard
from packstation.tui.screens.call_desk import RESCUES_KEY, CallDesk
from packstation.tui.screens.care import Care
from packstation.tui.screens.cases import Cases
from packstation.tui.screens.choosing import CodeChosen
from packstation.tui.screens.customer import CustomerScreen
from packstation.tui.screens.customer_search import CustomerSearch
from packstation.tui.screens.due import DueList
from packstation.tui.screens.first_start import FirstStart
from packstation.tui.screens.instruction import Instruction
from packstation.tui.screens.note import Note
from packstation.tui.screens.override import Override
from packstation.tui.screens.rescues import Rescues
from packstation.tui.screens.sign_in import SignIn
from packstation.tui.screens.which_pack import WhichPack
from packstation.tui.screens.write_line import WriteLine
from packstation.tui.widgets.contact_pane import ContactPane
from packstation.tui.widgets.line_table import LineTable
from packstation.tui.work_queue import Job

MessageT = TypeVar("MessageT", bound=Message)
HandlerT = TypeVar("HandlerT", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Route:
    """What a message sets off, asked when it comes; it takes the parts and the message."""

    message: type[Message]
    take: Callable[[DeskParts, Any], None]


def at_once(message: type[MessageT], take: Callable[[DeskParts, MessageT], None]) -> Route:
    """It is answered as it comes."""
    return Route(message, take)


def queued(message: type[MessageT], job_for: Callable[[DeskParts, MessageT], Job | None]) -> Route:
    """Its job waits its turn; None for nothing to do."""

    def take(parts: DeskParts, came: MessageT) -> None:
        if job := job_for(parts, came):
            parts.station.queue.put(job)

    return Route(message, take)


def later(message: type[MessageT], job_for: Callable[[DeskParts, MessageT], Job]) -> Route:
    """Its job is done when nobody waits for anything."""
    return Route(message, lambda parts, came: parts.station.later(job_for(parts, came)))


def _call_key(parts: DeskParts, message: CallDesk.Pressed) -> Job:
    return parts.rescuing.ask if message.key == RESCUES_KEY else partial(parts.calling.press, message.key)


def _name_chosen(parts: DeskParts, message: SignIn.NameChosen) -> Job | None:
    dialog = parts.overlays.top
    return partial(parts.signing_in.by_name, message.person, message.pin, dialog) if dialog else None


def _first_given(parts: DeskParts, message: FirstStart.Given) -> Job | None:
    dialog = parts.overlays.top
    return partial(parts.signing_in.first, message.name, message.pin, dialog) if dialog else None


def _past_order_chosen(parts: DeskParts, message: LineTable.RowChosen) -> Job | None:
    return partial(parts.overlays.open_past_order, message.index) if message.table.id == "past" else None


_ROUTES = (
    at_once(CodeChosen, lambda parts, message: parts.answering.take_choice(message.code, message.shop)),
    at_once(Care.Turned, lambda parts, message: parts.painting.turn_insert(message.rule)),
    queued(LineTable.RowChosen, _past_order_chosen),
    # Contacts
    at_once(ContactPane.Pressed, lambda parts, message: parts.press_in_contact(message.key)),
    queued(CallDesk.Pressed, _call_key),
    queued(CallDesk.Taken, lambda parts, message: partial(parts.calling.chosen, message.callee)),
    queued(Instruction.Written, lambda parts, message: partial(parts.contact_seen.instruct, message.text)),
    queued(Rescues.Contacted, lambda parts, message: partial(parts.rescuing.contact, message)),
    queued(Rescues.Ended, lambda parts, message: partial(parts.rescuing.end, message)),
    # Who works here
    queued(SignIn.NameChosen, _name_chosen),
    queued(FirstStart.Given, _first_given),
    # Supervisors
    queued(Override.BadgeTaken, lambda parts, message: partial(parts.overriding.take_badge, message)),
    queued(Override.Decided, lambda parts, message: partial(parts.overriding.decide, message)),
    queued(Override.BoardAsked, lambda parts, message: partial(parts.overriding.ask_board, message)),
    queued(SupervisorsBoard.Pointed, lambda parts, message: partial(parts.supervising.point, message)),
    queued(SupervisorsBoard.Asked, lambda parts, message: partial(parts.supervising.ask, message)),
    queued(SupervisorsBoard.PackAsked, lambda parts, message: parts.supervising.ask_pack),
    queued(WhichPack.Given, lambda parts, message: partial(parts.supervising.reopen_pack, message)),
    queued(Cases.Wanted, lambda parts, message: partial(parts.reporting.do, message)),
    # Orders and customers
    queued(Note.Written, lambda parts, message: partial(parts.noting.send, message)),
    later(CustomerSearch.Typed, lambda parts, message: partial(parts.customers.search, message)),
    queued(CustomerSearch.Chosen, lambda parts, message: partial(parts.customers.open, message.customer_id)),
    later(CustomerScreen.Wants, lambda parts, message: partial(parts.customers.read_page, message)),
    queued(CustomerScreen.OrderWanted, lambda parts, message: partial(parts.customers.open_order, message)),
    queued(CustomerScreen.Writes, lambda parts, message: partial(parts.customers.write, message)),
    queued(CustomerScreen.LinkMeant, lambda parts, message: partial(parts.customers.ask_about_link, message)),
    queued(CustomerScreen.ClearWanted, lambda parts, message: partial(parts.customers.show_clear, message)),
    queued(WriteLine.Done, lambda parts, message: partial(parts.customers.keep, message)),
    later(DueList.Wants, lambda parts, message: partial(parts.customers.read_due, message)),
    queued(DueList.Chosen, lambda parts, message: partial(parts.customers.open, message.customer_id)),
)

_BY_MESSAGE: Mapping[type[Message], Route] = {route.message: route for route in _ROUTES}


def routed(handler: HandlerT) -> HandlerT:
    """Make a method of the app the handler of every message that has a route."""
    for message in _BY_MESSAGE:
        handler = on(message)(handler)
    return handler


def take(parts: DeskParts, message: Message) -> None:
    """Hand a message to the part that answers it; one that only derives from a message with a route is none of ours."""
    if route := _BY_MESSAGE.get(type(message)):
        route.take(parts, message)
