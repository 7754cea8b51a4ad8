"""Customers at the desk: found as one types, opened, and written about."""

from __future__ import annotations

from functools import partial

from packstation.acts import customer_editing, customer_pages, customers, dues
from packstation.acts.customer_editing import (
    LONGEST_NOTE,
    LONGEST_TAG,
    NothingWrittenError,
    SaidByChannelError,
    SupervisorNeededError,
)
from packstation.acts.customer_pages import ProductReading
from packstation.domain.candidates import LinkState, ProfileLink
from packstation.domain.customer_profile import Field, UnreadableFieldError
from packstation.domain.customer_worth import worth_of
from packstation.domain.people import Role
from packstation.domain.plain_text import plain
from packstation.locale import _
from packstation.locale.customer_words import field_value, field_word
from packstation.store.searching import search_customers
from packstation.tui.customer_links import CustomerLinks
from packstation.tui.overlays import Overlays
from packstation.tui.screens.customer import CustomerScreen
from packstation.tui.screens.customer_pages.page import Page
from packstation.tui.screens.customer_search import CustomerSearch
from packstation.tui.screens.dialog import Dialog
from packstation.tui.screens.due import DueList
from packstation.tui.screens.order_lines import OrderLines
from packstation.tui.screens.write_line import WriteLine
from packstation.tui.station import Station, now_ms
from packstation.tui.views.customer_overview import Counted, tier_words

_SEES_CLEAR = frozenset({Role.CALLER, Role.SUPERVISOR, Role.OWNER})


class Customers:
    """The search, the customer screen, and what comes of their keys."""

    def __init__(self, station: Station, overlays: Overlays) -> None:
        self._station = station
        self._overlays = overlays
        self._links = CustomerLinks(station, overlays)

    async def ask_search(self) -> None:
        """Open the search."""
        self._overlays.open(CustomerSearch())

    async def ask_due(self) -> None:
        """Open the list of those who are due to hear from the shop; it fills while it is open."""
        self._overlays.open(DueList(now_ms()))

    async def read_due(self, message: DueList.Wants) -> None:
        """Read the next piece of the list."""
        if message.dialog.is_attached:
            found, after = await self._station.act(partial(dues.due_piece, message.after))
            if message.dialog.is_attached:
                message.dialog.take(found, after)

    async def search(self, message: CustomerSearch.Typed) -> None:
        """Look for what is typed, unless more was typed meanwhile."""
        dialog, query = message.dialog, message.query
        if not dialog.is_attached or query != dialog.query_text:
            return
        result = await self._station.act(partial(search_customers, query))
        if dialog.is_attached:
            dialog.show_result(query, result)

    async def open_on_desk(self) -> None:
        """Open the customer of the order on the desk, or of the one that was packed or taken back last, still on screen."""
        answer = self._station.answer
        customer = answer.judgement.customer if answer else None
        customer_id = customer.id if customer else None if answer else self._station.desk.customer_id
        if customer_id is None:
            self._station.say(_("No customer on screen: scan a parcel, or find one with Ctrl+F"))
            return
        await self.open(customer_id)

    async def open(self, customer_id: int) -> None:
        """Open a customer."""
        figures = await self._station.act(partial(customers.figures_now, customer_id))
        self._overlays.give_way()
        self._overlays.open(CustomerScreen(figures))

    async def read_page(self, message: CustomerScreen.Wants) -> None:
        """Read a page that was opened."""
        screen, station = message.screen, self._station
        if not screen.is_attached:
            return
        customer_id = screen.figures.card.id
        match message.page:
            case Page.OVERVIEW | Page.PLOTS:
                if not screen.has_plots:
                    times = await station.act(partial(customer_pages.plotted_times, customer_id))
                    if screen.is_attached:
                        screen.show_plots(times)
            case Page.ORDERS:
                wanted, after = screen.orders.wanted, screen.orders.last
                page = await station.act(partial(customer_pages.orders_page, customer_id, wanted, after))
                if screen.is_attached:
                    screen.show_orders(page, wanted, after)
            case Page.PRODUCTS:
                if not screen.products.is_counting:
                    screen.products.is_counting = True
                    await self._count(screen, ProductReading(customer_id))
            case Page.MONEY:
                seen = await station.act(partial(customer_pages.money_page, customer_id))
                if screen.is_attached:
                    screen.show_money(seen)
            case Page.RELATED:
                related = await station.act(partial(customer_pages.related_page, customer_id))
                if screen.is_attached:
                    screen.show_related(related)
            case Page.WRITTEN:
                await self._read_written(screen)

    async def _count(self, screen: CustomerScreen, reading: ProductReading) -> None:
        """Count a piece of the customer's orders; scans go between the pieces."""
        if not screen.is_attached:
            return
        await self._station.act(reading.read_on)
        if screen.is_attached:
            worth = screen.figures.worth
            if reading.is_done:
                worth = worth_of(screen.figures.card.history, screen.figures.moment, reading.profit)
            screen.show_products(reading.products, Counted(worth, reading.profit, reading.is_done))
            if not reading.is_done:
                self._station.later(partial(self._count, screen, reading))

    async def _read_written(self, screen: CustomerScreen) -> None:
        page = await self._station.act(partial(customer_pages.written_page, screen.figures.card.id))
        if screen.is_attached:
            screen.show_written(page)

    async def open_order(self, message: CustomerScreen.OrderWanted) -> None:
        """Open an order with its lines and what happened to it."""
        opened = await self._station.act(partial(customer_pages.opened_order, message.order_id))
        on_desk = self._station.answer.judgement if self._station.answer else None
        is_theirs = bool(on_desk and on_desk.customer and on_desk.customer.id == message.screen.figures.card.id)
        wanted_now = {item.sku for item in on_desk.order.items} if on_desk and on_desk.order and is_theirs else set()
        self._over(OrderLines(opened.order, message.card, wanted_now, now_ms(), opened.timeline))

    async def ask_about_link(self, message: CustomerScreen.LinkMeant) -> None:
        """Something is to be done about a profile."""
        self._links.ask(message)

    # Writing

    async def write(self, message: CustomerScreen.Writes) -> None:
        """Ask for what is to be written, or take it back at once."""
        screen, about = message.screen, message.about
        if not screen.is_attached:
            return
        customer_id = screen.figures.card.id
        if isinstance(about, Field) and not (self._station.person and self._station.person.supervises):
            screen.complain(_("Tier and fields are for a supervisor; notes and tags are for everybody"))
        elif message.take_back or (isinstance(about, str) and not isinstance(about, Field)):
            await self._keep(screen, about, "", is_tag=False)
        elif isinstance(about, Field):
            self._over(_field_dialog(screen, about))
        elif about is not None:
            note = next((note.text for note in screen.written.page.notes if note.id == about), "")
            self._over(
                WriteLine(
                    _("Note about the customer"),
                    _("The earlier note stays in the history."),
                    customer_id,
                    about,
                    note,
                    longest=LONGEST_NOTE,
                )
            )
        elif message.is_tag:
            self._over(
                WriteLine(
                    _("Tag of the customer"), _("A word or two."), customer_id, None, is_tag=True, longest=LONGEST_TAG
                )
            )
        else:
            self._over(
                WriteLine(
                    _("Note about the customer"), _("Everybody here reads it."), customer_id, None, longest=LONGEST_NOTE
                )
            )

    async def keep(self, message: WriteLine.Done) -> None:
        """Keep what was written in a dialog."""
        if message.dialog.link is not None:
            await self._decide_link(message, message.dialog.link)
            return
        await self._keep(message.dialog, message.dialog.about, message.text, is_tag=message.dialog.is_tag)

    async def _decide_link(self, message: WriteLine.Done, link: ProfileLink) -> None:
        """Link, split or put back, and show who the customer is now: whoever was split off is another one."""
        now_of = await self._links.decide(message, link)
        screen = self._overlays.find(CustomerScreen)
        if now_of is None or screen is None:
            return
        if link.state is not LinkState.LINKED:
            screen.show_figures(await self._station.act(partial(customers.figures_now, now_of)))
        else:
            await self._renew(screen.figures.card.id)
        await self.read_page(CustomerScreen.Wants(screen, Page.RELATED))

    async def _keep(
        self, dialog: CustomerScreen | WriteLine, about: Field | int | str | None, text: str, *, is_tag: bool
    ) -> None:
        station, place = self._station, self._station.place
        person = station.person
        if person is None:
            return
        customer_id = dialog.customer_id if isinstance(dialog, WriteLine) else dialog.figures.card.id
        again = isinstance(dialog, WriteLine) and dialog.asks_again == text
        if isinstance(about, Field):
            act = partial(customer_editing.write_field, place, person, customer_id, about, text, over_channel=again)
        elif isinstance(about, str):
            act = partial(customer_editing.end_tag, place, person, customer_id, about)
        elif is_tag:
            act = partial(customer_editing.add_tag, place, person, customer_id, text)
        else:
            act = partial(customer_editing.write_note, place, person, customer_id, text, about)
        try:
            await station.act(act)
        except NothingWrittenError:
            _complain(dialog, _("Nothing would change"))
        except SupervisorNeededError:
            _complain(dialog, _("Tier and fields are for a supervisor; notes and tags are for everybody"))
        except UnreadableFieldError:
            _complain(
                dialog, _("That is no {field}").format(field=field_word(about) if isinstance(about, Field) else "")
            )
        except SaidByChannelError as error:
            says = _("{channel} says {value}. Enter again writes yours over it").format(
                channel=plain(error.said.channel, 40),
                value=plain(field_value(about, error.said.value) if isinstance(about, Field) else "", 80),
            )
            if isinstance(dialog, WriteLine) and dialog.is_attached:
                dialog.ask_again(text, says)
        else:
            if isinstance(dialog, WriteLine) and dialog.is_attached:
                dialog.dismiss()
            await self._renew(customer_id)

    async def _renew(self, customer_id: int) -> None:
        """Show what was written on the customer's screen below."""
        figures = await self._station.act(partial(customers.figures_now, customer_id))
        screen = self._overlays.find(CustomerScreen)
        if screen is not None and screen.figures.card.id == customer_id:
            screen.show_figures(figures)
            await self._read_written(screen)

    async def show_clear(self, message: CustomerScreen.ClearWanted) -> None:
        """Show what is masked to whoever may see it; that they saw it is recorded."""
        screen, person = message.screen, self._station.person
        if person is None or not screen.is_attached:
            return
        if person.role not in _SEES_CLEAR:
            screen.complain(_("Phone, email and address are shown to callers and supervisors"))
            return
        await self._station.act(
            partial(customer_editing.show_masked, self._station.place, person, screen.figures.card.id)
        )
        if screen.is_attached:
            screen.show_in_clear()

    def _over(self, dialog: Dialog) -> None:
        if isinstance(self._overlays.top, CustomerScreen):
            self._overlays.open_over(dialog)


def _field_dialog(screen: CustomerScreen, field: Field) -> WriteLine:
    said = screen.figures.profile.fields.get(field)
    hints = {
        Field.BIRTHDAY: _("Day/month/year. Empty takes back what was written by hand."),
        Field.GENDER: _("female, male, other or unknown. Empty takes back what was written by hand."),
        Field.POS_STATUS: _("active or inactive. Empty takes back what was written by hand."),
        Field.DO_NOT_CONTACT: _("yes: the shop sends no messages. Empty or no takes it back."),
        Field.TIER: _("One of {tiers}. Empty: by the rules.").format(tiers=tier_words()),
    }
    hint = hints.get(field, _("Empty takes back what was written by hand."))
    by_hand = said.value if said is not None and said.is_by_hand else ""
    return WriteLine(field_word(field), hint, screen.figures.card.id, field, by_hand)


def _complain(dialog: CustomerScreen | WriteLine, text: str) -> None:
    if dialog.is_attached:
        dialog.complain(text)
