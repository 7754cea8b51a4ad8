"""What is laid over the desk: one dialog at a time, opened, renewed, and closed when a parcel is scanned."""

from __future__ import annotations

from functools import partial
from typing import Any, TypeVar

from textual.app import App

from packstation.acts import desk_views, shelf
from packstation.locale import _
from packstation.tui.screens.care import Care
from packstation.tui.screens.dialog import Dialog
from packstation.tui.screens.order_lines import OrderLines
from packstation.tui.screens.shelf import ShelfLists
from packstation.tui.screens.shops import Shops
from packstation.tui.station import Station, now_ms
from packstation.tui.views.care import CareShown

DialogT = TypeVar("DialogT", bound=Dialog)


class Overlays:
    """The dialogs over the desk of an app."""

    def __init__(self, app: App[Any], station: Station) -> None:
        self._app = app
        self._station = station

    @property
    def top(self) -> Dialog | None:
        """The dialog that is open."""
        screen = self._app.screen
        return screen if isinstance(screen, Dialog) else None

    def open(self, dialog: Dialog) -> None:
        """Open a dialog, unless another one is open."""
        if self.top is None:
            dialog.show_alarms(self._station.desk.alarms)
            self._app.push_screen(dialog)

    def open_over(self, dialog: Dialog) -> None:
        """Open a dialog over whatever is open, but over none of its kind."""
        if not isinstance(self.top, type(dialog)):
            dialog.show_alarms(self._station.desk.alarms)
            self._app.push_screen(dialog)

    def find(self, kind: type[DialogT]) -> DialogT | None:
        """The open dialog of a kind, whatever is laid over it."""
        return next((screen for screen in self._app.screen_stack if isinstance(screen, kind)), None)

    def give_way(self) -> None:
        """Close undecided whatever gives way to a parcel or a key of the desk."""
        while (dialog := self.top) is not None and dialog.gives_way:
            self._app.pop_screen()

    def close_all(self) -> None:
        """Close undecided whatever is open."""
        while self.top is not None:
            self._app.pop_screen()

    def news_came(self) -> None:
        """Something was written elsewhere: the shelf's lists are read again if they are open."""
        if isinstance(self.top, ShelfLists):
            self._station.later(self._renew_shelf)

    async def open_shelf(self) -> None:
        """Open the hold shelf's lists."""
        self.open(ShelfLists(await self._station.act(shelf.shelf), now_ms()))

    async def _renew_shelf(self) -> None:
        lists = await self._station.act(shelf.shelf)
        if isinstance(self.top, ShelfLists):
            self.top.renew(lists, now_ms())

    async def open_shops(self) -> None:
        """Open how each shop's data stands."""
        self.open(Shops(await self._station.act(desk_views.sync_overview)))

    async def open_care(self) -> None:
        """Open what goes into the parcel on the desk."""
        parcel, answer = self._station.parcel, self._station.answer
        order = answer.judgement.order if answer else None
        if parcel is None or order is None or not parcel.care:
            self._station.say(_("Nothing is to be put into a parcel here"))
            return
        self.open(Care(CareShown(parcel.care, parcel.left_out), order.zone))

    async def open_past_order(self, index: int) -> None:
        """Open one of the past orders on the desk to its product lines."""
        past = self._station.desk.past_order(index)
        order = await self._station.act(partial(desk_views.past_order, past.id))
        answer = self._station.answer
        now_wanted = {item.sku for item in answer.judgement.order.items} if answer and answer.judgement.order else set()
        self.open(OrderLines(order, past, now_wanted, now_ms()))
