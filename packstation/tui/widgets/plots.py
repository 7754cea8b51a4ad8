"""Small plots of a customer's orders: how many over time, and how many days between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from textual_plotext import PlotextPlot

from packstation.domain.history import GAP_ORDERS
from packstation.domain.times import DAY, from_ms
from packstation.locale import _, words

_COLOUR = (121, 184, 255)
_MONTHS_WIDE, _MONTHS_NARROW = 24, 12
_WIDE = 60


class OrdersByMonth(PlotextPlot):
    """A bar a month, the present one last; times are ms UTC, counted by a zone's months."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._times: tuple[int, ...] = ()
        self._zone, self._now = "UTC", 0

    def show(self, times: Sequence[int], zone: str, now: int) -> None:
        """Plot these."""
        self._times, self._zone, self._now = tuple(times), zone, now
        self._draw()

    def on_resize(self) -> None:
        """As many months as there is room for."""
        self._draw()

    def _draw(self) -> None:
        if not self._now:
            return
        last = from_ms(self._now, self._zone)
        counted = Counter((moment.year, moment.month) for moment in (from_ms(each, self._zone) for each in self._times))
        most = _MONTHS_WIDE if self.size.width >= _WIDE else _MONTHS_NARROW
        months = [divmod(last.year * 12 + last.month - 1 - back, 12) for back in range(most)][::-1]
        counts = [counted[year, month + 1] for year, month in months]
        _bars(self, _("orders by month"), [f"{month + 1}/{year % 100:02d}" for year, month in months], counts)


class DaysBetween(PlotextPlot):
    """A bar for each of the last gaps between orders, in days; times are ms UTC, rising."""

    def show(self, times: Sequence[int]) -> None:
        """Plot these."""
        latest = list(times)[-GAP_ORDERS:]
        gaps = [(later - earlier) / DAY for earlier, later in pairwise(latest)]
        _bars(self, _("days between the last orders"), [str(place) for place in range(-len(gaps), 0)], gaps)


def _bars(plot: PlotextPlot, title: str, names: Sequence[str], values: Sequence[float]) -> None:
    plt = plot.plt
    plt.clear_data()
    plt.title(title)
    plt.frame(False)
    if values and max(values) > 0:
        places = [float(place) for place in range(1, len(values) + 1)]
        plt.bar(places, list(values), color=_COLOUR, width=0.4)
        step = max(1, len(names) // 6)
        plt.xticks(places[::step], list(names)[::step])
        most = max(values)
        plt.ylim(0, most)
        plt.yticks([0.0, most / 2, most], ["0", words.decimal(most / 2), words.decimal(most)])
    plot.refresh()
